"""A calculator in the page: sliders, and results that are products of them. It moves without a kernel.

Every result is a factor times powers of the inputs, such as

    kWh = watts^1 * hours^1 * 0.001

so nothing has to be parsed or run as code: Python and the script (calculator.js) compute from one table, and
write numbers alike. Each input says where its first value is from. Book: chapter 01.
"""

import dataclasses
import html
import json
import math
from pathlib import Path

NUM_STEPS = 200  # of each slider, from low to high on a logarithmic scale
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# the colours of the book, or those of JupyterLab, or ones that can be read on white and on black
_STYLE = """
.mof-calculator { margin: .5rem 0 0; padding: .75rem; border: 1px solid var(--mof-line, #8a94a0);
  border-radius: 6px; color: var(--mof-ink, inherit); font-variant-numeric: tabular-nums; }
.mof-calculator .inputs { display: grid; gap: .6rem 1.5rem;
  grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); }
.mof-calculator label { display: block; }
.mof-calculator input { display: block; width: 100%; height: 1.5rem; margin: 0;
  accent-color: var(--mof-blue, #2f6db5); }
.mof-calculator small { color: var(--mof-soft, inherit); }
.mof-calculator .result { margin-top: .6rem; }
.mof-calculator .bar { height: .6rem; width: 0; border-radius: 3px; background: #2f6db5; }
.mof-calculator .second .bar { background: #d9730d; }
@media print { .mof-calculator input { display: none; } }
"""


@dataclasses.dataclass(frozen=True)
class Input:
    """A quantity that the reader sets.

    Attributes:
        name: for the results' powers. label, unit: shown.
        value: at first, from low to high. low, high: ends of the slider, above 0.
        source: where the first value is from, in a few words: "assumption", "recorded", who said it.

    Raises:
        ValueError: the three numbers are not so.
    """

    name: str
    label: str
    unit: str
    value: float
    low: float
    high: float
    source: str

    def __post_init__(self):
        if not 0 < self.low <= self.value <= self.high or self.low == self.high:
            raise ValueError(
                f"input {self.name!r}: low {self.low}, value {self.value}, high {self.high}; expected "
                "0 < low <= value <= high, and low < high: the slider is logarithmic."
            )

    def at_step(self, step):
        """The value at a step of the slider, 0 to NUM_STEPS, to three digits."""
        return float(f"{self.low * (self.high / self.low) ** (step / NUM_STEPS):.3g}")

    def first_step(self):
        """The step nearest to the first value."""
        return round(NUM_STEPS * math.log(self.value / self.low) / math.log(self.high / self.low))


@dataclasses.dataclass(frozen=True)
class Result:
    """factor * product of inputs to their powers.

    Attributes:
        label, unit, formula: shown. factor: number. powers: dict from inputs' names to exponents.
        group: results of one group get bars of one scale; "" for no bar.
    """

    label: str
    unit: str
    formula: str
    factor: float
    powers: dict
    group: str = ""


def evaluate(result, values):
    """The number of a Result.

    Args:
        result: Result. values: dict from inputs' names to numbers.

    Raises:
        KeyError: a power names an input that is not there.
    """
    return math.prod([result.factor, *(values[name] ** power for name, power in result.powers.items())])


def number_words(number):
    """Three digits, as calculator.js writes them: "1,150", "0.00123", "4.24 × 10¹⁶"."""
    if number == 0 or 1e-3 <= abs(number) < 1e6:
        return f"{float(f'{number:.3g}'):,.10g}"
    mantissa, exponent = f"{number:.2e}".split("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def calculator_html(inputs, results, title):
    """The element with its style and script.

    Args:
        inputs: list of Input. results: list of Result. title: str, also for a screen reader.

    Returns:
        str, HTML. Without a script it shows the results at the first values.

    Raises:
        ValueError: two inputs share a name, or a result uses an input that is not there.
    """
    values = {entry.name: float(entry.value) for entry in inputs}
    if len(values) < len(inputs):
        raise ValueError(f"two inputs share a name: {', '.join(entry.name for entry in inputs)}.")
    for result in results:
        if unknown := set(result.powers) - set(values):
            raise ValueError(
                f"result {result.label!r} uses {sorted(unknown)}; there are: {', '.join(values)}."
            )
    spec = {
        "steps": NUM_STEPS,
        "inputs": [dataclasses.asdict(entry) for entry in inputs],
        "results": [dataclasses.asdict(entry) for entry in results],
    }
    found = [evaluate(result, values) for result in results]
    seen, rows = {}, []
    for i, (result, number) in enumerate(zip(results, found, strict=True)):
        members = [value for other, value in zip(results, found, strict=True) if other.group == result.group]
        place = seen[result.group] = seen.get(result.group, 0) + 1
        rows.append(_row(i, result, number, number / max(members), place))
    script = Path(__file__).with_name("calculator.js").read_text(encoding="utf-8")
    return (
        f"<style>{_STYLE}</style>"
        f'<div class="mof-calculator" role="group" aria-label="{_escaped(title)}" '
        f'data-spec="{_escaped(json.dumps(spec, ensure_ascii=False))}">'
        f"<p><b>{_escaped(title)}</b></p>"
        f'<div class="inputs">{"".join(map(_slider, inputs))}</div>{"".join(rows)}</div>'
        f"<script>{script}</script>"
    )


def show_calculator(inputs, results, title, description):
    """Shows it, and a caption below, in JupyterLab and in the built book.

    Args:
        inputs, results, title: as `calculator_html`. description: str, what to see.

    Raises:
        ValueError: as `calculator_html`, or without a description.
    """
    if not description.strip():
        raise ValueError("the description is empty: say in a sentence what the calculator shows.")
    from IPython.display import HTML, display

    display(HTML(calculator_html(inputs, results, title)))
    display(HTML(f'<p class="mof-caption">{_escaped(description)}</p>'))


def _slider(entry):
    return (
        f"<label>{_escaped(entry.label)}: "
        f'<output data-input="{_escaped(entry.name)}">{number_words(entry.value)} {_escaped(entry.unit)}'
        f"</output> <small>({_escaped(entry.source)})</small>"
        f'<input type="range" name="{_escaped(entry.name)}" min="0" max="{NUM_STEPS}" '
        f'value="{entry.first_step()}"></label>'
    )


def _row(number, result, value, share, place):
    bar = f'<div class="bar" style="width: {100 * share:.1f}%"></div>' if result.group else ""
    return (
        f'<div class="result{" second" if place == 2 else ""}">{_escaped(result.label)}: '
        f'<b data-result="{number}">{number_words(value)} {_escaped(result.unit)}</b> '
        f"<small>= {_escaped(result.formula)}</small>{bar}</div>"
    )


def _escaped(text):
    return html.escape(text, quote=True)
