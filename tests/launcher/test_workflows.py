"""The workflow files, which nobody has run yet: they parse, pin what they take, call what there is."""

import re
import shlex
from pathlib import Path

import pytest

from mof.launcher import commands
from mof.launcher.problem import Problem
from mof.launcher.publishing import OUTPUT, parse_options

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
SYSTEM_PROGRAMS = {"sudo", "git"}

workflows = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def called(path):
    """Every command of a workflow, as words."""
    for step in steps(read(path)):
        for line in step.get("run", "").splitlines():
            for command in re.split(r"&&|\|\||;", line):
                if words := shlex.split(command):
                    yield words


def known_commands():
    with pytest.raises(Problem) as caught:
        commands._dispatch(["no such command"])
    return set(
        re.findall(r"\w+", caught.value.fix.removeprefix("Choose from: ").removesuffix(", or --help."))
    )


def test_there_are_two():
    assert [path.stem for path in FILES] == ["pages", "weekly"]
    assert {"publish", "book", "test"} <= known_commands()


@workflows
def test_it_says_that_nobody_has_run_it(path):
    assert path.read_text(encoding="utf-8").startswith("# NOT YET RUN")
    for page in ("README.md", "book/how_this_book_is_tested.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert ".github/workflows" in text and "not yet run" in text


@workflows
def test_it_is_a_workflow(path):
    workflow = read(path)
    assert workflow["name"] == path.stem
    triggers = workflow.get("on", workflow.get(True))  # YAML 1.1 reads `on` as a truth value
    assert "workflow_dispatch" in triggers
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] and not str(job["runs-on"]).endswith("-latest")
        assert all(("run" in step) != ("uses" in step) for step in job["steps"])


@workflows
def test_what_it_takes_is_pinned_by_commit(path):
    lines = [line.strip().lstrip("- ") for line in path.read_text(encoding="utf-8").splitlines()]
    used = [line for line in lines if line.startswith("uses:")]
    assert len(used) == sum("uses" in step for step in steps(read(path))) > 0
    for line in used:
        assert PINNED.match(line), line


@workflows
def test_it_calls_only_commands_that_exist(path):
    known = known_commands()
    starts = 0
    for words in called(path):
        if words[:2] == ["python", "start.py"]:
            starts += 1
            command = words[2] if len(words) > 2 else "--help"
            assert command in known or command.startswith("-"), words
            if command == "publish":
                parse_options(words[3:])
            for word in words[3:] if command == "test" else ():
                assert not word.startswith("tests") or (ROOT / word).exists(), words
            if "-m" in words:
                markers = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
                assert f'"{words[words.index("-m") + 1]}:' in markers
        else:
            assert words[0] in SYSTEM_PROGRAMS or words[0] == ".venv/bin/ruff", words
    assert starts


def test_the_pages_that_are_served_are_those_that_publish_writes():
    (upload,) = [step for step in steps(read(FILES[0])) if "upload-pages-artifact" in step.get("uses", "")]
    assert upload["with"]["path"] == OUTPUT.as_posix()


def test_a_wrong_command_would_be_seen(tmp_path):
    path = tmp_path / "x.yml"
    path.write_text("jobs: {a: {steps: [{run: python start.py pubish}]}}", encoding="utf-8")
    with pytest.raises(AssertionError):
        test_it_calls_only_commands_that_exist(path)


def test_the_week_looks_at_the_book_as_the_check_of_a_commit_does():
    """The same tests of the book in a browser, and JupyterLab is there before them."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (whole,) = re.findall(r"^whole=(\S+)$", script, re.MULTILINE)
    found = re.findall(r'MOF_BROWSER_REQUIRED=1 "\$python" start\.py (test .*)$', script, re.MULTILINE)
    wanted = [shlex.split(words.replace('"$whole"', whole)) for words in found]
    weekly = [step for step in steps(read(FILES[1])) if "run" in step]
    lines = [shlex.split(step["run"])[2:] for step in weekly]
    required = [step for step in weekly if step.get("env", {}).get("MOF_BROWSER_REQUIRED") == "1"]
    assert [shlex.split(step["run"])[2:] for step in required] == wanted and len(wanted) == 2
    assert lines.index(["install", "lab"]) < lines.index(wanted[0])


def test_every_system_of_the_readme_is_in_the_weekly_run():
    matrix = read(FILES[1])["jobs"]["everything"]["strategy"]["matrix"]
    assert {system.split("-")[0] for system in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert {"3.11", "3.13"} <= set(matrix["python"])
