"""The needle against a model that remembers everything, one that forgets, and a plain forward pass."""

import numpy as np
import pytest

from mof.evaluation.needle import FACT, needle_results, score_continuations
from mof.generation.reading import StateReader
from mof.tasks.vocabulary import NAMES
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.tokenizer.special_tokens import DOCUMENT

FILLER_TEXT = "山上有一座小庙，庙里住着一个老人。"
TOKENIZER = train_character_tokenizer(
    [FILLER_TEXT, FACT.format(name="".join(NAMES), number="0123456789") + "。"], 512
)
FILLER = np.tile(TOKENIZER.encode(FILLER_TEXT), 20)
SURE = 9.0  # logit of the token that a fake model expects


class Copier:
    """A fake reader: it expects what followed the text's longest ending where that occurred before, within
    its reach."""

    def __init__(self, reach):
        self.reach = reach

    def read(self, rows):
        return self._logits(rows), [list(row) for row in rows]

    def step(self, token_ids, state):
        rows = [[*row, int(token)] for row, token in zip(state, token_ids, strict=True)]
        return self._logits(rows), rows

    def _logits(self, rows):
        logits = np.zeros((len(rows), TOKENIZER.vocabulary_size), dtype="float32")
        for number, row in enumerate(rows):
            seen = list(row[-self.reach :])
            for length in range(min(len(seen) - 1, 12), 0, -1):
                ending = seen[-length:]
                places = [i for i in range(len(seen) - length) if seen[i : i + length] == ending]
                if places:
                    logits[number, seen[places[-1] + length]] = SURE
                    break
        return logits


def results(reach, distances=(0, 20, 120), **settings):
    return needle_results(Copier(reach), TOKENIZER, FILLER, list(distances), num_trials=8, **settings)


def test_a_model_that_remembers_everything_finds_every_needle():
    for result in results(reach=10_000):
        assert result.num_right == result.num_trials == 8
        assert (result.low, result.high) == pytest.approx((0.676, 1.0), abs=1e-3)  # Wilson for 8 of 8
        assert result.nats < 4 * np.log1p(600 * np.exp(-SURE)) < 0.5 * result.nats_without


def test_a_model_that_forgets_finds_none_beyond_its_reach():
    near, middle, far = results(reach=60)
    assert near.num_right == middle.num_right == 8
    assert far.num_right == 0 and far.nats == pytest.approx(far.nats_without)


def test_the_same_seed_asks_the_same():
    assert results(reach=60, seed=1) == results(reach=60, seed=1)
    assert results(reach=60, seed=1) != results(reach=60, seed=2)


@pytest.mark.parametrize("distances", [[], [-1], [len(FILLER)]])
def test_distances_that_the_filler_cannot_fill_are_refused(distances):
    with pytest.raises(ValueError, match=f"the filler has {len(FILLER)} tokens"):
        needle_results(Copier(10), TOKENIZER, FILLER, distances)


def test_the_loss_is_that_of_a_plain_forward_pass():
    from mof.model import MixtureLanguageModel
    from mof.presets import preset

    model = MixtureLanguageModel(preset("nano").model.replace(vocabulary_size=TOKENIZER.vocabulary_size), 0)
    rows = [np.array([DOCUMENT, *FILLER[:5]], "int32"), np.array([DOCUMENT, *FILLER[5:16]], "int32")]
    answers = [FILLER[30:33], FILLER[40:41]]
    nats, right = score_continuations(StateReader(model, piece_length=8), rows, answers)
    for number, (row, answer) in enumerate(zip(rows, answers, strict=True)):
        whole = np.concatenate([row, answer]).astype("int32")
        logits = np.asarray(model(whole[None])[0])[0].astype("float64")
        log_shares = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
        places = np.arange(len(row) - 1, len(whole) - 1)
        assert nats[number] == pytest.approx(-log_shares[places, answer].sum(), rel=1e-4)
        assert right[number] == (logits[places].argmax(-1) == answer).all()


def test_how_a_text_goes_on_after_the_number_is_free():
    """A model that recalls every number, and would go on with a comma."""

    class Comma(Copier):
        def _logits(self, rows):
            logits = super()._logits(rows)
            (stop,), (comma,) = TOKENIZER.encode("。"), TOKENIZER.encode("，")
            digits = TOKENIZER.encode("0123456789")
            ends = [i for i, row in enumerate(rows) if row[-1] in digits and logits[i, stop]]
            logits[ends] = 0.0
            logits[ends, comma] = SURE
            return logits

    (result,) = needle_results(Comma(10_000), TOKENIZER, FILLER, [20], num_trials=8)
    assert result.num_right == 8
