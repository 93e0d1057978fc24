"""The programs that run_all starts are there, and take the arguments that it gives."""

import re
from pathlib import Path

import pytest
from run_all import HERE, commands


@pytest.mark.parametrize("is_short", [False, True])
def test_every_program_knows_its_flags(is_short, tmp_path):
    for program, *words in commands(["texts"], tmp_path, is_short, ["wheels"]):
        source = (HERE / program).read_text(encoding="utf-8")
        flags = set(re.findall(r'add_argument\(\s*"(--[\w.-]+)"', source))
        given = {word for word in words if word.startswith("--")}
        assert given <= flags, program
        assert ("--short" in given) == (is_short and program != "peers/setup.py")


def test_results_go_where_the_page_looks(tmp_path):
    outputs = [words[-1] for _, *words in commands(["texts"], tmp_path, False, [])[1:]]
    assert all(Path(output).parent == tmp_path for output in outputs) and len(set(outputs)) == 3
