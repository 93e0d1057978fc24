"""Numbers in Chinese characters: how they are written, and the family that reads and writes them."""

import functools
from typing import final

from mof.tasks.enumeration import scatter
from mof.tasks.family import Family

_DIGITS = "零一二三四五六七八九"
_PLACES = ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
_FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_SPOKEN = str.maketrans({"两": "二", "〇": "零"})


def _group(number):
    """A number below 10,000, every place named: 一百零五, 一十二."""
    text, gap = "", False
    for unit, place in _PLACES:
        digit = number // unit % 10
        if digit:
            text += ("零" if gap else "") + _DIGITS[digit] + place
            gap = False
        elif text:
            gap = True
    return text


def _all_places(number):
    high, low = divmod(number, 10_000)
    text = _group(high) + "万" if high else ""
    if low:
        text += ("零" if high and low < 1000 else "") + _group(low)
    return text or "零"


@functools.lru_cache(maxsize=1 << 14)
def to_chinese(number):
    """An integer from 0 to 99,999,999 as it is said: 105 is 一百零五, 12 is 十二.

    Raises:
        ValueError: if the number is outside that range.
    """
    if not 0 <= number < 10**8:
        raise ValueError(f"number is {number}, expected 0 to 99,999,999: 亿 is not written here.")
    return _all_places(number).removeprefix("一" if 10 <= number < 20 or 10**5 <= number < 2 * 10**5 else "")


def to_formal(number):
    """The same number as a cheque has it, in characters that cannot be altered: 105 is 壹佰零伍."""
    return _all_places(number).translate(_FORMAL)


def fold_spoken(text):
    """二 for 两 and 零 for 〇: other spellings of the same numeral."""
    return text.translate(_SPOKEN)


@final
class ChineseNumerals(Family):
    """Facts: a number, its everyday characters, its formal ones. All below 10,000, then some to 999,999."""

    name = "chinese_numerals"
    kind = "reasoning"
    gloss = "Write a number in Chinese characters, everyday or formal, or read it."
    num_facts = 20_000
    templates = (
        "数字{digits}用汉字写作[chinese]。",
        "{digits}读作[chinese]。",
        "把{digits}改写成中文数字，就是[chinese]。",
        "问：{digits}用中文怎么念？答：[chinese]。",
        "老师在黑板上写了{digits}，同学们齐声读：“[chinese]”。",
        "阿拉伯数字是{digits}，对应的汉字数字是[chinese]。",
        "电话里要念出{digits}这个数，应该说[chinese]。",
        "{chinese}写成阿拉伯数字是[digits]。",
        "{chinese}这个数，用数字表示就是[digits]。",
        "问：{chinese}等于多少？请用阿拉伯数字回答。答：[digits]。",
        "听写数字：老师念“{chinese}”，小明写下[digits]。",
        "把汉字{chinese}输入计算器，要按[digits]。",
        "请将“{chinese}”转换为数字：[digits]。",
        "表格里只能填数字，{chinese}应填成[digits]。",
        "支票上的{formal}，就是[digits]。",
        "大写金额“{formal}”换成数字是[digits]。",
        "问：{formal}是多少？答：[digits]。",
        "财务大写{formal}，平常写作[chinese]。",
        "{digits}的大写是[formal]。",
        "开发票时，{digits}元要用大写，写成[formal]元整。",
        "会计把{digits}写成防涂改的大写数字：[formal]。",
        "平时写{chinese}，支票上要写[formal]。",
        "填空：{digits}＝（汉字小写）[chinese]。",
        "古书上的“{chinese}”，今天记作[digits]。",
        "问：怎样用大写数字写{digits}？答：[formal]。",
    )

    def slots(self, index):
        number = index + 1 if index < 9_999 else 10_000 + scatter(index, 990_000)
        return {"digits": str(number), "chinese": to_chinese(number), "formal": to_formal(number)}

    def accepted(self, slots, direction):
        right = slots[direction]
        if direction == "formal":  # 壹拾贰 or 拾贰, 壹拾万 or 拾万
            return {right, right.removeprefix("壹") if right.startswith("壹拾") else right}
        return {right}

    def normalize(self, answer):
        folded = fold_spoken(super().normalize(answer))
        return folded[1:] if folded.startswith("一十") else folded
