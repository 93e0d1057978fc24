"""Lengths of time and sizes as a reader says them: as exact as they are known."""

from mof.course.translation import _


def duration(seconds):
    """Seconds in a word: "40 s", "3.2 min", "12 min", "3.5 h", "31 h", "4.2 days".

    Args:
        seconds: float, 0 or more.
    """
    if seconds < 99.5:
        return _("{number} s").format(number=f"{seconds:.0f}")
    if seconds < 595:
        return _("{number} min").format(number=f"{seconds / 60:.1f}")
    if seconds < 5970:
        return _("{number} min").format(number=f"{seconds / 60:.0f}")
    if seconds < 36000:
        return _("{number} h").format(number=f"{seconds / 3600:.1f}")
    if seconds < 259200:
        return _("{number} h").format(number=f"{seconds / 3600:.0f}")
    return _("{number} days").format(number=f"{seconds / 86400:.1f}")


def size(num_bytes):
    """Bytes in a word: "310 MB", "2.9 GB"."""
    if num_bytes < 1e9:
        return _("{number} MB").format(number=f"{num_bytes / 1e6:.0f}")
    return _("{number} GB").format(number=f"{num_bytes / 1e9:.1f}")
