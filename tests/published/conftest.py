"""One small published model, with random weights and with its initial ones."""

import keras
import pytest

from mof.published.mixture import PublishedMixture
from tests.published.measurements import NUM_TOKENS, SIZES, assign_all, random_weights
from tests.published.naive_mixture import to_numpy


@pytest.fixture(scope="session")
def model_and_weights():
    """One model, its weights as Keras draws them, and wholly random weights, biases and norms too."""
    keras.utils.set_random_seed(0)
    model = PublishedMixture(**SIZES)
    model.build((2, NUM_TOKENS))
    initial_weights = [to_numpy(weight) for weight in model.weights]
    return model, initial_weights, random_weights(model)


@pytest.fixture
def model(model_and_weights):
    """Every weight random, so that none can be left out unnoticed."""
    model, _, values = model_and_weights
    assign_all(model, values)
    return model


@pytest.fixture
def initial_model(model_and_weights):
    """Weights as Keras draws them."""
    model, initial_weights, _ = model_and_weights
    assign_all(model, initial_weights)
    return model
