"""Installers' words, as they were really printed, and what the reader is told."""

from pathlib import Path

import pytest

from mof.launcher.failures import environment_was_changed, installation_problem, recognize_failure

RETRYING = "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by "
NOT_FOUND = "\nERROR: No matching distribution found for six==1.17.0\n"
LOG = Path("/x/install.log")
# uv 0.13 on files that its cache holds already: nothing to prepare, the first package written, the second not
WRITING_FAILED = (
    "Using Python 3.11.7 environment at: .venv\nResolved 3 packages in 39ms\n"
    "error: Failed to install: tiny_b-1.0-py3-none-any.whl (tiny-b==1.0)\n"
    "  cause: failed to rename file from .venv/lib/.tmpgTrxEs to .venv/lib/tiny_b.py: "
)
OUTPUTS = [
    (
        "name",
        "error: Failed to fetch: https://index/simple/six/\n  cause: error sending request\n"
        "  cause: dns error\n"
        "  cause: failed to lookup address information: Name or service not known\n",
    ),
    (
        "name",
        RETRYING + "'NewConnectionError('Failed to establish a new connection: [Errno -2] Name or "
        "service not known')': /simple/six/" + NOT_FOUND,
    ),
    (
        "unreachable",
        "error: Failed to fetch: http://127.0.0.1:9/simple/six/\n  cause: tcp connect error\n"
        "  cause: Connection refused (os error 111)\n",
    ),
    (
        "unreachable",
        RETRYING + "'NewConnectionError('[Errno 111] Connection refused')': /simple/six/" + NOT_FOUND,
    ),
    (
        "unreachable",
        "  cause: HTTP status server error (503 Service Unavailable) for url (http://index/simple/six/)\n",
    ),
    (
        "proxy",
        "  cause: tunnel error: failed to create underlying connection\n  cause: Connection refused\n",
    ),
    (
        "proxy",
        RETRYING + "'ProxyError('Cannot connect to proxy.', NewConnectionError())': /simple/six/" + NOT_FOUND,
    ),
    (
        "credentials",
        "hint: An index URL (http://index/simple) could not be queried due to a lack of valid "
        "authentication credentials (401 Unauthorized)\n",
    ),
    ("certificate", "  cause: invalid peer certificate: UnknownIssuer\n"),
    (
        "certificate",
        "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))",
    ),
    ("hash", "error: Failed to download `six==1.17.0`\n  cause: Hash mismatch for `six==1.17.0`\n"),
    ("hash", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n"),
    (
        "missing",
        "error: No solution found when resolving dependencies\n  cause: Because zzz was not found in the "
        "package registry and you require zzz==1.0\n",
    ),
    ("missing", "ERROR: Could not find a version that satisfies the requirement zzz==1.0" + NOT_FOUND),
    ("disk", "error: Failed to extract archive\n  cause: No space left on device (os error 28)\n"),
    ("disk", "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"),
    ("permission", "error: failed to remove file: Access is denied. (os error 5)\n"),
    ("long path", "  cause: The filename or extension is too long. (os error 206)\n"),
    ("unknown", WRITING_FAILED + "Is a directory (os error 21)\n"),
    ("long path", WRITING_FAILED + "The filename or extension is too long. (os error 206)\n"),
    ("unknown", "Segmentation fault\n"),
    ("unknown", "Downloading x-1.whl (403 kB)\nDownloading y-1.whl (503 kB)\nSegmentation fault\n"),
]


@pytest.mark.parametrize(("kind", "output"), OUTPUTS)
def test_failure_is_recognized(kind, output):
    assert recognize_failure(output).name == kind


@pytest.mark.parametrize(("kind", "output"), OUTPUTS)
def test_problem_shows_the_words_the_fix_and_the_log(kind, output):
    problem = installation_problem(recognize_failure(output), output, LOG)
    assert problem.what.count("\n") >= 1 and problem.fix.endswith(str(LOG))
    assert output.split("\n")[0][:60].strip() in problem.what or "error" in problem.what.lower()


@pytest.mark.parametrize(
    ("output", "changed"),
    [
        (
            "Resolved 55 packages in 2s\nDownloading numpy (16MiB)\nerror: Failed to fetch\n  dns error\n",
            False,
        ),
        ("Resolved 1 package in 11ms\nerror: Failed to download `a==1.0`\n  cause: Hash mismatch\n", False),
        ("Resolved 1 package in 11ms\n  × Failed to build `mof`\n", False),
        ("error: No solution found when resolving dependencies\n", False),
        ("Segmentation fault\n", False),  # nothing is resolved yet, so pip may try
        ("Resolved 55 packages in 2s\nPrepared 55 packages in 9s\nerror: No space left\n", True),
        (WRITING_FAILED + "Is a directory (os error 21)\n", True),
        ("Resolved 3 packages in 2s\nerror: failed to remove file: Access is denied. (os error 5)\n", True),
        ("Resolved 3 packages in 2s\nerror: Failed to install\n  cause: Failed to fetch metadata\n", True),
        ("Resolved 3 packages in 2s\n", True),  # killed: perhaps while it was writing
    ],
)
def test_what_uv_may_have_half_changed_is_told_from_what_it_left(output, changed):
    assert environment_was_changed(output, is_uv=True) is changed


@pytest.mark.parametrize(
    ("output", "changed"),
    [
        ("Collecting numpy\n  Downloading numpy.whl\nERROR: No matching distribution\n", False),
        ("Collecting numpy\nInstalling collected packages: numpy\nERROR: [Errno 28]\n", True),
    ],
)
def test_what_pip_half_changed_is_told_from_what_it_left(output, changed):
    assert environment_was_changed(output, is_uv=False) is changed
