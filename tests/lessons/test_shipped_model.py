"""The shipped model as a Keras model is the exported one: same logits as onnxruntime's graphs."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.inference.exported_folder import open_export
from mof.lessons.router_measures import route_weights_of
from mof.lessons.shipped_model import BASE, open_shipped
from tests.lessons.chapter_prose import flat_prose

# both read the same int8 weights; onnxruntime rounds activations to int8 as well
TOLERANCE = 0.35


def test_the_logits_are_those_of_the_exported_graphs():
    model, tokenizer = open_shipped()
    reader, other = open_export(BASE)
    assert tokenizer.hash == other.hash
    ids = encode_document("春天来了，天气一天比一天暖和。", tokenizer)
    logits, _state = model(ids[None])
    expected, _state = reader.read([ids])
    last = np.asarray(logits)[0, -1]
    assert np.argmax(last) == np.argmax(expected[0])
    np.testing.assert_allclose(last, expected[0], atol=TOLERANCE)


def test_what_chapter_08_says_of_its_two_sentences():
    model, tokenizer = open_shipped()
    assert "Both titles say the same: 32% and 68%" in flat_prose("08_the_router_and_the_mixture")
    for text in ("巴西的首都是巴西利亚。", "小明比小红高，小红比小刚高，最高的是小明。"):
        weights, _labels = route_weights_of(model, tokenizer, text)
        assert [f"{share:.0%}" for share in weights.mean(axis=0)] == ["32%", "68%"]
