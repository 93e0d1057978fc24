"""Sentences to finish in the way that the text has just shown: a measure word, a turn of the sentence."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES, THINGS
from mof.tasks.word_lists import ACTIONS, MEASURED, NUMERALS

_MEASURES = tuple(MEASURED)
_NOUNS_EACH = 3
_COUNTS = tuple("两" if numeral == "二" else numeral for numeral in NUMERALS)
# how a sentence "person action thing" is said: plainly, and turned in four ways
_PLAIN = "{person}{action}了{thing}"
_TURNS = (
    "{thing}被{person}{action}了",
    "{person}把{thing}{action}了",
    "{thing}是{person}{action}的",
    "{action}{thing}的是{person}",
)


@final
class MeasureWordEcho(Family):
    """Counted things; one of them is counted again and needs the same measure word."""

    name = "measure_word_echo"
    kind = "completion"
    gloss = "Things are counted with their measure words: repeat a measure word, a noun or a number."
    templates = (
        "这里有{counted}。数{noun}用的量词是[measure]。",
        "这里有{counted}。用“{measure}”来数的东西是[noun]。",
        "这里有{counted}。{noun}的数目是[count]。",
        "作文里写道：{counted}。仿照原文，“{noun}”前面应当写量词[measure]。",
        "问：“{counted}”这句话里，跟{noun}搭配的量词是哪个？答：[measure]。",
        "仓库有{counted}。要多领一些{noun}，开单时的单位写[measure]。",
        "妹妹学说话，听到{counted}，于是知道{noun}要论[measure]。",
        "量词填空，先读{counted}，再填：{noun}的单位，[measure]。",
        "“我看见了{counted}。”“{noun}是怎么数的？”“论[measure]。”",
        "照片里拍下了{counted}，写说明时，{noun}仍然用量词[measure]。",
        "问：清单写着{counted}，其中按“{measure}”计数的是什么？答：[noun]。",
        "外国朋友读到{counted}，问“{measure}”修饰的名词是哪一个，我说是[noun]。",
        "看句子找名词：{counted}。量词“{measure}”后面的名词为[noun]。",
        "展览摆出{counted}，说明牌上以“{measure}”为单位的展品是[noun]。",
        "请从{counted}里找出论“{measure}”的东西：[noun]。",
        "“{counted}，都记住了吗？用‘{measure}’数的是什么？”“[noun]。”",
        "问：{counted}，请问{noun}有几{measure}？答：[count]。",
        "搬家公司记下{counted}。核对时，{noun}的数目记为[count]。",
        "照“{counted}”抄写，量词“{measure}”之前、修饰{noun}的数词应当抄作[count]。",
        "听写之后检查：{counted}。“{measure}{noun}”前面的数词是[count]。",
        "爷爷数了数，家里有{counted}。问到{noun}有几{measure}，他说[count]。",
        "店里进了{counted}，账上{noun}的数目写作[count]。",
    )
    num_lengths, shortest = 3, 2

    @property
    def num_facts(self):
        return self.num_lengths * _num_counted(self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number, asked = divmod(scatter(index, _num_counted(length)), length)
        number, nouns = divmod(number, _NOUNS_EACH**length)
        number, counts = divmod(number, len(_COUNTS) ** length)
        measures = arrangement(number, _MEASURES, length)
        nouns = [
            MEASURED[measure][noun]
            for measure, noun in zip(measures, split(nouns, *[_NOUNS_EACH] * length), strict=True)
        ]
        counts = [_COUNTS[count] for count in split(counts, *[len(_COUNTS)] * length)]
        return {
            "counted": "、".join(map("".join, zip(counts, measures, nouns, strict=True))),
            "measure": measures[asked],
            "noun": nouns[asked],
            "count": counts[asked],
        }


def _num_counted(length):
    return length * (_NOUNS_EACH * len(_COUNTS)) ** length * math.perm(len(_MEASURES), length)


@final
class TurnedSentence(Family):
    """A sentence and the same turned round, then a second sentence to be turned in the same way."""

    name = "turned_sentence"
    kind = "completion"
    gloss = "An example shows how a sentence is turned (bei, ba, shi...de): turn another in the same way."
    templates = (
        "照样子改写句子。例：{example}，改成{example_turned}。现在：{plain}，改成[turned]。",
        "{example}，也就是说，{example_turned}。{plain}，也就是说，[turned]。",
        "问：“{example}”变成“{example_turned}”，那么“{plain}”变成什么？答：[turned]。",
        "句式转换，第一题：{example}→{example_turned}。第二题：{plain}→[turned]。",
        "老师把“{example}”说成“{example_turned}”，学生把“{plain}”说成[turned]。",
        "按同样的办法变换，甲句“{example}”得“{example_turned}”，乙句“{plain}”得[turned]。",
        "如果“{example}”可以写作“{example_turned}”，则“{plain}”可以写作“[turned]”。",
        "仿写练习。原句：{example}。变句：{example_turned}。原句：{plain}。变句：[turned]。",
        "甲把“{example}”换个说法：{example_turned}。乙也把“{plain}”换个说法：[turned]。",
        "“{example}。”“{example_turned}。”“{plain}。”“[turned]。”",
        "改写机器上，输入{example}，输出{example_turned}；再输入{plain}，输出[turned]。",
        "语文课上先看示范，{example}，{example_turned}；接着自己做，{plain}，[turned]。",
        "同一件事有两种说法。一件是{example}，{example_turned}；另一件是{plain}，[turned]。",
        "读一读，比一比：{example}，{example_turned}。做一做：{plain}，[turned]。",
        "参照“{example_turned}”与“{example}”的关系，由“{plain}”写出“[turned]”。",
        "改写成同义句，已改：{example}＝{example_turned}；待改：{plain}＝[turned]。",
        "复述故事时，姐姐把“{example}”说成“{example_turned}”，弟弟学着她，把“{plain}”说成“[turned]”。",
        "句型卡片，正面{example}，反面{example_turned}；另一张正面{plain}，反面[turned]。",
        "编辑改稿有统一的规矩：“{example}”改为“{example_turned}”，同理，“{plain}”改为“[turned]”。",
        "先听例句：{example}，换言之{example_turned}。再完成：{plain}，换言之[turned]。",
        "新闻原文说{example}，标题写成{example_turned}。下一则原文说{plain}，标题照此写成[turned]。",
    )

    @property
    def num_facts(self):
        return len(_TURNS) * math.perm(len(NAMES), 2) * math.perm(len(ACTIONS), 2) * math.perm(len(THINGS), 2)

    def slots(self, index):
        turn, people, actions, things = split(
            scatter(index, self.num_facts),
            len(_TURNS),
            *(math.perm(len(words), 2) for words in (NAMES, ACTIONS, THINGS)),
        )
        sentences = [
            {"person": person, "action": action, "thing": thing}
            for person, action, thing in zip(
                arrangement(people, NAMES, 2),
                arrangement(actions, ACTIONS, 2),
                arrangement(things, THINGS, 2),
                strict=True,
            )
        ]
        return {
            "example": _PLAIN.format_map(sentences[0]),
            "example_turned": _TURNS[turn].format_map(sentences[0]),
            "plain": _PLAIN.format_map(sentences[1]),
            "turned": _TURNS[turn].format_map(sentences[1]),
        }
