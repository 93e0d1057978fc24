"""The router of the model that ships, watched on three kinds of text: measured just now or recorded, drawn
and told in words. Chapter 08."""

import textwrap

import numpy as np

from mof.course.translation import _
from mof.lessons.records import find_record
from mof.lessons.router_measures import (
    MEAN,
    ROUTED,
    difference_and_half,
    explained_share,
    held_out_sheets,
    leaning_tokens,
    mean_and_half,
    measure_sheets,
    specialisation,
)
from mof.viz.ability_figure import KIND_NAMES
from mof.viz.interval_figure import interval_figure
from mof.viz.notebook_figures import show_figure

LINE_LENGTH = 72  # of what stands under a cell
EXPERTS = ("RNN", "Transformer")
RECORD, PROGRAM = "router_by_kind", "router_by_kind.py"
REPLACEMENTS = {
    MEAN: "the same weights for every token",
    "0": "the RNN expert alone",
    "1": "the Transformer expert alone",
}
LABELS = {MEAN: "same for all", "0": "RNN alone", "1": "Transformer alone"}  # short, for an axis


def summary(model, tokenizer, num_sheets):
    """What a record stores of `measure_sheets` over so many held-out sheets of each kind.

    Args:
        model: MixtureLanguageModel of a recurrent and a Transformer expert. tokenizer: its Tokenizer.
        num_sheets: of each kind.

    Returns:
        dict, a JSON value.
    """
    found = measure_sheets(model, tokenizer, held_out_sheets(num_sheets))
    tokens = found["tokens"]
    first = np.asarray(tokens["first"])

    def readable(rows):
        texts = [(tokenizer.token_bytes(i).decode("utf-8", "ignore"), w, n) for i, w, n in rows]
        return [[text, round(weight, 4), count] for text, weight, count in texts]

    most, least = leaning_tokens(tokens)
    return {
        "kinds": found["kinds"],
        "mean": found["mean"],
        "num_tokens": len(first),
        "explained": {
            "kind": explained_share(first, tokens["kinds"]),
            "token": explained_share(first, tokens["ids"]),
        },
        "specialisation": specialisation(np.stack([first, 1 - first], axis=-1)),
        "middle_nine_tenths": np.percentile(first, [5, 95]).tolist(),
        "most": readable(most),
        "least": readable(least),
    }


def weight_rows(data):
    """Rows of `interval_figure`: the RNN expert's weight, sheet by sheet, for each kind."""
    rows = []
    for kind, found in data["kinds"].items():
        values = [weights[0] for weights in found["weights"]]
        mean, half = mean_and_half(values)
        rows.append({"row": _(KIND_NAMES[kind]), "values": values, "mean": mean, "half": half})
    return rows


def cost_rows(data, replacements=tuple(REPLACEMENTS)):
    """Rows of `interval_figure`: bits a token that a replaced router costs, sheet by sheet."""
    rows = []
    for name in replacements:
        for kind, found in data["kinds"].items():
            values = (np.array(found["bits"][name]) - np.array(found["bits"][ROUTED])).tolist()
            mean, half = mean_and_half(values)
            label = f"{LABELS[name]}: {kind}"
            rows.append({"row": label, "values": values, "mean": mean, "half": half})
    return rows


def show_weights(data, title, note):
    """The RNN expert's weight by kind of text; the same figure for just now and for the record.

    Args:
        data: as `summary`. title: "Just now" or "Recorded". note: str, the end of the caption.
    """
    rows = weight_rows(data)
    values = [value for row in rows for value in row["values"]]
    room = 0.1 * (max(values) - min(values)) or 0.01
    views = {"0% to 100%": (0.0, 1.0), "close up": (min(values) - room, max(values) + room)}
    show_figure(
        interval_figure(rows, title, "weight of the RNN expert", views, percent=True),
        "A stroke for each sheet of questions, a diamond at the mean of its kind with its 95% interval; the "
        f"rest of the weight is the Transformer expert's. Move the slider for a close look; {note}.",
    )
    tell(describe_weights(data))


def show_costs(data, title, note):
    """What it costs to replace the router; arguments as `show_weights`."""
    rows = cost_rows(data)
    alone = [value for row in rows for value in row["values"]]
    fixed = [value for row in cost_rows(data, (MEAN,)) for value in row["values"]]
    views = {"all": _view(alone), "close to 0": _view(fixed)}
    show_figure(
        interval_figure(rows, title, "bits a token more than as routed", views),
        "A stroke for each sheet, a diamond at the mean with its 95% interval; 0 is the model as it is. Move "
        f"the slider to look close to 0; {note}.",
    )
    tell(describe_costs(data))


def describe_weights(data):
    """The weights in words: each kind, knowledge beside reasoning, and what the weights follow.

    Args:
        data: as `summary`.

    Returns:
        list of str, sentences.
    """
    rows = weight_rows(data)
    means = [f"{row['row'].split()[0]} {row['mean']:.1%} ± {row['half']:.1%}" for row in rows]
    sentences = [f"Weight of the RNN expert, {len(rows[0]['values'])} sheets each: {', '.join(means)}."]
    values = {kind: [w[0] for w in found["weights"]] for kind, found in data["kinds"].items()}
    gap, half = difference_and_half(values["knowledge"], values["reasoning"])
    low, high = gap - half, gap + half
    said = "The interval holds 0: no difference is shown."
    if low > 0:
        said = "The sign is the article's."
    elif high < 0:
        said = "The sign is the opposite of the article's."
    sentences.append(f"Knowledge less reasoning: {gap:+.2%}, from {low:+.2%} to {high:+.2%}. {said}")
    least, most = data["middle_nine_tenths"]
    sentences.append(f"From token to token it lies between {least:.0%} and {most:.0%} for nine in ten.")
    sentences.append(
        f"Specialisation: {data['specialisation']:.4f} nats of at most {np.log(len(EXPERTS)):.2f}."
    )
    shares = data["explained"]
    sentences.append(
        f"Of that spread, the kind of text tells {max(shares['kind'], 0.0):.1%}, the token itself "
        f"{max(shares['token'], 0.0):.1%}."
    )
    return sentences


def describe_costs(data):
    """What each replacement costs, in words, kind by kind.

    Args:
        data: as `summary`.

    Returns:
        list of str, a sentence for each replacement.
    """
    sentences = []
    for name, words in REPLACEMENTS.items():
        rows = cost_rows(data, (name,))
        parts = [f"{row['row'].split(': ')[-1]} {row['mean']:+.3f} ± {row['half']:.3f}" for row in rows]
        values = {row["row"].split(": ")[-1]: row["values"] for row in rows}
        gap, half = difference_and_half(values["knowledge"], values["reasoning"])
        sentences.append(
            f"{words[0].upper()}{words[1:]}: {', '.join(parts)} bits a token; knowledge less reasoning "
            f"{gap:+.3f} ± {half:.3f}."
        )
    return sentences


def show_recorded(show):
    """Shows the recorded study with `show_weights`, `show_leaning` or `show_costs`; or says that there is
    none.

    Args:
        show: one of the three.
    """
    record = find_record(RECORD)
    if record is None:
        print(
            "There is no record of this measurement yet, and nothing to conclude.\n"
            f"A minute on two cores: python benchmarks/{PROGRAM}"
        )
        return
    show(record.data, "Recorded", record.note)


def show_leaning(data, title, note):
    """The tokens at which the router leans most to either expert, with the RNN expert's weight; arguments as
    `show_weights`."""
    tell([f"{title}, the RNN expert's weight; {note}."])
    for name, rows in zip(EXPERTS, (data["most"], data["least"]), strict=True):
        words = "  ".join(f"{_visible(text)} {weight:.0%}" for text, weight, _count in rows)
        print(f"most to the {name}: {words}")


def tell(sentences):
    """Print sentences in lines that fit under a cell."""
    for sentence in sentences:
        print(textwrap.fill(sentence, LINE_LENGTH, subsequent_indent="  "))


def _visible(text):
    return {"": "·", "\n": "↵"}.get(text, text)


def _view(values):
    room = 0.05 * (max(values) - min(values)) or 0.01
    return min(*values, 0.0) - room, max(*values, 0.0) + room
