"""A failure that the reader can mend: what is wrong, and what to do."""


class Problem(Exception):
    """Raised where `start.py` cannot go on.

    Args:
        what: one or two sentences: what was found, what was expected.
        fix: what the reader can do, as a command or a step wherever there is one.
    """

    def __init__(self, what: str, fix: str):
        super().__init__(f"{what}\n{fix}")
        self.what = what
        self.fix = fix
