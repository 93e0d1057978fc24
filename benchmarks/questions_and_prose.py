"""The text that studies of the whole model learn from, and what they are judged by, kind for kind.

Used by `compare_experts.py`, `article_ablation.py` and `training_ideas.py`: the prose and the dialogues that
ship, and questions written by `mof corpus write` (30 MB).
"""

import tempfile
from pathlib import Path

from benchmarks.pace import ROOT, mof

QUESTION_MEGABYTES = 30
HELD_OUT_BYTES = 40_000  # of each kind of questions


def questions_and_prose(folder):
    """Paths of the text to learn from; the questions are written where they are missing.

    Args:
        folder: Path, where the questions lie.

    Returns:
        list of whole paths.
    """
    questions = Path(folder).resolve() / "questions.jsonl"  # whole, for a command runs in another folder
    if not questions.is_file():
        questions.parent.mkdir(parents=True, exist_ok=True)
        mof("corpus", "write", "--megabytes", QUESTION_MEGABYTES, "--output", questions)
    return [ROOT / "data" / "prose", ROOT / "data" / "dialogues", questions]


def held_out_texts():
    """Texts that no run learns from: "prose", and for each kind sheets of its held-out questions."""
    from mof.lessons.shipped_text import shipped_prose
    from mof.tasks.families import choose_families
    from mof.tasks.family import KINDS
    from mof.tasks.writing import TaskWriter

    texts = {"prose": shipped_prose()[1]}
    for kind in KINDS:
        chosen = [family for family in choose_families() if family.kind == kind]
        split = "wording" if kind == "knowledge" else "value"
        texts[kind] = list(TaskWriter(chosen, seed=1, split=split).documents(HELD_OUT_BYTES))
    return texts


def bits_by_text(model, tokenizer, texts=None):
    """Held-out bits per byte of a model, text for text.

    Args:
        model: MixtureLanguageModel. tokenizer: Tokenizer. texts: dict from names to lists of str; None are
            those of `held_out_texts`.

    Returns:
        dict from the same names to bits per byte.
    """
    from mof.corpus.token_cache_building import build_token_cache
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.lessons.prose_parts import write_texts

    found = {}
    for name, documents in (held_out_texts() if texts is None else texts).items():
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "texts.jsonl"
            write_texts(file, documents)
            split = build_token_cache(file, tokenizer, Path(folder) / "cache", 0.0).train
            found[name] = HeldOutEvaluation(model, split)().bits_per_byte
    return found
