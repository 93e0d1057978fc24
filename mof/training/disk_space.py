"""What to do where the disk is full: wait until there is room, and do it again. Nothing is lost meanwhile,
for the training is in memory, and the checkpoints of before lie on the disk.
"""

import errno
import shutil
from pathlib import Path

# no space left; the user's share of the disk is used up
FULL_DISK = tuple(getattr(errno, name) for name in ("ENOSPC", "EDQUOT") if hasattr(errno, name))
SPARE_BYTES = 1_000_000  # asked for beside what is to be written
SECONDS_BETWEEN_TRIES = 10.0


def is_full_disk(error):
    """True for an OSError that says there is no room. Windows' own code for it arrives as ENOSPC."""
    return isinstance(error, OSError) and error.errno in FULL_DISK


def free_bytes(folder):
    """Bytes that can still be written where `folder` lies or will lie.

    Raises:
        FileNotFoundError: its drive is not there.
    """
    folder = Path(folder).resolve()
    for place in (folder, *folder.parents):
        if place.exists():
            return shutil.disk_usage(place).free
    raise FileNotFoundError(f"{folder.anchor} is not there, so nothing can lie in {folder}: name another.")


class RoomWaiter:
    """Does what writes to a disk, and waits where that is full.

    Args:
        folder: on the disk in question.
        wait: called with (sentence, condition, seconds): waits until `condition()` is true, looking every so
            many seconds; returns False if a stop was asked meanwhile. The sentence says what is waited for.
    """

    def __init__(self, folder, wait):
        self.folder, self.wait = Path(folder), wait

    def do(self, action, num_bytes=0):
        """The result of `action()`, which may be called several times.

        Args:
            action: what writes, about so many bytes.

        Raises:
            OSError: as `action` does: at once where it is about something else, and where a stop was asked.
        """
        needed = num_bytes + SPARE_BYTES
        while True:
            try:
                return action()
            except OSError as error:
                if not is_full_disk(error) or not self.wait_for_room(needed):
                    raise

    def wait_for_room(self, needed):
        """Wait once; returns False if a stop was asked.

        Args:
            needed: bytes that have to be free. Where they are free already, and yet nothing could be
                written (a limit on one user), the wait is one interval.
        """
        looks = []

        def has_room():
            looks.append(free_bytes(self.folder))
            return len(looks) > 1 and looks[-1] >= needed

        words = (
            f"The disk of {self.folder} is full: {_megabytes(free_bytes(self.folder))} are free, "
            f"{_megabytes(needed)} are needed. Free some; the training waits, and goes on by itself. "
            "Nothing is lost."
        )
        return self.wait(words, has_room, SECONDS_BETWEEN_TRIES)


def _megabytes(number):
    return f"{number / 1e6:,.1f} MB"
