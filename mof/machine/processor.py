"""The processor's name and what arithmetic it has: AVX2, AVX-512, bfloat16, AMX, or Arm's counterparts.

Linux writes both into /proc/cpuinfo. Elsewhere NumPy, which chooses its own loops by the same question, tells
the instruction sets; AMX it does not know, so that off Linux its absence from the list means nothing.
"""

import platform
import re
import subprocess
import sys
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
SETS_BY_FLAG = {  # flag of /proc/cpuinfo -> the name readers know; x86 first, then Arm
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "avx512f": "AVX-512",
    "avx512_bf16": "AVX-512 bfloat16",
    "amx_bf16": "AMX bfloat16",
    "asimd": "NEON",
    "sve": "SVE",
    "bf16": "Arm bfloat16",
}
SETS_BY_FEATURE = {  # NumPy's name -> the same
    "AVX": "AVX",
    "AVX2": "AVX2",
    "FMA3": "FMA",
    "AVX512F": "AVX-512",
    "AVX512BF16": "AVX-512 bfloat16",
    "NEON": "NEON",
    "ASIMD": "NEON",
    "SVE": "SVE",
}


def processor_name(cpu_info=CPU_INFO):
    """What the maker calls it, or "unknown"."""
    if sys.platform == "win32":
        name = _windows_name()
    elif sys.platform == "darwin":
        name = _output("sysctl", "-n", "machdep.cpu.brand_string")
    else:
        name = _field(_read(cpu_info), "model name") or _field(_read(cpu_info), "Model")
    return name or platform.processor() or platform.machine() or "unknown"


def instruction_sets(cpu_info=CPU_INFO):
    """Names of the instruction sets that matter here.

    Returns:
        tuple of str; empty where the system does not tell.
    """
    text = _read(cpu_info)
    flags = (_field(text, "flags") or _field(text, "Features")).split()
    if flags:
        return tuple(name for flag, name in SETS_BY_FLAG.items() if flag in flags)
    return tuple(dict.fromkeys(name for key, name in SETS_BY_FEATURE.items() if _numpy_features().get(key)))


def _numpy_features():
    try:
        from numpy._core._multiarray_umath import __cpu_features__  # what numpy.show_runtime prints
    except ImportError:  # private: another NumPy may keep it elsewhere
        return {}
    return __cpu_features__


def _windows_name():
    import winreg

    place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    except OSError:
        return ""


def _output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _field(text, name):
    match = re.search(rf"^{re.escape(name)}\s*:(.*)$", text, re.M)
    return match[1].strip() if match else ""


def _read(path):
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
