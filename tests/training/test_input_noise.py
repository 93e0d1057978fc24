"""Noise in the input: what is replaced, by what, how often."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.training.input_noise import add_input_noise
from tests.training.small_run import random_batch


@given(share=st.floats(0.01, 1.0), seed=st.integers(0, 2**32 - 1), padding=st.integers(0, 20))
def test_only_tokens_inside_documents_are_replaced(share, seed, padding):
    batch = random_batch(60, seed=1)
    batch.mask[0, 60 - padding :] = False
    batch.token_ids[~batch.mask] = 7  # a token that stands nowhere else
    noisy = add_input_noise(batch, share, seed)
    for name in ("targets", "resets", "loss_weights", "mask"):
        assert getattr(noisy, name) is getattr(batch, name)
    kept = batch.resets | ~batch.mask
    assert np.array_equal(noisy.token_ids[kept], batch.token_ids[kept])
    assert set(noisy.token_ids[batch.mask]) <= set(batch.token_ids[batch.mask])
    assert noisy.token_ids.dtype == batch.token_ids.dtype
    again = add_input_noise(batch, share, seed)
    assert np.array_equal(again.token_ids, noisy.token_ids)


def test_the_share_is_kept_and_common_tokens_come_often():
    batch = random_batch(20_000, seed=2)
    batch.token_ids[:] = np.where(np.arange(20_000) % 4 == 0, 9, 11)  # a quarter and three quarters
    different = dataclasses.replace(batch, resets=np.zeros_like(batch.resets))
    noisy = add_input_noise(different, 0.2, seed=3).token_ids
    rate = (noisy != batch.token_ids).mean()  # a 9 becomes an 11 in 3 of 4 cases, an 11 a 9 in 1 of 4
    assert rate == pytest.approx(0.2 * (0.25 * 0.75 + 0.75 * 0.25), abs=0.006)
    all_noise = add_input_noise(different, 1.0, seed=4).token_ids
    assert (all_noise == 9).mean() == pytest.approx(0.25, abs=0.01)


def test_no_noise_is_the_batch_itself():
    batch = random_batch(8, seed=0)
    assert add_input_noise(batch, 0.0, seed=1) is batch


def test_another_seed_is_another_noise():
    batch = random_batch(60, seed=1)
    one, two = (add_input_noise(batch, 0.5, seed).token_ids for seed in (1, 2))
    assert not np.array_equal(one, two)


def test_a_run_reads_noise_that_falls_with_its_step_size(make_training, monkeypatch):
    from mof.training import loop

    shares = []

    def noting(batch, share, seed):
        shares.append((share, seed))
        return add_input_noise(batch, share, seed)

    monkeypatch.setattr(loop, "add_input_noise", noting)
    training = make_training(input_noise=0.4)
    training.run_to_end()
    factors = {entry["update"]: entry["factor"] for entry in training.run.read_log()}
    assert shares[0][0] == pytest.approx(0.4 * factors[1]) and shares[-1][0] == pytest.approx(
        0.4 * factors[6]
    )
    assert len({seed for _, seed in shares}) == len(shares)  # each batch has its own


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_0_and_1_is_refused(share):
    from mof.training.config import TrainingConfig

    with pytest.raises(ValueError, match=f"input_noise is {share}"):
        TrainingConfig(input_noise=share)
