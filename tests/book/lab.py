"""JupyterLab on a folder of notebooks, worked through a browser as a reader works it."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from mof.launcher.browser import DIRECT, Browser

TOKEN = "of-a-test"
START_SECONDS, CELL_SECONDS = 120.0, 60.0
SELECT_ALL = "\ue009a\ue000"  # Control and A
RUN = "\ue008\ue007"  # Shift and Enter
# the notebook that is open, and its cells in their order; a cell far from the view has no editor yet
NOTEBOOK = """
const panel = [...(window.jupyterapp?.shell.widgets('main') ?? [])].find((w) => w.content?.widgets?.length);
const cells = panel?.content.widgets;
"""


@contextlib.contextmanager
def started_lab(folder: Path, settings: Path) -> Iterator[str]:
    """The address of a JupyterLab of this Python on a folder; it ends with the block.

    Args:
        settings: a folder for its settings, so that it has nobody else's.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    names += ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    variables = os.environ | {name: str(settings / name) for name in names}
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    options += [f"--IdentityProvider.token={TOKEN}", "--LabApp.expose_app_in_browser=True"]
    settings.mkdir(parents=True, exist_ok=True)
    with (settings / "log.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], env=variables, stdout=log, stderr=log
        )
        try:
            wait_for_server(process, f"{address}/api/status?token={TOKEN}")
            yield address
        finally:
            process.terminate()
            process.wait(30)


def wait_for_server(process: subprocess.Popen, address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return DIRECT.open(address, timeout=5).close()
        except urllib.error.URLError as error:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(
                    "JupyterLab did not start; its log is in the folder of its settings"
                ) from error
            time.sleep(0.3)


def open_notebook(browser: Browser, address: str, name: str) -> None:
    """Opens a notebook, and waits until it has a kernel."""
    browser.open(f"{address}/lab/tree/{name}?token={TOKEN}&reset")
    browser.wait_for(
        f"{NOTEBOOK} return panel?.sessionContext?.session?.kernel?.status === 'idle'",
        START_SECONDS,
    )


def place_of(browser: Browser, tag: str) -> int:
    """Where in the notebook the cell with a tag stands."""
    places = (
        f"{NOTEBOOK} return cells.findIndex(c => (c.model.getMetadata('tags') ?? []).includes(arguments[0]))"
    )
    return browser.run(places, tag)


def type_into(browser: Browser, place: int, text: str) -> None:
    """Clicks into a cell, and puts text in place of what is there."""
    choose(browser, place)
    browser.press(".jp-Notebook-cell.jp-mod-active .cm-content", SELECT_ALL)
    browser.command("Input.insertText", text=text)


def choose(browser: Browser, place: int) -> None:
    browser.run(
        f"{NOTEBOOK} panel.content.activeCellIndex = arguments[0];"
        "return panel.content.scrollToItem(arguments[0], 'center')",
        place,
    )
    browser.wait_for("return document.querySelector('.jp-Notebook-cell.jp-mod-active .cm-content') !== null")


def run_cell(browser: Browser, place: int, seconds: float = CELL_SECONDS) -> str:
    """Shift and Enter in a cell; returns the text that it shows below, when it is done."""
    choose(browser, place)
    browser.run(f"{NOTEBOOK} cells[arguments[0]].model.clearExecution()", place)
    browser.press(".jp-Notebook-cell.jp-mod-active .cm-content", RUN)
    browser.wait_for(
        f"{NOTEBOOK} const cell = cells[{place}];"
        "return cell.model.executionCount !== null && cell.promptNode.textContent.includes('*') === false",
        seconds,
    )
    return browser.run(f"{NOTEBOOK} return cells[arguments[0]].outputArea.node.innerText.trim()", place)
