"""What a reader should know about the machine, each with the fix. Called by `mof doctor`."""

import dataclasses

from mof.config import Config, setting
from mof.presets import preset

LEVELS = ("problem", "warning", "note")
BUSY_CORES = 0.3  # other programs that keep more than so much of a core busy disturb a measurement
LEAST_MEMORY_BYTES = 2_000_000_000
FEW_DISK_BYTES = 5_000_000_000
SPREAD_OF_A_CALM_MACHINE = 0.15  # logarithm of the steps' seconds; more, and something came between


@dataclasses.dataclass(frozen=True)
class Advice(Config):
    """One thing to know."""

    name: str = setting("", "short and fixed, for programs")
    level: str = setting("note", "how much it matters", LEVELS)
    meaning: str = setting("", "what was found, and what it means")
    fix: str = setting("", "what to do")


def give_advice(facts, findings=None, too_large=()):
    """Everything worth saying about a machine.

    Args:
        facts: MachineFacts. findings: Findings of `mof.machine.measuring`, or None before it.
        too_large: names of presets that do not fit into the free memory.

    Returns:
        tuple of Advice, problems first.
    """
    found = [*_installation(facts), *_processor(facts), *_memory(facts, too_large), *_disk(facts)]
    found += _disturbances(facts, findings.steps if findings else ())
    found += _measuring(findings) if findings else ()
    return tuple(sorted(found, key=lambda advice: LEVELS.index(advice.level)))


def _installation(facts):
    if not facts.tensorflow:
        yield Advice(
            name="no_tensorflow",
            level="problem",
            meaning="TensorFlow is not installed in this Python, so nothing can be trained.",
            fix="Run `python start.py install` in the project's folder.",
        )
    if not facts.has_windows_runtime:
        yield Advice(
            name="no_windows_runtime",
            level="problem",
            meaning="Windows has no Visual C++ runtime; TensorFlow cannot start without it.",
            fix="Install https://aka.ms/vs/17/release/vc_redist.x64.exe and run this again.",
        )
    if facts.onednn_switch == "0":
        yield Advice(
            name="onednn_off",
            level="warning",
            meaning="TF_ENABLE_ONEDNN_OPTS is 0: TensorFlow works without oneDNN, its fast products.",
            fix="Remove that environment variable.",
        )


def _processor(facts):
    if facts.usable_cores < 2:
        yield Advice(
            name="single_core",
            level="warning",
            meaning=f"Only {facts.usable_cores:g} core can be used; the course was planned for two or more.",
            fix="Give a virtual machine or container more cores. Else count on more than the minutes on each "
            "chapter's card.",
        )
    elif facts.usable_cores < facts.logical_cores:
        yield Advice(
            name="limited_cores",
            level="note",
            meaning=f"{facts.usable_cores:g} of {facts.logical_cores} logical cores may be used here.",
            fix="That is a limit of the container or of the affinity mask; raise it there if they are yours.",
        )
    is_x86 = any(word in facts.system.lower() for word in ("x86_64", "amd64"))
    if is_x86 and facts.instruction_sets and "AVX2" not in facts.instruction_sets:
        yield Advice(
            name="no_avx2",
            level="warning",
            meaning="The processor has no AVX2: products run well below the speed of newer ones.",
            fix="Take a smaller preset. Let a virtual machine show its host's processor (`-cpu host`).",
        )


def _memory(facts, too_large):
    if facts.available_bytes < LEAST_MEMORY_BYTES:
        yield Advice(
            name="little_memory",
            level="warning",
            meaning=f"{_gigabytes(facts.available_bytes)} of memory are free; training tiny takes about 1.5.",
            fix="Close other programs, browsers above all, and run this again.",
        )
    for name in too_large:
        less = "shorter rows, `--lengths 128,256`: a batch then keeps half as much."
        if at_once := preset(name).tokens_at_once:  # shorter rows would not change how many it holds
            less = f"`--tokens-at-once {at_once // 2}`: it then holds half as many tokens at a time."
        yield Advice(
            name="too_large",
            level="note",
            meaning=f"{name} does not fit into the free memory ({_gigabytes(facts.available_bytes)}).",
            fix=f"Close other programs, or train with {less}",
        )


def _disk(facts):
    if facts.free_disk_bytes < FEW_DISK_BYTES:
        yield Advice(
            name="little_disk",
            level="warning",
            meaning=f"{_gigabytes(facts.free_disk_bytes)} of disk are free where runs lie; full fills 2.8.",
            fix="Free some (`python start.py clean` shows what can go), or put runs on another disk.",
        )


def _disturbances(facts, steps):
    if facts.is_on_battery:
        yield Advice(
            name="on_battery",
            level="warning",
            meaning="The machine runs on its battery: it saves power and computes more slowly.",
            fix="Plug it in, choose the power mode for performance, and run this again.",
        )
    if facts.busy_cores > BUSY_CORES:
        yield Advice(
            name="busy",
            level="warning",
            meaning=f"Other programs kept {facts.busy_cores:.1f} of {facts.logical_cores} cores busy before "
            "the measurements: the forecast is disturbed, and too slow by an unknown share.",
            fix="Close them, wait until the machine is quiet, and run this again.",
        )
    unsteady = [s for s in steps if s.spread() > SPREAD_OF_A_CALM_MACHINE]
    if unsteady:
        names = ", ".join(dict.fromkeys(s.preset for s in unsteady))
        yield Advice(
            name="unsteady",
            level="warning",
            meaning=f"The steps of {names} took very different times: something else ran meanwhile, or the "
            "processor grew hot and slowed down. The intervals are wide for that reason.",
            fix="Run it again with nothing else open; put a laptop on a hard, flat place.",
        )


def _measuring(findings):
    for words in findings.failures:
        yield Advice(
            name="failed_measurement",
            level="warning",
            meaning=words,
            fix="Close other programs and run this again, with more `--seconds` on a slow machine.",
        )
    for words in findings.left_out:
        yield Advice(
            name="left_out",
            level="note",
            meaning=words + " What depends on it is predicted less surely.",
            fix="Run this again with twice the `--seconds` if you need it.",
        )


def _gigabytes(number):
    return f"{number / 1e9:.1f} GB"
