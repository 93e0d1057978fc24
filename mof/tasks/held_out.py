"""What is kept out of training, so that a right answer is no memory of its text.

Reasoning and completion hold out values: one fact in ten is never written in any wording. Knowledge cannot
be reasoned out, so there every fact is written, but each in four wordings of five, and one direction in five
of a fact (never its first) in none. Does a model that read "法国的首都是巴黎" (the capital of France is
Paris) know of which country 巴黎 is the capital?

One family keeps less than this promises: `cycle_next` (NESTED_FAMILIES). Its facts are runs of three to eight
names of a cycle and the name that follows, each drawn by itself. A longer run ends in all the shorter ones
before the same name, so nearly every held-out run of fewer than eight stands in longer ones that are written.
A right answer there is no proof of anything beyond memory.

What is drawn is the fact, not its words. Where facts share what a question shows, as countries share a
currency, the same words can be a training question of another fact, and its answer is right here too: then
nothing is new about them. Such a question is neither written nor asked: `judged_split` tells.
"""

import functools
import hashlib

HELD_OUT_FACTS = 10  # one in so many, reasoning and completion
HELD_OUT_WORDINGS = 5  # one in so many, for each fact, knowledge
HELD_OUT_DIRECTIONS = 5  # one in so many, for each fact, knowledge
NESTED_FAMILIES = ("cycle_next",)  # whose held-out facts stand inside longer facts that are written
SPLITS = ("train", "value", "wording", "direction")


def judged_split(family, index, wording):
    """In which split a question may be asked: that of `split_of`, unless its words stand in training.

    Args:
        family: Family. index, wording: numbers of the fact and of the wording.

    Returns:
        "train", "value", "wording" or "direction". Of a question of knowledge that is held out: None where
        training holds the same words of another fact; "wording" rather than "direction" where another fact
        that reads the same is asked this way round in other wordings.
    """
    split = split_of(family, index, wording)
    if split in ("train", "value"):
        return split
    alike = {split_of(family, other, wording) for other in family.facts_alike(index, wording)}
    if "train" in alike:
        return None
    return "wording" if "wording" in alike else "direction"


@functools.cache
def has_questions(family, split):
    """Whether a family has a question that may be asked in a split.

    Of knowledge it looks through all of them if there is none: a second for the largest.

    Args:
        family: Family. split: one of SPLITS.
    """
    if family.kind != "knowledge":
        return split in ("train", "value")
    if split not in ("train", "wording", "direction"):
        return False
    wordings = range(len(family.wordings))
    return any(judged_split(family, i, w) == split for i in range(family.num_facts) for w in wordings)


def split_of(family, index, wording):
    """Which split a question belongs to by its own fact: "train", or what is new about it.

    Args:
        family: Family. index, wording: numbers of the fact and of the wording.

    Returns:
        "train"; "value" (reasoning, completion: the fact is in no training text); "direction" or "wording"
        (knowledge: the fact is in training, but never asked this way round, or never in this wording).
    """
    if family.kind != "knowledge":
        return "value" if _draw(family.name, family.key(index)) % HELD_OUT_FACTS == 0 else "train"
    key, asked = family.key(index), family.wordings[wording]
    is_first = asked.direction == family.directions[0]
    if not is_first and _draw(family.name, key, asked.direction) % HELD_OUT_DIRECTIONS == 0:
        return "direction"
    held_out = _draw(family.name, key, asked.prompt, asked.direction) % HELD_OUT_WORDINGS == 0
    return "wording" if held_out else "train"


def _draw(*parts):
    """A number that is the same on every machine and in every version of Python."""
    digest = hashlib.blake2b("/".join(map(str, parts)).encode("utf-8"), digest_size=4).digest()
    return int.from_bytes(digest, "little")
