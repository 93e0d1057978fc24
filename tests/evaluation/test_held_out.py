"""Bits per byte on held-out text against the plain model, one document after the other."""

import json
import math

import keras
import numpy as np
import pytest

from mof.config import ModelConfig
from mof.corpus.reading_report import CorpusError
from mof.corpus.token_cache_building import build_token_cache
from mof.evaluation import held_out
from mof.evaluation.held_out import HeldOutEvaluation
from mof.model import MixtureLanguageModel
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import DOCUMENT

LETTERS = "春夏秋冬花草树木，。"
LENGTHS = (1, 37, 4, 90, 12, 12, 60, 5)
BLOCK = 8


def random_text(length, seed):
    # "é" is no character of the tokenizer: two tokens of a byte each
    return "".join(np.random.default_rng(seed).choice(list(LETTERS + "aé"), size=length))


@pytest.fixture(scope="module")
def tokenizer():
    return CharacterTokenizer(LETTERS)


@pytest.fixture(scope="module")
def texts():
    return [random_text(length, seed) for seed, length in enumerate(LENGTHS)]


@pytest.fixture(scope="module")
def split(texts, tokenizer, tmp_path_factory):
    """The texts as tokens; all of them are judged on."""
    folder = tmp_path_factory.mktemp("held-out")
    lines = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts]
    (folder / "texts.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    return build_token_cache([folder / "texts.jsonl"], tokenizer, folder / "cache", 0.0).train


@pytest.fixture(scope="module")
def model(tokenizer):
    size = {
        "width": 16,
        "recurrent_layers": 1,
        "recurrent_width": 16,
        "transformer_layers": 1,
        "num_heads": 2,
    }
    size |= {"feed_forward_width": 16, "thought_width": 8, "router_width": 4, "chunk_length": 8}
    model = MixtureLanguageModel(ModelConfig(vocabulary_size=tokenizer.vocabulary_size, **size), seed=3)
    rows = model.router.trainable_variables[-1]  # starts at zero: without a nudge all shares would be equal
    rows.assign(np.random.default_rng(0).standard_normal(rows.shape))
    return model


@pytest.fixture(scope="module")
def naive(model, texts, tokenizer):
    """(nats of every target, route weights of every token) for each text, by the plain model call."""
    ids = [np.concatenate([[DOCUMENT], tokenizer.encode(text)]).astype("int32") for text in texts]
    padded = np.zeros((len(ids), max(map(len, ids))), "int32")
    for row, document in zip(padded, ids, strict=True):
        row[: len(document)] = document
    # causal: what stands after a document changes nothing in it
    output, _ = model.features(padded)
    logits = keras.ops.convert_to_numpy(model.logits(output.hidden)).astype("float64")
    routes = keras.ops.convert_to_numpy(output.route_weights).astype("float64")
    results = []
    for row, document in enumerate(ids):
        targets = [*document[1:], DOCUMENT]
        places = range(len(document))
        nats = [math.log(np.exp(logits[row, t]).sum()) - logits[row, t, targets[t]] for t in places]
        results.append((np.array(nats), routes[row, : len(document)]))
    return results


@pytest.fixture(scope="module", autouse=True)
def small_batches():
    """Rows far shorter than the documents, so that memory is carried from batch to batch."""
    patch = pytest.MonkeyPatch()
    patch.setattr(held_out, "EVALUATION_STREAMS", 3)
    patch.setattr(held_out, "EVALUATION_LENGTH", 16)
    patch.setattr(held_out, "READER_STREAMS", 2)
    yield patch
    patch.undo()


@pytest.fixture(scope="module")
def evaluation(model, split, small_batches):
    return HeldOutEvaluation(model, split)


def test_equals_a_loop_over_the_documents(evaluation, naive, texts):
    result = evaluation(position_block=BLOCK, num_blocks=4)
    total = sum(nats.sum() for nats, _ in naive)
    num_targets = sum(len(nats) for nats, _ in naive)
    num_bytes = sum(len(text.encode("utf-8")) for text in texts)
    assert result.num_tokens == num_targets and result.num_bytes == num_bytes
    assert result.nats_per_token == pytest.approx(total / num_targets, rel=1e-5)
    assert result.bits_per_byte == pytest.approx(total / math.log(2) / num_bytes, rel=1e-5)
    routes = np.concatenate([routes for _, routes in naive])
    np.testing.assert_allclose(result.route_weights, routes.mean(axis=0), rtol=1e-4)
    assert abs(result.route_weights[0] - 0.5) > 1e-3


def test_positions_are_those_in_the_document_and_the_last_block_takes_the_rest(evaluation, naive):
    result = evaluation(position_block=BLOCK, num_blocks=4)
    assert result.position_block == BLOCK
    places = np.concatenate([np.arange(len(nats)) for nats, _ in naive])
    all_nats = np.concatenate([nats for nats, _ in naive])
    blocks = np.minimum(places // BLOCK, 3)
    expected = [all_nats[blocks == block].mean() for block in range(4)]
    np.testing.assert_allclose(result.nats_by_position, expected, rtol=1e-5)


def test_batches_are_counted_while_they_are_scored(evaluation):
    seen = []
    assert evaluation(on_batch=lambda *counts: seen.append(counts)).num_tokens
    assert len(seen) > 1 and seen == [(done, len(seen)) for done in range(1, len(seen) + 1)]


def test_blocks_without_a_target_have_no_number(evaluation):
    result = evaluation(position_block=64, num_blocks=5)
    assert np.isfinite(result.nats_by_position[:2]).all() and np.isnan(result.nats_by_position[2:]).all()


def test_it_follows_the_models_weights(evaluation, model):
    before = evaluation()
    held = keras.ops.convert_to_numpy(model.embedding)
    model.embedding.assign(held * 2.0)
    changed = evaluation()
    model.embedding.assign(held)
    assert abs(changed.bits_per_byte - before.bits_per_byte) > 1e-2
    assert evaluation().bits_per_byte == before.bits_per_byte


@pytest.mark.parametrize(("num_streams", "num_tokens"), [(1, 40)])
def test_does_not_depend_on_the_shape_of_the_batches(
    evaluation, model, split, small_batches, num_streams, num_tokens
):
    expected = evaluation(position_block=BLOCK)
    with small_batches.context() as patch:
        patch.setattr(held_out, "EVALUATION_STREAMS", num_streams)
        patch.setattr(held_out, "EVALUATION_LENGTH", num_tokens)
        result = HeldOutEvaluation(model, split)(position_block=BLOCK)
    assert result.num_tokens == expected.num_tokens and result.num_bytes == expected.num_bytes
    assert result.bits_per_byte == pytest.approx(expected.bits_per_byte, rel=1e-5)
    np.testing.assert_allclose(result.route_weights, expected.route_weights, rtol=1e-5)
    np.testing.assert_allclose(result.nats_by_position, expected.nats_by_position, rtol=1e-4)


def test_a_share_of_the_text_is_the_same_each_time(evaluation, model, split, naive, texts):
    chosen = HeldOutEvaluation(model, split, max_tokens=100, seed=1)
    again = HeldOutEvaluation(model, split, max_tokens=100, seed=1)
    np.testing.assert_array_equal(chosen.documents, again.documents)
    assert 0 < sum(len(naive[i][0]) for i in chosen.documents) <= 100
    assert chosen.num_bytes == sum(len(texts[i].encode("utf-8")) for i in chosen.documents)
    others = {tuple(HeldOutEvaluation(model, split, 100, seed).documents) for seed in range(6)}
    assert len(others) > 1
    chosen._score = evaluation._score  # the same model: the same graph
    total = sum(naive[i][0].sum() for i in chosen.documents)
    assert chosen().bits_per_byte == pytest.approx(total / math.log(2) / chosen.num_bytes, rel=1e-5)
    assert HeldOutEvaluation(model, split, max_tokens=10**9).documents.tolist() == list(range(len(texts)))


def test_of_long_texts_the_beginnings_are_judged_by_their_own_bytes(
    evaluation, model, split, naive, texts, tokenizer
):
    """A third of 60 tokens of each text, for there are three streams; a row has 16."""
    chosen = HeldOutEvaluation(model, split, max_tokens=60, byte_lengths=tokenizer.byte_lengths)
    assert any(len(naive[i][0]) > 20 for i in chosen.documents)
    total = num_bytes = 0
    for i in chosen.documents:
        ids = tokenizer.encode(texts[i])
        total += naive[i][0][:20].sum()
        num_bytes += (
            len(tokenizer.decode(ids[:20]).encode("utf-8")) if len(ids) >= 20 else len(texts[i].encode())
        )
    assert chosen.num_bytes == num_bytes
    chosen._score = evaluation._score
    assert chosen().bits_per_byte == pytest.approx(total / math.log(2) / num_bytes, rel=1e-5)


def test_conversations_that_begin_with_long_questions_are_read_whole(model, tokenizer, tmp_path):
    turns = [{"role": "user", "content": "春天来了" * 30}, {"role": "assistant", "content": "春天"}]
    file = tmp_path / "talk.jsonl"
    file.write_text(json.dumps({"messages": turns}) + "\n", encoding="utf-8")
    split = build_token_cache([file], tokenizer, tmp_path / "cache", 0.0).train
    chosen = HeldOutEvaluation(model, split, max_tokens=48, byte_lengths=tokenizer.byte_lengths)
    assert chosen.num_bytes == len("春天".encode()) and chosen.most_of_each is None


def test_a_reader_scores_the_same_and_tells_no_routes(evaluation, model, split, tmp_path):
    from mof.inference.run_graphs import open_weights
    from tests.inference.small_models import store_weights

    expected = evaluation(position_block=BLOCK)
    reader = open_weights(model.config, store_weights(model, tmp_path), num_threads=1)
    result = HeldOutEvaluation(None, split, reader=reader)(position_block=BLOCK)
    assert result.route_weights is None
    assert (result.num_tokens, result.num_bytes) == (expected.num_tokens, expected.num_bytes)
    assert result.bits_per_byte == pytest.approx(expected.bits_per_byte, rel=1e-4)
    np.testing.assert_allclose(result.nats_by_position, expected.nats_by_position, rtol=1e-3)


def test_no_held_out_text_is_told(model, tokenizer, tmp_path):
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "春"}\n', encoding="utf-8")
    empty = build_token_cache([file], tokenizer, tmp_path / "cache", 0.0).validation
    with pytest.raises(CorpusError, match="the split validation has no document to evaluate"):
        HeldOutEvaluation(model, empty)()
