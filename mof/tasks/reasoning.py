"""The reasoning families, by subject."""

from mof.tasks.arithmetic import Addition, Division, Multiplication
from mof.tasks.clock import ClockTimes
from mof.tasks.comparison import LargerNumber, TallestPerson
from mof.tasks.dates import DaysLater, WeekdayInMonth, WeekdayOfDate
from mof.tasks.deduction import Elimination
from mof.tasks.inventory import CountItems, MissingItem, Recall
from mof.tasks.kinship import Kinship
from mof.tasks.measures import Rectangle, UnitConversion
from mof.tasks.numerals import ChineseNumerals
from mof.tasks.ordering import NextNumber, Queue, SortNumbers
from mof.tasks.space import Swaps, Turning
from mof.tasks.stem_branch import StemBranch
from mof.tasks.strings import NthCharacter, ReversedText
from mof.tasks.word_problems import Ages, Change, RunningCount

REASONING_FAMILIES = (
    Addition(),
    Multiplication(),
    Division(),
    Change(),
    Ages(),
    RunningCount(),
    UnitConversion(),
    Rectangle(),
    ChineseNumerals(),
    DaysLater(),
    WeekdayInMonth(),
    WeekdayOfDate(),
    ClockTimes(),
    StemBranch(),
    LargerNumber(),
    TallestPerson(),
    SortNumbers(),
    Queue(),
    NextNumber(),
    NthCharacter(),
    ReversedText(),
    CountItems(),
    MissingItem(),
    Recall(),
    Turning(),
    Swaps(),
    Elimination(),
    Kinship(),
)
