"""The calculator moves in Chromium, and says what Python says. Marked `browser`: .ci/run runs it."""

import os

import pytest

from mof.lessons.rental import rental_inputs, rental_results
from mof.viz.calculator import calculator_html, evaluate, number_words
from tests.book.browser import find_browser, requested_addresses, served, started_browser

pytestmark = pytest.mark.browser
INPUTS, RESULTS = rental_inputs(), rental_results()
HEAD = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'>"
SHOWN = "return [...document.querySelectorAll('[data-result]')].map(shown => shown.textContent)"
MOVE = """
const [name, step] = arguments;
const slider = [...document.querySelectorAll('.mof-calculator input')].find(input => input.name === name);
slider.value = step;
slider.dispatchEvent(new Event('input'));
"""


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    if not find_browser():
        (pytest.fail if os.environ.get("MOF_BROWSER_REQUIRED") else pytest.skip)("Chromium is not installed")
    folder = tmp_path_factory.mktemp("page")
    page = calculator_html(INPUTS, RESULTS, "The same training")
    # the element comes after its script has run, as in JupyterLab
    head, script = page.split("<script>")
    late = f"<div id='place'></div><template id='kept'>{head}</template><script>{script}"
    late += "<script>setTimeout(() => place.append(kept.content), 300)</script>"
    folder.joinpath("page.html").write_text(f"<!doctype html>{HEAD}{late}", encoding="utf-8")
    with served(folder) as address, started_browser() as browser:
        browser.open("about:blank")
        browser.log("performance")  # what Chromium opens by itself
        browser.open(f"{address}/page.html")
        browser.wait_for("return document.querySelector('.mof-calculator[data-state=live]')")
        yield browser
        asked = requested_addresses(browser.log("performance"))
        assert all(url.startswith((address, "data:", "about:")) for url in asked)
        errors = [entry["message"] for entry in browser.log("browser") if entry["level"] == "SEVERE"]
        assert not [message for message in errors if "favicon" not in message]


def expected(values):
    return [f"{number_words(evaluate(result, values))} {result.unit}" for result in RESULTS]


def test_at_first_it_says_what_python_says(window):
    assert window.run(SHOWN) == expected({entry.name: float(entry.value) for entry in INPUTS})


def test_every_slider_changes_what_it_should(window):
    values = {entry.name: float(entry.value) for entry in INPUTS}
    for number, entry in enumerate(INPUTS):
        step = (37 + 31 * number) % 200
        values[entry.name] = entry.at_step(step)
        before = window.run(SHOWN)
        window.run(MOVE, entry.name, step)
        shown = window.run(SHOWN)
        assert shown == expected(values) and shown != before
        output = "return document.querySelector(`output[data-input='${arguments[0]}']`).textContent"
        assert window.run(output, entry.name) == f"{number_words(values[entry.name])} {entry.unit}"


def test_the_longest_bar_of_a_kind_is_full(window):
    widths = window.run("return [...document.querySelectorAll('.bar')].map(b => parseFloat(b.style.width))")
    assert len(widths) == 6 and [max(widths[i : i + 2]) for i in (0, 2, 4)] == [100, 100, 100]


def test_it_fits_a_phone(window):
    window.resize(390, is_mobile=True)
    assert window.run("return document.documentElement.scrollWidth <= 390")
    window.resize(1280)
