"""`mof abilities`: which questions a model answers, how far back it remembers, how it writes.

With --output each family that was asked is kept beside that file until it is written, so a call that was
stopped goes on where it was.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from mof.cli.backend import start_backend
from mof.cli.engine import EngineOption


def abilities(
    run: Annotated[
        str, typer.Option(metavar="FOLDER", help="A trained run, or an exported model.")
    ] = "runs/first",
    questions: Annotated[
        int, typer.Option(metavar="NUMBER", help="Questions for each family and split.", min=1)
    ] = 50,
    family: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this family; give it again for more.")
    ] = None,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="Text for memory and writing, all of it. Default: what the run held out."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Also write the figures to this JSON file; if stopped, the same goes on."
        ),
    ] = None,
    page: Annotated[
        str | None, typer.Option(metavar="FILE", help="Also write a web page with figures and answers.")
    ] = None,
    engine: EngineOption = "auto",
):
    """Ask a model questions of many families, and judge its memory and its writing on held-out text."""
    from mof.inference.exported_folder import is_export
    from mof.tasks.families import choose_families
    from mof.training.run_folder import RunFolder

    families = choose_families(family)
    for file in filter(None, (output, page)):
        if not Path(file).resolve().parent.is_dir():
            raise FileNotFoundError(f"the folder of {file} does not exist: make it, or name another file.")
        if Path(file).is_dir():
            raise IsADirectoryError(f"{file} is a folder: name a file in it.")
    if not is_export(run):
        RunFolder(run)  # a missing run is told now, not after the seconds that the backend takes
    start_backend()
    from mof.cli.ability_table import ability_table, family_line, memory_table, writing_line
    from mof.cli.engine import open_generator, tell
    from mof.cli.judged_model import NO_LENGTH, NO_PLAIN_TEXT, NO_TEXT, choose_weights, open_judged
    from mof.cli.kept_answers import KeptAnswers
    from mof.evaluation.ability_report import asking_hash, judge_abilities
    from mof.evaluation.memory_report import held_out_texts, judge_memory
    from mof.evaluation.writing_report import judge_writing
    from mof.experts.names import expert_names
    from mof.patient_files import write_whole
    from mof.sources.progress_lines import ProgressLines

    checkpoint, asked = choose_weights(run)
    asked["program"] = asking_hash()
    generator = open_generator(run, engine, checkpoint)
    judged = open_judged(run, corpus, generator, checkpoint)
    kept = KeptAnswers(output, {**asked, "run": run, "num_questions": questions, "engine": engine})
    print(f"Asking {len(families)} families; making the graphs takes some seconds.")
    if kept.answers:
        print(f"{len(kept.answers)} results of an earlier call are kept in {kept.path}: not asked again.")
    progress = ProgressLines(tell, "asked")

    def take(number, count, result):
        kept.add(result)
        print(f"{number:>3} of {count}  {family_line(result)}", flush=True)
        progress(number, count)

    tokenizer, text, length = judged.tokenizer, judged.text, judged.trained_length
    with judged.holds_text():
        report = judge_abilities(
            judged.model,
            tokenizer,
            families,
            questions,
            on_family=take,
            generator=generator,
            answered=kept.answers,
        )
        names = expert_names(judged.experts)
        print(ability_table(report, names))
        report["memory"] = report["writing"] = None
        left_out = [NO_TEXT] if text is None else [] if length else [NO_LENGTH]
        if text is not None and text.num_documents and not any(held_out_texts(text, tokenizer)):
            text, left_out = None, [NO_PLAIN_TEXT]
        if text is not None and length:
            report["memory"] = judge_memory(judged.model, tokenizer, text, length, reader=judged.reader)
            print(memory_table(report["memory"]))
        if text is not None:
            report["writing"] = judge_writing(generator, held_out_texts(text, tokenizer))
            print(writing_line(report["writing"]))
    report["left_out"] = judged.left_out + left_out
    for sentence in report["left_out"]:
        print(sentence)
    if output:
        report = {"run": run, "asked": asked, **report}
        write_whole(Path(output), json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        kept.remove()
        print(f"written to {output}")
    if page:
        from mof.viz.ability_figure import ability_page

        write_whole(Path(page), ability_page(report, names, f"What {run} can do"))
        print(f"written to {page}")
