"""A headless Chromium that knows no host but this machine, driven over the WebDriver protocol.

The protocol is a handful of JSON requests, so the standard library does: no package to install or to lock.
`start.py publish` prints the book with it, and the tests of the book look at its pages.
"""

import base64
import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of an element in the protocol
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# where the installers of Windows and macOS leave it; folders of Windows by the variable that names them
OUTSIDE_THE_PATH = (
    ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
    ("", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    ("", "/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
DRIVER_FOLDER = "CHROMEWEBDRIVER"  # a variable that hosted build machines set
HOW_TO_INSTALL = (
    "On Debian or Ubuntu: sudo apt install chromium chromium-driver fonts-noto-cjk "
    "fonts-noto-color-emoji. Elsewhere install Chrome, and the chromedriver of the same version from "
    "https://googlechromelabs.github.io/chrome-for-testing/ into a folder of the PATH."
)
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


def find_browser(variables: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """The commands of Chromium (or Chrome) and of its driver, if both are installed."""
    path = variables.get("PATH", "")
    chromium = next(filter(None, (shutil.which(name, path=path) for name in NAMES)), None)
    for variable, place in OUTSIDE_THE_PATH:
        folder = variables.get(variable, "") if variable else "/"
        if not chromium and folder and Path(folder, place).is_file():
            chromium = str(Path(folder, place))
    folders = os.pathsep.join(filter(None, (path, variables.get(DRIVER_FOLDER))))
    driver = shutil.which("chromedriver", path=folders)
    return (chromium, driver) if chromium and driver else None


class Browser:
    """One window.

    Args:
        address: of the driver, and then of its session.
        timeout_seconds: how long one request may take.
    """

    def __init__(self, address: str, timeout_seconds: float = 120.0):
        self.address = address
        self.timeout_seconds = timeout_seconds

    def ask(self, method: str, path: str, **body) -> object:
        """What the driver answers.

        Raises:
            RuntimeError: the driver's own words, where it refuses.
        """
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.address}{path}", data, method=method)
        try:
            with DIRECT.open(request, timeout=self.timeout_seconds) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            said = json.load(error)["value"]
            raise RuntimeError(f"{said['error']}: {said['message'][:2000]}") from None

    def open(self, address: str) -> None:
        self.ask("POST", "/url", url=address)

    def run(self, script: str, *arguments) -> object:
        """The value that a script returns."""
        return self.ask("POST", "/execute/sync", script=script, args=list(arguments))

    def wait_for(self, script: str, seconds: float = 60.0) -> object:
        """Runs a script until it returns something true, and returns that.

        Raises:
            TimeoutError: it never did.
        """
        end = time.monotonic() + seconds
        while not (value := self.run(script)):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds:.0f} s: {script}")
            time.sleep(0.1)
        return value

    def press(self, selector: str, keys: str) -> None:
        """Types keys into the first element that the selector finds."""
        element = self.ask("POST", "/element", using="css selector", value=selector)
        self.ask("POST", f"/element/{element[ELEMENT]}/value", text=keys)

    def command(self, name: str, **parameters) -> object:
        """A command of Chromium's own protocol."""
        return self.ask("POST", "/goog/cdp/execute", cmd=name, params=parameters)

    def resize(self, width: int, height: int = 900, is_mobile: bool = False) -> None:
        """The size of the page itself, which a window cannot have at 390 pixels."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=is_mobile,
        )

    def log(self, kind: str) -> list[dict]:
        """What was logged since the last call: "browser" (the console) or "performance" (the network)."""
        return self.ask("POST", "/se/log", type=kind)

    def screenshot(self, path: Path, whole_page: bool = False) -> None:
        picture = self.command("Page.captureScreenshot", captureBeyondViewport=whole_page)
        path.write_bytes(base64.b64decode(picture["data"]))

    def print_pdf(self, **parameters) -> bytes:
        """The page as a PDF; parameters of Chromium's Page.printToPDF."""
        return base64.b64decode(self.command("Page.printToPDF", **parameters)["data"])


@contextlib.contextmanager
def started_browser(timeout_seconds: float = 120.0) -> Iterator[Browser]:
    """A browser with an empty profile; it is closed at the end."""
    chromium, driver = find_browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        try:
            line = next(line for line in process.stdout if "successfully on port" in line)
            address = f"http://127.0.0.1:{line.split()[-1].rstrip('.')}/session"
            browser = Browser(address, timeout_seconds)
            session = browser.ask("POST", "", capabilities={"alwaysMatch": wanted(chromium, profile)})
            browser.address += f"/{session['sessionId']}"
            try:
                yield browser
            finally:  # Chromium outlives its driver, also where a test has failed
                browser.ask("DELETE", "")
        finally:
            process.terminate()
            process.wait(30)


def wanted(chromium: str, profile: str) -> dict:
    return {
        "browserName": "chrome",
        "goog:chromeOptions": {"binary": chromium, "args": [*ARGUMENTS, f"--user-data-dir={profile}"]},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    }


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine."""
    handler: Callable = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
