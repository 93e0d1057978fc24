"""A run's folder: what it is, how it went, and where it stands.

run.json          what is trained: stage, preset, both configs, tokenizer hash, corpus
tokenizer.json
log.jsonl         a line for each update; others with an "event", such as "evaluation", "checkpoint" or
                  "state"; what came after the newest checkpoint is dropped on resuming, for it is done again
samples.jsonl     what the model writes at marks of its training; see `mof.generation.sample_marks`
events.jsonl      what befell the run, never dropped: "started", "resumed", "restored" (from a snapshot),
                  "paused", "continued", "slept", "clock", "diverged", "stopped", "finished", each with "time"
                  (ISO, with its zone), "update" and "words"; a pause has a "reason" ("disk", "hours", "load",
                  "heat"), its end the "seconds" that it took
checkpoints/      see `mof.training.checkpoint`
run.lock          held while a process trains here
stop-asked        somebody wants the run to stop after the present update
"""

import contextlib
import datetime
import hashlib
import json
import os
from pathlib import Path

from mof import __version__
from mof.config import ModelConfig
from mof.patient_files import replace, write_whole
from mof.quoting import quoted
from mof.tokenizer.loading import load_tokenizer
from mof.training import places
from mof.training.checkpoint import load_newest_checkpoint
from mof.training.config import TrainingConfig
from mof.training.folder_lock import held, is_held
from mof.training.json_lines import append_entry

RUN_NAME, LOG_NAME, TOKENIZER_NAME = "run.json", "log.jsonl", "tokenizer.json"
EVENTS_NAME, LOCK_NAME, STOP_NAME = "events.jsonl", "run.lock", "stop-asked"


class RunError(ValueError):
    """A run folder that cannot be used as asked; the message says why and what to do."""


class RunFolder:
    """A folder of one training run.

    Attributes:
        path: pathlib.Path.
        facts: the dict in run.json.
        model_config, training_config: the configs in it.
    """

    def __init__(self, path):
        """Open a folder that `create` made.

        Raises:
            RunError: there is no run, or its run.json cannot be read.
        """
        self.path = Path(path)
        file = self.path / RUN_NAME
        if not file.is_file():
            if (self.path / "export.json").is_file():
                raise RunError(
                    f"{self.path} is an exported model and holds no run: name the run that it came from. "
                    "chat, generate, evaluate and abilities take it as it is."
                )
            raise RunError(
                f"{self.path} holds no run ({RUN_NAME} is missing). Check the name, or start one with: mof "
                f"train --corpus YOUR-TEXTS --run {quoted(self.path)}"
            )
        try:
            self.facts = json.loads(file.read_text(encoding="utf-8"))
            self.model_config = ModelConfig.from_json(json.dumps(self.facts["model"]))
            self.training_config = TrainingConfig.from_json(json.dumps(self.facts["training"]))
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(f"{file} is damaged: {error}") from error

    @classmethod
    def create(cls, path, model_config, training_config, tokenizer, facts):
        """Make the folder of a new run.

        Args:
            path: of the folder; it must hold no run.
            model_config, training_config: the configs.
            tokenizer: saved beside them.
            facts: further JSON values for run.json: stage, preset, corpus.

        Raises:
            RunError: there is a run already.
        """
        path = Path(path)
        cls.check_is_free(path)
        path.mkdir(parents=True, exist_ok=True)
        tokenizer.save(path / TOKENIZER_NAME)
        facts = {
            "mof_version": __version__,
            **facts,
            "tokenizer_hash": tokenizer.hash,
            "model": json.loads(model_config.to_json()),
            "training": json.loads(training_config.to_json()),
        }
        _write_facts(path, facts)
        return cls(path)

    @staticmethod
    def check_is_free(path):
        """Raise RunError where the folder holds a run already."""
        if (Path(path) / RUN_NAME).exists():
            raise RunError(f"{path} holds a run already: resume it with --resume, or choose another folder.")

    def change_corpus(self, paths):
        """Write other places of the same text into run.json: the run was moved, or its text was. Whether it
        is the same text is checked when its training goes on.

        Args:
            paths: list of files and folders.
        """
        self.facts = {**self.facts, "cache_name": self.cache_name, **corpus_facts(self.path, paths)}
        _write_facts(self.path, self.facts)

    @property
    def cache_name(self):
        """Last part of the name of the folder with its text as tokens; it stays where the text is moved."""
        return self.facts.get("cache_name") or corpus_name(self.facts["corpus"])

    def find_corpus(self):
        """Paths of its text: list of str.

        Raises:
            RunError: a part of it lies neither where it lay nor where it would if all was moved together.
        """
        stored = self.facts["corpus"]
        found = places.find(self.path, stored, self.facts.get("corpus_from_run", ()))
        if None in found:
            missing = stored[found.index(None)]
            again = " and --corpus again for each other part" if len(stored) > 1 else ""
            raise RunError(
                f"{missing}, the text of {self.path}, is not there any more. Put it back; or, if it was "
                f"moved, name its new place{again}: mof train --resume --run {self.path} --corpus PATH"
            )
        return found

    def find_base(self):
        """Path of the run that it goes on from: str, or None where it began anew.

        Raises:
            RunError: no such run is there any more.
        """
        stored = self.facts.get("base")
        if stored is None:
            return None
        found = places.find(self.path, [stored], self.facts.get("base_from_run", ()))[0]
        if found is None:
            raise RunError(
                f"{self.path} has no checkpoint of its own yet, and {stored}, the run that it goes on from, "
                f"is not there any more. Put that back; or begin in a new folder: mof train --base PLACE "
                f"--corpus PATH --run NEW-FOLDER"
            )
        return found

    def change_products(self, product_dtype):
        """Write another dtype of the products into run.json: the one setting of a model that another machine
        may read otherwise, because the weights are float32 either way."""
        self.model_config = self.model_config.replace(product_dtype=product_dtype)
        self.facts["model"] = json.loads(self.model_config.to_json())
        _write_facts(self.path, self.facts)

    @property
    def checkpoints(self):
        """Path of the folder with the checkpoints."""
        return self.path / "checkpoints"

    def tokenizer(self):
        """The run's tokenizer.

        Raises:
            RunError: it is not the one that the run was made with.
        """
        tokenizer = load_tokenizer(self.path / TOKENIZER_NAME)
        if tokenizer.hash != self.facts["tokenizer_hash"]:
            raise RunError(
                f"{self.path / TOKENIZER_NAME} is not this run's tokenizer: its hash is "
                f"{tokenizer.hash[:12]}, the run was made "
                f"with {self.facts['tokenizer_hash'][:12]}. Put the old file back."
            )
        return tokenizer

    def newest_checkpoint(self, parts=None, warn=print):
        """The newest whole checkpoint, or None; see `load_newest_checkpoint`.

        Raises:
            RunError: it belongs to a run with another tokenizer.
        """
        checkpoint = load_newest_checkpoint(self.checkpoints, parts, warn)
        if checkpoint is not None and checkpoint.state["tokenizer_hash"] != self.facts["tokenizer_hash"]:
            raise RunError(
                f"{checkpoint.path} belongs to another run: its tokenizer is "
                f"{checkpoint.state['tokenizer_hash'][:12]}, this run's is "
                f"{self.facts['tokenizer_hash'][:12]}. "
                "Put the run's own checkpoints back."
            )
        return checkpoint

    @contextlib.contextmanager
    def locked(self):
        """Hold the folder while training; a process that dies lets go of it.

        Raises:
            RunError: another process trains here.
        """
        error = RunError(
            f"another process is training in {self.path}. Wait for it, stop it, or choose another folder "
            "with --run."
        )
        with held(self.path / LOCK_NAME, error):
            yield

    def is_training(self):
        """True while a process holds the folder."""
        return is_held(self.path / LOCK_NAME)

    def append_log(self, entry):
        """Add one line to the log: whole, or where the disk is full not at all."""
        append_entry(self.path / LOG_NAME, entry)

    def append_event(self, event, update, words, **more):
        """Add one line to the events; see the head of this file."""
        now = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
        entry = {"time": now, "event": event, "update": update, "words": words, **more}
        append_entry(self.path / EVENTS_NAME, entry)

    def touch_events(self):
        """Give the file of events the present time: whoever pauses still lives."""
        os.utime(self.path / EVENTS_NAME)

    def read_events(self):
        """The events in their order; lines that a kill or a full disk cut are passed over."""
        file = self.path / EVENTS_NAME
        lines = file.read_bytes().split(b"\n") if file.is_file() else []
        return [entry for entry in map(_as_entry, lines) if entry is not None]

    def read_log(self):
        """The log's entries; a last line that was cut off by a kill is left out.

        Raises:
            RunError: another line is damaged.
        """
        file = self.path / LOG_NAME
        if not file.is_file():
            return []
        # what follows the last line end is unfinished, maybe in mid-character
        lines = file.read_bytes().split(b"\n")[:-1]
        entries = []
        for number, line in enumerate(lines, start=1):
            try:
                entries.append(json.loads(line))
            except ValueError as error:
                raise RunError(f"{file} is damaged in line {number}: {error}. Delete that line.") from error
        return entries

    def set_log_aside(self):
        """Keep a log under another name; returns that name."""
        name = f"log-before-{datetime.datetime.now():%Y%m%d-%H%M%S}.jsonl"
        replace(self.path / LOG_NAME, self.path / name)
        return name

    def rewind_log(self, update):
        """Drop what was logged after `update` updates: those are about to be done again."""
        kept = [entry for entry in self.read_log() if entry["update"] <= update]
        text = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in kept)
        write_whole(self.path / LOG_NAME, text)


def corpus_name(paths):
    """A short name of some paths, by their hash."""
    return hashlib.sha256("\n".join(paths).encode("utf-8")).hexdigest()[:8]


def corpus_facts(path, corpus):
    """What run.json says of where the text lies.

    Args:
        path: of the run's folder. corpus: list of files and folders.
    """
    seen = places.seen_from(path, corpus)
    return {"corpus": [places.whole(item) for item in corpus], "corpus_from_run": seen}


def base_facts(path, base):
    """What run.json says of the run that this one goes on from.

    Args:
        path: of the run's folder. base: of the other, or None.
    """
    if base is None:
        return {"base": None}
    return {"base": places.whole(base), "base_from_run": places.seen_from(path, [base])}


def _as_entry(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "event" in entry else None


def _write_facts(path, facts):
    write_whole(path / RUN_NAME, json.dumps(facts, ensure_ascii=False, indent=2))
