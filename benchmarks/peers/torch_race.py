"""Worker in the environment of PyTorch: a peer trained for some minutes, then judged. See `one_measurement`.

The minutes count training alone. The step size follows half a cosine over them, down to a tenth of its top,
as minimind's does, after a linear rise over `warmup_share` of the time. The held-out documents are those that
our models are judged by, every target scored once (`token_rows`), and the bits go by the same bytes.

Job: {"shape", "dtype", "is_compiled", "train_tokens", "token_dtype", "vocabulary_size", "num_rows",
"row_tokens", "learning_rate", "warmup_share", "seconds", "seed", "num_looks", "held_out"}, where held_out is
the path of an .npz file with "tokens", "offsets", "num_bytes" and "end". With "num_updates" every update
counts as an equal part of the seconds, however long it takes (`paced_race.py`); with "device" it runs there.
"""

import math
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

import numpy as np  # noqa: E402
import torch  # noqa: E402
from one_measurement import job_of_this_process, tell  # noqa: E402
from step_size import cosine_share  # noqa: E402
from token_rows import TrainingRows, held_out_batches  # noqa: E402
from torch_models import make_model, summed_nats  # noqa: E402

JUDGED_ROWS = 16


def bits_per_byte(model, held_out, num_tokens, dtype):
    """Bits of all held-out targets over the bytes of the text."""
    tokens, offsets = held_out["tokens"], held_out["offsets"]
    documents = [tokens[a:b] for a, b in zip(offsets[:-1], offsets[1:], strict=True)]
    model.eval()
    total = 0.0
    with torch.no_grad():
        for token_ids, targets in held_out_batches(documents, int(held_out["end"]), num_tokens, JUDGED_ROWS):
            batch = (torch.from_numpy(part).to(model.device) for part in (token_ids, targets))
            total += float(summed_nats(model, *batch, dtype))
    model.train()
    return total / math.log(2) / int(held_out["num_bytes"])


def race(job):
    """Train for the seconds, judging at equal parts of them."""
    held_out = dict(np.load(job["held_out"]))
    device = job.get("device", "cpu")
    model = make_model(job["shape"], job["vocabulary_size"], job["row_tokens"], job["seed"]).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=job["learning_rate"], fused=True)
    tokens = np.fromfile(job["train_tokens"], dtype=job["token_dtype"])
    rows = TrainingRows(tokens, job["num_rows"], job["row_tokens"], job["seed"])
    loss_of = torch.compile(summed_nats) if job["is_compiled"] else summed_nats
    batch_tokens = job["num_rows"] * job["row_tokens"]
    num_tokens, seconds, curve = 0, 0.0, []
    looks = [job["seconds"] * (i + 1) / job["num_looks"] for i in range(job["num_looks"])]
    step_seconds = job["seconds"] / job["num_updates"] if job.get("num_updates") else None
    while looks:
        start = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = job["learning_rate"] * cosine_share(seconds / job["seconds"], job["warmup_share"])
        token_ids, targets = (torch.from_numpy(part).to(device) for part in rows.next_batch())
        loss = loss_of(model, token_ids, targets, job["dtype"]) / batch_tokens
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        is_sound = math.isfinite(loss.item())
        seconds += step_seconds or time.perf_counter() - start
        num_tokens += batch_tokens
        if not is_sound:
            return {"diverged_after_seconds": seconds, "tokens": num_tokens}
        if seconds >= looks[0] * (1 - 1e-9):
            looks.pop(0)
            bits = bits_per_byte(model, held_out, job["row_tokens"], job["dtype"])
            curve.append([round(seconds), bits])
            print(f"{seconds:.0f} s, {num_tokens:,} tokens: {bits:.4f} bits per byte", flush=True)
    return {
        "bits_per_byte": curve[-1][1],
        "curve": curve,
        "tokens": num_tokens,
        "seconds": seconds,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "versions": {"torch": torch.__version__, "threads": torch.get_num_threads()},
    }


if __name__ == "__main__":
    tell(race(job_of_this_process()))
