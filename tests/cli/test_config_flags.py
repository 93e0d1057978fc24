"""Flags made from a config: every type, in both directions."""

import dataclasses

import pytest
import typer
from typer.testing import CliRunner

from mof.cli.config_flags import with_config_flags
from mof.config import Config, setting


@dataclasses.dataclass(frozen=True)
class KettleConfig(Config):
    """One field of each type."""

    litres: float = setting(1.5, "water in it")
    num_cups: int = setting(4, "cups it fills")
    whistles: bool = setting(True, "tell when it boils")
    colour: str = setting("red", "of the outside", ("red", "blue"))
    steps: tuple[int, ...] = setting((40, 80), "degrees at which it rests")
    names: tuple[str, ...] = setting((), "written on it")
    limit: int | None = setting(None, "degrees at most")


def call(*words):
    """The dict that a command gets for these flags, and the CliRunner's result."""
    app, got = typer.Typer(rich_markup_mode=None), []

    @with_config_flags(kettle=(KettleConfig, "The kettle"))
    def boil(place: str = "here", kettle=None):
        """Boil."""
        got.append((place, kettle))

    app.command()(boil)
    return got, CliRunner().invoke(app, list(words))


def test_flags_left_out_stay_out():
    got, _ = call("--place", "there")
    assert got == [("there", {})]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--litres", "2"], {"litres": 2.0}),
        (["--num-cups", "0"], {"num_cups": 0}),
        (["--whistles"], {"whistles": True}),
        (["--no-whistles"], {"whistles": False}),
        (["--colour", "blue"], {"colour": "blue"}),
        (["--steps", "16,32"], {"steps": (16, 32)}),
        (["--steps", " 16, 32,"], {"steps": (16, 32)}),
        (["--steps", ""], {"steps": ()}),
        (["--names", "春天,a b"], {"names": ("春天", "a b")}),
        (["--names", "春天, a b ,"], {"names": ("春天", "a b")}),
        (["--names", "\\n"], {"names": ("\n",)}),
        (["--names", "\n, ,。"], {"names": ("\n", " ", "。")}),
        (["--limit", "90"], {"limit": 90}),
    ],
)
def test_values_have_the_type_of_the_field(words, expected):
    got, _ = call(*words)
    assert got == [("here", expected)]
    KettleConfig(**expected)


def test_list_that_is_none_is_refused():
    _, result = call("--steps", "1,x")
    assert isinstance(result.exception, ValueError)
    assert str(result.exception) == "--steps is '1,x', expected whole numbers with commas, such as 128,256."


def test_help_tells_reason_values_and_default():
    _, result = call("--help")
    words = " ".join(result.output.split())
    for told in (
        "--litres NUMBER Water in it. Default: 1.5.",
        "--colour red|blue Of the outside. Default: red.",
        "--whistles / --no-whistles Tell when it boils. Default: on.",
        "--steps NUMBER,... Degrees at which it rests. Default: 40,80.",
        "--names TEXT,... Written on it. Default: none.",
    ):
        assert told in words, words
