"""Run folders without a training: logs as the loop, the terminal and the recorder write them."""

import json
import os
import time

import numpy as np

from mof.config import ModelConfig
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.config import TrainingConfig
from mof.training.run_folder import RunFolder

TOKENIZER = CharacterTokenizer("春夏秋冬")
CONFIG = TrainingConfig(num_updates=400, lengths=(128,), tokens_per_update=1024)
START = 1_800_000_000.0  # seconds since 1970


def make_run(path, config=CONFIG, preset="nano", **facts):
    """The folder of a run of no updates."""
    model = ModelConfig(vocabulary_size=TOKENIZER.vocabulary_size)
    facts = {"preset": preset, "base": None, "corpus": ["a"], "validation_fraction": 0.1, **facts}
    return RunFolder.create(path, model, config, TOKENIZER, facts)


def calm_losses(count, seed=0):
    """Losses that fall from 7 to about 4.5, with noise of 0.08."""
    draw = np.random.default_rng(seed)
    return 4.0 + 3.0 * (1 + np.arange(count)) ** -0.35 + draw.normal(0, 0.08, count)


def updates(losses, first=1, step_seconds=1.0, start_seconds=0.0, tokens=1024):
    """The log's dicts of some updates."""
    steps = np.broadcast_to(step_seconds, len(losses))
    times = start_seconds + np.cumsum(steps)
    return [
        {
            "update": first + i,
            "loss": float(loss),
            "gradient_norm": 0.5,
            "factor": 1.0,
            "length": 128,
            "tokens": tokens * (first + i),
            "seconds": round(float(times[i]), 3),
        }
        for i, loss in enumerate(losses)
    ]


def with_events(entries, every=30, alphas=(0.3, 0.31), num_updates=400):
    """The same log with a session, states, a look and a checkpoint every so many updates."""
    log = []
    for entry in entries:
        log.append(entry)
        place = {name: entry[name] for name in ("update", "seconds", "tokens")}
        if entry["update"] == 1:
            log.append({"event": "session", **place, "time": START, "fingerprint": "f" * 8})
        if entry["update"] % every == 0:
            state = {"time": START + entry["seconds"], "processor_seconds": 1.9 * entry["seconds"]}
            state |= {"num_updates": num_updates, "alphas": list(alphas), "memory_bytes": 5e8}
            state |= {"free_memory_bytes": 2e9, "free_disk_bytes": 5e10}
            log.append({"event": "state", **place, **state})
            look = {"bits_per_byte": entry["loss"] / 3, "nats_per_token": entry["loss"]}
            log.append({"event": "evaluation", **place, **look, "route_weights": [0.4, 0.6]})
            log.append({"event": "checkpoint", **place, "save_seconds": 0.2, "num_bytes": 60e6})
    return log


def write_log(run, entries, ending="\n"):
    """Write a log; `ending` stands behind its last line."""
    text = "\n".join(json.dumps(entry) for entry in entries) + ending
    (run.path / "log.jsonl").write_bytes(text.encode("utf-8"))


def write_checkpoint_state(run, update, num_updates, micro_batch=0):
    """What the reader looks at of a checkpoint."""
    folder = run.checkpoints / f"update-{update:08d}"
    folder.mkdir(parents=True, exist_ok=True)
    progress = {"update": update, "num_updates": num_updates, "micro_batch": micro_batch}
    (folder / "state.json").write_text(json.dumps({"progress": progress}), encoding="utf-8")


def write_events(run, *kinds, update=0):
    """An events.jsonl of these kinds."""
    lines = [json.dumps({"event": kind, "update": update, "words": f"{kind}."}) + "\n" for kind in kinds]
    (run.path / "events.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")


def finish(run, count=400):
    """Bring a run to its end: its last update, the checkpoint of it, the last look, and the event."""
    write_log(run, with_events(updates(calm_losses(count))))
    write_checkpoint_state(run, count, count)
    write_events(run, "started", "finished", update=count)


def fall_silent(run, seconds=3600.0):
    """Let all that stands in its folder be of some time ago."""
    before = time.time() - seconds
    for path in (run.path, *run.path.iterdir()):
        os.utime(path, (before, before))


def write_marks(run, seconds_and_updates):
    """A samples.jsonl with two beginnings a mark."""
    lines = [
        {
            "update": update,
            "seconds": seconds,
            "tokens": 1024 * update,
            "samples": [["春天", f"来了{update}"], ["从前", "<b>"]],
        }
        for seconds, update in seconds_and_updates
    ]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (run.path / "samples.jsonl").write_text(text, encoding="utf-8", newline="\n")
