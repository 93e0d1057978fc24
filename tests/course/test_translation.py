"""Another language: the template is current, a catalogue is used, and every sentence of a check goes through
it."""

import io

import pytest
from babel.messages.pofile import read_po, write_po

from mof.course import catalogue, translation
from mof.course.checking import judge
from mof.course.hints import Hints
from mof.course.progress_table import ProgressTable
from mof.course.registry import all_exercises, find_exercise


def test_the_template_is_current():
    written = (translation.LOCALE_FOLDER / "mof.pot").read_text(encoding="utf-8")
    assert written == catalogue.template(), "run: python -m mof.course.catalogue"


def test_the_template_holds_what_is_shown():
    messages = {message.id for message in read_po(io.BytesIO(catalogue.template().encode()))}
    for exercise in all_exercises().values():
        assert {exercise.title, *exercise.hints} <= messages
    assert ("a list of {number} thing", "a list of {number} things") in messages


@pytest.fixture
def mirrored(tmp_path, monkeypatch):
    """A language whose sentences are the English ones in brackets."""
    folder = tmp_path / "locale"
    path = folder / "zh_CN" / "LC_MESSAGES" / "mof.po"
    path.parent.mkdir(parents=True)
    template = read_po(io.BytesIO(catalogue.template().encode()), locale="zh_CN")
    for message in template:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = (f"⟦{message.id[1]}⟧",) if plural else f"⟦{message.id}⟧"
    with path.open("wb") as file:
        write_po(file, template)
    written = catalogue.write_catalogues(folder)
    assert [p.name for p in written] == ["mof.pot", "mof.po", "mof.mo"]
    monkeypatch.setattr(translation, "LOCALE_FOLDER", folder)
    monkeypatch.setenv("MOF_LANGUAGE", "zh_CN")
    translation._catalogue.cache_clear()
    yield folder
    translation._catalogue.cache_clear()


def test_every_sentence_of_a_check_is_translated(mirrored):
    for exercise in all_exercises().values():
        for wrong in exercise.wrong_answers:
            verdict = judge(exercise, wrong.answer, limit_seconds=120.0)
            assert verdict.message[0] == "⟦" and verdict.message[-1] == "⟧", str(verdict)
            assert not verdict.evidence or verdict.evidence[0] == "⟦"
    exercise = find_exercise("05.1")
    for answer in (lambda k: None, lambda k: k @ 2, lambda k: [k], lambda: 3, 3, ..., lambda k: k):
        assert judge(exercise, answer).message.startswith("⟦")
    assert (
        judge(exercise, lambda k: [k]).message
        == "⟦⟦The number of tokens⟧ is ⟦a list of 1 things⟧, expected a number.⟧"
    )


def test_nothing_is_translated_to_nothing(mirrored):
    assert translation._("Right") == "⟦Right⟧" and translation._("") == ""  # gettext gives its header for ""


def test_hints_and_table_are_translated(mirrored):
    lines = str(Hints(find_exercise("05.1"), 2)).splitlines()
    assert lines[0].startswith("⟦Hint 1 of 3⟧: ⟦Write both counts") and lines[-1].startswith("⟦Run it again")
    table = ProgressTable(list(all_exercises().values()), {})
    assert (
        table.caption == f"⟦0 of {len(all_exercises())} exercises solved⟧" and table.rows[0][3] == "⟦○ open⟧"
    )


def test_a_changed_template_keeps_what_is_translated(mirrored):
    path = mirrored / "zh_CN" / "LC_MESSAGES" / "mof.po"
    before = path.read_text(encoding="utf-8")
    catalogue.write_catalogues(mirrored)
    assert path.read_text(encoding="utf-8") == before and "⟦Not right yet⟧" in before


def test_without_a_setting_it_is_english_whatever_the_machine_speaks(monkeypatch):
    monkeypatch.delenv("MOF_LANGUAGE", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert translation._("Right") == "Right" and translation._("") == ""
    monkeypatch.setenv("MOF_LANGUAGE", "xx")  # a language that nobody has translated to
    assert translation.ngettext("{number} a", "{number} b", 2) == "{number} b"
