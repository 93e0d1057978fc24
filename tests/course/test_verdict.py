"""Verdicts as text and as HTML."""

import re
from html.parser import HTMLParser

import pytest

from mof.course.verdict import OPEN, RIGHT, WRONG, Verdict, as_html


class Balanced(HTMLParser):
    """Collects attributes; every tag that opens has to close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.attributes, self.data = [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.attributes += attributes
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.data.append(data)


FULL = Verdict(WRONG, "`S` is <b>", "At 1 & 2.", "y = x < 3", ("One.",)).with_remarks("", "Two.")


def test_text_has_a_line_for_each_part():
    assert str(FULL).splitlines() == ["✗ `S` is <b>", "    y = x < 3", "  At 1 & 2.", "  One.", "  Two."]
    assert str(Verdict(RIGHT, "Right.")) == "✓ Right."


def test_html_holds_the_same_and_is_safe():
    page = Balanced(FULL._repr_html_())
    assert "".join(page.data) == "✗ S is <b>y = x < 3At 1 & 2.One.Two."
    assert "<code>S</code> is &lt;b&gt;" in FULL._repr_html_()


@pytest.mark.parametrize(("state", "name"), [(RIGHT, "Right"), (WRONG, "Not right yet"), (OPEN, "Open")])
def test_state_is_told_by_a_mark_with_words_and_not_by_colour_alone(state, name):
    page = Balanced(Verdict(state, "m")._repr_html_())
    assert ("aria-label", name) in page.attributes and ("role", "status") in page.attributes
    assert Verdict(state, "m").is_right == (state == RIGHT)


@pytest.mark.parametrize("state", [RIGHT, WRONG, OPEN])
def test_colours_follow_light_and_dark(state):
    (style,) = re.findall(r'<div class="verdict[^>]* style="([^"]*)"', Verdict(state, "m")._repr_html_())
    assert "color: inherit" in style and "background" not in style
    assert re.search(r"border-left: 4px solid var\(--mof-\w+, var\(--jp-[\w-]+, #", style)


def test_backticks_become_code_after_escaping():
    assert as_html("use `a < b`\nor <i>") == "use <code>a &lt; b</code><br>or &lt;i&gt;"
