"""Loss by position against plain logits; the stream of held-out text; what is judged where text is short."""

import json
import math

import numpy as np
import pytest

from mof.corpus.token_cache_building import build_token_cache
from mof.evaluation import memory_report
from mof.evaluation.memory_report import held_out_texts, judge_memory, loss_by_position, text_stream
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.tokenizer.special_tokens import DOCUMENT

TEXTS = ["春天来了。", "从前有座山，山上有座庙。", "我问妈妈：号码是多少？"]
TOKENIZER = train_character_tokenizer([*TEXTS, "0123456789的"], 300)


@pytest.fixture(scope="module")
def model():
    config = preset("nano").model.replace(vocabulary_size=TOKENIZER.vocabulary_size, transformer_layers=1)
    return MixtureLanguageModel(config, seed=1)


@pytest.fixture
def split(tmp_path):
    """The texts, and a conversation that must not count."""
    talk = {"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "春天。"}]}
    documents = [{"text": TEXTS[0]}, talk, {"text": TEXTS[1]}, {"text": TEXTS[2]}]
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return build_token_cache([tmp_path / "a.jsonl"], TOKENIZER, tmp_path / "cache", 0.0).train


def test_the_stream_joins_texts_and_leaves_conversations_out(split):
    stream = text_stream(split, 1000)
    assert TOKENIZER.decode(stream) == "".join(TEXTS) and DOCUMENT not in stream
    np.testing.assert_array_equal(text_stream(split, 7), stream[:7])
    assert list(held_out_texts(split, TOKENIZER)) == TEXTS


@pytest.fixture(scope="module")
def reader(model, tmp_path_factory):
    """An OnnxReader of the model's weights."""
    from mof.inference.run_graphs import open_weights
    from tests.inference.small_models import store_weights

    return open_weights(model.config, store_weights(model, tmp_path_factory.mktemp("model")), num_threads=1)


@pytest.mark.parametrize("is_by_reader", [False, True])
def test_loss_by_position_is_that_of_plain_logits(model, reader, monkeypatch, is_by_reader):
    monkeypatch.setattr(memory_report, "NUM_ROWS", 3)
    monkeypatch.setattr(memory_report, "PIECE_LENGTH", 4)
    stream = np.random.default_rng(0).integers(8, TOKENIZER.vocabulary_size, 3 * 8 + 5).astype("int32")
    result = loss_by_position(None if is_by_reader else model, stream, 8, reader)
    rows = stream[:24].reshape(3, 8)
    inputs = np.concatenate([np.full((3, 1), DOCUMENT), rows[:, :-1]], axis=1).astype("int32")
    logits = np.asarray(model(inputs)[0]).astype("float64")
    nats = np.log(np.exp(logits).sum(-1)) - np.take_along_axis(logits, rows[..., None], -1)[..., 0]
    by_row = nats.reshape(3, 2, 4).mean(-1)
    assert result["block"] == 4
    np.testing.assert_allclose(result["nats"], by_row.mean(0), rtol=1e-4)
    # Student's t with 2 degrees of freedom, from a printed table
    np.testing.assert_allclose(result["half"], 4.303 * by_row.std(0, ddof=1) / math.sqrt(3), rtol=1e-3)


@pytest.mark.parametrize("num_positions", [0, 130, 256])
def test_lengths_that_do_not_fit_are_refused(model, num_positions):
    with pytest.raises(ValueError, match=f"num_positions is {num_positions} and the stream has 2000 tokens"):
        loss_by_position(model, np.full(2000, 9), num_positions)


def test_distances_reach_to_four_times_the_trained_length(model, split, monkeypatch):
    asked = {}

    def results(reader, tokenizer, filler, distances, num_trials, seed):
        assert reader.model is model
        asked.update(distances=distances, filler=len(filler), trials=num_trials)
        return []

    monkeypatch.setattr(memory_report, "needle_results", results)
    monkeypatch.setattr(memory_report, "NUM_ROWS", 2)
    monkeypatch.setattr(memory_report, "PIECE_LENGTH", 4)
    report = judge_memory(model, TOKENIZER, split, trained_length=2, num_trials=5)
    assert asked == {"distances": [1, 2, 4, 8], "filler": 16, "trials": 5}
    assert report["trained_length"] == 2 and len(report["positions"]["nats"]) == 2
    json.dumps(report, allow_nan=False)


def test_a_reader_judges_without_a_model(model, reader, split, monkeypatch):
    monkeypatch.setattr(memory_report, "NUM_ROWS", 2)
    monkeypatch.setattr(memory_report, "PIECE_LENGTH", 4)
    settings = {"trained_length": 2, "num_trials": 2}
    expected = judge_memory(model, TOKENIZER, split, **settings)
    report = judge_memory(None, TOKENIZER, split, **settings, reader=reader)
    np.testing.assert_allclose(report["positions"]["nats"], expected["positions"]["nats"], rtol=1e-4)
    found, wanted = ([row["nats"] for row in result["needle"]] for result in (report, expected))
    np.testing.assert_allclose(found, wanted, rtol=1e-4)


def test_short_text_is_looked_at_as_far_as_it_goes(model, split):
    report = judge_memory(model, TOKENIZER, split, trained_length=512, num_trials=1)
    assert report["needle"] == [] and report["positions"] is None
