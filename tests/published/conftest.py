"""One small published model, with random weights and with its initial ones."""

import keras
import numpy as np
import pytest

from mof.published.mixture import PublishedMixture
from tests.published.measurements import NUM_TOKENS, SIZES, assign_all
from tests.published.naive_mixture import to_numpy


@pytest.fixture(scope="session")
def model_and_weights():
    """One model, its weights as Keras draws them, and wholly random weights, biases and norms too."""
    keras.utils.set_random_seed(0)
    model = PublishedMixture(**SIZES)
    model.build((2, NUM_TOKENS))
    random = np.random.default_rng(1)
    initial_weights, random_weights = [to_numpy(weight) for weight in model.weights], []
    for weight in model.weights:
        drawn = random.normal(size=weight.shape)
        if "embeddings" in weight.path:
            pass
        elif "alpha" in weight.path:
            drawn = 0.6
        elif "gamma" in weight.path or "variance" in weight.path:
            drawn = np.exp(0.3 * drawn)
        elif "kernel" in weight.path:
            drawn *= weight.shape[0] ** -0.5
        else:
            drawn *= 0.3
        random_weights.append(drawn)
    return model, initial_weights, random_weights


@pytest.fixture
def model(model_and_weights):
    """Every weight random, so that none can be left out unnoticed."""
    model, _, random_weights = model_and_weights
    assign_all(model, random_weights)
    return model


@pytest.fixture
def initial_model(model_and_weights):
    """Weights as Keras draws them."""
    model, initial_weights, _ = model_and_weights
    assign_all(model, initial_weights)
    return model
