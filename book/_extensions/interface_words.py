"""What the scripts of the pages say, in the reader's language.

The scripts hold English and ask `word("...")`. Where a catalogue has another language, the translations go
into each page, and the scripts find them there. See mof/course/translation.py.
"""

import json

from docutils import nodes
from sphinx.application import Sphinx

from mof.course.translation import _, marked

SCRIPT_WORDS = (
    marked("The figure could not be drawn: plotly.min.js is missing from the site."),
    marked("Choose what the figure shows"),
    marked("Slider of the figure"),
    marked("Pause"),
    marked("Read"),
    marked("expects next"),
    marked("and there comes"),
    marked("the end"),
    marked("{number} of {all} errors fit"),
    marked("Nothing fits. Try fewer words, or report it: see the foot of the page."),
)


def translated_words() -> dict[str, str]:
    """The words that are not the same in the reader's language."""
    return {word: _(word) for word in SCRIPT_WORDS if _(word) != word}


def add_words(app: Sphinx, pagename, templatename, context, doctree: nodes.document | None) -> None:
    """Gives a page the translations, if there are any."""
    words = translated_words()
    if words:
        body = f"window.mofWords = {json.dumps(words, ensure_ascii=False)};".replace("<", "\\u003c")
        app.add_js_file(None, body=body, priority=50)
