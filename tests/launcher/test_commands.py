"""The command line of start.py, with the programs it would start replaced."""

import json
from pathlib import Path

import pytest

from mof.launcher import commands, slides
from mof.launcher.book import forget_stale_outputs, outputs_are_fresh, pages_in_contents, source_digests
from mof.launcher.console import describe_exit, run_logged
from mof.launcher.environment import Environment
from mof.launcher.problem import Problem
from mof.launcher.updating import pull


@pytest.fixture
def started(monkeypatch, tmp_path):
    """The commands that would run; the environments that would be ensured."""
    calls = {"programs": [], "ensured": []}

    def ensure(self, extras=(), installer="auto"):
        calls["ensured"].append((self.folder.name, extras, installer))

    def run(command, folder, environment):
        calls["programs"].append(list(map(str, command)))
        return 0

    monkeypatch.setattr(commands, "ROOT", tmp_path)
    monkeypatch.setattr(Environment, "ensure", ensure)
    monkeypatch.setattr(commands, "run_program", run)
    monkeypatch.setattr(commands, "become_program", run)
    return calls


def test_no_command_trains_and_passes_words_on(started):
    assert commands.run(["--minutes", "2"]) == 0
    assert started["programs"][0][1:] == ["-m", "mof", "quickstart", "--minutes", "2"]
    assert started["ensured"] == [(".venv", (), "auto")]


def test_installer_can_be_chosen(started):
    assert commands.run(["--installer", "pip", "install", "cluster"]) == 0
    assert commands.run(["--installer=uv"]) == 0
    assert [entry[1:] for entry in started["ensured"]] == [(("cluster",), "pip"), ((), "uv")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], ["-n", "auto", "--dist", "loadfile"]),
        (["tests/ops", "-x"], ["-n", "auto", "--dist", "loadfile", "tests/ops", "-x"]),
        (["-n", "0"], ["-n", "0"]),
        (["--pdb"], ["--pdb"]),
    ],
)
def test_tests_run_on_several_processes_unless_told(started, words, expected):
    command = commands.pytest_command(Environment(Path("/x")), words)
    assert command[1:] == ["-m", "pytest", "-q", *expected]


def test_tests_on_jax_have_an_environment_of_their_own(started, tmp_path):
    (tmp_path / "tests" / "ops").mkdir(parents=True)
    assert commands.run(["test", "--jax", "-x"]) == 0
    assert started["ensured"][0][0] == ".venv-jax"
    assert "tests/ops" in started["programs"][0] and "--jax" not in started["programs"][0]


@pytest.mark.parametrize(
    ("words", "are_paths"),
    [
        (["-n", "0"], False),
        (["-k", "decay or memory"], False),
        (["-x", ""], False),
        (["tests/ops"], True),
        (["-n", "0", "tests/ops/test_a.py::test_b[x::y]"], True),
    ],
)
def test_words_that_are_no_paths_leave_the_tests_on_jax_as_they_are(started, tmp_path, words, are_paths):
    for name in ("ops", "layers"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    (tmp_path / "tests" / "ops" / "test_a.py").touch()
    assert commands.run(["test", "--jax", *words]) == 0
    (command,) = started["programs"]
    assert ("tests/layers" in command) is not are_paths and command[-len(words) :] == words


def test_lab_listens_here_only_and_opens_my_work(started, tmp_path, capsys):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.ipynb").write_text("{}", encoding="utf-8")
    assert commands.run(["lab"]) == 0
    assert "--ServerApp.ip=127.0.0.1" in started["programs"][0]
    assert f"--ServerApp.root_dir={tmp_path}" in started["programs"][0], "links to ../book lead somewhere"
    assert f"--ServerApp.preferred_dir={tmp_path / 'my-work'}" in started["programs"][0]
    assert (tmp_path / "my-work" / "01_a.ipynb").exists() and "01_a.ipynb: new" in capsys.readouterr().out
    settings = json.loads((tmp_path / ".venv" / commands.LAB_SETTINGS).read_text(encoding="utf-8"))
    assert settings["@jupyterlab/apputils-extension:notification"] == {"fetchNews": "false"}


def test_lab_opens_on_chapter_00_the_first_time(started, tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("00_check.ipynb", "01_a.ipynb"):
        (tmp_path / "notebooks" / name).write_text("{}", encoding="utf-8")
    assert commands.run(["lab"]) == 0 and commands.run(["lab"]) == 0
    first, second = started["programs"]
    assert "--LabApp.default_url=/lab/tree/my-work/00_check.ipynb" in first
    assert not [word for word in second if "default_url" in str(word)]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["labb"], 'no command "labb"'),
        (["install", "torch"], 'no extra "torch"'),
        (["--installer", "conda"], "one of auto, uv, pip"),
        (["--installer"], "one of auto, uv, pip"),
        (["update", "now"], "takes no more words"),
        (["clean", "all"], 'nothing called "all"'),
        (["update"], "from a zip file"),
    ],
)
def test_wrong_words_are_refused_with_a_fix(started, capsys, words, what):
    assert commands.run(words) == 1
    said = capsys.readouterr().out
    assert what in said and "To fix it: " in said


KNOWN = ("lab", "test", "book", "slides", "publish", "update", "install", "clean")


def test_help_names_every_command(capsys):
    assert commands.run(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"start.py {name}" in said for name in KNOWN)


def test_pages_of_the_contents():
    contents = (
        "format: jb-book\nroot: book/index\nchapters:\n- file: notebooks/01_a.ipynb\n  - file: 'book/b.md'\n"
    )
    assert pages_in_contents(contents) == ["book/index", "notebooks/01_a", "book/b"]


def test_notebook_outputs_are_forgotten_when_the_code_changes(tmp_path):
    (tmp_path / "mof").mkdir()
    (tmp_path / "mof" / "a.py").write_text("1", encoding="utf-8")
    cached = tmp_path / "_build" / ".jupyter_cache" / "x"
    forget_stale_outputs(tmp_path)
    cached.mkdir(parents=True)
    forget_stale_outputs(tmp_path)
    assert cached.exists()
    (tmp_path / "mof" / "a.py").write_text("2", encoding="utf-8")
    forget_stale_outputs(tmp_path)
    assert not cached.exists()


def test_a_model_that_ships_counts_as_code_and_a_page_about_models_does_not(tmp_path):
    folder = tmp_path / "data" / "models" / "base"
    (folder / "parts").mkdir(parents=True)
    forget_stale_outputs(tmp_path)
    for path in (folder.parent / "README.md", folder / ".DS_Store"):
        path.write_text("1", encoding="utf-8")
        assert outputs_are_fresh(tmp_path)
    for name in ("base/piece.onnx", "base/weights.safetensors", "base/tokenizer.json", "sources.json"):
        (folder.parent / name).write_text("1", encoding="utf-8")
        assert not outputs_are_fresh(tmp_path) and f"data/models/{name}" in source_digests(tmp_path)
        forget_stale_outputs(tmp_path)
        assert outputs_are_fresh(tmp_path)


def test_copy_without_git_is_told_what_to_do(tmp_path):
    with pytest.raises(Problem, match="my-work"):
        pull(tmp_path)


def test_program_is_logged_and_its_status_returned(tmp_path):
    import os
    import sys

    code = "import sys; print('床前明月光'); print('to stderr', file=sys.stderr); sys.exit(3)"
    variables = os.environ | {"PYTHONUTF8": "1"}
    status, output = run_logged([sys.executable, "-c", code], variables, tmp_path / "a" / "log", "trying")
    assert status == 3 and "床前明月光" in output and "to stderr" in output
    assert output in (tmp_path / "a" / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", ["no folder", "disk full"])
def test_a_log_that_cannot_be_written_ends_no_program(tmp_path, capsys, fault):
    import os
    import sys

    log = tmp_path / "a" / "log"
    if fault == "no folder":
        (tmp_path / "a").touch()
    elif Path("/dev/full").exists():
        log = Path("/dev/full")
    else:
        pytest.skip("only Linux has a file that is always full")
    code = "print('done 1'); print('done 2'); raise SystemExit(3)"
    assert run_logged([sys.executable, "-c", code], os.environ, log, "trying") == (3, "done 1\ndone 2\n")
    assert capsys.readouterr().out.count("it goes on without a log") == 1


def test_what_the_system_refuses_is_told_in_words(started, monkeypatch, capsys):
    def full(self, extras=(), installer="auto"):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Environment, "ensure", full)
    assert commands.run(["install"]) == 1
    said = capsys.readouterr().out
    assert "Cannot go on: [Errno 28] No space left on device\nTo fix it: look whether" in said


def test_the_preview_is_for_this_machine_alone(started, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(commands, "publish", lambda *_: tmp_path / "site")
    assert commands.run(["publish"]) == 0
    assert "python -m http.server --bind 127.0.0.1 --directory" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (1, "exit status 1"),
        (-9, "memory"),
        (137, "memory"),
        (-4, "processor"),
        (-15, "stopped by SIGTERM"),
        (3221225501, "exit status 3221225501"),
    ],
)
def test_exit_status_in_words(status, words):
    assert words in describe_exit(status)


def test_a_signal_without_a_name_here_is_known_by_its_number(monkeypatch):
    def unknown(number):
        raise ValueError(number)

    monkeypatch.setattr("mof.launcher.console.signal.Signals", unknown)  # as Windows does for 9
    assert "memory" in describe_exit(137) and describe_exit(-15) == "exit status -15"


@pytest.mark.parametrize("words", [["--help"], ["--builder", "linkcheck"], ["--path-output", "x"], ["."]])
def test_words_by_which_no_page_would_be_written_build_no_book(started, monkeypatch, capsys, words):
    monkeypatch.setattr(commands, "build_book", lambda *_: pytest.fail("it was built"))
    with pytest.raises(SystemExit) as end:
        commands.run(["book", *words])
    assert (end.value.code == 0) is (words == ["--help"]) and started["ensured"] == []
    said = capsys.readouterr()
    assert "python start.py book" in said.out + said.err and "--all" in said.out + said.err


def test_words_for_the_book_are_handed_on(started, monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr(
        commands, "build_book", lambda environment, words: given.append(words) or tmp_path / "a.html"
    )
    assert commands.run(["book", "--all", "-q"]) == 0 and commands.run(["book"]) == 0
    assert given == [["--all", "--quiet"], []]


def test_slides_are_written_by_a_program_of_the_book(started, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "ensure_web_files", lambda *_: None)
    monkeypatch.setattr(slides, "run_program", lambda command, *_: started["programs"].append(command) or 0)
    assert commands.run(["slides", "02", "5"]) == 0
    assert started["ensured"] == [(".venv", ("book",), "auto")]
    assert started["programs"][0][1:] == [tmp_path / "book" / "build_slides.py", "02", "5"]
    assert "_build/slides/index.html" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "words"), [(2, "a chapter is not there"), (1, "exit status 1")])
def test_slides_that_were_not_written_are_told(started, monkeypatch, capsys, status, words):
    monkeypatch.setattr(slides, "ensure_web_files", lambda *_: None)
    monkeypatch.setattr(slides, "run_program", lambda *_: status)
    assert commands.run(["slides", "12"]) == 1
    said = capsys.readouterr().out
    assert words in said and "To fix it: " in said


def test_outputs_are_fresh_only_for_the_code_that_made_them(tmp_path):
    (tmp_path / "mof").mkdir()
    assert not outputs_are_fresh(tmp_path)
    forget_stale_outputs(tmp_path)
    assert outputs_are_fresh(tmp_path)
    (tmp_path / "mof" / "a.py").write_text("1", encoding="utf-8")
    assert not outputs_are_fresh(tmp_path)
