"""Words in the reader's language: English is the source, a catalogue in `locale/` gives another.

The language is the one that the environment variable MOF_LANGUAGE names ("zh_CN"), looked at whenever a
sentence is shown; without it, English. It does not follow the language of the machine: a reader of the
English book should not get half of it in another language.

A sentence inside a function goes through `_` (or `ngettext`) and is filled in by `.format`, for an f-string
cannot be translated. One that stands in a table, a title or a hint say, is `marked` there and goes through
`_` when it is shown. `mof.course.catalogue` collects both.
"""

import functools
import gettext
import os
from pathlib import Path

DOMAIN = "mof"
LOCALE_FOLDER = Path(__file__).with_name("locale")
LANGUAGE_VARIABLE = "MOF_LANGUAGE"


def _(message):
    """A sentence in the reader's language; where the catalogue lacks it, as it is.

    Args:
        message: str, English.

    Returns:
        str.
    """
    return _catalogue(_language(), LOCALE_FOLDER).gettext(message) if message else ""


def ngettext(singular, plural, number):
    """As `_`, for a sentence that depends on a number.

    Args:
        singular, plural: str, English. number: int.

    Returns:
        str, not yet filled in.
    """
    return _catalogue(_language(), LOCALE_FOLDER).ngettext(singular, plural, number)


def marked(message):
    """The sentence itself: tells the catalogue that it will go through `_` later."""
    return message


def _language():
    return os.environ.get(LANGUAGE_VARIABLE, "")


@functools.lru_cache(maxsize=8)
def _catalogue(language, folder):
    languages = [language, language.split("_")[0]] if language else []
    return gettext.translation(DOMAIN, folder, languages=languages or ["en"], fallback=True)
