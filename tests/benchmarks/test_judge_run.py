"""Judging a run on real text: the 5-gram's text, the intervals, the lengths compared, what is refused."""

import collections
import math
import statistics
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import judge_run
from mof.corpus.packing import StreamBatches
from mof.corpus.token_cache_building import build_token_cache
from mof.tokenizer.character_tokenizer import CharacterTokenizer

TOKENIZER = CharacterTokenizer("")
TEXTS = [f"text number {number} {'and more ' * (number % 4)}" for number in range(12)]


def made_cache(folder, documents):
    from tests.training.small_run import write_lines

    file = write_lines(folder / "a.jsonl", documents)
    return build_token_cache([str(file)], TOKENIZER, folder / "tokens", validation_fraction=0.0)


def made_run(num_streams):
    config = SimpleNamespace(num_streams=num_streams, seed=3)
    return SimpleNamespace(training_config=config, tokenizer=lambda: TOKENIZER)


def test_the_text_read_is_read_to_the_token(tmp_path):
    split = made_cache(tmp_path, [{"text": text} for text in TEXTS]).train
    for num_tokens in (1, 25, 90):
        batch = StreamBatches(split, 1, 3).next_batch(num_tokens)
        expected = TOKENIZER.decode(batch.token_ids[0])
        assert "".join(judge_run.text_read(made_run(1), split, num_tokens)) == expected


@pytest.mark.parametrize("num_epochs", [1, 2.5])
def test_text_that_is_read_several_times_is_counted_once(tmp_path, num_epochs):
    split = made_cache(tmp_path, [{"text": text} for text in TEXTS]).train
    found = judge_run.text_read(made_run(1), split, int(num_epochs * split.num_tokens))
    assert sorted(found) == sorted(TEXTS)
    lanes = "".join(judge_run.text_read(made_run(2), split, int(num_epochs * split.num_tokens)))
    assert len("".join(TEXTS)) - 1 <= len(lanes) <= len("".join(TEXTS))


class RoutedModel:
    """A model whose router looks at the token alone."""

    variables = ()

    def initial_state(self, batch_size):
        return {}

    def features(self, token_ids, state, resets, mask):
        from keras import ops

        first = ops.cast(token_ids % 10, "float32") / 10.0
        return Routes(ops.stack([first, 1.0 - first], axis=-1)), state


Routes = collections.namedtuple("Routes", "route_weights")


def test_the_interval_of_few_documents_is_students():
    table = judge_run.router_table(RoutedModel(), TOKENIZER, {"two": ["ab", "xyz"], "one": ["a"]})
    means = [statistics.fmean(i % 10 / 10 for i in [1, *TOKENIZER.encode(text)]) for text in ("ab", "xyz")]
    half = 12.7062 * statistics.stdev(means) / math.sqrt(2)  # t of one degree of freedom
    np.testing.assert_allclose(table["two"]["half_interval"], [half] * 2, rtol=1e-4)
    np.testing.assert_allclose(table["two"]["mean"][0], statistics.fmean(means), rtol=1e-6)
    assert table["one"]["half_interval"] is None and table["two"]["documents"] == 2


def test_as_many_characters_are_compared_as_the_real_text_has(monkeypatch):
    measured = {}

    def known(texts, index):
        measured.setdefault("lengths", []).append({len(text) for text in texts})
        return 0.0

    monkeypatch.setattr(judge_run, "share_of_known_ngrams", known)
    monkeypatch.setattr(judge_run, "longest_copied_run", lambda *words: SimpleNamespace(num_characters=1))
    written = SimpleNamespace(text="甲乙丙丁" * 60)
    generator = SimpleNamespace(generate=lambda prompts, config, open_end: [written] * len(prompts))
    texts = ["".join(chr(0x4E00 + i) for i in range(400))] * 3
    _, shown = judge_run.judge_continuations(generator, texts, None, judge_run.SAMPLINGS[0])
    assert measured["lengths"] == [{120}, {120}] and {len(text) for text in shown} == {120}


def test_an_output_that_cannot_be_written_is_told_before_anything_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(judge_run, "RunFolder", lambda path: pytest.fail("the run was opened"))
    monkeypatch.setattr(judge_run, "load_model", lambda *words, **named: pytest.fail("a model was read"))
    for output, words in ((tmp_path, "is a folder"), (tmp_path / "absent" / "x.json", "does not exist")):
        monkeypatch.setattr(sys, "argv", ["x", "--run", "r", "--chat-run", "c", "--output", str(output)])
        with pytest.raises(SystemExit, match=words):
            judge_run.main()


def test_a_missing_chat_run_is_told_first(tmp_path, monkeypatch):
    monkeypatch.setattr(judge_run, "RunFolder", lambda path: pytest.fail("the run was opened"))
    words = ["--chat-run", str(tmp_path / "absent"), "--output", str(tmp_path / "x.json")]
    monkeypatch.setattr(sys, "argv", ["x", "--run", "r", *words])
    with pytest.raises(ValueError, match="absent holds no run"):
        judge_run.main()


@pytest.mark.parametrize("has_talk", [False, True])
def test_a_run_is_opened_on_the_text_that_it_read_and_without_conversations(tmp_path, monkeypatch, has_talk):
    talk = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    cache = made_cache(tmp_path, [{"text": text} for text in TEXTS] + [talk] * has_talk)
    checkpoint = SimpleNamespace(state={"cursor": {"fingerprint": "of its text"}})
    run = SimpleNamespace(newest_checkpoint=lambda parts: checkpoint)

    def open_cache(folder, tokenizer, expected_fingerprint):
        assert folder is run and expected_fingerprint == "of its text"
        return cache

    monkeypatch.setattr(judge_run, "RunFolder", lambda path: run)
    monkeypatch.setattr(judge_run, "load_model", lambda path, checkpoint: ("model", TOKENIZER, "unused"))
    monkeypatch.setattr(judge_run, "open_cache", open_cache)
    if has_talk:
        with pytest.raises(SystemExit, match="learned from conversations.*mof evaluate"):
            judge_run.open_run("r")
    else:
        assert judge_run.open_run("r") == ("model", TOKENIZER, run, cache)
