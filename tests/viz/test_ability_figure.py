"""The page of a report made by hand: its numbers, and nothing that a model wrote as markup."""

import json
import re
from html.parser import HTMLParser

import pytest

from mof.viz.ability_figure import ability_page, accuracy_figure, router_figure

NAMES = ["RNN", "Transformer"]


def row(family, kind, split, num_right, low, high, majority, nearest, examples=()):
    return {
        "family": family,
        "kind": kind,
        "split": split,
        "num_questions": 10,
        "num_right": num_right,
        "low": low,
        "high": high,
        "majority": majority,
        "nearest": nearest,
        "examples": [list(example) for example in examples],
    }


EXAMPLES = [
    ["<i>1</i><2吗？", "<u>是</u>", "<b>牛</b>。", False],
    ["A&B是", "C", "C。<script>alert(1)</script>", True],
    *[[f"第{i}题", "甲", f"写{i}", False] for i in range(3, 8)],
]


@pytest.fixture
def report():
    return {
        "families": [
            row("capital", "knowledge", "train", 9, 0.60, 0.98, 0.0, 0.0, [["训练", "甲", "训练题", True]]),
            row("capital", "knowledge", "wording", 4, 0.17, 0.69, 0.1, 0.2, EXAMPLES),
            row("capital", "knowledge", "direction", 1, 0.02, 0.40, 0.0, 0.1, [["反", "甲", "反向题", True]]),
            row("sums", "reasoning", "train", 8, 0.49, 0.94, 0.3, 0.0),
            row("sums", "reasoning", "value", 6, 0.31, 0.83, 0.5, 0.4),
            row("age", "reasoning", "value", 2, 0.06, 0.51, 0.6, 0.7),
            row("copy", "completion", "value", 10, 0.72, 1.00, 0.0, 0.3),
        ],
        "router": {
            "knowledge": {"mean": [0.7, 0.3], "half": [0.01, 0.02], "sheets": 40},
            "reasoning": {"mean": [0.4, 0.6], "half": [0.03, 0.04], "sheets": 40},
        },
    }


class Page(HTMLParser):
    """The elements of a page; the inside of its scripts is kept apart."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.scripts, self.is_script = [], "", [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.is_script = tag == "script"

    def handle_endtag(self, tag):
        self.is_script = False

    def handle_data(self, data):
        if self.is_script:
            self.scripts.append(data)
        else:
            self.words += data

    def count(self, tag):
        return [name for name, _ in self.tags].count(tag)


def by_family(figure, values):
    """The values of one trace, by the names of the families."""
    return {name.split(" ")[0]: value for name, value in zip(figure.data[0].y, values, strict=True)}


def test_bars_hold_the_shares_and_reach_from_low_to_high(report):
    figure = accuracy_figure(report)
    bars, majority, nearest = figure.data
    assert by_family(figure, bars.x) == {"capital": 0.4, "sums": 0.6, "age": 0.2, "copy": 1.0}
    highs = [x + up for x, up in zip(bars.x, bars.error_x.array, strict=True)]
    lows = [x - down for x, down in zip(bars.x, bars.error_x.arrayminus, strict=True)]
    ends = {"capital": (0.17, 0.69), "sums": (0.31, 0.83), "age": (0.06, 0.51), "copy": (0.72, 1.0)}
    assert by_family(figure, zip(lows, highs, strict=True)) == {
        name: pytest.approx(pair) for name, pair in ends.items()
    }
    assert bars.error_x.symmetric is False
    assert majority.y == nearest.y == bars.y
    assert by_family(figure, majority.x) == {"capital": 0.1, "sums": 0.5, "age": 0.6, "copy": 0.0}
    assert by_family(figure, nearest.x) == {"capital": 0.2, "sums": 0.4, "age": 0.7, "copy": 0.3}
    assert (majority.name, nearest.name) == ("commonest answer", "most similar question's answer")


def test_families_stand_by_kind_then_by_share(report):
    assert accuracy_figure(report).data[0].y == (
        "copy (completion 补全)",
        "capital (knowledge 知识)",
        "age (reasoning 推理)",
        "sums (reasoning 推理)",
    )


def test_another_split_can_be_shown_and_the_axis_says_so(report):
    figure = accuracy_figure(report, {"knowledge": "direction"})
    assert by_family(figure, figure.data[0].x)["capital"] == 0.1
    assert figure.layout.xaxis.title.text == "right answers to held-out questions"
    figure = accuracy_figure(report, {"knowledge": "train"})
    assert by_family(figure, figure.data[0].x) == {"capital": 0.9, "sums": 0.6, "age": 0.2, "copy": 1.0}
    assert figure.layout.xaxis.title.text == "right answers"  # not all of them held out


def test_router_bars_hold_each_experts_weights_and_intervals(report):
    recurrent, transformer = router_figure(report, NAMES).data
    assert (recurrent.name, recurrent.y, recurrent.error_y.array) == ("RNN", (0.7, 0.4), (0.01, 0.03))
    assert (transformer.name, transformer.y) == ("Transformer", (0.3, 0.6))
    assert transformer.error_y.array == (0.02, 0.04)
    assert recurrent.x == transformer.x == ("knowledge 知识", "reasoning 推理")
    assert recurrent.marker.pattern.shape != transformer.marker.pattern.shape, "where there is no colour"
    assert len({line.marker.symbol for line in accuracy_figure(report).data[1:]}) == 2


def test_page_shows_what_a_model_wrote_as_text(report):
    page = Page(ability_page(report, NAMES, "What <i>this</i> can do"))
    assert "<i>1</i><2吗？<b>牛</b>。 ✗ (<u>是</u>)" in page.words
    assert "A&B是C。<script>alert(1)</script> ✓" in page.words
    assert not any("alert(1)" in script for script in page.scripts)
    assert page.words.count("What <i>this</i> can do") == 2 and page.count("i") == page.count("u") == 0
    assert page.count("b") == page.count("li") == 6  # only the page's own marks around each answer


def test_page_shows_five_answers_of_each_held_out_family(report):
    words = Page(ability_page(report, NAMES, "title")).words
    assert "第5题写5 ✗ (甲)" in words and "第6题" not in words
    assert "capital, wording: 40%" in words and "capital, direction: 10%" in words
    assert "反反向题 ✓" in words and "训练题" not in words and ", train" not in words


def test_page_needs_no_network(report):
    text = ability_page(report, NAMES, "title")
    page = Page(text)
    assert all("src" not in attributes and "href" not in attributes for _, attributes in page.tags)
    assert "link" not in [tag for tag, _ in page.tags]
    libraries = [script for script in page.scripts if len(script) > 1_000_000]
    assert len(libraries) == 1 and "plotly.js v" in libraries[0][:200]  # plotly itself, once
    drawn = [script for script in page.scripts if len(script) < 1_000_000 and "Plotly.newPlot(" in script]
    assert len(drawn) == 2 and page.scripts.index(libraries[0]) < page.scripts.index(drawn[0])


def test_page_draws_the_numbers_of_the_report(report):
    scripts = Page(ability_page(report, NAMES, "title")).scripts
    accuracy, router = (
        script for script in scripts if re.search(r"^\W*window", script) and "newPlot" in script
    )
    assert drawn_traces(accuracy)[0]["x"] == [1.0, 0.4, 0.2, 0.6]
    assert [trace["y"] for trace in drawn_traces(router)] == [[0.7, 0.4], [0.3, 0.6]]


def drawn_traces(script):
    """The first array of a call of Plotly.newPlot."""
    start = script.index("[", script.index("Plotly.newPlot("))
    return json.JSONDecoder().raw_decode(script, start)[0]


def test_page_of_a_report_from_a_file_is_the_same(report):
    def bare(text):
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)  # the figures' random names

    again = json.loads(json.dumps(report, ensure_ascii=False))
    assert bare(ability_page(again, NAMES, "title")) == bare(ability_page(report, NAMES, "title"))


def test_page_of_a_single_expert_has_no_router(report):
    text = ability_page({**report, "router": {}}, ["RNN"], "title")
    assert "router" not in Page(text).words and text.endswith("</html>\n")
