"""Recipes A and B of the four days as they were recorded, told in the hours of one CPU: chapter 21.

Both were trained on lent graphics processors, on the same text with the same tokenizer. A token is a token
on any machine, so their curves over tokens stand for a CPU's too, but for the number format of the products
(bfloat16 there, float32 here) and the tokens of an update. Over hours they are reckoned: tokens / (3600 *
tokens a second of the CPU). Where a run on a CPU has been recorded (book/records/run_NAME.json, made by
`benchmarks/run_record.py`), it is drawn beside them, in its own hours.
"""

import io
import json
from typing import NamedTuple

import numpy as np

from mof.config import ModelConfig
from mof.course.translation import _
from mof.lessons.page_width import PAGE_COLUMNS, fit_page
from mof.lessons.records import FOLDER, ROOT, find_record, load_record
from mof.machine.parameter_counts import num_parameters
from mof.panel.recorded_run import RECORD_PREFIX, replay, snapshot_of
from mof.viz.run_figure import Line, Quantity

RESULTS = ROOT / "benchmarks" / "results"
FILES = {"A": "accelerator_full.json", "B": "accelerator_run.json"}
# the same fine-tuning of both: 64 updates of 32,768 tokens, 0.05 of the step sizes; B's fall was longer
CHAT_FILES = {"A": "accelerator_full.json", "B": "accelerator_chat.json"}
PROBES = {"A": "probes_a.json", "B": "probes_b.json"}  # answers after that fine-tuning, unedited
SPEEDS_FILE, SPEED_CASE_OF_A = "training_speed_xeon.json", "mof full float32 bpe"
SPEED_OF_B = 1742.0  # tokens a second on the same machine, float32 (data/models/README.md)
HOURS = 96.0
# where a run on a CPU will lie, once it has been made
CPU_RUNS = {"A": "four_days_a", "B": "four_days"}


class RecordedRecipe(NamedTuple):
    """A pre-training as recorded.

    name: "A" or "B". num_parameters: int. device: what it was made on.
    losses: (tokens [P], nats a token [P]) on the training text. looks: (tokens [N], bits per byte [N]) on
    held-out text.
    fall_tokens: tokens read when the step size begins to fall. tokens_per_second: of the CPU.
    """

    name: str
    num_parameters: int
    device: str
    losses: tuple
    looks: tuple
    fall_tokens: float
    tokens_per_second: float

    @property
    def tokens(self):
        """Tokens read in all."""
        return float(self.looks[0][-1])

    @property
    def label(self):
        """Name for a legend, with size and hardware."""
        return _("{name}: {size} M parameters, {device}").format(
            name=self.name, size=f"{self.num_parameters / 1e6:.1f}", device=self.device
        )

    def hours(self, tokens=None):
        """Hours that the CPU takes for so many tokens, or array of them; None for all that were read."""
        return (self.tokens if tokens is None else tokens) / (3600 * self.tokens_per_second)

    def plateau_bits(self, hours):
        """Held-out bits per byte after so many hours of the CPU, while the step size has not begun to fall:
        between two looks along a line over the logarithm of the tokens; None before the first such look and
        after the last."""
        tokens, bits = self.looks
        before = tokens <= self.fall_tokens
        wanted = 3600 * hours * self.tokens_per_second
        if not before.any() or not tokens[before][0] <= wanted <= tokens[before][-1]:
            return None
        return float(np.interp(np.log(wanted), np.log(tokens[before]), bits[before]))


def recorded_recipes(folder=RESULTS):
    """The two pre-trainings in `benchmarks/results`.

    Args:
        folder: where the results lie.

    Returns:
        dict from "A" and "B" to RecordedRecipe.

    Raises:
        FileNotFoundError: a result is gone.
    """
    speeds = {"A": _speed_of_a(folder), "B": SPEED_OF_B}
    return {name: _recipe(name, folder / file, speeds[name]) for name, file in FILES.items()}


def equal_chats(folder=RESULTS):
    """Held-out dialogues, bits per byte, after an equal fine-tuning of both.

    Returns:
        dict from "A" and "B" to (tokens, bits per byte).
    """
    runs = {name: _read(folder / file)["runs"]["chat"] for name, file in CHAT_FILES.items()}
    return {name: (run["tokens"], run["bits_per_byte"]) for name, run in runs.items()}


def probe_answers(prompt, folder=RESULTS):
    """What both answered to one of the prompts of `benchmarks/probe_prompts.py`, after that fine-tuning.

    Returns:
        dict from "A" and "B" to str.

    Raises:
        ValueError: it is none of the forty.
    """
    found = {}
    for name, file in PROBES.items():
        answers = {entry["prompt"]: entry["answer"] for entry in _read(folder / file)["answers"]}
        if prompt not in answers:
            raise ValueError(f"{prompt!r} was not asked, expected one of: {' '.join(answers)}")
        found[name] = answers[prompt]
    return found


def recipe_quantities(recipes, cpu_runs=None):
    """What there is to draw of the recipes.

    Args:
        recipes: dict of RecordedRecipe. cpu_runs: dict from a name to a RunSnapshot of a run on a CPU.

    Returns:
        list of `mof.viz.run_figure.Quantity`: held-out text and loss, over tokens and over hours of the CPU.
    """
    tokens_words, hours_words = _("tokens read, millions"), _("hours of two cores, without a GPU")
    bits_words, nats_words = _("bits per byte"), _("nats a token")
    return [
        Quantity(
            title, x_title, y_title, _lines(recipes, cpu_runs or {}, what, x_title is hours_words), [], ".3f"
        )
        for title, x_title, y_title, what in (
            (_("held-out text, by hours"), hours_words, bits_words, "looks"),
            (_("held-out text, by tokens"), tokens_words, bits_words, "looks"),
            (_("loss, by hours"), hours_words, nats_words, "losses"),
            (_("loss, by tokens"), tokens_words, nats_words, "losses"),
        )
    ]


def show_recipes():
    """Both recipes under a menu; and what of a CPU has not been recorded yet."""
    from mof.viz.notebook_figures import show_figure
    from mof.viz.run_figure import run_figure

    records = {name: find_record(f"{RECORD_PREFIX}{run}") for name, run in CPU_RUNS.items()}
    cpu_runs = {name: snapshot_of(record.data) for name, record in records.items() if record is not None}
    words = (
        "Recipe A and recipe B, recorded on the hardware that the legend names. Over hours: the hours that "
        "two cores would take for these tokens. The menu changes what is drawn. The bend of each line is "
        "where its step size begins to fall: A's was planned for 62 million tokens, B's for 524."
    )
    notes = [f"{name} on the CPU: {record.note}" for name, record in records.items() if record is not None]
    show_figure(run_figure(recipe_quantities(recorded_recipes(), cpu_runs)), " ".join([words, *notes]))
    for name, record in records.items():
        if record is None:
            print(f"Recipe {name} has not been trained on a CPU yet: its line is the lent hardware's alone.")


def show_recorded_run(name=CPU_RUNS["B"], folder=FOLDER):
    """Replays the recorded run of a CPU; or says that none has been made yet, and what makes one.

    Args:
        name: of the record, without "run_". folder: where records lie.
    """
    if find_record(f"{RECORD_PREFIX}{name}", folder) is not None:
        replay(name, folder)
        return
    print(
        "No four-day training on a CPU has been recorded yet, so there is none to replay.\n"
        "Such a run, followed to its end, and then its record:\n"
        "mof train --plan runs/four-days/plan-b.toml --background\n"
        f"python benchmarks/run_record.py runs/four-days/recipe-b/pretraining --name {name}"
    )


def recorded_plans(hours=HOURS):
    """What `mof plan` says of the recorded machine and of the text that the shipped model read.

    Args:
        hours: of training.

    Returns:
        (text, note): both recipes side by side as the command prints them; where the machine was recorded.
    """
    from rich.console import Console

    from mof.cli.plan_view import show_plans
    from mof.lessons.machine_study import RECORD, read_machine
    from mof.planning.making import Wish, make_plan
    from mof.planning.recipes import Recipe
    from mof.planning.sizes import ARTICLE_PRESET, best_size, candidates, size_of

    record = load_record(RECORD)
    report = read_machine(record.data)[1]
    texts, talks = shipped_looks()
    best, rule = best_size(candidates(report), report.facts.available_bytes, hours)
    sizes = {
        "A": (size_of(report, ARTICLE_PRESET), "the article's 0.08 billion parameters"),
        "B": (best, rule),
    }
    wish = Wish(hours, ["texts"], ["dialogues"], "runs/four-days")
    recipes = {
        name: Recipe(make_plan(name, size, wish, report, report.facts, texts, talks), "", words)
        for name, (size, words) in sizes.items()
    }
    page = io.StringIO()
    show_plans(recipes, {}, Console(file=page, width=PAGE_COLUMNS, force_terminal=False, force_jupyter=False))
    return fit_page(page.getvalue().strip("\n")), fit_page(record.note)


def shipped_looks():
    """(CorpusLook, CorpusLook) of the texts and the dialogues that the shipped model and its fine-tuning
    read, as `data/models/sources.json` and the record of the run count them."""
    from mof.planning.corpus_look import CorpusLook, fingerprint_of

    stored = _read(ROOT / "data" / "models" / "sources.json")
    runs = _read(RESULTS / FILES["B"])["runs"]
    found = []
    for part, run in (("texts", "pretraining"), ("dialogues", "chat")):
        documents, characters = stored[part]["documents"], stored[part]["characters"]
        tokens = runs[run]["tokens"] / runs[run]["epochs"]
        talks = documents if part == "dialogues" else 0
        found.append(
            CorpusLook(
                documents,
                talks,
                characters,
                3.0 * characters,
                tokens,
                3 * characters,
                True,
                fingerprint_of([(stored[part]["file"], stored[part]["sha256"])]),
            )
        )
    return tuple(found)


def _recipe(name, path, tokens_per_second):
    run = _read(path)["runs"]["pretraining"]
    config = ModelConfig.from_json(json.dumps(run["model"]))
    return RecordedRecipe(
        name=name,
        num_parameters=num_parameters(config),
        device=run["device"],
        losses=_columns(run["loss"], "nats"),
        looks=_columns(run["held_out"], "bits_per_byte"),
        fall_tokens=(1 - run["training"]["decay_share"]) * run["tokens"],
        tokens_per_second=tokens_per_second,
    )


def _speed_of_a(folder):
    cases = {case["name"]: case for case in _read(folder / SPEEDS_FILE)["cases"]}
    return cases[SPEED_CASE_OF_A]["tokens_per_second"]["median"]


def _columns(rows, name):
    return tuple(np.array([row[key] for row in rows], dtype=np.float64) for key in ("tokens", name))


def _lines(recipes, cpu_runs, what, is_by_hours):
    lines = []
    for number, (name, recipe) in enumerate(recipes.items()):
        tokens, values = getattr(recipe, what)
        x = recipe.hours(tokens) if is_by_hours else tokens / 1e6
        label = recipe.label.replace(", ", ",<br>")  # a phone's legend cuts off what is longer
        lines.append(Line(label, number, 0, x, values))
        if name in cpu_runs:
            label = _("{name} on a CPU").format(name=name)
            lines.append(Line(label, len(recipes) + number, 0, *_points(cpu_runs[name], what, is_by_hours)))
    return lines


def _points(snapshot, what, is_by_hours):
    """(x, y) of a run that was made on a CPU, by its own clock."""
    key, factor = ("seconds", 1 / 3600) if is_by_hours else ("tokens", 1e-6)
    if what == "losses":
        return factor * snapshot.columns[key], snapshot.columns["loss"]
    return factor * snapshot.event_column("evaluation", key), snapshot.event_column(
        "evaluation", "bits_per_byte"
    )


def _read(path):
    return json.loads(path.read_text(encoding="utf-8"))
