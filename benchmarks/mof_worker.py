"""Worker: one measurement of ours in this process. `training_speed.py` starts it; see `one_measurement`.

Jobs: {"work": "products", "dtype", "shapes": [[rows, inner, columns], ...], "seconds", "least"}
      {"work": "training", "preset", "dtype", "tokenizer", "cache", "tokens_per_update", "seconds", "least"}
      {"work": "generating", "preset", "dtype", "tokenizer", "num_tokens"}
"""

import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from one_measurement import job_of_this_process, seconds_of, tell  # noqa: E402

NUM_STREAMS, ROW_TOKENS = 8, 256  # a micro-batch of 2,048 tokens


def measure_products(job):
    """Operations a second of x w for each shape: the median over calls, operands already in the dtype."""
    import tensorflow as tf

    rates = []
    for rows, inner, columns in job["shapes"]:
        left = tf.cast(tf.random.normal((rows, inner)), job["dtype"])
        right = tf.cast(tf.random.normal((inner, columns)), job["dtype"])

        def multiply(left=left, right=right):
            return tf.matmul(left, right)

        times = seconds_of(multiply, num_warm=3, seconds=job["seconds"], num_least=5)
        rates.append(2 * rows * inner * columns / statistics.median(times))
    return {"flops_per_second": rates}


def make_model(job):
    """(MixtureLanguageModel with new weights, its Tokenizer); the backend is started as `mof train` does."""
    from mof.cli.backend import start_backend
    from mof.presets import preset

    start_backend(saves_memory=preset(job["preset"]).model.saves_memory)

    from mof.model import MixtureLanguageModel
    from mof.tokenizer.loading import load_tokenizer

    tokenizer = load_tokenizer(job["tokenizer"])
    config = preset(job["preset"]).model.replace(
        vocabulary_size=tokenizer.vocabulary_size, product_dtype=job["dtype"]
    )
    return MixtureLanguageModel(config), tokenizer


def measure_training(job):
    """Whole updates by the loop of `mof train`: reading rows, gradients, optimiser, a line in the log."""
    from mof.corpus.token_cache import TokenCache
    from mof.presets import preset
    from mof.training.config import TrainingConfig
    from mof.training.loop import Training
    from mof.training.observer import Observer
    from mof.training.run_folder import RunFolder

    model, tokenizer = make_model(job)
    cache = TokenCache(job["cache"], tokenizer.hash)
    config = TrainingConfig(
        num_updates=1_000_000,
        tokens_per_update=job["tokens_per_update"],
        tokens_at_once=preset(job["preset"]).tokens_at_once,
        num_streams=NUM_STREAMS,
        lengths=(ROW_TOKENS,),
        checkpoint_seconds=1e9,
    )
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder.create(Path(folder) / "run", model.config, config, tokenizer, {})
        training = Training(run, model, cache.train, Observer())
        times = seconds_of(training.update, num_warm=1, seconds=job["seconds"], num_least=job["least"])
        loss = training.last_entry["loss"]
    return {
        "tokens_per_second": job["tokens_per_update"] * len(times) / sum(times),
        "update_seconds": times,
        "parameters": model.num_parameters(),
        "last_loss": loss,
    }


def measure_generating(job):
    """Tokens a second from the state, one text, weights as they start; reading the prompt is not timed."""
    import numpy as np

    from mof.generation.reading import StateReader

    model, tokenizer = make_model(job)
    reader = StateReader(model, 64)
    prompt = tokenizer.encode("春天来了，" * 20)
    logits, state = reader.read([prompt])
    token = np.array([8], "int32")

    def step():
        nonlocal state
        _, state = reader.step(token, state)

    times = seconds_of(step, num_warm=5, seconds=0, num_least=job["num_tokens"])
    return {"tokens_per_second": len(times) / sum(times), "parameters": model.num_parameters()}


WORKS = {"products": measure_products, "training": measure_training, "generating": measure_generating}

if __name__ == "__main__":
    job = job_of_this_process()
    tell(WORKS[job["work"]](job))
