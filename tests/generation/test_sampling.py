"""Draws are exact: the measure of the draws that give a token is its probability."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.generation.config import GenerationConfig
from mof.generation.sampling import choose_tokens, draw_tokens, uniform_draw
from mof.tokenizer.special_tokens import DOCUMENT, END_OF_TURN, NUM_SPECIAL_TOKENS

PLAIN = GenerationConfig(temperature=1.0, top_p=1.0)
NUM_TOKENS = 20


def _choose(logits, config, draw=0.5, recent=(), **options):
    return int(choose_tokens(np.array([logits], "float32"), config, [draw], [recent], **options)[0])


def _logits(**by_token):
    logits = np.zeros(NUM_TOKENS, dtype=np.float32)
    for token, value in by_token.items():
        logits[int(token[1:])] = value
    return logits


@given(st.lists(st.integers(0, 9), min_size=1, max_size=10).filter(any))
def test_a_token_is_drawn_over_an_interval_as_long_as_its_probability(counts):
    with np.errstate(divide="ignore"):
        logits = np.log(np.array(counts, dtype=np.float32))
    borders = np.cumsum([0, *counts]) / sum(counts)
    for token, count in enumerate(counts):
        if count:  # just inside both ends; one unit of rounding away from the border
            inside = [borders[token] + 1e-6, borders[token + 1] - 1e-6]
            assert draw_tokens(np.stack([logits] * 2), inside).tolist() == [token, token]


@pytest.mark.parametrize("draw", [0.0, 1 - 2**-53])
def test_the_ends_of_the_draws_never_reach_a_forbidden_token(draw):
    logits = np.array([-np.inf, 0.1, 0.2, 0.7, -np.inf], "float32")
    assert draw_tokens(logits[None], [draw])[0] == (1 if draw == 0 else 3)


def test_a_draw_depends_on_seed_row_and_position_alone():
    draws = {uniform_draw(*key) for key in np.ndindex(3, 3, 3)}
    assert len(draws) == 27 and all(0 <= draw < 1 for draw in draws)
    assert uniform_draw(3, 4, 5) == np.random.Generator(np.random.PCG64([3, 4, 5])).random()


def test_temperature_0_takes_the_likeliest_and_of_equal_ones_the_first():
    greedy = PLAIN.replace(temperature=0.0)
    for draw in (0.0, 0.999):
        assert _choose(_logits(t11=2, t9=2, t10=1), greedy, draw) == 9


@given(st.sets(st.sampled_from([DOCUMENT, END_OF_TURN])), st.floats(0, 0.999))
def test_no_special_token_but_the_allowed_ones(allowed, draw):
    logits = np.zeros(NUM_TOKENS)
    logits[:NUM_SPECIAL_TOKENS] = 30.0
    token = _choose(logits, PLAIN, draw, allowed_special=allowed)
    assert token in allowed if allowed else token >= NUM_SPECIAL_TOKENS


def test_an_id_that_the_tokenizer_lacks_is_never_chosen():
    logits = _logits(t19=50, t18=50, t17=49)
    for temperature in (0.0, 1.0):
        assert _choose(logits, PLAIN.replace(temperature=temperature), num_tokens=18) == 17


def test_the_penalty_sees_the_window_and_no_special_token():
    config = PLAIN.replace(temperature=0.0, repetition_penalty=4.0, penalty_window=3)
    logits = _logits(t10=2, t11=1)
    assert _choose(logits, config, recent=[10, 12, 12, 12]) == 10  # four tokens ago
    assert _choose(logits, config, recent=[10, 12, 12]) == 11
    logits = _logits(t5=2, t11=1)
    assert _choose(logits, config, recent=[5, 5, 5], allowed_special=(END_OF_TURN,)) == END_OF_TURN


def test_the_filters_come_in_order():
    """Temperature before top-p: hot enough, four equal tokens share the mass that one alone held."""
    logits = _logits(t8=9.0, t9=5.0, t10=5.0)
    cold, hot = PLAIN.replace(top_p=0.9), PLAIN.replace(top_p=0.9, temperature=100.0)
    assert {_choose(logits, cold, draw) for draw in np.linspace(0, 0.999, 50)} == {8}
    assert len({_choose(logits, hot, draw) for draw in np.linspace(0, 0.999, 50)}) > 5
    # top-k before top-p: p is measured among the k that are left
    both = hot.replace(top_k=2, top_p=0.505)
    assert {_choose(logits, both, draw) for draw in np.linspace(0, 0.999, 50)} == {8}


def test_rows_are_chosen_apart():
    logits = np.random.default_rng(0).normal(size=(4, NUM_TOKENS)).astype("float32")
    config = GenerationConfig(top_k=7, top_p=0.8, repetition_penalty=1.5)
    draws, recent = [0.1, 0.4, 0.6, 0.9], [[8], [], [9, 10], [19] * 200]
    together = choose_tokens(logits, config, draws, recent)
    alone = [_choose(*row[:1], config, *row[1:]) for row in zip(logits, draws, recent, strict=True)]
    assert together.tolist() == alone


def test_only_the_allowed_ids_of_a_row_are_chosen():
    logits = np.stack([_logits(t8=9.0, t9=5.0, t10=4.0)] * 3)
    options = {"num_tokens": 15, "allowed_ids": [None, [10, 9], [10, 17]]}
    recent = [[], [9], []]
    for config in (PLAIN.replace(temperature=0.0), PLAIN.replace(top_k=1), PLAIN):
        assert choose_tokens(logits, config, [0.5] * 3, recent, **options).tolist() == [8, 9, 10]
    penalised = PLAIN.replace(temperature=0.0, repetition_penalty=2.0)
    assert choose_tokens(logits, penalised, [0.5] * 3, recent, **options).tolist() == [8, 10, 10]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_logits_that_are_no_numbers_are_refused(value):
    with pytest.raises(ValueError, match="logits hold values that are not finite.*earlier checkpoint"):
        _choose(_logits(t9=value), PLAIN)
