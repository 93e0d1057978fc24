"""`start.py bundle`: what is in the folder, what is kept, what is refused. Wheels are copied here."""

import hashlib
import json
import shutil
import zipfile

import pytest

from mof.launcher import bundle_making, commands
from mof.launcher.bundle import SUMS, Bundle, check_bundle, describe, read_sums
from mof.launcher.bundle_making import find_system, make_bundle, plan_bundle
from mof.launcher.problem import Problem
from tests.launcher.workshop_project import make_project

MACHINES = (("linux-x86_64", "3.11"), ("linux-x86_64", "3.13"), ("windows-amd64", "3.13"))
EXTRAS = ("lab", "test")


class Fetch:
    """Copies the wheels, from where they were made; remembers which. Breaks off after `most`."""

    def __init__(self, source, most=100):
        self.source, self.most, self.files = source, most, []

    def __call__(self, wheels, folder):
        for wheel in wheels:
            if len(self.files) == self.most:
                raise Problem("the network is gone", "come back")
            shutil.copy(self.source / wheel.file, folder)
            self.files.append(wheel.file)


@pytest.fixture
def project(tmp_path):
    make_project(tmp_path / "project", tmp_path / "index")
    return tmp_path / "project"


@pytest.fixture
def target(tmp_path):
    return tmp_path / "工作坊 bundle" / "mof-workshop"


def make(project, target, most=100, extras=EXTRAS, machines=MACHINES, **options):
    fetch = Fetch(project.parent / "made-wheels", most)
    plan = plan_bundle(project, target, machines, extras)
    make_bundle(project, plan, fetch, options.pop("makes_zip", False), **options)
    return fetch.files


def names_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_bundle_holds_packages_course_and_guide_and_their_checksums(project, target, capsys):
    fetched = make(project, target)
    assert len(fetched) == 6  # three for all machines, one for each of the three machines
    names = names_in(target)
    assert {"START-HERE.txt", "start.py", "bundle.json", SUMS} <= names
    assert {f"wheels/{file}" for file in fetched} == {name for name in names if name.startswith("wheels/")}
    assert {"project/mof/launcher/commands.py", "project/data/春天.txt", "project/start.py"} <= names
    lines = (target / SUMS).read_text(encoding="utf-8").splitlines()
    assert sorted(lines) == sorted(
        f"{hashlib.sha256((target / name).read_bytes()).hexdigest()}  {name}" for name in names - {SUMS}
    )
    assert check_bundle(target)[0] == len(names) - 1
    said = capsys.readouterr().out
    assert "Packages  6 of core, uv, lab, test" in said and "no book was built here" in said
    assert "linux-x86_64 with Python 3.11, 3.13; windows-amd64 with Python 3.13" in said


def test_guide_names_the_machines_and_their_commands(project, target):
    make(project, target)
    text = (target / "START-HERE.txt").read_text(encoding="ascii")
    for machine in ("Linux on x86-64: Python 3.11 or 3.13", "Windows, 64-bit: Python 3.13"):
        assert [line.strip() for line in text.splitlines()].count(machine) == 1
    assert "py -3.13 start.py lab" in text and "python3.13 start.py lab" in text
    for words in ("--folder ANOTHER-FOLDER lab", "bundle --check"):
        assert f"py -3.13 start.py {words}" in text and f"python3.13 start.py {words}" in text
    assert "site/index.html" not in text and "{" not in text and max(map(len, text.splitlines())) <= 110


def test_built_book_goes_along(project, target, capsys):
    (project / "_build" / "html" / "book").mkdir(parents=True)
    (project / "_build" / "html" / "index.html").write_text("<p>书</p>", encoding="utf-8")
    (project / "_build" / "html" / "book" / "a.html").touch()
    make(project, target)
    assert {"site/index.html", "site/book/a.html"} <= names_in(target)
    assert "site/index.html" in (target / "START-HERE.txt").read_text(encoding="ascii")
    assert "2 files" in capsys.readouterr().out and "site/book/a.html" in read_sums(target)


def test_dry_run_says_the_size_and_makes_nothing(project, target, capsys):
    assert make(project, target, only_says=True) == []
    assert not target.exists() and "In all" in capsys.readouterr().out


def test_size_is_told_before_anything_is_fetched(project, target, capsys):
    (project / "data" / "large.txt").write_bytes(b"x" * 3_000_000)
    with pytest.raises(Problem, match="network is gone"):
        make(project, target, most=0)
    assert "In all    3 MB" in capsys.readouterr().out


def test_second_run_fetches_nothing_and_removes_what_is_left_over(project, target):
    make(project, target)
    (target / "python-3.13-installer.exe").touch()  # what an instructor adds stays
    (target / "wheels" / "old-1.0-py3-none-any.whl").touch()
    (project / "data" / "春天.txt").unlink()
    assert make(project, target) == []
    names = names_in(target)
    assert "python-3.13-installer.exe" in names and "wheels/old-1.0-py3-none-any.whl" not in names
    assert "project/data/春天.txt" not in names and "project/data/春天.txt" not in read_sums(target)


def test_a_kill_at_the_beginning_leaves_what_the_next_run_knows(project, target, monkeypatch):
    def killed(self, *words, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Bundle, "write", killed)
        make(project, target)
    assert len(make(project, target)) == 6 and check_bundle(target)


def test_interrupted_download_goes_on_and_counts_as_unfinished(project, target):
    make(project, target)
    (project / "notebooks" / "01_b.ipynb").touch()
    for path in (target / "wheels").iterdir():
        path.unlink()
    with pytest.raises(Problem, match="network is gone"):
        make(project, target, most=4)
    with pytest.raises(Problem, match="not finished"):
        Bundle.read(target)
    assert len(make(project, target)) == 2
    assert Bundle.read(target).machines == MACHINES and check_bundle(target)


@pytest.mark.parametrize("damage", [b"", b"cut off", None])
def test_damaged_wheel_is_fetched_again(project, target, damage):
    make(project, target)
    path = target / "wheels" / "tiny_lab-1.0-py3-none-any.whl"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"?" if damage is None else damage)
    assert make(project, target) == [path.name] and path.read_bytes() == content


def test_zip_holds_the_same(project, target):
    make(project, target, makes_zip=True)
    with zipfile.ZipFile(target.with_name("mof-workshop.zip")) as archive:
        assert archive.testzip() is None
        packed = {name.removeprefix("mof-workshop/") for name in archive.namelist()}
    assert packed == names_in(target) and [path.name for path in target.parent.glob("*.partial")] == []


def test_folder_that_holds_something_else_is_not_touched(project, target):
    target.mkdir(parents=True)
    (target / "thesis.docx").touch()
    with pytest.raises(Problem, match="holds something else"):
        make(project, target)
    assert names_in(target) == {"thesis.docx"}


def test_file_or_project_is_no_place_for_a_bundle(project, target):
    target.parent.mkdir()
    target.touch()
    with pytest.raises(Problem, match="is a file"):
        make(project, target)
    for place in (project, project.parent):
        with pytest.raises(Problem, match="holds this project itself"):
            make(project, place)


def test_too_little_disk_stops_before_anything_is_made(project, target, monkeypatch):
    def usage(folder, needed_bytes):
        assert folder.is_dir() and needed_bytes > bundle_making.MARGIN_BYTES
        raise Problem(f"{needed_bytes / 1e9:.1f} GB are needed", "free some")

    monkeypatch.setattr(bundle_making, "check_disk", usage)
    with pytest.raises(Problem, match="GB are needed"):
        make(project, target)
    assert not target.exists()


def test_drive_that_is_not_there_is_a_problem(project, target, monkeypatch):
    plan = plan_bundle(project, target, MACHINES, EXTRAS)
    with monkeypatch.context() as patch, pytest.raises(Problem, match="is not there"):
        patch.setattr(bundle_making.Path, "is_dir", lambda path: False)
        make_bundle(project, plan, None, False)


def test_machine_without_wheels_is_refused(project, target):
    path = project / "requirements" / "wheel_files.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["test"] = [row for row in record["test"] if row["machines"] != ["windows-amd64 3.13"]]
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(Problem, match="`test` has no packages for windows-amd64 with Python 3.13"):
        make(project, target)
    assert not target.exists()


def test_systems_by_short_and_full_name():
    assert [find_system(name) for name in ("linux", "macOS", "windows", "linux-aarch64")] == [
        "linux-x86_64",
        "macos-arm64",
        "windows-amd64",
        "linux-aarch64",
    ]
    with pytest.raises(Problem, match='no packages for a system "beos"'):
        find_system("beos")


def test_check_names_every_damaged_file(project, target):
    make(project, target)
    (target / "project" / "data" / "春天.txt").write_text("?", encoding="utf-8")
    (target / "wheels" / "tiny_lab-1.0-py3-none-any.whl").unlink()
    with pytest.raises(Problem, match=r"2 of \d+ files") as caught:
        check_bundle(target)
    assert "project/data/春天.txt" in str(caught.value) and "wheels/tiny_lab-1.0" in str(caught.value)


def test_what_cannot_be_written_is_a_problem(project, target, monkeypatch):
    def refuse(root, plan):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bundle_making, "fill", refuse)
    with pytest.raises(Problem, match="No space left"):
        make(project, target)
    with pytest.raises(Problem, match="not finished"):
        check_bundle(target)


def test_machines_in_words():
    assert describe(MACHINES) == "linux-x86_64 with Python 3.11, 3.13; windows-amd64 with Python 3.13"


def test_command_takes_several_systems_and_pythons(project, target, monkeypatch, capsys):
    monkeypatch.setattr(commands, "ROOT", project)
    words = ["bundle", str(target), "--dry-run", "--system", "windows", "--system", "macos"]
    assert commands.run([*words, "--python", "3.13", "--python", "3.11"]) == 0
    said = capsys.readouterr().out
    assert "windows-amd64 with Python 3.11, 3.13; macos-arm64 with Python 3.11, 3.13" in said
    assert f"Into      {target}" in said and "Packages  7 of core, uv, lab, test" in said
    assert commands.run(["bundle", "--system", "beos"]) == 1
    assert "no packages for a system" in capsys.readouterr().out
    assert commands.run(["bundle", "--check", str(target)]) == 1
    assert "is not at" in capsys.readouterr().out
