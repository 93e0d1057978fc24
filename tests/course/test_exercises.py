"""Every exercise of every chapter: the stub is told that it is one, the solution passes, each typical wrong
answer gets words of its own. A new exercise is covered by being registered."""

import re

import numpy as np
import pytest

from mof.course.checking import judge
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.notebook_cells import SOLUTION, STUB, exercise_cells, read_notebook, source
from mof.course.registry import all_exercises, find_exercise
from mof.course.verdict import OPEN, RIGHT, WRONG
from tests.course.notebook_answers import NOTEBOOKS, answer_in, check_call, notebook_of

EXERCISES = list(all_exercises().values())
# what a check says where it has no better words
GENERAL = ("differs from the definition", "Your code stopped", "has the shape", "The check itself stopped")
PATIENCE_SECONDS = 120.0  # a busy machine is no endless loop
exercises = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
wrong_answers = pytest.mark.parametrize(
    ("exercise", "wrong"),
    [
        pytest.param(exercise, wrong, id=f"{exercise.id}-{number}")
        for exercise in EXERCISES
        for number, wrong in enumerate(exercise.wrong_answers)
    ],
)


@exercises
def test_the_stub_is_told_that_it_is_one(exercise):
    verdict = judge(exercise, answer_in(notebook_of(exercise), STUB, exercise.id))
    assert verdict.state == OPEN and verdict.message.startswith(("Not written yet", "Not answered yet"))


@exercises
def test_the_solution_passes(exercise):
    verdict = judge(exercise, answer_in(notebook_of(exercise), SOLUTION, exercise.id), PATIENCE_SECONDS)
    assert verdict.state == RIGHT, str(verdict)
    assert not verdict.remarks, verdict.remarks


@exercises
def test_what_no_check_asked_for_is_told_and_stops_none(exercise):
    for odd in (3, "a", (), ["a"], [[1]], {"a": 1}, {"a"}, range(2), np.arange(2.0), object()):
        answer = odd if not exercise.arguments else lambda *arguments, odd=odd: odd
        verdict = judge(exercise, answer, PATIENCE_SECONDS)
        assert "The check itself stopped" not in verdict.message, f"{odd!r}: {verdict}"


@wrong_answers
def test_a_typical_wrong_answer_gets_its_own_words(exercise, wrong):
    verdict = judge(exercise, wrong.answer, PATIENCE_SECONDS)
    assert verdict.state == WRONG and wrong.message in verdict.message, str(verdict)
    assert not any(words in verdict.message for words in GENERAL), str(verdict)
    others = [other for other in exercise.wrong_answers if other is not wrong]
    assert not any(other.message in verdict.message for other in others), str(verdict)


@exercises
def test_three_wrong_answers_and_a_hint_at_least(exercise):
    assert len(exercise.wrong_answers) >= 3
    assert len({wrong.message for wrong in exercise.wrong_answers}) == len(exercise.wrong_answers)
    assert len(set(exercise.hints)) == len(exercise.hints) >= 1
    assert all(len(hint) > 15 for hint in exercise.hints)


def test_numbers_in_a_chapter_leave_no_gap():
    for chapter in {exercise.chapter for exercise in EXERCISES}:
        numbers = [exercise.number for exercise in EXERCISES if exercise.chapter == chapter]
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_and_registry_name_the_same_exercises(path):
    registered = [exercise.id for exercise in EXERCISES if exercise.chapter == path.name[:2]]
    cells = exercise_cells(path)
    assert [id for id, _ in cells[STUB]] == [id for id, _ in cells[SOLUTION]] == registered
    for kind in (STUB, SOLUTION):
        for id, text in cells[kind]:
            assert check_call(text) == (id, find_exercise(id).name, kind == SOLUTION)


@exercises
def test_the_heading_in_the_notebook_is_the_title(exercise):
    cells = read_notebook(notebook_of(exercise))["cells"]
    text = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
    heading = f"Exercise {exercise.number} · {exercise.kind.capitalize()}: {exercise.title}"
    assert re.search(rf"^### {re.escape(heading)}$", text, re.MULTILINE), heading


def valid(**changes):
    fields = {
        "id": "07.1",
        "title": "t",
        "kind": "build",
        "minutes": 5,
        "name": "f",
        "arguments": ("x",),
        "hints": ("a hint",),
        "wrong_answers": (WrongAnswer(1, "m"),),
        "checker": lambda attempt: "Right.",
    }
    return Exercise(**fields | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "7.1"}, "id '7.1', expected chapter and number"),
        ({"kind": "guess"}, "kind 'guess', expected one of predict, change, build"),
        ({"minutes": 0}, "minutes 0, expected a number from 1 to 240"),
        ({"name": "my f"}, "name 'my f', expected a name of Python"),
        ({"hints": ()}, "has no hint"),
        ({"hints": "a hint"}, "hints is no tuple"),
        ({"arguments": "x"}, "arguments is no tuple"),
    ],
)
def test_an_exercise_that_is_not_whole_is_refused(changes, words):
    valid()
    with pytest.raises(ValueError, match=re.escape(words)):
        valid(**changes)


@pytest.mark.parametrize("id", ["05.9", "5.1", 5.1])
def test_an_unknown_id_names_those_that_there_are(id):
    chapters = ("05",) if id != "linear" else {exercise.chapter for exercise in EXERCISES}
    first, second, *_ = (exercise.id for exercise in EXERCISES if exercise.chapter in chapters)
    words = rf"there is no exercise '?{id}'?; there are \"{first}\", \"{second}\""
    with pytest.raises(ValueError, match=words):
        find_exercise(id)


def test_a_name_of_no_chapter_gets_all_ids():
    first, second = [f'"{exercise.id}"' for exercise in EXERCISES[:2]]
    with pytest.raises(ValueError, match=f"there is no exercise 'linear'; there are {first}, {second}"):
        find_exercise("linear")
