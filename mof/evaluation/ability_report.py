"""All families judged: shares of right answers by family and by kind, and the router's weights by kind of
text.

The claim that knowledge goes to the RNN expert and reasoning to the Transformer expert is a hypothesis of the
MoF article; the last table is its test.
"""

import datetime
import hashlib
import math
from pathlib import Path

import numpy as np
from keras import ops

from mof.corpus.conversation import encode_document
from mof.evaluation.task_accuracy import NORMAL_QUANTILE, family_accuracy, wilson_interval
from mof.execution import as_graph
from mof.generation.decoding import TextGenerator
from mof.generation.reading import StateReader
from mof.tasks.family import KINDS
from mof.tasks.held_out import SPLITS, has_questions
from mof.tasks.writing import TaskWriter

ROUTED_TOKENS = 256  # of each sheet at most
SHEETS_BY_KIND = 40
ASKING_FILES = (
    "evaluation/ability_report.py",
    "evaluation/task_accuracy.py",
    "generation/*.py",
    "tasks/*.py",
    "tokenizer/*.py",
)


def asking_hash():
    """SHA-256 of the program's files that ask: others may draw other questions, or read an answer otherwise.

    Returns:
        str, hexadecimal; the same with the line ends of any system.
    """
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for file in sorted(file for pattern in ASKING_FILES for file in package.glob(pattern)):
        text = file.read_text(encoding="utf-8")  # every line end as \n
        digest.update(f"{file.relative_to(package).as_posix()}\0{text}\0".encode())
    return digest.hexdigest()


def splits_of(family):
    """The splits in which a family can be judged: "train", then what is new about the held-out questions.

    A family of knowledge whose held-out questions all stand in training, as other facts' words, is judged in
    "train" alone.
    """
    return tuple(split for split in SPLITS if has_questions(family, split))


def held_out_split(family):
    """The first held-out split of a family; "train" where it has none."""
    return splits_of(family)[:2][-1]


def judge_abilities(
    model, tokenizer, families, num_questions=50, seed=0, on_family=None, generator=None, answered=()
):
    """Ask a model questions of every family.

    Args:
        model: MixtureLanguageModel, or None where the generator alone is there, as of an exported model.
        tokenizer: its Tokenizer.
        families: sequence of Family. num_questions: for each family and split, at most. seed: int.
        on_family: called with (number, count, FamilyAccuracy) after each, to show progress; or None.
        generator: TextGenerator that answers, with the same weights; None makes one from the model.
        answered: FamilyAccuracy results of an earlier call with the same model, program, number and seed,
            which are not asked again.

    Returns:
        A JSON value, the same after it was written and read:

            {"date": "2026-11-25", "num_questions": int, "seed": int,
             "families": [a FamilyAccuracy as a dict for each family and split],
             "kinds": {kind: {split: {"num_questions", "num_right", "low", "high", "majority", "nearest"}}},
             "router": as `router_by_kind`, or {} where there is no model, or one expert and no router}

        A kind pools the questions of its families, so one with fewer questions weighs less. Its interval
        speaks of other questions of these families; it does not say what other families would give.

    Raises:
        ValueError: for num_questions below 1, or without a family.
    """
    if num_questions < 1:
        raise ValueError(f"num_questions is {num_questions}, expected at least 1 for each family and split.")
    if not families:
        raise ValueError("families is empty, expected at least one family to ask about.")
    generator = generator or TextGenerator(StateReader(model), tokenizer)
    jobs = [(family, split) for family in families for split in splits_of(family)]
    known = {(result.family, result.split): result for result in answered}
    results = []
    for family, split in jobs:
        result = known.get((family.name, split))
        if result is not None:
            results.append(result)
            continue
        results.append(family_accuracy(generator, family, split, num_questions, seed))
        if on_family is not None:
            on_family(len(results), len(jobs), results[-1])
    has_router = model is not None and model.router is not None
    return {
        "date": datetime.date.today().isoformat(),
        "num_questions": num_questions,
        "seed": seed,
        "families": [
            {**result._asdict(), "examples": [list(example) for example in result.examples]}
            for result in results
        ],
        "kinds": {kind: _by_split([r for r in results if r.kind == kind]) for kind in KINDS},
        "router": router_by_kind(model, tokenizer, families, seed) if has_router else {},
    }


def router_by_kind(model, tokenizer, families, seed=0):
    """Mean weight of each expert on text of each kind that was held out of training, with a 95% interval.

    A sheet of questions counts once, whatever its length: its weights are averaged over its tokens, from
    DOCUMENT to the last of ROUTED_TOKENS. The interval is that of the mean over sheets (normal, for there are
    SHEETS_BY_KIND), since the tokens of one sheet resemble each other.

    Args:
        model: MixtureLanguageModel with a router. tokenizer: its Tokenizer.
        families: sequence of Family; a kind that none of them has is left out. seed: int.

    Returns:
        dict from a kind to {"mean": [E floats], "half": [E floats, half the interval's width], "sheets":
        int}.
    """
    graph = as_graph(model, model.features)
    table = {}
    for kind in KINDS:
        split = "wording" if kind == "knowledge" else "value"
        chosen = [family for family in families if family.kind == kind and has_questions(family, split)]
        if not chosen:
            continue
        writer = TaskWriter(chosen, seed, split)
        means = []
        for number in range(SHEETS_BY_KIND):
            tokens = encode_document(writer.document(number), tokenizer)[:ROUTED_TOKENS]
            ids, mask = np.zeros((1, ROUTED_TOKENS), "int32"), np.zeros((1, ROUTED_TOKENS), bool)
            ids[0, : len(tokens)], mask[0, : len(tokens)] = tokens, True
            output, _ = graph(ids, model.initial_state(1), None, mask)
            means.append(ops.convert_to_numpy(output.route_weights)[0, : len(tokens)].mean(axis=0))
        means = np.array(means, dtype="float64")
        half = NORMAL_QUANTILE * means.std(axis=0, ddof=1) / math.sqrt(len(means))
        table[kind] = {"mean": means.mean(axis=0).tolist(), "half": half.tolist(), "sheets": len(means)}
    return table


def _by_split(results):
    table = {}
    for split in dict.fromkeys(result.split for result in results):
        chosen = [result for result in results if result.split == split]
        num_questions = sum(result.num_questions for result in chosen)
        num_right = sum(result.num_right for result in chosen)
        low, high = wilson_interval(num_right, num_questions)
        table[split] = {
            "num_questions": num_questions,
            "num_right": num_right,
            "low": low,
            "high": high,
            "majority": sum(r.majority * r.num_questions for r in chosen) / num_questions,
            "nearest": sum(r.nearest * r.num_questions for r in chosen) / num_questions,
        }
    return table
