"""Traditional characters to simplified ones, character by character (the table is OpenCC's)."""

import functools
import json
import re
from importlib import resources

TABLE_NAME = "simplified_characters.json"
# 乾 is simplified to 干 where it means "dry", and stays where it is a name or the sign of heaven.
_KEPT = re.compile("乾(?=[坤隆元德符象卦])")
_STAND_IN = "\ue000"
_QUOTES = {"「": "“", "」": "”", "『": "‘", "』": "’"}


@functools.cache
def _table() -> dict[int, str]:
    written = resources.files("mof.sources").joinpath(TABLE_NAME).read_text(encoding="utf-8")
    characters = json.loads(written)
    return str.maketrans(
        dict(zip(characters["traditional"], characters["simplified"], strict=True)) | _QUOTES
    )


def simplified(text: str) -> str:
    """The text in simplified characters, with the quotation marks of the mainland.

    Words that differ between the regions stay as they are.

    Example:
        >>> simplified("「學而時習之」乾隆")
        '“学而时习之”乾隆'
    """
    return _KEPT.sub(_STAND_IN, text).translate(_table()).replace(_STAND_IN, "乾")
