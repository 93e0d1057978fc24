"""What `check`, `hint` and `progress` do: judge, remember, show."""

import functools
import time

from mof.course.checking import judge
from mof.course.display import show
from mof.course.hints import Hints
from mof.course.progress_file import ProgressFile, now, progress_path
from mof.course.progress_table import ProgressTable
from mof.course.registry import all_exercises, find_exercise
from mof.course.translation import _
from mof.course.verdict import OPEN, RIGHT, WRONG, Verdict

RUN_ALL_SECONDS = 5.0  # nobody unfolds and reads a solution so soon after the check of the cell above it
_unsolved_since = {}  # from an exercise to when the reader's own answer was last found unwritten or wrong


def check_answer(id, answer, is_solution=False):
    """Judge an answer, remember it, show the verdict.

    A solution that runs right behind an unsolved answer was run with the whole notebook. Its verdict would
    give the answer away, so it is neither shown nor counted.

    Args:
        id: str. answer: function, number or choice. is_solution: whether the course itself answers.

    Returns:
        Verdict, as shown.

    Raises:
        ValueError: there is no such exercise.
    """
    exercise = find_exercise(id)
    asked = time.monotonic()
    verdict = judge(exercise, answer)
    if is_solution and verdict.is_right and _is_run_with_others(exercise.id, asked):
        del _unsolved_since[exercise.id]  # run once more, it is meant
        verdict = Verdict(
            OPEN,
            _(
                "The solution works. It ran together with the cell above, so its verdict is not shown and "
                "not counted. When you want it, unfold this cell and run it by itself."
            ),
        )
    elif not is_solution:
        _unsolved_since[exercise.id] = None if verdict.is_right else time.monotonic()
    remark = ""
    if verdict.state != OPEN:
        _entry, remark = _file().change(
            exercise.id, lambda entry: _remember(entry, verdict.is_right, is_solution)
        )
    if verdict.state == WRONG:
        verdict = verdict.with_remarks(
            _("Stuck? {call} gives a hint.").format(call=f'`hint("{exercise.id}")`')
        )
    if verdict.state == RIGHT and not is_solution and progress_path() is not None:
        verdict = verdict.with_remarks(_solved_so_far(exercise.chapter))
    verdict = verdict.with_remarks(remark)
    show(verdict)
    return verdict


def next_hint(id):
    """Show one hint more than last time.

    Args:
        id: str.

    Returns:
        Hints, as shown.

    Raises:
        ValueError: there is no such exercise.
    """
    exercise = find_exercise(id)

    def one_more(entry):
        entry["hints"] = min(entry["hints"] + 1, len(exercise.hints))

    entry, note = _file().change(exercise.id, one_more)
    hints = Hints(exercise, entry["hints"], note)
    show(hints)
    return hints


def show_progress(chapter=None):
    """Show the table.

    Args:
        chapter: "05", or None for all.

    Returns:
        ProgressTable, as shown.

    Raises:
        ValueError: the chapter has no exercises.
    """
    exercises = list(all_exercises().values())
    if chapter is not None:
        name = str(chapter).zfill(2)
        chapters = sorted({exercise.chapter for exercise in exercises})
        exercises = [exercise for exercise in exercises if exercise.chapter == name]
        if not exercises:
            raise ValueError(
                _("chapter {chapter} has no exercises; these have: {chapters}.").format(
                    chapter=repr(chapter), chapters=", ".join(chapters)
                )
            )
    entries, note = _file().read()
    path = progress_path()
    where = _("Kept in {path}").format(path=path) if path else _("Kept until Python ends, in no file.")
    table = ProgressTable(exercises, entries, note or where)
    show(table)
    return table


def _is_run_with_others(id, moment):
    before = _unsolved_since.get(id)
    return progress_path() is not None and before is not None and moment - before < RUN_ALL_SECONDS


def _remember(entry, is_right, is_solution):
    moment = now()
    if is_solution:
        entry["solution_run"] = entry["solution_run"] or moment
        return
    entry["attempts"] += 1
    entry["first_try"] = entry["first_try"] or moment
    entry["last_try"] = moment
    if is_right:
        entry["solved"] = entry["solved"] or moment


def _solved_so_far(chapter):
    entries, _note = _file().read()
    ids = [id for id, exercise in all_exercises().items() if exercise.chapter == chapter]
    solved = sum(bool(entries.get(id, {}).get("solved")) for id in ids)
    return _("Chapter {chapter}: {solved} of {all} solved.").format(
        chapter=chapter, solved=solved, all=len(ids)
    )


def _file():
    return _file_at(progress_path())


@functools.lru_cache(maxsize=4)
def _file_at(path):
    return ProgressFile(path)
