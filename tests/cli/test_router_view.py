"""The router's weights as bars."""

import io
from types import SimpleNamespace

import numpy as np
from rich.console import Console

from mof.cli import router_view
from mof.tokenizer.character_tokenizer import CharacterTokenizer


def shown(monkeypatch, weights, experts, text, **console):
    """What is printed for these route weights of DOCUMENT and the tokens of the text."""
    output = SimpleNamespace(route_weights=np.array([weights], dtype=np.float32))
    monkeypatch.setattr(router_view, "as_graph", lambda model, method: lambda *inputs: (output, None))
    monkeypatch.setattr(router_view.keras.ops, "convert_to_numpy", np.asarray)
    model = SimpleNamespace(config=SimpleNamespace(experts=experts), features=None)
    file = io.StringIO()
    tokenizer = CharacterTokenizer("春")
    router_view.print_route_weights(Console(file=file, width=80, **console), model, tokenizer, text)
    return file.getvalue()


def test_bars_are_as_long_as_the_shares(monkeypatch):
    weights = [[0.5, 0.5], [0.9, 0.1], [0.0, 1.0], [1.0, 0.0]]  # DOCUMENT, 春, and the two bytes of é
    said = shown(monkeypatch, weights, ("recurrent", "transformer"), "春é")
    lines = said.splitlines()
    assert lines[0].split() == ["█", "RNN", "░", "Transformer"]
    assert lines[1] == "  " + "█" * 15 + "░" * 15 + "   50%   50%  (start of the text)"
    assert lines[2] == "  " + "█" * 27 + "░" * 3 + "   90%   10%  春"
    assert lines[3] == "  " + "░" * 30 + "    0%  100%  part of a character: c3"
    assert lines[4] == "  " + "█" * 30 + "  100%    0%  part of a character: a9"


def test_blanks_are_told(monkeypatch):
    assert shown(monkeypatch, [[1.0]] * 2, ("recurrent",), " ").endswith("  100%  ' '\n")


def test_terminal_gets_colours_and_three_experts_are_numbered(monkeypatch):
    said = shown(
        monkeypatch,
        [[0.2, 0.3, 0.5]] * 2,
        ("recurrent", "transformer", "transformer"),
        "春",
        force_terminal=True,
    )
    assert "\x1b[" in said and "Transformer 1" in said and "Transformer 2" in said and "RNN " in said
