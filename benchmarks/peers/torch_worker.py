"""Worker in the environment of PyTorch: the training speed of one peer. See `one_measurement`.

Job: {"shape", "dtype", "is_compiled", "train_tokens", "token_dtype", "vocabulary_size", "num_rows",
"row_tokens", "tokens_per_update", "seconds", "least"}
"""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from one_measurement import job_of_this_process, seconds_of, tell  # noqa: E402
from token_rows import TrainingRows  # noqa: E402
from torch_models import make_model, summed_nats  # noqa: E402


def measure_training(job):
    """Whole updates: rows, forward, backward, clipping, fused AdamW."""
    model = make_model(job["shape"], job["vocabulary_size"], job["row_tokens"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    tokens = np.fromfile(job["train_tokens"], dtype=job["token_dtype"])
    rows = TrainingRows(tokens, job["num_rows"], job["row_tokens"], seed=0)
    loss_of = torch.compile(summed_nats) if job["is_compiled"] else summed_nats
    batch_tokens = job["num_rows"] * job["row_tokens"]
    num_batches = max(1, round(job["tokens_per_update"] / batch_tokens))
    last_loss = 0.0

    def update():
        nonlocal last_loss
        for _ in range(num_batches):
            token_ids, targets = map(torch.from_numpy, rows.next_batch())
            loss = loss_of(model, token_ids, targets, job["dtype"]) / (num_batches * batch_tokens)
            loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        last_loss = loss.item() * num_batches

    times = seconds_of(update, num_warm=2, seconds=job["seconds"], num_least=job["least"])
    return {
        "tokens_per_second": num_batches * batch_tokens * len(times) / sum(times),
        "update_seconds": times,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "last_loss": last_loss,
        "versions": {"torch": torch.__version__, "threads": torch.get_num_threads()},
    }


if __name__ == "__main__":
    tell(measure_training(job_of_this_process()))
