"""Results as products of powers, numbers in words, and the element that a page gets. The script is moved in
tests/book/test_calculator_browser.py."""

import html
import json
import re
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.viz.calculator import (
    NUM_STEPS,
    Input,
    Result,
    calculator_html,
    evaluate,
    number_words,
    show_calculator,
)

WATTS = Input("watts", "power", "W", 40.0, 5.0, 300.0, "assumption")
HOURS = Input("hours", "time", "h", 96.0, 1.0, 1000.0, "ours")
ENERGY = Result("energy", "kWh", "watts × hours / 1000", 1e-3, {"watts": 1, "hours": 1}, "energy")
HALF = Result("half of it", "kWh", "a half", 5e-4, {"watts": 1, "hours": 1}, "energy")
RATE = Result("an hour holds", "such", "1 / hours", 1.0, {"hours": -1})


@given(st.floats(1.0, 1e4), st.floats(1.0, 1e4))
def test_a_result_is_its_formula(watts, hours):
    values = {"watts": watts, "hours": hours}
    assert evaluate(ENERGY, values) == pytest.approx(watts * hours / 1000)
    assert evaluate(RATE, values) == pytest.approx(1 / hours)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (3.84, "3.84"),
        (1149.6, "1,150"),
        (0.00123456, "0.00123"),
        (999_999, "1,000,000"),
        (1_234_567, "1.23 × 10⁶"),
        (4.2376e16, "4.24 × 10¹⁶"),
        (0.000_012, "1.20 × 10⁻⁵"),
        (100, "100"),
    ],
)
def test_numbers_in_words(number, words):
    assert number_words(number) == words


def test_a_slider_goes_from_end_to_end_and_starts_near_its_value():
    assert (WATTS.at_step(0), WATTS.at_step(NUM_STEPS)) == (5.0, 300.0)
    assert WATTS.at_step(WATTS.first_step()) == pytest.approx(40.0, rel=0.02)
    assert Input("x", "", "", 3.0, 3.0, 4.0, "").first_step() == 0


@pytest.mark.parametrize(
    ("value", "low", "high"), [(1.0, 0.0, 2.0), (3.0, 1.0, 2.0), (0.5, 1.0, 2.0), (1.0, 1.0, 1.0)]
)
def test_an_input_off_its_slider_is_refused(value, low, high):
    with pytest.raises(ValueError, match="expected 0 < low <= value <= high"):
        Input("x", "", "", value, low, high, "")


def test_the_element_holds_the_table_and_the_first_results():
    page = calculator_html([WATTS, HOURS], [ENERGY, HALF, RATE], 'A "title" <b>')
    spec = json.loads(html.unescape(re.search(r'data-spec="([^"]*)"', page)[1]))
    assert [entry["name"] for entry in spec["inputs"]] == ["watts", "hours"]
    assert spec["results"][0]["powers"] == {"watts": 1, "hours": 1} and spec["steps"] == NUM_STEPS
    assert ">3.84 kWh<" in page and ">0.0104 such<" in page
    assert page.count('type="range"') == 2 and page.count('class="bar"') == 2
    assert "width: 100.0%" in page and "width: 50.0%" in page
    assert "(assumption)" in page and "<b>A &quot;title&quot; &lt;b&gt;</b>" in page
    assert page.count("</script>") == 1 and "http" not in page


def test_what_does_not_fit_together_is_named():
    with pytest.raises(ValueError, match=r"uses \['hours'\]; there are: watts"):
        calculator_html([WATTS], [ENERGY], "t")
    with pytest.raises(ValueError, match="two inputs share a name"):
        calculator_html([WATTS, WATTS], [], "t")
    with pytest.raises(ValueError, match="the description is empty"):
        show_calculator([WATTS], [], "t", " ")


def test_it_is_shown_with_its_caption(monkeypatch):
    package, module, shown = ModuleType("IPython"), ModuleType("IPython.display"), []
    package.display, module.HTML, module.display = module, str, shown.append
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    show_calculator([WATTS, HOURS], [ENERGY], "t", "Move < it.")
    assert 'class="mof-calculator"' in shown[0] and shown[1] == '<p class="mof-caption">Move &lt; it.</p>'
