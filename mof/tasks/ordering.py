"""Order among numbers and in a queue: sorting, places, and the next number of a sequence."""

from typing import final

from mof.tasks.enumeration import arrangement, draw, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES

_LARGEST_GAP = 24  # between neighbours among the numbers to sort


@final
class SortNumbers(Family):
    """Facts: a set of three or four numbers up to 96, told in no order."""

    name = "sort_numbers"
    kind = "reasoning"
    gloss = "Put three or four numbers in ascending or descending order."
    num_facts = 10_000 + 40_000
    templates = (
        "把{numbers}从小到大排列：[ascending]。",
        "把{numbers}从大到小排列：[descending]。",
        "{numbers}按升序排是[ascending]。",
        "{numbers}按降序排是[descending]。",
        "问：{numbers}由小到大怎么排？答：[ascending]。",
        "问：{numbers}由大到小怎么排？答：[descending]。",
        "将下列各数按从小到大的顺序写出来。{numbers}。答案：[ascending]。",
        "将下列各数按从大到小的顺序写出来。{numbers}。答案：[descending]。",
        "几位同学的得分是{numbers}，名次由高到低的得分依次是[descending]。",
        "几名选手的用时（秒）是{numbers}，由快到慢依次是[ascending]。",
        "列表{numbers}经过排序（小的在前），变成[ascending]。",
        "列表{numbers}倒序排序（大的在前），变成[descending]。",
        "几根木条的长度（厘米）是{numbers}，先短后长地摆好：[ascending]。",
        "几个箱子的重量（千克）是{numbers}，先重后轻地搬走：[descending]。",
        "小明拿着写有{numbers}的几张卡片，从最小的摆起：[ascending]。",
        "小明拿着写有{numbers}的几张卡片，从最大的摆起：[descending]。",
        "在数轴上从左往右读{numbers}这几个点，依次读到[ascending]。",
        "门牌号有{numbers}，邮递员从小号走到大号，依次经过[ascending]。",
        "整理{numbers}，越往后越大：[ascending]。",
        "整理{numbers}，越往后越小：[descending]。",
        "几件商品的价钱（元）是{numbers}，由便宜到贵依次是[ascending]。",
        "气温（度）记录为{numbers}，请由高到低重写：[descending]。",
    )

    def slots(self, index):
        if index < 10_000:
            gaps = split(scatter(index, _LARGEST_GAP**3), *[_LARGEST_GAP] * 3)
        else:
            gaps = split(scatter(index - 10_000, _LARGEST_GAP**4), *[_LARGEST_GAP] * 4)
        number, ascending = 0, []
        for gap in gaps:
            number += gap + 1
            ascending.append(str(number))
        return {
            "numbers": "、".join(arrangement(draw(index, 24), ascending, len(ascending))),
            "ascending": "、".join(ascending),
            "descending": "、".join(reversed(ascending)),
        }

    def normalize(self, answer):
        """Any of the usual separators as 、, and no spaces."""
        folded = super().normalize(answer).replace(" ", "")
        for separator in (",", "<", ">"):
            folded = folded.replace(separator, "、")
        return folded


@final
class Queue(Family):
    """Facts: how many stand before a person and how many behind. The name comes by chance."""

    name = "queue"
    kind = "reasoning"
    gloss = "Places in a queue: from those before and behind to the rank and the total, and back."
    num_facts = 99 * 99
    templates = (
        "{name}排队，前面有{front}人，后面有{back}人，这一队一共有[total]人。",
        "队伍里，{name}前面有{front}人，后面有{back}人，从后往前数，{name}排第[rank_back]。",
        "一共{total}人排队，{name}前面有{front}人，后面有[back]人。",
        "一共{total}人排队，{name}从前数排第{rank}，从后数排第[rank_back]。",
        "从前数{name}是第{rank}个，从后数是第{rank_back}个，全队一共[total]人。",
        "问：{name}从左数第{rank}，从右数第{rank_back}，这一排多少人？答：[total]人。",
        "问：{total}人站成一排，{name}右边有{back}人，左边有多少人？答：[front]人。",
        "问：{total}人排队买票，{name}排在第{rank}，后面还有多少人？答：[back]人。",
        "{total}个同学站成一列，{name}后面有{back}人，{name}从前数是第[rank]。",
        "一排花里只有一盆红花，红花左边有{front}盆，右边有{back}盆，这一排一共有[total]盆。",
        "体检排队，{name}前面{front}人，后面{back}人，连{name}在内，一共有[total]人。",
        "赛跑共有{total}人，{name}得了第{rank}名，名次在{name}之后的有[back]人。",
        "赛跑时{name}前面有{front}人，后面有{back}人，参加赛跑的一共有[total]人。",
        "书架一层有{total}本书，字典左边有{front}本，从右往左数，字典是第[rank_back]本。",
        "一串珠子共{total}颗，红珠从上往下数是第{rank}颗，它下面还有[back]颗。",
        "一列火车有{total}节车厢，餐车前面有{front}节，餐车后面有[back]节。",
        "{name}排在第{rank}，后面还有{back}人，队伍一共有[total]人。",
        "{name}从后面数第{rank_back}，前面还有{front}人，队伍一共有[total]人。",
        "全班{total}人按身高站队，排在{name}前面的有{front}人，排在{name}后面的有[back]人。",
        "大楼有{total}层，{name}家上面还有{back}层，{name}家住在第[rank]层。",
        "取号机显示一共有{total}人，{name}后面有{back}人，前面还有[front]人。",
        "全队{total}人，{name}从后往前数是第{rank_back}个，从前往后数是第[rank]个。",
        "合唱队一排有{total}人，{name}从左数是第{rank}个，从右数是第[rank_back]个。",
    )

    def slots(self, index):
        front, back = split(index, 99, 99)
        front, back = front + 1, back + 1
        return {
            "name": NAMES[draw(index, len(NAMES))],
            "front": str(front),
            "back": str(back),
            "rank": str(front + 1),
            "rank_back": str(back + 1),
            "total": str(front + back + 1),
        }


@final
class NextNumber(Family):
    """Facts: six numbers that rise or fall evenly, or rise by steps that themselves grow evenly."""

    name = "next_number"
    kind = "reasoning"
    gloss = "The next number of an arithmetic sequence or of one with growing steps, or a missing one."
    num_facts = 5_940 + 5_940 + 5_000
    templates = (
        "找规律：{shown}，下一个数是[next]。",
        "数列{shown}，接下来是[next]。",
        "{shown}、[next]。",
        "问：{shown}，按规律后面应该是几？答：[next]。",
        "问：{gapped}，按规律括号里填几？答：[missing]。",
        "按规律填空：{gapped}，括号里应填[missing]。",
        "观察{shown}这几个数的变化，第六个数是[next]。",
        "小明按规律写数：{shown}。他接着写[next]。",
        "数列{gapped}里漏掉的数是[missing]。",
        "密码锁依次亮出{shown}，再往下会亮出[next]。",
        "一列数为{shown}，照这样继续，下一项等于[next]。",
        "台阶上依次写着{shown}，再上一级写着[next]。",
        "看差找规律，{shown}之后紧跟着[next]。",
        "纸上写着{gapped}，被墨水盖住的数是[missing]。",
        "智力题：{shown}，第六项是多少？[next]。",
        "五天的销量依次为{shown}，照同样的规律变化，第六天的销量是[next]。",
        "已知前五项{shown}，由规律得后一项[next]。",
        "补全数列{gapped}，缺的一项是[missing]。",
        "跳格子，脚下的数依次是{shown}，再跳一次是[next]。",
        "老师有规律地报数：{shown}。下一个该报[next]。",
        "一串有规律的数{gapped}，中间空着的是[missing]。",
        "仪表每小时的读数是{shown}，规律不变，再过一小时读数是[next]。",
    )

    def slots(self, index):
        if index < 2 * 5_940:
            falls, first, step = split(index, 2, 99, 60)
            numbers = range(first + 1, first + 1 + 6 * (step + 1), step + 1)
            numbers = numbers[::-1] if falls else numbers
        else:
            first, step, growth = split(index - 2 * 5_940, 50, 20, 5)
            numbers = [first + 1 + n * (step + 1) + n * (n - 1) // 2 * (growth + 1) for n in range(6)]
        *shown, following = map(str, numbers)
        place = 1 + draw(index, 3)
        return {
            "shown": "、".join(shown),
            "next": following,
            "gapped": "、".join("（）" if n == place else shown[n] for n in range(5)),
            "missing": shown[place],
        }
