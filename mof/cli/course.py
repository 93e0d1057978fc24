"""`mof course`, for instructors: the exercises, notebooks without solutions, the progress of a class."""

from typing import Annotated

import typer

from mof.cli.plain_help import PlainHelpCommand

course = typer.Typer(
    help="For instructors: list the exercises, strip solutions, collect progress.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@course.command("list", cls=PlainHelpCommand)
def list_exercises(
    chapter: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Only this chapter, such as 05.")
    ] = None,
):
    """Show the exercises: chapter, kind, minutes, hints, typical wrong answers that are known."""
    from mof.course.registry import all_exercises

    exercises = all_exercises().values()
    if chapter is not None:
        exercises = [exercise for exercise in exercises if exercise.chapter == chapter.zfill(2)]
        if not exercises:
            raise ValueError(f"chapter {chapter} has no exercises yet; see: mof course list")
    print(f"{'id':<6} {'kind':<8} {'minutes':>7} {'hints':>5} {'mistakes':>8}  title")
    for exercise in exercises:
        numbers = f"{exercise.minutes:>7} {len(exercise.hints):>5} {len(exercise.wrong_answers):>8}"
        print(f"{exercise.id:<6} {exercise.kind:<8} {numbers}  {exercise.title}")
    print(f"{len(exercises)} exercises, {sum(exercise.minutes for exercise in exercises)} minutes")


@course.command(cls=PlainHelpCommand)
def strip(
    source: Annotated[str, typer.Argument(help="A notebook, or a folder of them.")],
    target: Annotated[str, typer.Argument(help="Where the copies go.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace notebooks that are there already.")
    ] = False,
):
    """Write copies of notebooks without their solutions. The originals stay as they are.

    \b
    Example:
      mof course strip notebooks class-1/notebooks
    """
    from mof.course.strip import strip_solutions

    for stripped in strip_solutions(source, target, overwrite):
        print(f"{stripped.path}: {stripped.num_solutions} solutions taken out")


@course.command(cls=PlainHelpCommand)
def collect(
    folder: Annotated[str, typer.Argument(help="NAME.json, or NAME/progress.json, for each student.")],
    output: Annotated[str, typer.Option(metavar="FILE", help="The table, as CSV.")] = "results.csv",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a table that is there.")] = False,
):
    """Make one table of the progress files of a class: my-work/progress.json of each student.

    \b
    Example:
      mof course collect class-1/handed-in --output results.csv
    """
    from mof.course.collect import find_progress, write_table
    from mof.course.registry import all_exercises

    rows = find_progress(folder)
    path = write_table(rows, list(all_exercises().values()), output, overwrite)
    print(f"{len(rows)} students: {path}")
    for row in rows:
        if row.entries is None:
            print(f"  {row.path} is damaged, or no progress file: its row is empty.")
