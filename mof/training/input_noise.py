"""Noise in what the model reads, not in what it must foretell: for small texts that are read many times.

A model that reads the same text again learns it by heart. If some of the tokens it reads are others, it
cannot trust one exact context, and has to learn what holds for many: as an n-gram model mixes long contexts
with short ones. Source: Xie et al. 2017, "Data Noising as Smoothing in Neural Network Language Models",
unigram noising. Book: chapter 10.
"""

import dataclasses

import numpy as np


def add_input_noise(batch, share, seed):
    """Replace some of the tokens that are read; targets and document starts stay.

    Args:
        batch: Batch of [B, T] arrays.
        share: of the tokens to replace, in [0, 1]; each by one of the batch's own, drawn at random, so that
            common tokens come often.
        seed: int; the same noise for the same seed.

    Returns:
        Batch.
    """
    if share == 0:
        return batch
    draw = np.random.Generator(np.random.Philox(seed))
    is_replaced = (draw.random(batch.token_ids.shape) < share) & batch.mask & ~batch.resets
    others = draw.choice(batch.token_ids[batch.mask], batch.token_ids.shape)
    return dataclasses.replace(batch, token_ids=np.where(is_replaced, others, batch.token_ids))
