"""Chinese kinship: 爸爸的哥哥 is 伯伯, 妈妈的哥哥 is 舅舅; side and age have words of their own.

The table says what one step from each relative leads to, where that is certain in any family: the son of
one's father's father may be one's father, so 爷爷的儿子 is not in it. Couples stay together, and their
children are those of both. Longer chains are read from left to right, one row after another.
"""

import functools
from typing import final

from mof.tasks.enumeration import scatter
from mof.tasks.family import Family

_NUM_LONG = 9_824  # chains of four
_TABLE = """
爸爸: 爸爸 爷爷, 妈妈 奶奶, 哥哥 伯伯, 弟弟 叔叔, 姐姐 姑姑, 妹妹 姑姑, 妻子 妈妈
妈妈: 爸爸 外公, 妈妈 外婆, 哥哥 舅舅, 弟弟 舅舅, 姐姐 姨妈, 妹妹 姨妈, 丈夫 爸爸
爷爷: 妻子 奶奶, 女儿 姑姑
奶奶: 丈夫 爷爷, 女儿 姑姑
外公: 妻子 外婆, 儿子 舅舅
外婆: 丈夫 外公, 儿子 舅舅
哥哥: 爸爸 爸爸, 妈妈 妈妈, 哥哥 哥哥, 姐姐 姐姐, 妻子 嫂子, 儿子 侄子, 女儿 侄女
弟弟: 爸爸 爸爸, 妈妈 妈妈, 弟弟 弟弟, 妹妹 妹妹, 妻子 弟媳, 儿子 侄子, 女儿 侄女
姐姐: 爸爸 爸爸, 妈妈 妈妈, 哥哥 哥哥, 姐姐 姐姐, 丈夫 姐夫, 儿子 外甥, 女儿 外甥女
妹妹: 爸爸 爸爸, 妈妈 妈妈, 弟弟 弟弟, 妹妹 妹妹, 丈夫 妹夫, 儿子 外甥, 女儿 外甥女
伯伯: 爸爸 爷爷, 妈妈 奶奶, 哥哥 伯伯, 姐姐 姑姑, 妹妹 姑姑, 妻子 伯母
伯母: 丈夫 伯伯
叔叔: 爸爸 爷爷, 妈妈 奶奶, 弟弟 叔叔, 姐姐 姑姑, 妹妹 姑姑, 妻子 婶婶
婶婶: 丈夫 叔叔
姑姑: 爸爸 爷爷, 妈妈 奶奶, 姐姐 姑姑, 妹妹 姑姑, 丈夫 姑父
姑父: 妻子 姑姑
舅舅: 爸爸 外公, 妈妈 外婆, 哥哥 舅舅, 弟弟 舅舅, 妻子 舅妈
舅妈: 丈夫 舅舅
姨妈: 爸爸 外公, 妈妈 外婆, 哥哥 舅舅, 弟弟 舅舅, 丈夫 姨父
姨父: 妻子 姨妈
嫂子: 丈夫 哥哥, 儿子 侄子, 女儿 侄女
弟媳: 丈夫 弟弟, 儿子 侄子, 女儿 侄女
姐夫: 妻子 姐姐, 儿子 外甥, 女儿 外甥女
妹夫: 妻子 妹妹, 儿子 外甥, 女儿 外甥女
丈夫: 爸爸 公公, 妈妈 婆婆, 哥哥 大伯子, 弟弟 小叔子, 姐姐 大姑子, 妹妹 小姑子, 儿子 儿子, 女儿 女儿
妻子: 爸爸 岳父, 妈妈 岳母, 哥哥 大舅子, 弟弟 小舅子, 姐姐 大姨子, 妹妹 小姨子, 儿子 儿子, 女儿 女儿
公公: 妻子 婆婆
婆婆: 丈夫 公公
岳父: 妻子 岳母
岳母: 丈夫 岳父
大伯子: 爸爸 公公, 妈妈 婆婆, 哥哥 大伯子, 姐姐 大姑子
小叔子: 爸爸 公公, 妈妈 婆婆, 弟弟 小叔子, 妹妹 小姑子
大姑子: 爸爸 公公, 妈妈 婆婆, 哥哥 大伯子, 姐姐 大姑子
小姑子: 爸爸 公公, 妈妈 婆婆, 弟弟 小叔子, 妹妹 小姑子
大舅子: 爸爸 岳父, 妈妈 岳母, 哥哥 大舅子, 姐姐 大姨子
小舅子: 爸爸 岳父, 妈妈 岳母, 弟弟 小舅子, 妹妹 小姨子
大姨子: 爸爸 岳父, 妈妈 岳母, 哥哥 大舅子, 姐姐 大姨子
小姨子: 爸爸 岳父, 妈妈 岳母, 弟弟 小舅子, 妹妹 小姨子
儿子: 哥哥 儿子, 弟弟 儿子, 姐姐 女儿, 妹妹 女儿, 妻子 儿媳, 儿子 孙子, 女儿 孙女
女儿: 哥哥 儿子, 弟弟 儿子, 姐姐 女儿, 妹妹 女儿, 丈夫 女婿, 儿子 外孙, 女儿 外孙女
儿媳: 丈夫 儿子, 儿子 孙子, 女儿 孙女
女婿: 妻子 女儿, 儿子 外孙, 女儿 外孙女
孙子: 爸爸 儿子, 妈妈 儿媳, 哥哥 孙子, 弟弟 孙子, 姐姐 孙女, 妹妹 孙女
孙女: 爸爸 儿子, 妈妈 儿媳, 哥哥 孙子, 弟弟 孙子, 姐姐 孙女, 妹妹 孙女
外孙: 爸爸 女婿, 妈妈 女儿, 哥哥 外孙, 弟弟 外孙, 姐姐 外孙女, 妹妹 外孙女
外孙女: 爸爸 女婿, 妈妈 女儿, 哥哥 外孙, 弟弟 外孙, 姐姐 外孙女, 妹妹 外孙女
侄子: 哥哥 侄子, 弟弟 侄子, 姐姐 侄女, 妹妹 侄女
侄女: 哥哥 侄子, 弟弟 侄子, 姐姐 侄女, 妹妹 侄女
外甥: 哥哥 外甥, 弟弟 外甥, 姐姐 外甥女, 妹妹 外甥女
外甥女: 哥哥 外甥, 弟弟 外甥, 姐姐 外甥女, 妹妹 外甥女
"""
# children of aunts and uncles are called by their age against the speaker's
_COUSIN_STEPS = {"比我大的儿子": "哥", "比我小的儿子": "弟", "比我大的女儿": "姐", "比我小的女儿": "妹"}
_COUSIN_PARENTS = {"堂": "伯伯 伯母 叔叔 婶婶", "表": "姑姑 姑父 舅舅 舅妈 姨妈 姨父"}
# steps made of two others
_DOUBLE_STEPS = {
    "爷爷": ("爸爸", "爸爸"),
    "奶奶": ("爸爸", "妈妈"),
    "外公": ("妈妈", "爸爸"),
    "外婆": ("妈妈", "妈妈"),
    "公公": ("丈夫", "爸爸"),
    "婆婆": ("丈夫", "妈妈"),
    "岳父": ("妻子", "爸爸"),
    "岳母": ("妻子", "妈妈"),
    "嫂子": ("哥哥", "妻子"),
    "弟媳": ("弟弟", "妻子"),
    "姐夫": ("姐姐", "丈夫"),
    "妹夫": ("妹妹", "丈夫"),
    "儿媳": ("儿子", "妻子"),
    "女婿": ("女儿", "丈夫"),
}
_SYNONYMS = """
爸爸 父亲 爸, 妈妈 母亲 妈, 爷爷 祖父, 奶奶 祖母, 外公 姥爷 外祖父, 外婆 姥姥 外祖母, 伯伯 伯父 大伯
伯母 大妈, 叔叔 叔父, 婶婶 婶子 婶母 婶娘, 姑姑 姑妈 姑母, 姑父 姑丈 姑夫, 舅舅 舅父, 舅妈 舅母
姨妈 姨母 姨 阿姨, 姨父 姨丈 姨夫, 嫂子 嫂嫂, 弟媳 弟妹 弟媳妇, 丈夫 老公, 妻子 老婆 太太, 岳父 丈人
岳母 丈母娘, 儿媳 儿媳妇, 大伯子 大伯哥, 大舅子 大舅哥 内兄, 小舅子 内弟, 外甥 外甥子, 外孙 外孙子
侄子 侄儿
"""


@functools.cache
def kinship_table():
    """(relative, step) → relative, for every certain step."""
    table = {}
    for row in _TABLE.strip().split("\n"):
        relative, steps = row.split(": ")
        for entry in steps.split(", "):
            step, result = entry.split()
            table[relative, step] = result
    for prefix, parents in _COUSIN_PARENTS.items():
        for parent in parents.split():
            for step, ending in _COUSIN_STEPS.items():
                table[parent, step] = prefix + ending
    for relative in {relative for relative, _ in table}:
        for step, (one, other) in _DOUBLE_STEPS.items():
            result = table.get((table.get((relative, one)), other))
            if result:
                table.setdefault((relative, step), result)
    return table


@functools.cache
def _chains():
    """(relatives joined by 的, what the whole is called), two to four relatives long, the shortest first."""
    steps = {}
    for (relative, step), result in sorted(kinship_table().items()):
        steps.setdefault(relative, []).append((step, result))
    chains, found = [(relative, relative) for relative in sorted(steps)], []
    for _ in range(3):
        chains = [
            (f"{chain}的{step}", result)
            for chain, relative in chains
            for step, result in steps.get(relative, ())
        ]
        found += chains
    return tuple(found)


@functools.cache
def _spellings():
    return {
        synonym: group.split()[0]
        for line in _SYNONYMS.strip().split("\n")
        for group in line.split(", ")
        for synonym in group.split()
    }


@final
class Kinship(Family):
    """Facts: a chain of two to four relatives that begins with the speaker's, and what it comes to."""

    name = "kinship"
    kind = "reasoning"
    gloss = "What is my father's elder brother, my mother's brother's wife, ... to me?"
    num_facts = 8_000
    templates = (
        "我{chain}是我的[relative]。",
        "我{chain}，我称为[relative]。",
        "问：我{chain}是我的什么人？答：[relative]。",
        "问：怎样称呼我{chain}？答：[relative]。",
        "从我算起，{chain}就是我的[relative]。",
        "论亲戚关系，我{chain}是我[relative]。",
        "亲属称谓题：我{chain}＝我的[relative]。",
        "“{chain}”用一个称呼来说，就是“[relative]”。",
        "在家谱上从我出发去找{chain}，找到的是我的[relative]。",
        "我向客人介绍：“这位是我{chain}。”换句话说，是我的[relative]。",
        "歌谣里唱：“我{chain}叫什么？叫[relative]。”",
        "拜年时遇见我{chain}，其实就是我的[relative]。",
        "辈分不乱：我{chain}，一定是我的[relative]。",
        "绕口令一样的“我{chain}”，说白了是我[relative]。",
        "我{chain}给我写信，写信的人是我的[relative]。",
        "照片里站着我{chain}，也就是我的[relative]。",
        "考考你，谁是我{chain}？是我的[relative]。",
        "亲戚计算器：输入“{chain}”，输出“[relative]”。",
        "认亲口诀要记牢，我{chain}，就是我的[relative]。",
        "若问我{chain}与我是何关系，答曰：[relative]。",
        "我{chain}要来做客，按辈分该算我的[relative]。",
        "按中国人的叫法，我{chain}该叫[relative]。",
    )

    def slots(self, index):
        chains = _chains()
        num_short = len(chains) - _NUM_LONG
        number = index if index < num_short else num_short + scatter(index - num_short, _NUM_LONG)
        chain, relative = chains[number]
        return {"chain": chain, "relative": relative}

    def normalize(self, answer):
        """父亲 as 爸爸, 舅母 as 舅妈, and so on, with or without 我的 before."""
        folded = super().normalize(answer).removeprefix("我").removeprefix("的")
        return _spellings().get(folded, folded)
