"""The study of the published form's faults: its forms, its table and its words."""

from types import SimpleNamespace

from mof.lessons import mixture_study
from mof.lessons.mended_mixture import FAULTS
from mof.lessons.mixture_run import MENDED, PRINTED
from mof.lessons.mixture_study import FORMS, describe_forms, print_readings, show_study


def row(form, seed, whole, stepwise):
    return {
        "form": form,
        "seed": seed,
        "training_bits": whole - 0.5,
        "whole_bits": whole,
        "stepwise_bits": stepwise,
        "num_updates": 1000,
    }


ROWS = [
    row(PRINTED, 0, 2.0, 3.5),
    row(PRINTED, 1, 2.0, 3.5),
    row(MENDED, 0, 3.0, 3.0),
    row(MENDED, 1, 3.2, 3.2),
    row("only crop", 0, 2.5, 2.9),
]


def test_all_faults_none_and_each_alone():
    assert FORMS[PRINTED] == FAULTS and FORMS[MENDED] == ()
    assert [faults for form, faults in FORMS.items() if form.startswith("only")] == [(f,) for f in FAULTS]


def test_forms_are_compared_in_the_reading_of_a_writer():
    assert describe_forms(ROWS) == [
        "as printed: 1.500 bits per byte as in training, 2.000 where the text lies there, 3.500 token by "
        "token, over 2 seeds; "
        "token by token 0.400 more than mended, worse in 2 of 2 seeds.",
        "mended: 2.600 bits per byte as in training, 3.100 where the text lies there, 3.100 token by token, "
        "over 2 seeds.",
        "only crop: 2.000 bits per byte as in training, 2.500 where the text lies there, 2.900 token by "
        "token, over 1 seed; "
        "token by token 0.100 fewer than mended, worse in 0 of 1 seed.",
    ]
    assert describe_forms([]) == []


def test_the_table_tells_three_readings(capsys):
    print_readings(ROWS[:1])
    header, first = capsys.readouterr().out.splitlines()
    assert first.split() == ["as", "printed", "1.500", "2.000", "3.500"] and len(first) == len(header)


def test_a_study_that_nobody_has_run_is_said_to_be_missing(monkeypatch, capsys):
    monkeypatch.setattr(mixture_study, "find_record", lambda name: None)
    show_study()
    said = capsys.readouterr().out
    assert "has not been run yet" in said and "python benchmarks/published_forms.py" in said


def test_a_recorded_study_is_drawn_and_put_in_words(monkeypatch, capsys):
    study = SimpleNamespace(data={"runs": ROWS}, note="recorded on Sunday")
    shown = []
    monkeypatch.setattr(mixture_study, "find_record", {"published_forms": study}.get)
    monkeypatch.setattr(mixture_study, "show_figure", lambda *arguments: shown.append(arguments))
    show_study()
    ((figure, words),) = shown
    assert figure.layout.title.text == "Recorded: 1,000 updates each"
    assert words.endswith("; recorded on Sunday.") and len(figure.data[0].x) == len(ROWS)
    said = capsys.readouterr().out
    assert said.split() == " ".join(describe_forms(ROWS)).split()
    assert max(map(len, said.splitlines())) <= 72
