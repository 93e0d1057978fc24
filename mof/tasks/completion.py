"""The completion families: texts whose own words determine how they go on."""

from mof.tasks.brackets import ClosingBrackets
from mof.tasks.lists import ListGap, OrdinalList, ReversedList
from mof.tasks.patterns import AlternatingWords, CycleNext, RotatingLine
from mof.tasks.recall import KeyRecall, TableCell
from mof.tasks.sentences import MeasureWordEcho, TurnedSentence
from mof.tasks.speakers import DialogueName, FormerLatter, LetterEnding
from mof.tasks.verses import Acrostic, CoupletByRule

COMPLETION_FAMILIES = (
    ListGap(),
    OrdinalList(),
    ReversedList(),
    AlternatingWords(),
    CycleNext(),
    RotatingLine(),
    ClosingBrackets(),
    KeyRecall(),
    TableCell(),
    LetterEnding(),
    DialogueName(),
    FormerLatter(),
    MeasureWordEcho(),
    TurnedSentence(),
    CoupletByRule(),
    Acrostic(),
)
