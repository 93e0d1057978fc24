"""An installer's output, turned into what went wrong and what to do about it."""

import re
from dataclasses import dataclass
from pathlib import Path

from mof.launcher.problem import Problem


@dataclass(frozen=True)
class FailureKind:
    """One way in which pip and uv fail."""

    name: str
    pattern: str  # of the output, case-insensitive
    what: str
    fix: str
    worth_trying_pip: bool = False  # pip may succeed where uv failed


CLOSE_PROGRAMS = "Close JupyterLab and every program that uses this folder, and run the command again."

# In this order: the first whose pattern is found is the answer (a full disk or a proxy also leaves the
# words of a network error behind it).
FAILURE_KINDS = (
    FailureKind(
        "disk",
        r"no space left|os error 28\b|errno 28\b|os error 112|winerror 112|not enough space|disk quota",
        "The disk is full.",
        "Free some disk (`python start.py clean` shows what the course itself uses) and run the command "
        "again.",
    ),
    FailureKind(
        "hash",
        r"hash mismatch|do not match the hashes|hashes are required",
        "A downloaded file is not the one that was tested: its hash differs from the lock.",
        "If your network uses a mirror of the package index, the mirror is out of step or alters files: "
        "use another. "
        "Otherwise run the command again; if it stays, please report it.",
    ),
    FailureKind(
        "proxy",
        r"proxyerror|cannot connect to proxy|proxy authentication|tunnel (error|connection)|via "
        r"proxy|proxy connect",
        "The proxy of your network refused the connection.",
        "Set it for this terminal, with name and password where it wants them. Linux and macOS: export "
        "HTTPS_PROXY=http://name:password@host:port; PowerShell: "
        '$env:HTTPS_PROXY="http://name:password@host:port"; cmd: set HTTPS_PROXY=...',
        worth_trying_pip=True,
    ),
    FailureKind(
        "certificate",
        r"certificate_verify_failed|invalid peer certificate|unknownissuer|sslerror|certificate verify",
        "The package index shows a certificate that this machine does not trust. Company networks often "
        "do this.",
        "Ask for the company's certificate file and name it in SSL_CERT_FILE (for pip: PIP_CERT). Linux and "
        "macOS: export SSL_CERT_FILE=/path/to/certificate.pem; PowerShell: "
        '$env:SSL_CERT_FILE="C:\\path\\certificate.pem"; cmd: set SSL_CERT_FILE=...',
        worth_trying_pip=True,
    ),
    FailureKind(
        "credentials",
        r"unauthorized|forbidden|\b40[13] client error|401 error",
        "The package index wants a user name and a password, or refuses yours.",
        "Check the address in your pip settings (`pip config list`): https://name:password@host/simple",
        worth_trying_pip=True,
    ),
    FailureKind(
        "name",
        r"failed to lookup address|name or service not known|temporary failure in name "
        r"resolution|getaddrinfo failed"
        r"|nodename nor servname|could not resolve host|dns error|no address associated|network is "
        r"unreachable"
        r"|no route to host|network connectivity is disabled",
        "There is no network, or the package index cannot be found from here.",
        "Check the connection (open a web page), or the proxy if your network has one, and run the "
        "command again. "
        "What was downloaded is kept.",
    ),
    FailureKind(
        "unreachable",
        r"connection refused|newconnectionerror|connection reset|timed out|timeout|error sending request"
        r"|connection aborted|incompleteread|incomplete message|error decoding response body"
        r"|status server error|\b50[0234] server error",
        "The package index does not answer, or the connection broke.",
        "Run the command again in a while: what was downloaded is kept. On a slow connection give it more "
        "time: "
        "UV_HTTP_TIMEOUT=600 (for pip: PIP_DEFAULT_TIMEOUT=600).",
    ),
    FailureKind(
        "missing",
        r"no matching distribution|no solution found|not found in the (package registry|provided package "
        r"locations)"
        r"|no versions? of|has no wheels|unsatisfiable|could not find a version",
        "Your package index lacks one of the packages.",
        "A mirror may be out of date: use another, or the public index, in your pip settings (`pip config "
        "list`).",
        worth_trying_pip=True,
    ),
    FailureKind(
        "long path",
        r"os error 206|winerror 206|filename or extension is too long|long path",
        "A path became longer than Windows allows.",
        r"Move the whole project to a short path such as C:\mof and run the command again.",
        worth_trying_pip=True,
    ),
    FailureKind(
        "permission",
        r"permission denied|os error 13\b|errno 13\b|access is denied|os error 5\b|winerror 5\b|os error "
        r"32|winerror 32"
        r"|being used by another process|read-only file system",
        "A file could not be written: it is protected, or another program uses it.",
        CLOSE_PROGRAMS + " A virus scanner may also hold new files for a while.",
    ),
)
UNKNOWN = FailureKind(
    "unknown",
    "",
    "The installation failed.",
    "Run the command again. If it stays: python start.py --installer pip, with the rest of the command after "
    "it.",
    worth_trying_pip=True,
)
# pip prints the first once it begins to change the environment; uv prints the others when the downloads or a
# stage after them is done, and the last line where such a stage failed.
CHANGED = re.compile(
    r"^\s*(Installing collected packages|Prepared \d|Uninstalled \d|Installed \d)"
    r"|failed to (un)?install|failed to (hardlink|symlink|reflink|clone|copy|rename|remove)",
    re.MULTILINE | re.IGNORECASE,
)
# Before this line uv has changed nothing. After it, uv names what it could not fetch; where it names nothing
# of the kind it may have begun to write: if it holds every file already, it prepares none and tells nothing.
RESOLVED = re.compile(r"^\s*Resolved \d", re.MULTILINE)
NOT_FETCHED = re.compile(
    r"failed to (resolve|fetch|download|prepare|build|extract|unzip)|request failed after|could not connect"
    r"|could not be queried|no solution found|unsatisfiable|hash mismatch",
    re.IGNORECASE,
)


def recognize_failure(output: str) -> FailureKind:
    """The kind of failure whose words stand in an installer's output."""
    for kind in FAILURE_KINDS:
        if re.search(kind.pattern, output, re.IGNORECASE):
            return kind
    return UNKNOWN


def environment_was_changed(output: str, is_uv: bool) -> bool:
    """Whether an installer that failed had already begun to change the environment, or may have.

    Args:
        is_uv: whether the output is uv's; else it is pip's.
    """
    if CHANGED.search(output):
        return True
    return is_uv and bool(RESOLVED.search(output)) and not NOT_FETCHED.search(output)


def installation_problem(kind: FailureKind, output: str, log: Path) -> Problem:
    """The Problem to show: the kind in words, the installer's own last lines, and where the rest lies."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    errors = [
        number for number, line in enumerate(lines) if re.match(r"\s*(error|×|x failed)", line, re.IGNORECASE)
    ]
    first = errors[0] if errors else max(0, len(lines) - 4)
    said = "\n".join(f"    | {line[:200]}" for line in lines[first : first + 6])
    return Problem(f"{kind.what}\n{said}", f"{kind.fix}\nThe whole output: {log}")
