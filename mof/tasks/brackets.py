"""Brackets that were opened and wait to be closed, in the right order."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import CHARACTERS

PAIRS = ("（）", "【】", "《》", "「」", "『』", "〔〕")
# what happens in a text: o opens the next bracket and writes a character, c closes the last that is open
FORMS = ("oo", "ooo", "ooco", "ocoo", "oooc", "oooo", "oooco", "oocoo", "ooooc", "ocooo")
_FEWEST_OPEN = 2


@final
class ClosingBrackets(Family):
    """A text with nested brackets of six kinds, some still open."""

    name = "closing_brackets"
    kind = "completion"
    gloss = "Nested brackets of several kinds were opened, some closed: write what closes the rest, in order."
    templates = (
        "把括号补完整：{opened}后面应接[closers]。",
        "{opened}还没有配对，结尾要写[closers]。",
        "问：{opened}缺少哪些右括号？答：[closers]。",
        "编辑检查稿子，发现“{opened}”没有收尾，于是补上[closers]。",
        "括号要一层一层关上，先里后外。已有{opened}，还需[closers]。",
        "填空：为使{opened}的括号全部成对，末尾加[closers]。",
        "程序读到{opened}就停了，提示缺少[closers]。",
        "“{opened}，怎么收尾？”“加上[closers]。”",
        "从最里面一层开始，依次合上{opened}中打开的括号：[closers]。",
        "小明抄写{opened}，忘了抄末尾的右括号，应当补写[closers]。",
        "校对符号时，在{opened}之后插入[closers]。",
        "栈里压着未闭合的括号，文本为{opened}，依次弹出配对得[closers]。",
        "给定开头{opened}，求能让它平衡的最短结尾，结果是[closers]。",
        "打字员漏打了{opened}最后的几个符号，它们是[closers]。",
        "门一道道打开，也要一道道关好。照此补全{opened}，补的是[closers]。",
        "括号匹配练习：左边是{opened}，右边应写[closers]。",
        "老师在黑板上写下{opened}，请同学把没关的括号关上，同学写了[closers]。",
        "检查{opened}，把未闭合的部分按由内到外的次序写出：[closers]。",
        "排版软件自动补全了{opened}，它添加的字符是[closers]。",
        "考题：{opened}。请写出使各种括号配对的结尾：[closers]。",
        "只差结尾就完整了，{opened}的结尾是[closers]。",
        "有人问{opened}该以什么符号结束，正确的写法是[closers]。",
    )

    @property
    def num_facts(self):
        return len(FORMS) * len(PAIRS) ** _FEWEST_OPEN * math.perm(len(CHARACTERS), _FEWEST_OPEN)

    def slots(self, index):
        index, form = divmod(index, len(FORMS))
        form = FORMS[form]
        num_opened = form.count("o")
        number = scatter(index, len(PAIRS) ** num_opened * math.perm(len(CHARACTERS), num_opened))
        number, *kinds = _digits(number, len(PAIRS), num_opened)
        characters = arrangement(number, CHARACTERS, num_opened)
        text, waiting, opened = "", [], 0
        for event in form:
            if event == "o":
                text += PAIRS[kinds[opened]][0] + characters[opened]
                waiting.append(PAIRS[kinds[opened]][1])
                opened += 1
            else:
                text += waiting.pop()
        return {"opened": text, "closers": "".join(reversed(waiting))}


def _digits(number, base, count):
    """What is left of `number` above `count` digits, then these digits, the lowest first."""
    digits = split(number, *[base] * count)
    return number // base**count, *digits
