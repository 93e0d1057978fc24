"""What is spared by freezing: counted, and that the times are of what they name."""

import pytest

from mof.lessons.update_cost import FROZEN, NOTHING, UPPER, counted_share, random_batch, time_gradients
from mof.model import MixtureLanguageModel
from mof.presets import preset
from mof.training.freezing import trainable_flags

SMALL = {
    "width": 8,
    "num_heads": 2,
    "feed_forward_width": 8,
    "thought_width": 4,
    "chunk_length": 4,
    "vocabulary_size": 40,
}


def test_the_counts_of_the_chapter():
    assert counted_share(1, 2, below_learns=True) == pytest.approx(5 / 6)
    assert counted_share(4, 4, below_learns=True) == pytest.approx(2 / 3)
    assert counted_share(4, 4, below_learns=False) == pytest.approx(1 / 3)
    assert counted_share(2, 4, below_learns=False) == pytest.approx(5 / 6), "the lower two still learn"


def test_each_name_freezes_more():
    config = preset("tiny").model.replace(experts=("transformer",), transformer_layers=2, **SMALL)
    model = MixtureLanguageModel(config, 0)
    learning = [sum(trainable_flags(model, groups)) for groups in FROZEN.values()]
    assert learning == sorted(learning, reverse=True) and len(set(learning)) == 4 and learning[-1] > 0


def test_every_row_starts_a_document():
    batch = random_batch(2, 5, 40)
    assert batch.token_ids.shape == (2, 5) and batch.resets.sum() == 2 and batch.loss_weights.all()


@pytest.mark.slow
def test_times_are_told_by_name():
    frozen = {name: FROZEN[name] for name in (NOTHING, UPPER)}
    seconds = time_gradients(frozen, num_rows=1, num_tokens=8, num_times=2, **SMALL)
    assert list(seconds) == [NOTHING, UPPER] and min(seconds.values()) > 0
