"""START-HERE.txt of a workshop bundle: what a participant has to know, in ASCII for every editor."""

from pathlib import Path

from mof.launcher.bundle import Bundle
from mof.launcher.environment import EXPANSION, MARGIN_BYTES
from mof.launcher.locks import WheelFacts

SYSTEM_WORDS = {
    "linux-x86_64": "Linux on x86-64",
    "linux-aarch64": "Linux on ARM, 64-bit",
    "windows-amd64": "Windows, 64-bit",
    "macos-arm64": "macOS 14 or newer on Apple silicon",
}

TEXT = """\
MoF FROM SCRATCH {version}: START HERE
{line}

You need no internet. You need

  - one of these machines, with that Python (64-bit, from python.org or your system):
{machines}
  - about {gigabytes:.1f} GB of free disk in your home folder.

TO BEGIN

  1. Open a terminal in this folder, the one that holds start.py.
     Windows 11: right-click on an empty place of the folder's window, "Open in Terminal".
     Windows 10: the same with Shift held down, "Open PowerShell window here".
  2. Type

        {windows_command} start.py lab            (Windows)
        {other_command} start.py lab      (Linux, macOS)
{other_pythons}
  The first time this takes some minutes. It copies the course into the folder mof-workshop in your home
  folder and installs the packages there. Nothing is written into this folder here, so it may be a stick or a
  share that you cannot write to. Then JupyterLab opens in your browser, with the chapters. Begin with
  00_check_your_machine.ipynb.

  To put it elsewhere, type instead

        {windows_command} start.py --folder ANOTHER-FOLDER lab            (Windows)
        {other_command} start.py --folder ANOTHER-FOLDER lab      (Linux, macOS)

AFTERWARDS

  You do not need this bundle any more. Open a terminal in mof-workshop and type

        {windows_command} start.py lab            (Windows)
        {other_command} start.py lab      (Linux, macOS)

  Without the word lab it trains a first small model, for about five minutes. Your own work is in my-work/
  there, your models are in runs/.
{site}
IF IT STOPS

  Read its last lines: they say what is wrong and how to mend it. The commonest:
  - "missing or damaged": the copy is not whole. To see which files are bad:
        {windows_command} start.py bundle --check            (Windows)
        {other_command} start.py bundle --check      (Linux, macOS)
  - "This is Python ...": the terminal found another Python than one of the above. Type its number, as above.
  - "no Visual C++ runtime" (Windows): ask your instructor for vc_redist.x64.exe.
"""

SITE_TEXT = """
THE BOOK

  Open site/index.html with your browser, here or in mof-workshop. It needs no internet.
"""


def start_here(bundle: Bundle, root: Path, has_site: bool) -> str:
    """The text for a bundle of the project in `root`."""
    facts = WheelFacts.read(root)
    by_system = {}
    for system, python in bundle.machines:
        by_system.setdefault(system, []).append(python)
    newest = bundle.machines[-1][1]
    installed = [
        sum(facts.download(lock, *machine)[1] for lock in bundle.locks) for machine in bundle.machines
    ]
    return TEXT.format(
        version=bundle.version,
        line="=" * (len(bundle.version) + 30),
        machines="\n".join(
            f"      {SYSTEM_WORDS[system]}: Python {' or '.join(pythons)}"
            for system, pythons in by_system.items()
        ),
        gigabytes=(max(installed) * (1 + EXPANSION) + MARGIN_BYTES) / 1e9,  # as Environment asks for
        other_pythons=_other_pythons(sorted({python for _, python in bundle.machines} - {newest})),
        windows_command=f"py -{newest}",
        other_command=f"python{newest}",
        site=SITE_TEXT if has_site else "",
    )


def _other_pythons(pythons: list[str]) -> str:
    """A line for whoever has another of the bundle's Pythons than the newest; "" where there is one alone."""
    told = ", ".join(f"py -{python} or python{python}" for python in pythons)
    return f"\n     With another Python of the list above, its number: {told}.\n" if pythons else ""
