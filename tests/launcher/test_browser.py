"""Where Chromium is looked for. What it does with pages, tests/book/ sees."""

import os

import pytest

from mof.launcher.browser import DRIVER_FOLDER, OUTSIDE_THE_PATH, Browser, find_browser

SUFFIX = ".exe" if os.name == "nt" else ""


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def found_in(variables):
    """Both commands, as a system compares paths: Windows finds chromium.exe as chromium.EXE."""
    return tuple(map(os.path.normcase, find_browser(variables)))


def test_both_in_the_path(tmp_path):
    chromium, driver = (program(tmp_path / f"{name}{SUFFIX}") for name in ("chromium", "chromedriver"))
    assert found_in({"PATH": str(tmp_path)}) == (os.path.normcase(chromium), os.path.normcase(driver))


def test_one_alone_is_none(tmp_path):
    program(tmp_path / f"chromedriver{SUFFIX}")
    program(tmp_path / "other" / f"chromium{SUFFIX}")
    assert find_browser({"PATH": str(tmp_path / "other")}) is None
    assert find_browser({"PATH": ""}) is None


@pytest.mark.parametrize(("variable", "place"), [entry for entry in OUTSIDE_THE_PATH if entry[0]])
def test_chrome_where_its_installer_leaves_it(tmp_path, variable, place):
    chrome = program(tmp_path / "programs" / place)
    driver = program(tmp_path / "driver" / f"chromedriver{SUFFIX}")
    variables = {"PATH": "", variable: str(tmp_path / "programs"), DRIVER_FOLDER: str(tmp_path / "driver")}
    assert found_in(variables) == (os.path.normcase(chrome), os.path.normcase(driver))


def test_what_never_comes_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(Browser, "run", lambda self, script: False)
    with pytest.raises(TimeoutError, match="return false"):
        Browser("http://127.0.0.1:1").wait_for("return false", 0.2)
