"""RNN expert alone, Transformer expert alone, both under a router, at equal training time: the recorded
study, drawn and told in words. Chapter 08."""

from mof.lessons.form_results import counted, tell_missing
from mof.lessons.records import find_record
from mof.lessons.router_measures import mean_and_half
from mof.lessons.router_study import tell
from mof.viz.comparison_figure import comparison_figure
from mof.viz.notebook_figures import show_figure

RECORD, PROGRAM, HOURS = "compare_experts", "compare_experts.py", "2.5"
FORMS = {"rnn": "RNN alone", "transformer": "Transformer alone", "mixture": "mixture"}
ALL = "all"  # of the texts: everything that was held out


def show_comparison():
    """Shows the recorded comparison and says what came out; or says that nobody has run it yet."""
    record = find_record(RECORD)
    if record is None:
        tell_missing(HOURS, PROGRAM)
        return
    runs = record.data["runs"]
    show_figure(
        comparison_figure(named_runs(runs), "Recorded, at equal training time"),
        "A dot for each training, a stroke at the mean of the seeds; fewer bits are better. Move the slider "
        f"from text to text; {record.note}.",
    )
    tell(describe_runs(runs))
    tell(describe_best(runs))
    tell(describe_answers(runs))


def show_routers():
    """Says what the routers of the recorded mixtures do on each kind of text, and where that was; or that
    there is no record."""
    record = find_record(RECORD)
    if record is None:
        tell_missing(HOURS, PROGRAM)
        return
    tell([*describe_routers(record.data["runs"]), record.note])


def named_runs(runs):
    """Rows for `comparison_figure`: the form's name for a reader, the seed, bits per byte by text."""
    return [
        {"form": FORMS[run["form"]], "seed": run["seed"], "bits_per_byte": run["bits_per_byte"]}
        for form in FORMS
        for run in runs
        if run["form"] == form
    ]


def describe_runs(runs):
    """Updates and tokens of each form.

    Args:
        runs: list of dicts as `benchmarks/compare_experts.py` writes them.

    Returns:
        list of str, one sentence for each form that has a run.
    """
    sentences = []
    for form, name in FORMS.items():
        own = [run for run in runs if run["form"] == form]
        if own:
            updates, tokens = (sum(run[key] for run in own) / len(own) for key in ("updates", "tokens"))
            seeds = counted(len(own), "seed")
            sentences.append(f"{name}: {updates:,.0f} updates, {tokens / 1e6:.1f} million tokens, {seeds}.")
    return sentences


def describe_best(runs):
    """Each text: the mean of each form, and the mixture beside each expert, seed by seed.

    Args:
        runs: as `describe_runs`.

    Returns:
        list of str, a sentence for each text.
    """
    by_form = {form: {run["seed"]: run for run in runs if run["form"] == form} for form in FORMS}
    by_form = {form: own for form, own in by_form.items() if own}
    sentences = []
    for text in runs[0]["bits_per_byte"]:
        means = {
            form: sum(run["bits_per_byte"][text] for run in own.values()) / len(own)
            for form, own in by_form.items()
        }
        parts = [f"{FORMS[form]} {mean:.3f}" for form, mean in means.items()]
        sentence = f"{_of(text)}: {', '.join(parts)} bits per byte"
        for form in ("rnn", "transformer"):
            shared = sorted(set(by_form.get(form, ())) & set(by_form.get("mixture", ())))
            changes = [
                by_form["mixture"][seed]["bits_per_byte"][text] - by_form[form][seed]["bits_per_byte"][text]
                for seed in shared
            ]
            if len(changes) > 1:
                change, half = mean_and_half(changes)
                sentence += f"; mixture less {FORMS[form]} {change:+.3f} ± {half:.3f}"
        sentences.append(sentence + ".")
    return sentences


def describe_answers(runs):
    """Right answers to held-out questions, by kind and form.

    Args:
        runs: as `describe_runs`.

    Returns:
        list of str, a sentence for each kind.
    """
    sentences = []
    for kind, splits in runs[0]["kinds"].items():
        split = "wording" if "wording" in splits else "value"
        parts = []
        for form, name in FORMS.items():
            own = [run["kinds"][kind][split] for run in runs if run["form"] == form]
            if own:
                shares = [one["num_right"] / one["num_questions"] for one in own]
                spread = f" ± {mean_and_half(shares)[1]:.1%}" if len(shares) > 1 else ""
                parts.append(f"{name} {sum(shares) / len(shares):.1%}{spread}")
        nearest = splits[split]["nearest"]
        sentences.append(
            f"{kind.capitalize()}, right answers: {', '.join(parts)}; copying the most similar question's "
            f"answer gets {nearest:.1%}."
        )
    return sentences


def describe_routers(runs):
    """The RNN expert's weight on each kind in the mixtures, and knowledge less reasoning.

    Args:
        runs: as `describe_runs`.

    Returns:
        list of str.
    """
    routers = [run["router"] for run in runs if run["form"] == "mixture" and run["router"]]
    if not routers:
        return ["No mixture of this study has been watched."]
    values = {kind: [router[kind]["mean"][0] for router in routers] for kind in routers[0]}
    sentences = [
        f"RNN expert's weight on {kind}: {', '.join(f'{value:.1%}' for value in found)} (seed by seed)."
        for kind, found in values.items()
    ]
    gaps = [one - other for one, other in zip(values["knowledge"], values["reasoning"], strict=True)]
    sentence = f"Knowledge less reasoning: {', '.join(f'{gap:+.1%}' for gap in gaps)}"
    if len(gaps) > 1:
        mean, half = mean_and_half(gaps)
        sentence += f"; mean {mean:+.1%} ± {half:.1%}"
        held = "0 lies inside." if abs(mean) <= half else "0 lies outside."
        sentence += f" (95% over {counted(len(gaps), 'seed')}). {held}"
        return [*sentences, sentence]
    return [*sentences, sentence + "."]


def _of(text):
    return "All held-out text" if text == ALL else text.capitalize()
