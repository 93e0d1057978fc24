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
        "几根木条长（厘米）{numbers}，先短后长地摆好：[ascending]。",
        "几个箱子重（千克）{numbers}，先重后轻地搬走：[descending]。",
        "小明拿着{numbers}几张数字卡片，从最小的摆起：[ascending]。",
        "小明拿着{numbers}几张数字卡片，从最大的摆起：[descending]。",
        "在数轴上从左往右读{numbers}这些点，读到[ascending]。",
        "门牌号有{numbers}，邮递员从小号走到大号，经过[ascending]。",
        "整理{numbers}，越往后越大：[ascending]。",
        "整理{numbers}，越往后越小：[descending]。",
        "几件商品的价钱是{numbers}元，由便宜到贵写成[ascending]。",
        "气温记录{numbers}，请由高到低重写：[descending]。",
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
        "{name}排队，前面有{front}人，后面有{back}人，这一队的总人数是[total]。",
        "队伍里，{name}前面有{front}人，后面有{back}人，从后往前数，{name}排第[rank_back]。",
        "一共{total}人排队，{name}前面有{front}人，后面的人数是[back]。",
        "一共{total}人排队，{name}从前数排第{rank}，从后数排第[rank_back]。",
        "从前数{name}是第{rank}个，从后数是第{rank_back}个，全队人数是[total]。",
        "问：{name}从左数第{rank}，从右数第{rank_back}，这一排多少人？答：[total]。",
        "问：{total}人站成一排，{name}右边有{back}人，左边有多少人？答：[front]。",
        "问：{total}人排队买票，{name}排在第{rank}，后面还有几人？答：[back]。",
        "{total}个同学站成一列，{name}后面有{back}人，{name}从前数是第[rank]。",
        "{name}的左边有{front}盆花，右边有{back}盆花，连所站的位置一共[total]。",
        "体检排队，{name}前面{front}人，后面{back}人，连自己在内，总数是[total]。",
        "赛跑共{total}人，{name}得第{rank}名，名次更靠后的人数是[back]。",
        "赛跑时{name}前面有{front}人，后面有{back}人，参赛人数是[total]。",
        "书架一层有{total}本书，字典左边有{front}本，从右数字典是第[rank_back]。",
        "一串珠子共{total}颗，红珠是从上数的第{rank}颗，它下面的颗数是[back]。",
        "一列火车有{total}节，餐车前面有{front}节，餐车后面的节数是[back]。",
        "{name}排第{rank}，后面还有{back}人，队伍的总人数是[total]。",
        "{name}从后面数第{rank_back}，前面还有{front}人，队伍的总人数是[total]。",
        "全班{total}人按身高站队，比{name}靠前的有{front}人，比{name}靠后的人数是[back]。",
        "楼房有{total}层，{name}家上面还有{back}层，这一家在第[rank]层。",
        "取号机显示共{total}人，{name}后面{back}人，前面要等的人数是[front]。",
        "从后往前数{name}是第{rank_back}，全队{total}人，从前往后数是第[rank]。",
        "合唱队一排{total}人，从左数第{rank}是{name}，从右数是第[rank_back]。",
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
        "问：{shown}后面应该是几？答：[next]。",
        "问：{gapped}，空格里填几？答：[missing]。",
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
        "每天的销量依次为{shown}，按同样的变化，第二天的销量是[next]。",
        "已知前五项{shown}，由规律得后一项[next]。",
        "补全数列{gapped}，缺的一项是[missing]。",
        "跳格子，脚下的数依次是{shown}，再跳一次是[next]。",
        "老师报数：{shown}。下一个该报[next]。",
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
