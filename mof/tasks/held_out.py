"""What is kept out of training, so that a right answer is no memory of its text.

Reasoning and completion hold out values: one fact in ten is never written in any wording. Knowledge cannot
be reasoned out, so there every fact is written, but each in four wordings of five, and one direction in five
of a fact (never its first) in none. Does a model that read "法国的首都是巴黎" (the capital of France is
Paris) know of which country 巴黎 is the capital?

What is drawn is the fact, not its words. Where facts share what a question shows, as countries share a
currency, the same words can be a training question of another fact, and its answer is right here too: then
nothing is new about them. That is so of nearly all questions of `year_name` and `language_script`, of half of
`official_language`, and of few or none of the families of codes.
"""

import hashlib

HELD_OUT_FACTS = 10  # one in so many, reasoning and completion
HELD_OUT_WORDINGS = 5  # one in so many, for each fact, knowledge
HELD_OUT_DIRECTIONS = 5  # one in so many, for each fact, knowledge
SPLITS = ("train", "value", "wording", "direction")


def split_of(family, index, wording):
    """Which split a question belongs to: "train", or what is new about it.

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
