"""The command `mof`: one function a command, which reads flags, builds a config and makes one call."""

import os
import sys

import typer

from mof.cli.abilities import abilities
from mof.cli.chat import chat
from mof.cli.corpus import corpus
from mof.cli.course import course
from mof.cli.doctor import doctor
from mof.cli.evaluate import evaluate
from mof.cli.export import export
from mof.cli.generate import generate
from mof.cli.info import info
from mof.cli.plain_help import PlainHelpCommand
from mof.cli.plan import plan
from mof.cli.quickstart import quickstart
from mof.cli.rehearsal import rehearsal
from mof.cli.snapshot import restore, snapshot
from mof.cli.status import status, stop
from mof.cli.train import train
from mof.cli.watch import watch

app = typer.Typer(
    help="Build, train and talk to a small Chinese language model on an ordinary CPU.",
    epilog="Each command has its own help, for example: mof train --help",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (
    doctor,
    quickstart,
    plan,
    train,
    watch,
    status,
    stop,
    rehearsal,
    chat,
    generate,
    evaluate,
    abilities,
    export,
    snapshot,
    restore,
    info,
):
    app.command(cls=PlainHelpCommand)(command)
app.add_typer(corpus, name="corpus")
app.add_typer(course, name="course")


def main(arguments=None):
    """Run the command line; errors that a reader can mend are told in a sentence, not in a traceback.

    Args:
        arguments: list of str; None takes those of the process.

    Raises:
        SystemExit: always, with status 0, 1 (an error), 2 (wrong flags) or 130 (stopped by Ctrl-C).
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's own lines tell a reader nothing
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(arguments)
    except (ValueError, OSError, ArithmeticError) as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(1)
    except MemoryError:
        typer.secho(
            "Error: the memory is full. Close other programs, or take a smaller preset.", fg="red", err=True
        )
        sys.exit(1)
