"""Reads a number in Chinese characters, by the words it falls apart into: the tests' own way."""

VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")}


def read_chinese(text):
    """The integer that `text` says; a text with anything else in it is a KeyError."""
    for word, unit in (("万", 10_000), ("千", 1_000), ("百", 100), ("十", 10)):
        if word in text:
            before, after = text.split(word, 1)
            return (read_chinese(before) if before else 1) * unit + (read_chinese(after) if after else 0)
    return VALUES[text] if len(text) < 2 else read_chinese(text.removeprefix("零"))
