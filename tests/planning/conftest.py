"""A corpus, a machine's report, and runs whose files are made up: nothing here starts a backend."""

import json

import numpy as np
import pytest

from mof.machine.examination import examine
from mof.machine.measurements import Bandwidths
from mof.machine.measuring import Findings
from mof.planning.corpus_look import CorpusLook
from mof.planning.making import Wish, make_plan
from mof.planning.sizes import size_of
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.checkpoint import save_checkpoint
from mof.training.run_folder import RunFolder
from tests.machine.quiet_machine import make_facts, make_rates, make_steps

STEPS = (make_steps(), make_steps("small", (2.5, 2.6, 2.55), (1.1,), peak_bytes=2_400_000_000))
LETTERS = "春夏秋冬花草树木山水日月，。"
# 48 million characters and 38 million, as in the corpus that the course was made on
TEXTS = CorpusLook(51_661, 0, 47_986_259, 121_400_000, 32_900_000, 40_000_000, False, "texts")
TALKS = CorpusLook(122_582, 122_582, 37_586_155, 107_000_000, 26_000_000, 35_000_000, False, "talks")


def write_texts(path, num_documents=40, length=400, seed=0):
    """A .jsonl file of texts drawn from LETTERS."""
    draw = np.random.default_rng(seed)
    rows = [{"text": "".join(draw.choice(list(LETTERS), size=length))} for _ in range(num_documents)]
    return _write(path, rows)


def write_talks(path, num_documents=40, length=200, seed=1):
    """A .jsonl file of conversations drawn from LETTERS."""
    draw = np.random.default_rng(seed)

    def said(role):
        return {"role": role, "content": "".join(draw.choice(list(LETTERS), size=length))}

    return _write(path, [{"messages": [said("user"), said("assistant")]} for _ in range(num_documents)])


def _write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(lines, encoding="utf-8", newline="\n")
    return path


@pytest.fixture
def report(monkeypatch):
    """A DoctorReport of the quiet machine."""
    from mof.machine import examination

    monkeypatch.setattr(examination, "describe_facts", lambda folder: make_facts())
    monkeypatch.setattr(examination, "measure_bandwidths", lambda *_: Bandwidths())
    monkeypatch.setattr(examination, "measure", lambda *_: Findings(make_rates(), STEPS, ()))
    return examine()


@pytest.fixture
def make_made(report, tmp_path):
    """Makes a plan (a Made); takes the preset, looks at texts and dialogues, and changes to the wish."""

    def make(preset_name="tiny", text_look=TEXTS, talks=TALKS, facts=None, laws=(), changes=None, **wish):
        fields = {"hours": 8.0, "texts": ["texts"], "dialogues": ["talks"], "folder": str(tmp_path / "plan")}
        size = size_of(report, preset_name, changes)
        wish = Wish(**{**fields, **wish})
        return make_plan("own", size, wish, report, facts or make_facts(), text_look, talks, laws)

    return make


@pytest.fixture
def make_run():
    """Makes the folder of a run with a log and a checkpoint; takes its path, TrainingConfig and progress."""

    def make(path, training, update, seconds_each=2.0, base=None):
        tokenizer = CharacterTokenizer(LETTERS)
        from mof.config import ModelConfig

        model = ModelConfig(vocabulary_size=tokenizer.vocabulary_size)
        facts = {"preset": "nano", "base": base, "corpus": [], "validation_fraction": 0.0}
        run = RunFolder.create(path, model, training, tokenizer, facts)
        for number in range(1, update + 1):
            run.append_log(
                {
                    "update": number,
                    "loss": 3.0,
                    "length": min(training.lengths),
                    "tokens": number * training.tokens_per_update,
                    "seconds": number * seconds_each,
                }
            )
        progress = {"update": update, "num_updates": training.num_updates, "num_tokens": 0, "seconds": 0.0}
        state = {"progress": progress, "tokenizer_hash": tokenizer.hash}
        save_checkpoint(run.checkpoints, {"weights": {"a": np.zeros(3, "float32")}}, state, update)
        return run

    return make
