"""`mof plan`: from measurements, text and hours to a written plan of a long training."""

from pathlib import Path
from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.cli.invocation import command_line
from mof.config import ModelConfig
from mof.planning.gate import WhenToTrain
from mof.presets import PRESET_NAMES, TOKENIZERS

CORPUS_HELP = "File or folder of text for the pre-training. Give it again for more."
DIALOGUES_HELP = (
    "File or folder of dialogues for the fine-tuning. Give it again for more; none leaves it out."
)


@with_config_flags(
    when=(WhenToTrain, "When it runs"),
    model=(
        ModelConfig,
        "A shape of your own (with --preset; the defaults shown are those of the preset tiny)",
    ),
)
def plan(
    corpus: Annotated[list[str] | None, typer.Option(metavar="PATH", help=CORPUS_HELP)] = None,
    dialogues: Annotated[list[str] | None, typer.Option(metavar="PATH", help=DIALOGUES_HELP)] = None,
    hours: Annotated[float, typer.Option(metavar="NUMBER", help="Hours of training at hand.")] = 96.0,
    folder: Annotated[
        str, typer.Option(metavar="FOLDER", help="Where the plans go, and the runs that they lead to.")
    ] = "runs/four-days",
    preset_name: Annotated[
        str | None,
        typer.Option(
            "--preset", metavar="|".join(PRESET_NAMES), help="One plan of this size, in place of A and B."
        ),
    ] = None,
    tokenizer: Annotated[
        str | None,
        typer.Option(metavar="|".join(TOKENIZERS), help="How text becomes tokens. Default: the size's own."),
    ] = None,
    most_passes: Annotated[
        float, typer.Option(metavar="NUMBER", help="Over any text; a plan with more is refused.")
    ] = 60.0,
    machine: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The doctor's report. Default: runs/machine.json; made if missing."
        ),
    ] = None,
    when=None,
    model=None,
):
    """Plan a long training: what it reads, how large the model is, how long it takes.

    Two recipes are set side by side. A is the article's size, 0.08 billion parameters (the preset full). B is
    the size whose tokens in these hours come closest to 20 for each parameter. Each becomes a file that you
    may edit and `mof train --plan FILE` follows.

    \b
    Examples:
      mof plan --corpus texts --dialogues talks --hours 96
      mof plan --corpus texts --hours 8 --preset tiny --folder runs/night
    """
    from mof.cli.plan_view import show_plans
    from mof.corpus.corpus_files import find_corpus_files
    from mof.machine.examination import PRESETS_MEASURED, examine
    from mof.machine.facts import describe_facts
    from mof.machine.report import DEFAULT_PATH, load_report
    from mof.planning.making import Wish
    from mof.planning.plan_file import keep_other, write_plan
    from mof.planning.recipes import make_recipes
    from mof.planning.refusals import check_machine, check_wish

    if model and preset_name is None:
        raise ValueError("a shape of your own needs the size that it starts from: give --preset too.")
    wish = Wish(hours, corpus or [], dialogues or [], folder, WhenToTrain(**when), most_passes)
    check_wish(wish)
    find_corpus_files([*wish.texts, *wish.dialogues])  # told before a minute of measuring
    facts = describe_facts(folder)
    path = machine or DEFAULT_PATH
    report = load_report(path)
    if report is None:
        print(f"{path} is not there: measuring this machine for a minute.", flush=True)
        presets = (preset_name,) if preset_name else PRESETS_MEASURED
        longer = ["doctor", "--seconds", "120", "--json", str(path)]
        longer += ["--preset", preset_name] if preset_name else []
        report = examine(
            hours,
            60.0,
            presets,
            path.parent,
            tell=lambda words: print(words + " ...", flush=True),
            longer=command_line(*longer),
        )
        report.save(path)
    check_machine(report, facts)
    recipes = make_recipes(
        wish, report, facts, preset_name, model, tokenizer, lambda words: print(words, flush=True)
    )
    written = {}
    for name, recipe in recipes.items():
        if recipe.made is None:
            continue
        file = Path(folder) / ("plan.toml" if name == "own" else f"plan-{name.lower()}.toml")
        remarks = [
            f"A plan of `mof plan`. Edit it, then: mof train --plan {file.as_posix()}",
            "What follows a # is for you. A word that the program does not know is refused.",
            *(f"{key}: {words}" for key, words in recipe.made.facts.items()),
            *recipe.made.warnings,
        ]
        kept = keep_other(file, recipe.made.plan)
        if kept is not None:
            print(f"{file} held another plan, which is kept as {kept}.", flush=True)
        write_plan(file, recipe.made.plan, remarks)
        written[name] = file
    show_plans(recipes, written)
    if not written:
        raise ValueError("no plan could be made: " + " ".join(recipe.refusal for recipe in recipes.values()))
    print("Read it, change what you like, then:")
    for file in written.values():
        print("  " + command_line("train", "--plan", str(file), "--background"))
