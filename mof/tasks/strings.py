"""Work on the characters of a text: the n-th one, and the text backwards."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.numerals import to_chinese
from mof.tasks.vocabulary import CHARACTERS, WORDS


@final
class NthCharacter(Family):
    """Facts: two or three words side by side, in which no character comes twice, and a place in them."""

    name = "nth_character"
    kind = "reasoning"
    gloss = "The n-th character of a short text, from the front or the back; the place of a character."
    num_facts = 14_160 + 30_000
    templates = (
        "“{text}”的第{place}个字是[character]。",
        "“{text}”的倒数第{place_back}个字是[character]。",
        "在“{text}”中，“{character}”是第几个字？第[place]个。",
        "问：“{text}”里第{place}个字是什么？答：[character]。",
        "问：“{text}”里倒数第{place_back}个字是什么？答：[character]。",
        "问：“{character}”在“{text}”里排第几？答：第[place]。",
        "从左往右数“{text}”，数到第{place}个字，是[character]。",
        "从右往左数“{text}”，数到第{place_back}个字，是[character]。",
        "{text}，这一串字里第{place}个是[character]。",
        "{text}，这一串字里倒着数第{place_back}个是[character]。",
        "取出“{text}”中的第{place}字：[character]。",
        "老师写下“{text}”，圈出第{place}个字，圈出的是[character]。",
        "小明念“{text}”，念到第{place}个字时停下，最后念的是[character]。",
        "黑板上写着“{text}”，“{character}”字在第[place]位。",
        "把“{text}”一字一格写好，第{place}格里是[character]。",
        "“{text}”一字一格写好，“{character}”在第[place]格。",
        "石碑上刻着“{text}”，只有第{place}个字看不清，那个字原来是[character]。",
        "暗号是“{text}”的第{place}个字，也就是[character]。",
        "暗号是“{text}”的倒数第{place_back}个字，也就是[character]。",
        "字符串“{text}”，从一数起，位置{place}上的字符是[character]。",
        "“{character}”这个字，从头数是“{text}”的第[place]个字。",
        "念“{text}”时，第{place}声念的是[character]。",
    )

    def slots(self, index):
        if index < 14_160:
            place, order = split(index, 4, 3_540)
            words = arrangement(order, WORDS, 2)
        else:
            orders = math.perm(len(WORDS), 3)
            place, order = split(scatter(index - 14_160, 6 * orders), 6, orders)
            words = arrangement(order, WORDS, 3)
        text = "".join(words)
        return {
            "text": text,
            "character": text[place],
            "place": to_chinese(place + 1),
            "place_back": to_chinese(len(text) - place),
        }

    def normalize(self, answer):
        return super().normalize(answer).strip('“”"')


@final
class ReversedText(Family):
    """Facts: two to five characters that make no sense together, and the same ones backwards."""

    name = "reversed_text"
    kind = "reasoning"
    gloss = "A short text backwards."
    num_facts = 4 * 14_000
    templates = (
        "“{text}”倒过来是“[reversed]”。",
        "把“{text}”反着写，得到“[reversed]”。",
        "{text}，倒着念是[reversed]。",
        "问：“{text}”从后往前读是什么？答：[reversed]。",
        "问：怎样把“{text}”颠倒过来？答：[reversed]。",
        "将字符串“{text}”逆序输出：[reversed]。",
        "从右往左读“{text}”，读作“[reversed]”。",
        "小明把卡片“{text}”的次序全部颠倒，摆成“[reversed]”。",
        "镜子里的顺序正好相反：“{text}”变成“[reversed]”。",
        "倒序游戏：我说“{text}”，你说“[reversed]”。",
        "原文：{text}。逆序：[reversed]。",
        "“{text}”的最后一个字写在最前，依次倒排，成了“[reversed]”。",
        "古人题匾从右到左写“{text}”，今人误从左到右念成“[reversed]”。",
        "一队字排成{text}，全体向后转，次序变为[reversed]。",
        "先进后出：依次放入{text}，依次取出[reversed]。",
        "密码是“{text}”反过来的样子，即“[reversed]”。",
        "“{text}”，首尾对调、依次颠倒，便是“[reversed]”。",
        "老师报出{text}，要求倒着复述，学生答：[reversed]。",
        "纸条上写着{text}，规定倒读，读出来是[reversed]。",
        "反转{text}的字序，结果为[reversed]。",
        "如果从末尾念起，“{text}”就念成“[reversed]”。",
        "哪串字倒过来是“{text}”？是“[reversed]”。",
    )

    def slots(self, index):
        number, length = index // 4, 2 + index % 4
        # all 14,280 pairs of characters, nearly; as many of each greater length
        order = scatter(number, math.perm(len(CHARACTERS), length))
        text = "".join(arrangement(order, CHARACTERS, length))
        return {"text": text, "reversed": text[::-1]}
