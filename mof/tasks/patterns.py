"""Sequences that follow a pattern: continue them by one."""

import bisect
import itertools
import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.festivals import ANIMALS, BRANCHES, STEMS
from mof.tasks.vocabulary import CHARACTERS
from mof.tasks.word_lists import ITEMS

SHAPES = ("AB", "AAB", "ABB", "AABB", "ABBA", "ABAC", "ABC", "ABCB", "AABC", "ABCC")
_NUM_CUTS = 2  # places in the third period at which a sequence may stop

CYCLES = tuple(
    map(
        tuple,
        (
            "星期一 星期二 星期三 星期四 星期五 星期六 星期日".split(),
            "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月".split(),
            ANIMALS,
            STEMS,
            BRANCHES,
            "立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 "
            "立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 小寒 大寒".split(),
            (STEMS[number % 10] + BRANCHES[number % 12] for number in range(60)),
            "角亢氐房心尾箕斗牛女虚危室壁奎娄胃昴毕觜参井鬼柳星张翼轸",
            "白羊座 金牛座 双子座 巨蟹座 狮子座 处女座 天秤座 天蝎座 射手座 摩羯座 水瓶座 双鱼座".split(),
        ),
    )
)
_STEPS = (1, 2, 3, -1, -2, -3)
_SHORTEST_RUN, _NUM_RUNS = 3, 6


@final
class AlternatingWords(Family):
    """Two or three words in a pattern such as AABB or ABAC."""

    name = "alternating_words"
    kind = "completion"
    gloss = "Words alternate in a pattern such as AAB or ABAC: which comes next?"
    templates = (
        "{shown}、[next]。",
        "按规律往下写：{shown}，接着是[next]。",
        "找规律，{shown}，下一个是[next]。",
        "问：{shown}，后面该轮到什么？答：[next]。",
        "小朋友摆图片：{shown}，他下一张要摆[next]。",
        "珠帘的图案不断重复：{shown}，再往后是[next]。",
        "墙纸上从左到右画着{shown}，照这样画下去，接下来画[next]。",
        "下面的词一轮一轮地重复：{shown}。随后出现的应当是[next]。",
        "机器人循环报出{shown}，下一声报的是[next]。",
        "“{shown}，然后呢？”“然后是[next]。”",
        "规律填空：{shown}，空格处填[next]。",
        "传送带上依次经过{shown}，照此循环，紧跟着经过[next]。",
        "这段节奏用词语代替拍子：{shown}。下一拍是[next]。",
        "如果{shown}一直循环，那么紧接着的一项是[next]。",
        "花边由几种图样重复而成，已经绣了{shown}，继续绣就该绣[next]。",
        "数列不一定是数，词语也行：{shown}。请写出下一项：[next]。",
        "奶奶串门帘，串法是{shown}，她手里要拿的下一件是[next]。",
        "观察{shown}的排列，可以推出后一个词是[next]。",
        "屏幕滚动显示{shown}，不出意外，马上显示[next]。",
        "游戏规则是照样子接龙，前面已有{shown}，我接[next]。",
        "考题：{shown}，依照周期，下面一个词为[next]。",
        "印章一个接一个地盖下去：{shown}，然后盖[next]。",
    )

    @property
    def num_facts(self):
        return len(SHAPES) * _NUM_CUTS * math.perm(len(ITEMS), 2)

    def slots(self, index):
        shape, cut, number = split(index, len(SHAPES), _NUM_CUTS, math.perm(len(ITEMS), 2))
        shape = SHAPES[shape]
        num_words = len(set(shape))
        words = arrangement(scatter(number, math.perm(len(ITEMS), num_words)), ITEMS, num_words)
        period = [words["ABC".index(letter)] for letter in shape]
        return {"shown": "、".join(period * 2 + period[:cut]), "next": period[cut]}


@final
class CycleNext(Family):
    """Weekdays, months, animals of the years and the like, forwards or backwards, in steps of 1 to 3."""

    name = "cycle_next"
    kind = "completion"
    gloss = (
        "A run from a known cycle (weekdays, solar terms, the cycle of sixty) in equal steps: what is next?"
    )
    templates = (
        "{run}、[next]。",
        "接着往下说：{run}，[next]。",
        "问：{run}之后按同样的间隔是什么？答：[next]。",
        "从循环的名称里按固定间隔取出：{run}，再取一个是[next]。",
        "依次念：{run}。照这个步子，下一个念[next]。",
        "找出间隔规律后填空：{run}，[next]。",
        "爷爷扳着指头数{run}，接着数[next]。",
        "转盘每次转过同样多的格，指针先后停在{run}，下一次停在[next]。",
        "“{run}。”“我来接，[next]。”",
        "按照等距离跳着数的办法，{run}后面数到[next]。",
        "日历、年历或干支表里等距抽取{run}，继续抽取得到[next]。",
        "考考你：{run}，照此类推，随后是[next]。",
        "从前面几项{run}看出步长，就能写出后一项[next]。",
        "轮流值班的代号为{run}，间隔不变，下一班的代号是[next]。",
        "这几个名称排成等间隔的一串：{run}，末尾应补上[next]。",
        "请续写一项。已有：{run}。续写：[next]。",
        "鼓每敲一次就换一个名称，换过了{run}，再敲一次换成[next]。",
        "在首尾相接的圆圈上走，步子一样大，踩过{run}，下一脚踩到[next]。",
        "老师写下{run}，叫同学上台写下一个，同学写的是[next]。",
        "她有规律地背着{run}，忘了下面，我提醒她是[next]。",
        "若{run}的间隔保持不变，则其后一项为[next]。",
        "暗号按固定间隔取自一个循环，前面是{run}，对方要回答的下一个是[next]。",
    )
    _starts = tuple(
        itertools.accumulate((len(cycle) * len(_STEPS) * _NUM_RUNS for cycle in CYCLES), initial=0)
    )

    @property
    def num_facts(self):
        return self._starts[-1]

    def slots(self, index):
        number = scatter(index, self.num_facts)
        which = bisect.bisect_right(self._starts, number) - 1
        cycle = CYCLES[which]
        start, step, longer = split(number - self._starts[which], len(cycle), len(_STEPS), _NUM_RUNS)
        length, step = _SHORTEST_RUN + longer, _STEPS[step]
        *run, following = (cycle[(start + step * place) % len(cycle)] for place in range(length + 1))
        return {"run": "、".join(run), "next": following}


@final
class RotatingLine(Family):
    """A line of characters that turns by one place each time."""

    name = "rotating_line"
    kind = "completion"
    gloss = "A line of characters turns by one place again and again: what is the next line?"
    templates = (
        "{lines}，[next]。",
        "每次都把字循环移动一位：{lines}，下一行是[next]。",
        "问：{lines}，照此轮转，接着是什么？答：[next]。",
        "走马灯上的字不断转动，先后显示{lines}，随后显示[next]。",
        "文字转圈游戏：{lines}，再转一次变成[next]。",
        "请看这几串字：{lines}。依同样的转法，后一串为[next]。",
        "密码每天轮换一格，前几天是{lines}，今天轮到[next]。",
        "站成一圈的孩子每人举一个字，每次移动一个位置，念出来是{lines}，再移动一次，念作[next]。",
        "“{lines}。”“下一句呢？”“[next]。”",
        "填空，注意首尾相接：{lines}，[next]。",
        "滚筒印章滚过纸面，留下{lines}，再滚一格，留下[next]。",
        "观察{lines}的变化，接着变下去，得到[next]。",
        "计算机把字符串循环移动一位，依次输出{lines}，继续输出[next]。",
        "跑马灯广告的内容依次是{lines}，往后是[next]。",
        "把一串字首尾相连，从不同的地方念起：{lines}，接下去念[next]。",
        "字轮转动，窗口里看到{lines}，下一刻看到[next]。",
        "老师写了{lines}，小亮看出每次只挪一位，于是写[next]。",
        "规律题：{lines}，其后应为[next]。",
        "书签上印着回环的字：{lines}，下一枚书签印着[next]。",
        "这首回环诗每行挪动一字，已有{lines}，续一行就是[next]。",
        "旋转木马上贴着字，正面依次转出{lines}，然后转出[next]。",
    )
    num_lengths, shortest, num_shown = 3, 4, 3

    @property
    def num_facts(self):
        return self.num_lengths * 2 * math.perm(len(CHARACTERS), self.shortest)

    def slots(self, index):
        index, longer, backwards = index // (2 * self.num_lengths), *split(index, self.num_lengths, 2)
        length = self.shortest + longer
        line = "".join(arrangement(scatter(index, math.perm(len(CHARACTERS), length)), CHARACTERS, length))
        step = -1 if backwards else 1
        *lines, following = (
            line[step * turn % length :] + line[: step * turn % length] for turn in range(self.num_shown + 1)
        )
        return {"lines": "，".join(lines), "next": following}
