"""Work on the characters of a text: the n-th one, and each word of it backwards."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter, split
from mof.tasks.family import Family
from mof.tasks.numerals import to_chinese
from mof.tasks.vocabulary import WORDS


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
        "看这一串字：{text}。里面第{place}个是[character]。",
        "看这一串字：{text}。里面倒着数第{place_back}个是[character]。",
        "取出“{text}”中的第{place}个字：[character]。",
        "老师写下“{text}”，圈出第{place}个字，圈出的是[character]。",
        "小明念“{text}”，念到第{place}个字时停下，最后念的是[character]。",
        "黑板上写着“{text}”，“{character}”字在第[place]位。",
        "把“{text}”一字一格写好，第{place}格里是[character]。",
        "“{text}”一字一格写好，“{character}”在第[place]格。",
        "石碑上原来刻着“{text}”，如今第{place}个字看不清了，那个字原来是[character]。",
        "暗号是“{text}”的第{place}个字，也就是[character]。",
        "暗号是“{text}”的倒数第{place_back}个字，也就是[character]。",
        "字符串“{text}”，从一数起，第{place}个位置上的字符是[character]。",
        "“{character}”这个字，从头数是“{text}”的第[place]个字。",
        "一字一顿地念“{text}”，第{place}个念出的字是[character]。",
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
    """Facts: two to five words of two characters, and the same words in the same order, each turned round.

    To turn a whole list round is `reversed_list`, of the completion families.
    """

    name = "reversed_text"
    kind = "reasoning"
    gloss = "Each two-character word of a short text backwards, the words in their old order."
    num_facts = 4 * 3_500
    templates = (
        "“{text}”，每个词都倒过来，成了“[reversed]”。",
        "词的先后不动，只把每个词反着写：{text}，写成[reversed]。",
        "{text}，逐词倒着念是[reversed]。",
        "问：把“{text}”里每个词的两个字对调，得到什么？答：[reversed]。",
        "问：怎样逐词颠倒“{text}”？答：[reversed]。",
        "将列表“{text}”的每一项各自逆序输出：[reversed]。",
        "每两个字换一次位置，“{text}”就变成“[reversed]”。",
        "每张卡片写一个词，依次是{text}。小明把每张卡片上的两个字调换，卡片依次成了[reversed]。",
        "印章把每个词都印反了，原来是{text}，印出来是[reversed]。",
        "倒词游戏：我说“{text}”，你把每个词倒着说，说“[reversed]”。",
        "原文：{text}。每个词前后两字互换以后：[reversed]。",
        "“{text}”的每个词里，后一个字写到前面去，成了“[reversed]”。",
        "几块匾都从右到左题字，依次是{text}。他把每块匾都误从左到右念，念成[reversed]。",
        "几队人，每队两人，各举一个字，依次是{text}。每队各自向后转，依次变为[reversed]。",
        "每个抽屉先后放进两个字，依次是{text}。逐个抽屉从上面往外取，依次取出[reversed]。",
        "密码把每个词反过来写，收到的是“{text}”，译出来是“[reversed]”。",
        "“{text}”，词序照旧，词内的字颠倒，便是“[reversed]”。",
        "老师报出{text}，要求一个词一个词地倒着复述，学生答：[reversed]。",
        "纸条上写着{text}，规定每个词都倒读，读出来是[reversed]。",
        "反转{text}中每个词的字序，词与词的次序不变，结果为[reversed]。",
        "如果每个词都先念后一个字，“{text}”就念成“[reversed]”。",
        "哪几个词各自倒过来，依次是“{text}”？是“[reversed]”。",
    )

    def slots(self, index):
        number, length = index // 4, 2 + index % 4
        # of the 3,540 pairs of words nearly all; as many of each greater length
        words = arrangement(scatter(number, math.perm(len(WORDS), length)), WORDS, length)
        return {"text": "、".join(words), "reversed": "、".join(word[::-1] for word in words)}
