"""Forms of a training beside one of them, seed by seed: means, differences, intervals, and their table.

Two trainings with one seed begin with the same weights where they have the same parts, and read the same
texts in the same order. So what one seed makes easier it makes easier for both, and the difference between
the two wavers less than either. The interval of a mean over n seeds is Student's: mean +- t s / sqrt(n), with
n - 1 degrees of freedom; with three seeds t is 4.30, so it is wide, and honestly so. Source: Student 1908,
"The Probable Error of a Mean". Book: chapter 10.
"""

import math
import statistics
from typing import NamedTuple

from mof.evaluation.student_t import t_quantile

MOST_SEEDS = 10
SCORE = "bits_per_byte"


class Estimate(NamedTuple):
    """mean: float. half: half the width of the 95% interval; None for a single seed. count: of seeds."""

    mean: float
    half: float | None
    count: int

    @property
    def is_clear(self):
        """Whether 0 lies outside the interval."""
        return self.half is not None and abs(self.mean) > self.half


class Comparison(NamedTuple):
    """One form beside its base.

    form: str. base: the form that it is compared with. score: Estimate of its bits per byte. change: Estimate
    of its bits less those of the base, seed by seed; None for the first base, and where no seed is shared.
    better: seeds in which it needs fewer bits. tokens: mean number read in the time. seconds: mean of the
    training.
    """

    form: str
    base: str
    score: Estimate
    change: Estimate | None
    better: int
    tokens: float
    seconds: float


def estimate(values):
    """Mean and 95% interval over the seeds.

    Args:
        values: list of 1 to 10 floats.

    Returns:
        Estimate.

    Raises:
        ValueError: for no value, or more than ten.
    """
    if not 1 <= len(values) <= MOST_SEEDS:
        raise ValueError(f"{len(values)} values came, expected 1 to {MOST_SEEDS}, one for a seed.")
    mean = statistics.fmean(values)
    if len(values) == 1:
        return Estimate(mean, None, 1)
    half = t_quantile(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return Estimate(mean, half, len(values))


def score_of(row, text=None):
    """Bits per byte in a row: of all held-out text, or of one kind in its "bits_by_text"."""
    return row[SCORE] if text is None else row["bits_by_text"][text]


def differences(rows, form, base, text=None):
    """Bits of a form less those of the base: dict from each seed that both have to a float."""
    bits = [{r["seed"]: score_of(r, text) for r in rows if r["form"] == name} for name in (form, base)]
    return {seed: bits[0][seed] - bits[1][seed] for seed in sorted(set(bits[0]) & set(bits[1]))}


def compare_forms(rows, base, text=None, own_bases=None):
    """Every form of a study beside the base, or beside a base of its own.

    Args:
        rows: list of dicts with "form", "seed", "bits_per_byte", "tokens" and "seconds"; with "bits_by_text"
            where a text is asked for.
        base: name of the form that the others are compared with.
        text: None for all held-out text, or a name in "bits_by_text".
        own_bases: dict from forms to the form that each is compared with in place of the base; or None.

    Returns:
        list of Comparison: the base first, then the others in their order in the rows.

    Raises:
        ValueError: no row is of a base.
    """
    forms = list(dict.fromkeys(row["form"] for row in rows))
    bases = {form: (own_bases or {}).get(form, base) for form in forms}
    for wanted in (base, *bases.values()):
        if wanted not in forms:
            raise ValueError(f"no row is of {wanted!r}; there are: {', '.join(forms) or 'none'}.")
    found = []
    for form in sorted(forms, key=lambda form: form != base):
        own = [row for row in rows if row["form"] == form]
        changes = [] if form == base else list(differences(rows, form, bases[form], text).values())
        found.append(
            Comparison(
                form,
                bases[form],
                estimate([score_of(row, text) for row in own]),
                estimate(changes) if changes else None,
                sum(change < 0 for change in changes),
                statistics.fmean(row["tokens"] for row in own),
                statistics.fmean(row["seconds"] for row in own),
            )
        )
    return found


def table_lines(comparisons):
    """The table of a study as text, for a terminal and for a page.

    Args:
        comparisons: list as `compare_forms` gives.

    Returns:
        list of str, the heading first.
    """
    width = max(len(c.form) for c in comparisons)
    lines = [f"{'':{width}}  bits per byte     beside the first     tokens"]
    for c in comparisons:
        change = "" if c.change is None else f"{_words(c.change, '+')} {'*' if c.change.is_clear else ' '}"
        lines.append(f"{c.form:{width}}  {_words(c.score):15}  {change:19}{c.tokens / 1e6:6.2f} M")
    others = [c for c in comparisons if c.base != comparisons[0].form]
    return lines + [f"{c.form}: beside {c.base}" for c in others]


def verdict_lines(comparisons):
    """What may be concluded, in a sentence for each form but the base: worse, better, or not told apart."""
    sentences = []
    for c in comparisons[1:]:
        if c.change is None or c.change.half is None:
            continue
        sign = "more" if c.change.mean > 0 else "fewer"
        found = f"{abs(c.change.mean):.3f} bits {sign} than {c.base}"
        if c.change.is_clear:
            sentences.append(f"{c.form}: {found}, and the interval does not hold 0.")
        else:
            low, high = c.change.mean - c.change.half, c.change.mean + c.change.half
            sentences.append(
                f"{c.form}: {found}, but anything from {low:+.3f} to {high:+.3f} fits: not told apart."
            )
    return sentences


def as_entries(comparisons):
    """The same as a JSON value, for a record: list of dicts."""
    return [
        {
            "form": c.form,
            "base": c.base,
            "bits_per_byte": c.score._asdict(),
            "change": None if c.change is None else c.change._asdict(),
            "better_in": c.better,
            "tokens": c.tokens,
            "seconds": c.seconds,
        }
        for c in comparisons
    ]


def _words(value, sign=""):
    half = "" if value.half is None else f" ± {value.half:.3f}"
    return f"{value.mean:{sign}.3f}{half}"
