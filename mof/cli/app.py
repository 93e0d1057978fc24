"""The command `mof`: one function a command, which reads flags, builds a config and makes one call."""

import os
import sys

import typer

from mof.cli.chat import chat
from mof.cli.evaluate import evaluate
from mof.cli.generate import generate
from mof.cli.info import info
from mof.cli.quickstart import quickstart
from mof.cli.train import train

app = typer.Typer(
    help="Build, train and talk to a small Chinese language model on an ordinary CPU.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (quickstart, train, chat, generate, evaluate, info):
    app.command()(command)


def main():
    """Run the command line; errors that a reader can mend are told in a sentence, not in a traceback."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's start-up lines tell a reader nothing
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except (ValueError, FileNotFoundError, ArithmeticError) as error:
        typer.secho(f"Error: {error}", fg="red", err=True)
        sys.exit(1)
