"""A mark that a kill or a full disk cut costs no other mark."""

import contextlib
import json
from types import SimpleNamespace

from mof.generation import sample_marks
from mof.generation.sample_marks import SAMPLES_NAME, SampleMarks


class Writes:
    """Stands for a TextGenerator."""

    def __init__(self, *_, **__):
        pass

    def generate(self, prompts, config):
        return [SimpleNamespace(text="。") for _ in prompts]


def test_a_mark_after_one_that_was_cut_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(sample_marks, "TextGenerator", Writes)
    monkeypatch.setattr("mof.inference.run_graphs.open_run", lambda run: None)
    progress = SimpleNamespace(update=7, seconds=900.0, num_tokens=10)
    training = SimpleNamespace(progress=progress, paused=contextlib.nullcontext)
    path = tmp_path / SAMPLES_NAME
    path.write_text('{"update": 1, "seconds": 1.0}\n{"update": 5, "sec', encoding="utf-8")
    marks = SampleMarks(SimpleNamespace(path=tmp_path, tokenizer=lambda: None))
    marks.updated(training)
    marks.saved(tmp_path / "update-00000007")
    first, cut, last = path.read_text(encoding="utf-8").splitlines()
    assert cut == '{"update": 5, "sec' and json.loads(first)["update"] == 1
    assert json.loads(last)["update"] == 7
