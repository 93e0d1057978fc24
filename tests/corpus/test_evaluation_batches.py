"""Evaluation batches: every token scored once, whatever the shape."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mof.corpus.evaluation_batches import count_batches, evaluation_batches, sample_documents
from mof.corpus.reading_report import CorpusError

MIXED = [5, 1, 30, -8, 2, 17, -3, 64, 1, 1, 9, -12, 40]
FIELDS = ("token_ids", "targets", "resets", "loss_weights", "mask")
SETTINGS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def naive_scores(split, documents):
    """(document so far, target, weight) for every token of the documents."""
    scores = []
    for document in documents:
        tokens = split.document_tokens(document).tolist()
        start, stop = split.offsets.read(document, document + 2).tolist()
        flags = [1] * len(tokens) if split.loss_flags is None else split.loss_flags.read(start, stop).tolist()
        for index, (target, flag) in enumerate(zip([*tokens[1:], 1], flags, strict=True)):
            scores.append((tuple(tokens[: index + 1]), target, float(flag)))
    return scores


@SETTINGS
@given(
    num_streams=st.integers(1, 16),
    num_tokens=st.integers(1, 90),
    documents=st.none() | st.lists(st.integers(0, len(MIXED) - 1), min_size=1, max_size=20),
    is_mixed=st.booleans(),
)
def test_each_token_is_scored_once_after_the_whole_of_its_document(
    make_cache, num_streams, num_tokens, documents, is_mixed
):
    split = make_cache(MIXED if is_mixed else list(map(abs, MIXED))).train
    batches = list(evaluation_batches(split, num_streams, num_tokens, documents))
    for field in FIELDS:
        assert all(getattr(batch, field).shape == (num_streams, num_tokens) for batch in batches)
    scores = []
    for rows in zip(
        *(np.concatenate([getattr(batch, field) for batch in batches], axis=1) for field in FIELDS),
        strict=True,
    ):
        seen = []
        for token, target, reset, weight, real in zip(*(row.tolist() for row in rows), strict=True):
            if not real:
                assert (token, target, reset, weight) == (0, 0, False, 0.0)
                continue
            seen = [token] if reset else [*seen, token]
            scores.append((tuple(seen), target, weight))
    expected = naive_scores(split, range(split.num_documents) if documents is None else documents)
    assert Counter(scores) == Counter(expected)
    assert batches[-1].mask.any()  # no batch of padding alone
    if documents is not None:
        for most in (None, 7):
            arguments = (split, num_streams, num_tokens, documents, most)
            assert count_batches(*arguments) == len(list(evaluation_batches(*arguments)))


@SETTINGS
@given(most=st.integers(1, 70), num_streams=st.integers(1, 5), is_mixed=st.booleans())
def test_of_a_long_document_its_beginning_is_scored(make_cache, most, num_streams, is_mixed):
    split = make_cache(MIXED if is_mixed else list(map(abs, MIXED))).train
    found = Counter()
    for batch in evaluation_batches(split, num_streams, 7, most_of_each=most):
        found.update(
            zip(
                batch.token_ids[batch.mask],
                batch.targets[batch.mask],
                batch.loss_weights[batch.mask],
                strict=True,
            )
        )
    expected = Counter()
    for document in range(split.num_documents):
        expected.update(
            (seen[-1], target, flag) for seen, target, flag in naive_scores(split, [document])[:most]
        )
    assert found == expected


def test_a_look_takes_as_long_for_novels_as_for_notes(make_cache):
    """Three documents of which each would be the whole of a look, among many short ones."""
    split = make_cache([3000] * 3 + [20] * 100).train
    for seed in range(30):
        chosen = sample_documents(split, 800, seed, most_of_each=100)
        batches = list(evaluation_batches(split, 8, 32, chosen, most_of_each=100))
        num_scored = sum(batch.loss_weights.sum() for batch in batches)
        assert 600 <= num_scored <= 800
        assert len(batches) * 8 * 32 <= 3 * 800


def test_the_shape_changes_nothing_and_types_are_those_of_training(make_cache):
    split = make_cache(MIXED).train
    batch = next(evaluation_batches(split, 2, 8))
    types = [getattr(batch, field).dtype.name for field in FIELDS]
    assert types == ["int32", "int32", "bool", "float32", "bool"]
    sums = {
        sum(b.loss_weights.sum() for b in evaluation_batches(split, *shape)) for shape in ((1, 7), (5, 64))
    }
    assert sums == {split.num_scored_tokens}


def test_streams_are_about_equally_long(make_cache):
    split = make_cache([9] * 40).train
    mask = np.concatenate([batch.mask for batch in evaluation_batches(split, 4, 16)], axis=1)
    assert mask.sum(axis=1).tolist() == [100] * 4


def test_a_sample_is_bounded_and_drawn_by_seed(make_cache):
    split = make_cache(MIXED).train
    lengths = np.diff(split.offsets.read(0, split.num_documents + 1))
    for max_tokens in (1, 20, 100, 10**6):
        chosen = sample_documents(split, max_tokens, seed=1)
        assert chosen.tolist() == sorted(set(chosen.tolist()))
        assert chosen.size == 1 or lengths[chosen].sum() <= max_tokens
    assert sample_documents(split, 10**6).tolist() == list(range(len(MIXED)))
    draws = {tuple(sample_documents(split, 60, seed=seed).tolist()) for seed in range(20)}
    assert len(draws) > 5
    assert sample_documents(split, 60, seed=3).tolist() == sample_documents(split, 60, seed=3).tolist()


def test_wrong_arguments_are_refused(make_cache):
    cache = make_cache([3])
    with pytest.raises(CorpusError, match="the split validation has no document to evaluate"):
        evaluation_batches(cache.validation, 1, 1)
    with pytest.raises(ValueError, match="must be at least 1, got 0 and 4"):
        evaluation_batches(cache.train, 0, 4)
    with pytest.raises(ValueError, match="documents must be from 0 to 0"):
        evaluation_batches(cache.train, 1, 4, [1])
