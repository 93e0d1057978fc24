"""Worker in the environment of xiaothink 1.0.5: the training speed of its T6 model. See `one_measurement`.

The package has no training loop, so this one is ours: cross entropy at every position, Adam with the learning
rate that stands in the package, micro-batches of 8 rows of 128 characters (the model's window is 220), whose
gradients are summed to an update of as many tokens as ours of this size has. `is_compiled` makes graphs of
forward with backward and of the optimiser, otherwise operations run one by one.

Job: {"is_compiled", "train_tokens", "token_dtype", "vocabulary_size", "num_rows", "row_tokens",
"tokens_per_update", "seconds", "least"}
"""

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
from one_measurement import job_of_this_process, seconds_of, tell  # noqa: E402
from token_rows import TrainingRows  # noqa: E402

MODEL_TYPE = "t6_beta_dense"


def measure_training(job):
    """Whole updates of the package's model, optimiser included."""
    import tensorflow as tf
    from xiaothink.llm.inference.build_model import LR, build_model
    from xiaothink.llm.inference.test import dic as settings_by_type

    width, sizes, window = settings_by_type[MODEL_TYPE]
    model = build_model(
        job["vocabulary_size"], width, sizes, batch_size=job["num_rows"], mt=MODEL_TYPE, window=window
    )
    optimizer = tf.keras.optimizers.Adam(LR)
    tokens = np.fromfile(job["train_tokens"], dtype=job["token_dtype"])
    rows = TrainingRows(tokens, job["num_rows"], job["row_tokens"], seed=0)
    num_batches = max(1, job["tokens_per_update"] // (job["num_rows"] * job["row_tokens"]))
    sums, last_loss = [], 0.0

    def add(token_ids, targets):
        with tf.GradientTape() as tape:
            logits = model(token_ids, training=True)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=logits)
            )
        gradients = tape.gradient(loss, model.trainable_variables)
        for total, gradient in zip(sums, gradients):  # noqa: B905  AutoGraph's zip knows no `strict`
            if gradient is not None:  # dense also of the embedding's table, as in any sum of micro-batches
                total.assign_add(tf.convert_to_tensor(gradient) / num_batches)
        return loss

    def apply():
        optimizer.apply_gradients(zip(sums, model.trainable_variables))  # noqa: B905
        for total in sums:
            total.assign(tf.zeros_like(total))

    if job["is_compiled"]:
        add, apply = tf.function(add), tf.function(apply)

    def update():
        nonlocal last_loss
        for _ in range(num_batches):
            token_ids, targets = (tf.constant(x, tf.int32) for x in rows.next_batch())
            if not sums:
                model(token_ids)  # makes the weights
                sums.extend(tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables)
            last_loss = float(add(token_ids, targets))
        apply()

    times = seconds_of(update, num_warm=1, seconds=job["seconds"], num_least=job["least"])
    num_tokens = num_batches * job["num_rows"] * job["row_tokens"]
    return {
        "tokens_per_second": num_tokens * len(times) / sum(times),
        "update_seconds": times,
        "parameters": int(model.count_params()),
        "last_loss": last_loss,
        "versions": {"tensorflow": tf.__version__},
    }


if __name__ == "__main__":
    tell(measure_training(job_of_this_process()))
