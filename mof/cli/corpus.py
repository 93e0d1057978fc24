"""`mof corpus`: the catalogue of public Chinese text, fetching it, and writing questions without end."""

import math
import sys
from typing import Annotated

import typer

from mof.cli.invocation import command_line
from mof.cli.plain_help import PlainHelpCommand
from mof.sources.catalogue import load_catalogue, select
from mof.sources.report import catalogue_lines, check_lines, plan_lines, result_lines, source_lines
from mof.sources.shard_writer import FOLDERS

corpus = typer.Typer(
    help="Text for a training: list and fetch public text, or write questions with answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
SourceNames = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Of the list. Give it again for more.")
]
CatalogueFile = Annotated[
    str | None, typer.Option("--catalogue", metavar="FILE", help="Another list, a JSON file like our own.")
]


@corpus.command("list", cls=PlainHelpCommand)
def list_sources(source: SourceNames = None, catalogue: CatalogueFile = None):
    """Show the sources: size, licence, what each is. With --source: all about it."""
    sources = load_catalogue(catalogue)
    file = ["--catalogue", catalogue] if catalogue else []
    if not source:
        print("\n".join(catalogue_lines(sources)))
        print("\nAll about one of them:\n  " + command_line("corpus", "list", *file, "--source", "NAME"))
    for entry in select(sources, source) if source else ():
        print("\n".join(source_lines(entry)))


@corpus.command("fetch", cls=PlainHelpCommand)
def fetch_sources(
    source: SourceNames = None,
    output: Annotated[str, typer.Option(metavar="FOLDER", help="Where the text goes.")] = "corpus",
    mirror: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FOLDER", help="Fetch from copies of the repositories in it, or at this address."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before the download.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check what is there, by its hashes.")] = False,
    catalogue: CatalogueFile = None,
):
    """Download and clean public text: without --source the default set. The same command goes on.

    Tested against local mirrors; not yet run against the real hosts.

    \b
    Examples:
      mof corpus fetch
      mof corpus fetch --source poetry --source cooking --yes
      mof corpus fetch --check
    """
    file = ["--catalogue", catalogue] if catalogue else []
    place = [] if output == "corpus" else ["--output", output]
    if check:
        lines, is_good = check_lines(output)
        print("\n".join(lines))
        if not is_good:
            print("With the same sources this mends it:\n  " + command_line("corpus", "fetch", *place, *file))
        sys.exit(0 if is_good else 1)
    from mof.sources.fetching import check_disk, fetch, plan_fetch

    every_source = load_catalogue(catalogue)
    plan = plan_fetch(output, select(every_source, source))
    print("\n".join(plan_lines(plan, bool(mirror))))
    if plan.pending:
        print(f"  Licences: {command_line('corpus', 'list', *file)}; beside the text afterwards: LICENSES.md")
        check_disk(plan)
        if not yes and not _confirmed():
            print("Nothing was downloaded.")
            return
    result = fetch(plan, mirror or (), every_source)
    print("\n".join(result_lines(result, plan)))
    if not result.records:
        raise ValueError("no source could be fetched: see the reasons above. Is this machine online?")
    made = {file["path"].split("/")[0] for record in result.records for file in record["files"]}
    folder = next(plan.output / kind for kind in FOLDERS if kind in made)  # texts, where there are any
    print("Next:\n  " + command_line("train", "--corpus", str(folder), "--minutes", "60"))


@corpus.command("write", cls=PlainHelpCommand)
def write_questions(
    output: Annotated[str, typer.Option(metavar="FILE", help="A .jsonl file.")] = "corpus/questions.jsonl",
    megabytes: Annotated[
        float, typer.Option(metavar="NUMBER", help="Million bytes of text.", min=0.001)
    ] = 10.0,
    family: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this family; give it again for more. Default: all."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="NUMBER", help="Another one writes other text.")] = 0,
):
    """Write questions with their answers, as many as you like: knowledge, completion, reasoning.

    A model that was trained on them is judged with: mof abilities

    \b
    Examples:
      mof corpus write --megabytes 30
      mof corpus write --family addition --family kinship --output sums.jsonl
    """
    from mof.sources.progress_lines import ProgressLines
    from mof.tasks.families import choose_families
    from mof.tasks.sheet_file import write_sheets

    if not math.isfinite(megabytes):
        raise ValueError(
            f"--megabytes is {megabytes}, expected a finite number: --megabytes 30, for example."
        )
    families = choose_families(family)
    progress = ProgressLines(lambda line: print(line, flush=True), "written")
    written = write_sheets(output, families, round(megabytes * 1e6), seed, on_sheet=progress)
    print(
        f"{written.num_sheets:,} sheets of {len(families)} families, {written.num_bytes:,} bytes of text: "
        f"{written.path}"
    )
    print("Next:\n  " + command_line("train", "--corpus", str(written.path), "--minutes", "60"))


def _confirmed():
    try:
        return typer.confirm("Go on?", default=True)
    except typer.Abort as error:
        raise ValueError(
            "nobody answered, so nothing was downloaded. Give --yes to go on unasked."
        ) from error
