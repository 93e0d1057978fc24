"""Is the quotation still open? By hand, by table, by n-gram, by a model."""

import numpy as np
import pytest
from keras import ops

from mof.config import ModelConfig
from mof.corpus.conversation import encode_document
from mof.evaluation.ngram_baseline import NgramModel
from mof.lessons.bigram import count_pairs, smooth_counts
from mof.lessons.closing_quotes import (
    full_stops,
    model_closing_share,
    ngram_closing_share,
    quote_memory,
    table_closing_share,
)
from mof.model import MixtureLanguageModel
from mof.tokenizer.character_tokenizer import CharacterTokenizer

TEXTS = ["他走了。他说：“好。好。”天黑了。", "“走。”"]
TOKENIZER = CharacterTokenizer("他走了。说：“好”天")  # 黑 is spelt by bytes


def test_stops_inside_and_outside():
    assert full_stops(TEXTS[0]) == [(3, False), (9, True), (11, True), (16, False)]
    assert full_stops("没有") == []
    assert full_stops("“一“二。”三。”四。") == [(4, True), (7, True), (10, False)]


def test_means_of_both_kinds():
    def share(text, indices):
        return [0.1 * (i + 1) for i, _ in enumerate(indices)]

    found = quote_memory(share, TEXTS)
    assert found["inside"] == pytest.approx((0.2 + 0.3 + 0.1) / 3)
    assert found["outside"] == pytest.approx((0.1 + 0.4) / 2)
    assert (found["num_inside"], found["num_outside"]) == (3, 2)


@pytest.mark.parametrize("texts", [[], ["走了。"], ["“走。”"]])
def test_texts_without_both_kinds_are_refused(texts):
    with pytest.raises(ValueError, match="expected some of both"):
        quote_memory(lambda text, indices: [0.5] * len(indices), texts)


def test_a_table_says_the_same_twice():
    table = smooth_counts(count_pairs(TEXTS, TOKENIZER), 0.1)
    found = quote_memory(table_closing_share(table, TOKENIZER), TEXTS)
    stop, closing = (int(TOKENIZER.encode(character)[0]) for character in "。”")
    assert found["inside"] == found["outside"] == pytest.approx(table[stop, closing])


def test_an_ngrams_share_is_the_one_it_scores_with():
    ngram = NgramModel.train(TEXTS, order=3, minimum_count=1)
    (share,) = ngram_closing_share(ngram)("“走。”", [2])
    assert share == pytest.approx(2.0 ** ngram.log2_probabilities("“走。”")[3])


def test_a_models_share_is_read_at_the_stop():
    config = ModelConfig(
        vocabulary_size=TOKENIZER.vocabulary_size,
        width=16,
        experts=("recurrent",),
        recurrence="gru",
        recurrent_layers=1,
        recurrent_width=8,
        convolution_length=1,
    )
    model = MixtureLanguageModel(config, seed=1)
    (closing,) = TOKENIZER.encode("”")
    text, index = TEXTS[0], 16  # behind 黑, which takes three tokens
    logits, _ = model(ops.convert_to_tensor(encode_document(text[: index + 1], TOKENIZER)[None]))
    expected = ops.convert_to_numpy(ops.softmax(logits, axis=-1))[0, -1, closing]
    (share,) = model_closing_share(model, TOKENIZER)(text, [index])
    np.testing.assert_allclose(share, expected, rtol=1e-4)
