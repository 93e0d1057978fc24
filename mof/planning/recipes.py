"""Recipe A, the article's size, and recipe B, the size best for the hours, side by side; or your own."""

from pathlib import Path
from typing import NamedTuple

from mof.machine.facts import MachineFacts
from mof.planning.corpus_look import look_at_corpus
from mof.planning.making import Made, Wish, make_plan
from mof.planning.plan import PlanError
from mof.planning.sizes import ARTICLE_PRESET, best_size, candidates, size_of


class Recipe(NamedTuple):
    """What became of a recipe: `made` (Made), or `refusal`, the reason why there is no such plan. `rule` says
    how its size was chosen."""

    made: Made | None
    refusal: str
    rule: str


def make_recipes(
    wish: Wish, report, facts: MachineFacts, preset_name=None, model_changes=None, tokenizer=None, tell=print
):
    """The plans for a wish.

    Args:
        wish: what is asked for. report: DoctorReport of this machine. facts: of this moment.
        preset_name: size of one plan in place of the two, or None. model_changes: dict of ModelConfig fields
        for it. tokenizer: "characters" or "bpe"; None for each size's own.
        tell: called with sentences about what is done.

    Returns:
        dict from "A" and "B", or "own", to Recipe.

    Raises:
        ValueError: a wrong size or setting. CorpusError, FileNotFoundError: the corpus cannot be read. What
        makes no sense for a size becomes its recipe's refusal.
    """
    if preset_name is not None:
        sizes = {"own": (size_of(report, preset_name, model_changes, tokenizer), "chosen by you")}
    else:
        article = size_of(report, ARTICLE_PRESET, None, tokenizer)
        best, words = best_size(candidates(report, tokenizer), facts.available_bytes, wish.hours)
        sizes = {"A": (article, "the article's 0.08 billion parameters"), "B": (best, words)}
    looks = {}
    recipes = {}
    for name, (size, rule) in sizes.items():
        if size is None:
            recipes[name] = Recipe(None, rule, "")
            continue
        kind = (size.shape.tokenizer, size.shape.model.vocabulary_size)
        if kind not in looks:
            tell("Looking at the text (a sample of it, where it is large).")
            looks[kind] = [
                look_at_corpus(paths, *kind) if paths else None for paths in (wish.texts, wish.dialogues)
            ]
        own = wish if name == "own" else wish._replace(folder=_folder(wish.folder, name))
        try:
            recipes[name] = Recipe(make_plan(name, size, own, report, facts, *looks[kind]), "", rule)
        except PlanError as error:
            recipes[name] = Recipe(None, str(error), rule)
    return recipes


def _folder(folder, name):
    """Where the runs of one recipe go: each has its own."""
    return (Path(folder) / f"recipe-{name.lower()}").as_posix()
