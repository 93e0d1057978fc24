"""Chinese characters and how they are read, from `pypinyin`."""

import functools
import unicodedata
from typing import final

from mof.tasks.fact_table import FactTable

_TONES = {"\u0304": "第一声", "\u0301": "第二声", "\u030c": "第三声", "\u0300": "第四声"}  # combining marks
_LEVEL_ONE = range(0xB0, 0xD8)  # first bytes of the 3,755 everyday characters of GB 2312, ordered by sound
_BOTH_LEVELS = range(0xB0, 0xF8)  # of all its 6,763


@final
class CharacterReading(FactTable):
    """Everyday characters that have one reading, that reading in pinyin, and its tone."""

    name = "character_reading"
    gloss = "The pinyin and the tone of a character, and a character that is read in a given way."
    columns = ("character", "reading", "tone")
    templates = (
        "“{character}”的拼音是[reading]。",
        "读作{reading}的汉字有“[character]”。",
        "“{character}”的声调是[tone]。",
        "问：“{character}”字怎么读？答：[reading]。",
        "给“{character}”注音，应写[reading]。",
        "字典里，“{character}”字后面标的音是[reading]。",
        "把“{character}”的拼音写完整，连声调一起写作[reading]。",
        "看汉字写拼音，{character}：[reading]。",
        "小朋友不会念“{character}”，妈妈教他念[reading]。",
        "语文课本在生字“{character}”上面印着[reading]。",
        "“请问‘{character}’这个字怎么念？”“念[reading]。”",
        "填空：汉字“{character}”，普通话读音[reading]。",
        "问：普通话里“{character}”读第几声？答：[tone]。",
        "朗读的时候注意，“{character}”要读成[tone]。",
        "判断声调：“{character}”属于[tone]。",
        "老师用手势比画“{character}”字的声调，比的是[tone]。",
        "看拼音写汉字，{reading}：[character]。",
        "请举出一个读{reading}的字：[character]。",
        "问：什么字念{reading}？答：[character]。",
        "听到{reading}这个音，可以写出的汉字有[character]。",
        "查音序表，在{reading}这一音下能找到[character]。",
        "同学们轮流说读音为{reading}的字，我说的是[character]。",
    )

    def read_facts(self):
        for character, readings in _read_characters(_LEVEL_ONE):
            if len(readings) == 1:
                yield character, readings[0], tone_of(readings[0])

    def accepted(self, slots, direction):
        """Any character that has the reading, be it one of several: for cái, 才 as well as 财."""
        if direction == "character":
            return _characters_by_reading()[slots["reading"]]
        return super().accepted(slots, direction)

    def normalize(self, answer):
        return unicodedata.normalize("NFC", answer).strip()


def _read_characters(first_bytes):
    """Pairs (character of GB 2312, all its readings)."""
    import pypinyin

    for first in first_bytes:
        for second in range(0xA1, 0xFF):
            character = bytes((first, second)).decode("gb2312", errors="ignore")
            if character:
                yield character, pypinyin.pinyin(character, heteronym=True)[0]


@functools.cache
def _characters_by_reading():
    found = {}
    for character, readings in _read_characters(_BOTH_LEVELS):
        for reading in readings:
            found.setdefault(reading, set()).add(character)
    return found


def tone_of(reading):
    """The tone written over a syllable, as in `tone_of("míng") == "第二声"`; 轻声 if there is none."""
    marks = unicodedata.normalize("NFD", reading)
    return next((_TONES[mark] for mark in marks if mark in _TONES), "轻声")
