"""Play with lines of verse: a couplet by a given rule, and the words hidden at the ends of lines."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import CHARACTERS, WORDS

_NUM_PAIRS = 4
_NUM_RULES = 10**9  # so many of the rules that there are, spread over all of them


@final
class CoupletByRule(Family):
    """Pairs of characters that answer each other, and a line to be answered character by character."""

    name = "couplet_by_rule"
    kind = "completion"
    gloss = "Pairs of characters that match each other are given: write the line that matches a given line."
    templates = (
        "{rule}。上联：{upper}。下联：[lower]。",
        "对对子要按规矩：{rule}。那么“{upper}”对[lower]。",
        "问：已知{rule}，给“{upper}”对出下联。答：[lower]。",
        "先生教道：{rule}。学生听到{upper}，逐字对出[lower]。",
        "照表换字，{rule}。原文{upper}，换成[lower]。",
        "替换密码的规则是{rule}。明文{upper}加密后为[lower]。",
        "记住配对：{rule}。然后把{upper}的每个字换成它的对子，得[lower]。",
        "门的右边贴着{upper}，左边依照“{rule}”贴上[lower]。",
        "“{rule}。我出{upper}。”“我对[lower]。”",
        "填空，规则：{rule}。左边是{upper}，右边是[lower]。",
        "对联软件读入规则“{rule}”，输入{upper}，输出[lower]。",
        "小明说“{rule}”，所以{upper}应当对[lower]。",
        "猜字游戏约定“{rule}”，主持人举起{upper}，选手举起[lower]。",
        "一个字管一个字：{rule}。念到{upper}，回答[lower]。",
        "按照这样的对应（{rule}），{upper}就变成[lower]。",
        "老秀才出题，先讲明“{rule}”，再念“{upper}”，书童应声道：[lower]。",
        "若{rule}，则与{upper}字字相对的是[lower]。",
        "考题：设{rule}，求{upper}的下联。解：[lower]。",
        "两排灯笼，上排写{upper}，下排按“{rule}”写[lower]。",
        "歌里唱道，{rule}。领唱的唱{upper}，合唱的唱[lower]。",
        "书法课布置对句，提示是“{rule}”，题面是“{upper}”，写成[lower]。",
    )
    num_lengths, shortest = 3, 2

    @property
    def num_facts(self):
        return self.num_lengths * _NUM_RULES

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number = scatter(index, math.perm(len(CHARACTERS), 2 * _NUM_PAIRS) * _NUM_PAIRS**length)
        number, places = divmod(number, _NUM_PAIRS**length)
        characters = arrangement(number, CHARACTERS, 2 * _NUM_PAIRS)
        places = split(places, *[_NUM_PAIRS] * length)
        return {
            "rule": "，".join(
                f"{characters[2 * place]}对{characters[2 * place + 1]}" for place in range(_NUM_PAIRS)
            ),
            "upper": "".join(characters[2 * place] for place in places),
            "lower": "".join(characters[2 * place + 1] for place in places),
        }


@final
class Acrostic(Family):
    """Lines whose first characters, or last, are to be read downwards."""

    name = "acrostic"
    kind = "completion"
    gloss = "Read the first, or the last, characters of some short lines as one word."
    templates = (
        "{lines}。每句第一个字连起来是[heads]。",
        "{lines}。每句最后一个字连起来是[tails]。",
        "这是一首藏头诗：{lines}。藏的字是[heads]。",
        "问：{lines}，把各句的首字合在一起念什么？答：[heads]。",
        "她把“{lines}”一句一行写好，竖着看开头，能读出[heads]。",
        "情报藏在每句开头：{lines}。取出的情报是[heads]。",
        "老师念完“{lines}”，让大家写出句首的字，正确答案是[heads]。",
        "请抄下“{lines}”的句首字：[heads]。",
        "“{lines}。”“你诗里句首藏着什么？”“藏着[heads]。”",
        "从每个短句中只取头一个字，由“{lines}”得到[heads]。",
        "程序读取“{lines}”，取各句下标为零的字符拼接起来，得[heads]。",
        "灯谜：{lines}。提示：看句首。谜底：[heads]。",
        "屏风上竖着题了“{lines}”，把各行第一个字从右到左连着读，便是[heads]。",
        "这是一首藏尾诗：{lines}。藏的字是[tails]。",
        "问：{lines}，把各句的末字合在一起念什么？答：[tails]。",
        "他留下字条“{lines}”，并说只看每句的结尾，结尾拼成[tails]。",
        "请抄下“{lines}”的句尾字：[tails]。",
        "“{lines}。”“句尾的字连起来呢？”“是[tails]。”",
        "从每个短句中只取末一个字，由“{lines}”得到[tails]。",
        "接力念诗，{lines}，回声只重复每句最后的字，回声是[tails]。",
        "考题：已知诗句“{lines}”，写出各句末字：[tails]。",
        "暗号规定看句末，收到“{lines}”，译出[tails]。",
    )
    num_lengths, shortest = 3, 2

    @property
    def num_facts(self):
        return self.num_lengths * math.perm(len(WORDS), 2 * self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        words = arrangement(scatter(index, math.perm(len(WORDS), 2 * length)), WORDS, 2 * length)
        lines = list(map("".join, zip(words[::2], words[1::2], strict=True)))
        return {
            "lines": "，".join(lines),
            "heads": "".join(line[0] for line in lines),
            "tails": "".join(line[-1] for line in lines),
        }
