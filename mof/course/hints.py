"""The hints of an exercise, shown: each folds, the newest is open."""

from mof.course.translation import _
from mof.course.verdict import as_html


class Hints:
    """The first hints of an exercise.

    Args:
        exercise: Exercise. num_shown: int. note: a sentence below, or "".
    """

    def __init__(self, exercise, num_shown, note=""):
        self.num_all = len(exercise.hints)
        self.texts = [_(text) for text in exercise.hints[:num_shown]]
        self.is_last = num_shown >= self.num_all
        self.note = note

    def __str__(self):
        lines = [f"{self._name(i)}: {text}" for i, text in enumerate(self.texts)]
        return "\n".join([*lines, self._ending(), *([self.note] if self.note else [])])

    __repr__ = __str__

    def _repr_html_(self):
        parts = [
            folded_hint(self._name(i), text, is_open=i == len(self.texts) - 1)
            for i, text in enumerate(self.texts)
        ]
        ending = " ".join(filter(None, [self._ending(), self.note]))
        return f'<div role="status">{"".join(parts)}<p>{as_html(ending)}</p></div>'

    def _name(self, index):
        return _("Hint {number} of {all}").format(number=index + 1, all=self.num_all)

    def _ending(self):
        if self.is_last:
            return _("That was the last hint. What is left is the solution, if your copy has it.")
        return _("Run it again for the next one.")


def folded_hint(name, text, is_open=False):
    """A hint as `<details>`, which opens with the keyboard too.

    Args:
        name, text: str, translated. is_open: bool.

    Returns:
        str, HTML.
    """
    opened = " open" if is_open else ""
    summary = f"<summary>{as_html(name)}</summary>"
    return f'<details class="mof-hint"{opened}>{summary}<p>{as_html(text)}</p></details>'


def all_hints_html(exercise):
    """All hints of an exercise, folded: for the built book, which has no kernel to ask for the next."""
    number = len(exercise.hints)
    name = _("Hint {number} of {all}")
    return "".join(
        folded_hint(name.format(number=i + 1, all=number), _(text)) for i, text in enumerate(exercise.hints)
    )
