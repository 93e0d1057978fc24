"""Real training steps of one preset, timed and weighed, in a process of their own.

    python -m mof.machine.step_measurement tiny --seconds 20

The true engine runs, on random tokens: a step's time does not depend on what the text says. Each finding is
printed at once as a line of JSON, so that the process can be stopped at any time and loses nothing. It runs
apart from the doctor, so that its peak of memory is its own, and a machine that is too small loses this
process alone. Called by `mof.machine.measuring`.
"""

import argparse
import json
import sys
import time

import numpy as np

from mof.machine.peak_memory import PeakMemory

NUM_STREAMS, ROW_LENGTH = 8, 256  # 2,048 tokens a batch: the middle one of the three lengths of a training
FEWEST_UPDATES, MOST_UPDATES = 2, 12


def measure_steps(model_config, num_seconds, tell, tokens_at_once=0):
    """Train a new model for some steps, a batch in the groups of rows that training takes it in.

    Args:
        model_config: ModelConfig.
        num_seconds: no update starts later than so many seconds after the call, but for the first two.
        tell: called with a dict for each finding: {"event": "backend" | "model" | "graphs" | "batch" |
            "update" | "generation", "seconds": float, "peak_bytes": int}. A batch holds NUM_STREAMS *
            ROW_LENGTH tokens; an update comes after two. That of the model tells too the "group_tokens",
            which are held for the gradient at once.
        tokens_at_once: as in `TrainingConfig`; 0 for a whole batch.
    """
    start = time.perf_counter()
    with PeakMemory() as peak:

        def told(event, since, **more):
            seconds = time.perf_counter() - since
            tell({"event": event, "seconds": seconds, "peak_bytes": peak.bytes(), **more})

        from mof.cli.backend import start_backend

        start_backend(saves_memory=model_config.saves_memory)
        from mof.corpus.batch import Batch
        from mof.model import MixtureLanguageModel
        from mof.training.config import TrainingConfig
        from mof.training.loop import make_engine
        from mof.training.parameters import plan_parameters
        from mof.training.row_groups import accumulate_in_groups, rows_at_once

        told("backend", start)
        since = time.perf_counter()
        model = MixtureLanguageModel(model_config)
        config = TrainingConfig(num_streams=NUM_STREAMS, lengths=(ROW_LENGTH,), tokens_at_once=tokens_at_once)
        plans = plan_parameters(model, config)
        engine = make_engine(model, plans, config)
        memory = model.initial_state(NUM_STREAMS)
        group_tokens = ROW_LENGTH * rows_at_once(NUM_STREAMS, ROW_LENGTH, tokens_at_once)
        told("model", since, num_parameters=model.num_parameters(), group_tokens=group_tokens)

        random = np.random.default_rng(0)
        trainable = (True,) * len(plans)
        rates, ages = np.full(len(plans), 1e-3, "float32"), np.ones(len(plans), "float32")
        shape = (NUM_STREAMS, ROW_LENGTH)
        ones, zeros = np.ones(shape, "float32"), np.zeros(shape, bool)
        for update in range(MOST_UPDATES + 1):
            is_first = update == 0
            if update > FEWEST_UPDATES and time.perf_counter() - start > num_seconds:
                break
            for _ in range(2):
                ids = random.integers(0, model_config.vocabulary_size, (NUM_STREAMS, ROW_LENGTH + 1), "int32")
                since = time.perf_counter()
                batch = Batch(ids[:, :-1], ids[:, 1:], zeros, ones, ~zeros)
                # its sums are numbers: they are waited for
                _, _, memory = accumulate_in_groups(engine, batch, memory, trainable, tokens_at_once)
                told("graphs" if is_first else "batch", since)
                is_first = False
            since = time.perf_counter()
            float(engine.apply(2.0 * NUM_STREAMS * ROW_LENGTH, rates, ages, trainable))
            told("update" if update else "graphs", since)


def main(arguments=None):
    """Measure one preset, a line of JSON a finding."""
    from mof.presets import PRESET_NAMES, preset

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=PRESET_NAMES)
    parser.add_argument("--product-dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args(arguments)
    shape = preset(options.preset)
    config = shape.model.replace(product_dtype=options.product_dtype)
    measure_steps(
        config,
        options.seconds,
        lambda finding: print(json.dumps(finding), flush=True),
        shape.tokens_at_once,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
