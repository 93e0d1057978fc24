"""The shipped model as a Keras model is the exported one: same logits as onnxruntime's graphs."""

import numpy as np

from mof.corpus.conversation import encode_document
from mof.inference.exported_folder import open_export
from mof.lessons.shipped_model import BASE, open_shipped

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
