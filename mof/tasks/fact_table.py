"""A knowledge family whose facts are the rows of a table, read from a library at first use.

A row may share values with other rows: many countries pay in euros, and a country may pay in two currencies.
So what a question accepts is looked up: every value that stands in some row beside the values that the
wording shows. Used by every family of `mof.tasks.knowledge`.
"""

import abc
import functools
import string

from mof.tasks.family import Family


class FactTable(Family):
    """A family of facts in rows.

    A subclass gives `name`, `gloss`, `templates`, `columns` (slot names, in the order of the rows) and
    `read_facts`. All wordings of one direction show the same columns, so that the answers can be looked up.
    """

    kind = "knowledge"
    columns: tuple

    @abc.abstractmethod
    def read_facts(self):
        """The rows, an iterable of tuples of texts. Called once; libraries are imported here, not above."""

    @property
    def facts(self):
        """All rows as a tuple of tuples, each once, in the order in which they were read."""
        return _read_once(type(self))

    @property
    def num_facts(self):
        return len(self.facts)

    def slots(self, index):
        return dict(zip(self.columns, self.facts[index], strict=True))

    def key(self, index):
        return "/".join(self.facts[index])

    @functools.cached_property
    def given(self):
        """For each direction, the columns that its wordings show.

        Raises:
            ValueError: if two wordings of a direction show different columns.
        """
        given = {}
        for wording in self.wordings:
            fields = {field for _, field, _, _ in string.Formatter().parse(wording.prompt) if field}
            shown = tuple(column for column in self.columns if column in fields)
            if given.setdefault(wording.direction, shown) != shown:
                raise ValueError(
                    f"family {self.name}: {wording.prompt!r} shows {shown}, but other wordings that ask for "
                    f"{wording.direction} show {given[wording.direction]}: let all show the same."
                )
        return given

    @functools.cached_property
    def _answers(self):
        """Direction → values shown → all answers."""
        answers = {direction: {} for direction in self.given}
        for row in self.facts:
            slots = dict(zip(self.columns, row, strict=True))
            for direction, shown in self.given.items():
                key = tuple(slots[column] for column in shown)
                answers[direction].setdefault(key, set()).add(slots[direction])
        return {
            direction: {key: frozenset(found) for key, found in table.items()}
            for direction, table in answers.items()
        }

    def accepted(self, slots, direction):
        return self._answers[direction][tuple(slots[column] for column in self.given[direction])]


@functools.cache
def _read_once(family_class):
    """The facts of a family, shared by its instances: some libraries take a second to load."""
    return tuple(dict.fromkeys(family_class().read_facts()))
