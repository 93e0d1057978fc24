"""The peers' rows: every held-out target once, and training rows that are the text."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from token_rows import IGNORED, TrainingRows, held_out_batches, held_out_windows

END = 7


def test_windows_by_hand():
    assert held_out_windows(3, 4) == [(0, 3, 0)]
    assert held_out_windows(9, 4) == [(0, 4, 0), (2, 6, 4), (4, 8, 6), (6, 9, 8)]


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    window=st.integers(1, 12),
    rows=st.integers(1, 4),
)
def test_every_target_is_scored_once_after_its_own_past(lengths, window, rows):
    # ids tell the document and the place, so that a target shows where it belongs
    documents = [1000 * (i + 1) + np.arange(length) for i, length in enumerate(lengths)]
    scored = []
    for token_ids, targets in held_out_batches(documents, END, window, rows):
        assert token_ids.shape == targets.shape and len(token_ids) <= rows and token_ids.shape[1] <= window
        for row, column in zip(*np.nonzero(targets != IGNORED), strict=True):
            token, target = token_ids[row, column], targets[row, column]
            document = documents[token // 1000 - 1]
            place = token % 1000
            assert target == (END if place + 1 == len(document) else token + 1)
            assert column >= min(place, window // 2 - 1)  # half a window before it, where the text has it
            scored.append(int(token))
    assert sorted(scored) == sorted(int(token) for document in documents for token in document)


def test_training_rows_are_the_text_and_an_epoch_has_all_of_it():
    rows = TrainingRows(np.arange(31, dtype="uint16"), num_rows=2, num_tokens=5, seed=0)
    seen = []
    for _ in range(3):
        token_ids, targets = rows.next_batch()
        assert token_ids.dtype == np.int64 and (targets == token_ids + 1).all()
        seen += token_ids.ravel().tolist()
    assert sorted(seen) == list(range(30))


def test_the_seed_decides_the_order():
    def first(seed):
        return TrainingRows(np.arange(1000), 4, 5, seed).next_batch()[0].tolist()

    assert first(1) == first(1) != first(2)


def test_too_little_text_is_told():
    with pytest.raises(ValueError, match="the text has 10 tokens, a batch needs 11"):
        TrainingRows(np.arange(10), 2, 5, 0)
