"""A small Keras model, its weights on disk, and a reader over them by onnxruntime."""

import pytest

from tests.inference.small_models import NANO, make_model, store_weights


@pytest.fixture(scope="session")
def nano_model():
    """The Keras model of NANO."""
    return make_model()


@pytest.fixture(scope="session")
def nano_weights(nano_model, tmp_path_factory):
    """Its weights as StoredTensors."""
    return store_weights(nano_model, tmp_path_factory.mktemp("nano"))


@pytest.fixture(scope="session")
def nano_reader(nano_weights):
    """An OnnxReader over them."""
    from mof.inference.run_graphs import open_weights

    return open_weights(NANO, nano_weights, num_threads=1)
