"""A family: one kind of question that can be asked about many things, in many wordings, and checked exactly.

A fact is a set of named slots, such as {"country": "法国", "capital": "巴黎"} or {"a": "17", "b": "25",
"sum": "42"}.
A wording is a text with slots, the answer's in square brackets, always near its end:

    "{country}的首都是[capital]。"         "{capital}是哪个国家的首都？[country]。"

What stands before the bracket is the prompt. Which slot is asked for is the wording's direction; a fact can
be asked about in as many directions as its family has wordings for. Nothing here imports a backend.
"""

import abc
import dataclasses
import functools
import re
import string

KINDS = ("knowledge", "completion", "reasoning")
MIN_WORDINGS = 20  # a family with fewer teaches its wordings, not its subject
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ！ to ～, as ! to ~
_ANSWER = re.compile(r"\[(\w+)\]")


@dataclasses.dataclass(frozen=True)
class Wording:
    """One way to ask and to tell.

    Attributes:
        prompt: format string with the slots in braces, all that comes before the answer.
        direction: name of the slot that answers.
        closing: what follows the answer, a full stop as a rule.
    """

    prompt: str
    direction: str
    closing: str

    @classmethod
    def parse(cls, template):
        """The wording written as "{country}的首都是[capital]。".

        Raises:
            ValueError: unless there is exactly one slot in square brackets, and something closes it.
        """
        found = _ANSWER.findall(template)
        if len(found) != 1:
            raise ValueError(
                f"wording {template!r} has {len(found)} slots in square brackets, expected one: the answer."
            )
        prompt, _, closing = _ANSWER.split(template)
        if not closing:
            raise ValueError(f"wording {template!r} ends with the answer: close it, as with 。")
        return cls(prompt, found[0], closing)


@dataclasses.dataclass(frozen=True)
class Question:
    """One question, ready to be written or asked.

    Attributes:
        family: name of the family. kind: one of KINDS.
        prompt: text before the answer. answer: the answer as a text writes it. closing: text after it.
        accepted: all answers that are right, `answer` among them.
        direction: name of the slot asked for.
        index, wording: numbers of the fact and of the wording in the family.
    """

    family: str
    kind: str
    prompt: str
    answer: str
    closing: str
    accepted: frozenset
    direction: str
    index: int
    wording: int

    @property
    def text(self):
        """The question with its answer, as it is written in a text."""
        return self.prompt + self.answer + self.closing


class Family(abc.ABC):
    """Facts of one kind, wordings for them, and a check of answers.

    A subclass gives `name` (snake_case, unique), `kind`, `gloss` (English, one line), `templates` (at least
    MIN_WORDINGS), `num_facts` and `slots`; where several answers are right, `accepted`; where an answer may
    be written in several ways, `normalize`.
    """

    name: str
    kind: str
    gloss: str
    templates: tuple

    @property
    @abc.abstractmethod
    def num_facts(self):
        """How many facts there are."""

    @abc.abstractmethod
    def slots(self, index):
        """Fact number `index` as a dict from slot names to texts. A function of the index alone."""

    def key(self, index):
        """What names fact `index` when held-out facts are drawn. A family that reads its facts from a library
        gives their text, which no new version moves to another number."""
        return str(index)

    def accepted(self, slots, direction):
        """All right answers to a question for `direction`, as a set of texts."""
        return {slots[direction]}

    def normalize(self, answer):
        """The form in which two answers are compared: full-width digits and letters as plain ones.

        A subclass may fold units or spellings as well.
        """
        return answer.strip().translate(_FULL_WIDTH)

    @functools.cached_property
    def directions(self):
        """The slots that wordings ask for, in the order of the templates."""
        return tuple(dict.fromkeys(wording.direction for wording in self.wordings))

    @functools.cached_property
    def wordings(self):
        """The templates as a tuple of `Wording`."""
        return tuple(map(Wording.parse, self.templates))

    @functools.cached_property
    def _shown_by_wording(self):
        fields = (string.Formatter().parse(asked.prompt) for asked in self.wordings)
        return tuple(tuple(sorted({name for _, name, _, _ in parsed if name})) for parsed in fields)

    @functools.cached_property
    def _facts_by_shown(self):
        groups = {names: {} for names in self._shown_by_wording}
        for index in range(self.num_facts):
            slots = self.slots(index)
            for names, facts in groups.items():
                facts.setdefault(tuple(slots[name] for name in names), []).append(index)
        return groups

    def facts_alike(self, index, wording):
        """Numbers of all facts that read the same in this wording up to the answer, `index` among them.

        Reads all facts at the first call.
        """
        names = self._shown_by_wording[wording]
        slots = self.slots(index)
        return tuple(self._facts_by_shown[names][tuple(slots[name] for name in names)])

    def question(self, index, wording):
        """Fact `index` asked in wording number `wording`, as a `Question`."""
        slots, asked = self.slots(index), self.wordings[wording]
        return Question(
            self.name,
            self.kind,
            asked.prompt.format_map(slots),
            slots[asked.direction],
            asked.closing,
            frozenset(self.accepted(slots, asked.direction)),
            asked.direction,
            index,
            wording,
        )

    def is_right(self, question, continuation):
        """Whether a model's continuation of `question.prompt` answers it.

        Only what comes before the question's closing counts, on the first line. A continuation that does not
        close is wrong, and so is one that says more than the answer: two answers, all answers, an empty one.
        The closing counts as a whole: where it is "岁。", "12岁或13岁。" is not 12.

        Args:
            question: Question of this family. continuation: str, what the model wrote after the prompt.
        """
        line = continuation.split("\n", 1)[0]
        answer, closed, _ = line.partition(question.closing)
        return bool(closed) and self.normalize(answer) in set(map(self.normalize, question.accepted))
