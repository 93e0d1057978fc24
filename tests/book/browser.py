"""The browser of mof/launcher/browser.py, watched: an error in the console or another host fails a test."""

import contextlib
import json
from collections.abc import Iterator

from mof.launcher.browser import Browser, find_browser, served, started_browser

__all__ = ["Browser", "find_browser", "requested_addresses", "served", "started_browser", "watched"]


@contextlib.contextmanager
def watched(window: Browser, address: str) -> Iterator[Browser]:
    """A window whose logs are empty; afterwards: no error in the console, no request to another host.

    Args:
        address: of the book, as `served` gives it.
    """
    window.open("about:blank")
    window.resize(1280)
    window.log("browser")
    window.log("performance")
    yield window
    errors = [entry["message"] for entry in window.log("browser") if entry["level"] == "SEVERE"]
    assert not errors
    asked = [url for url in requested_addresses(window.log("performance")) if not url.startswith("about:")]
    elsewhere = [url for url in asked if not url.startswith((f"{address}/", "data:", f"blob:{address}"))]
    assert asked and not elsewhere


def requested_addresses(log: list[dict]) -> list[str]:
    """Every address that the page asked for, in the order of asking."""
    messages = [json.loads(entry["message"])["message"] for entry in log]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
