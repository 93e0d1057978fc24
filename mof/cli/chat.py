"""`mof chat`: talk to a model in the terminal."""

from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.cli.default_model import default_model
from mof.cli.engine import EngineOption, open_generator
from mof.generation.config import ChatGenerationConfig


@with_config_flags(generation=(ChatGenerationConfig, "How the answers are drawn"))
def chat(
    run: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="A run that was trained on dialogues, or an exported model; else runs/chat where it is, or "
            "the model that ships.",
        ),
    ] = None,
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Sets the scene before the first turn.")
    ] = None,
    engine: EngineOption = "auto",
    generation=None,
):
    """Talk to a model. [CLEAN] forgets what was said; an empty line leaves.

    Ctrl-C cuts an answer short, and leaves where you are asked.
    """
    config = ChatGenerationConfig(**generation)
    from mof.generation.chat import ChatSession

    folder = default_model("chat") if run is None else run
    session = ChatSession(open_generator(folder, engine), config, system)
    print("聊天开始 (the chat begins). [CLEAN] 清空上下文 (forgets); 空行结束 (an empty line leaves).")
    while text := _read_line():
        print("答 (model)> ", end="", flush=True)
        try:
            for piece in session.reply(text):
                print(piece, end="", flush=True)
            print()
        except KeyboardInterrupt:
            print(" …")
    print("再见 (goodbye).")


def _read_line():
    """What the reader says, or an empty string to leave."""
    try:
        return input("问 (you)> ").strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return ""
