"""`mof chat`: talk to a model in the terminal."""

from typing import Annotated

import typer

from mof.cli.config_flags import with_config_flags
from mof.generation.config import GenerationConfig


@with_config_flags(generation=GenerationConfig)
def chat(
    run: Annotated[str, typer.Option(help="Folder of a run fine-tuned on dialogues.")] = "runs/chat",
    generation=None,
):
    """Talk to a model. [CLEAN] forgets what was said; an empty line or Ctrl-C leaves."""
    from mof.generation.chat import ChatSession
    from mof.generation.decoding import TextGenerator
    from mof.training.saved_model import load_model

    config = GenerationConfig(**generation)
    model, tokenizer, _ = load_model(run)
    session = ChatSession(TextGenerator(model, tokenizer), config)
    print("聊天开始 (the chat begins). [CLEAN] 清空上下文 (forgets); an empty line leaves.")
    while True:
        try:
            text = input("问 (you)> ")
        except (EOFError, KeyboardInterrupt):
            text = ""
        if not text.strip():
            print("再见 (goodbye).")
            return
        print("答 (model)> ", end="", flush=True)
        for piece in session.reply(text):
            print(piece, end="", flush=True)
        print()
