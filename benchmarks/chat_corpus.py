"""The dialogues behind the chat model that ships: short and mixed, so that a small model learns to answer.

    python benchmarks/chat_corpus.py --dialogues shipped/dialogues.jsonl --output shipped-chat

`shipped_corpus.py` chooses dialogues for their number: most of them ask for the title of an article or for a
place in a text. Who talks to a model asks other things. So this mix takes this project's own dialogues, those
that were written for this model (`chat_dialogues.jsonl`), questions of `mof.tasks` as turns, and of the
others only short ones, each source up to a share. The rules of `shipped_corpus.py` hold here too: no medical
sets, counselling at most 5%, no source above 20%. Beside the file stands a manifest with characters by
source.

Prompts of `probe_prompts.py` are held out, greetings apart: a dialogue that holds one of them is left out.
"""

import argparse
import json
import random
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

from probe_prompts import PROMPTS  # noqa: E402
from shipped_corpus import (  # noqa: E402
    COUNSELLING,
    OWN_LICENSE,
    OWN_SOURCE,
    capped,
    make_entry,
    read_entries,
    sizes_by,
    source_of,
    with_limits,
    write_part,
)

from mof.tasks.families import FAMILIES  # noqa: E402
from mof.tasks.writing import draw_question  # noqa: E402

WRITTEN = Path(__file__).resolve().parent / "chat_dialogues.jsonl"
CHARACTERS = 6_000_000  # of the whole mix: about four million tokens
MOST_CHARACTERS = 600  # of a dialogue of others
OWN_SHARE, WRITTEN_SHARE, QUESTION_SHARE, COUNSELLING_SHARE = 0.19, 0.12, 0.19, 0.04
DEFAULT_SHARE = 0.005
SHARES = {  # of the others; a source that has less gives what it has
    "thu-coai/KdConv": 0.07,
    "thu-coai/CrossWOZ": 0.04,
    "LianjiaTech/BELLE eval_set": 0.03,
    "shibing624/MedicalGPT sharegpt_zh_": 0.03,
    "NiuTrans/Classical-Modern": 0.04,
    "LCTT/TranslateProject": 0.03,
    "pwxcoo/chinese-xinhua idiom": 0.04,
    "pwxcoo/chinese-xinhua xiehouyu": 0.03,
    "chinese-poetry/chinese-poetry": 0.03,
    "mapull/chinese-dictionary char_base": 0.02,
    "Anduin2017/HowToCook": 0.02,
    "ymcui/expmrc (CMRC 2018 train)": 0.03,
}
PUNCTUATION = re.compile(r"[\s，。！？、；：,.!?;:~～…]+")
ASKED = re.compile(r"^(?:问：|“)?(?P<asked>[^？”]*？)”?(?:答：|“)?(?P<told>.+?)”?$")


def as_turns(question):
    """A question of `mof.tasks` as a dialogue of two turns.

    A wording that asks ("...？") is cut behind its question mark; one that tells is to be completed.

    Args:
        question: mof.tasks.family.Question.

    Returns:
        dict with "messages".
    """
    found = ASKED.match(question.text)
    if found and len(found["asked"]) <= len(question.prompt):
        asked, told = found["asked"], found["told"]
    else:
        asked, told = f"请把话说完：{question.prompt}", question.answer + question.closing.rstrip("”")
    return {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]}


def questions(num_characters, seed=2):
    """Dialogues of questions until they hold so many characters; every family equally often.

    Args:
        num_characters: int. seed: int, other than those of the pre-training text.

    Returns:
        list of Entry.
    """
    draw, found, size = random.Random(seed).random, [], 0
    while size < num_characters:
        family = FAMILIES[int(draw() * len(FAMILIES))]
        found.append(
            make_entry(
                as_turns(draw_question(family, "train", draw)), f"{OWN_SOURCE}: questions", OWN_LICENSE
            )
        )
        size += found[-1].num_characters
    return found


def folded(text):
    """The text without spaces and punctuation."""
    return PUNCTUATION.sub("", text)


LEARNED = "about itself"  # what everybody types first: greetings and names are to be known, not held out
PROBES = {folded(prompt) for about in PROMPTS if about != LEARNED for prompt in PROMPTS[about]}


def is_wanted(entry):
    """Whether a dialogue is short, and opens with no prompt of the probes."""
    messages = entry.line.get("messages", ())
    return (
        bool(messages)
        and entry.num_characters <= MOST_CHARACTERS
        and not any(folded(message["content"]) in PROBES for message in messages)
    )


def repeated(entries, source, num_characters):
    """The entries over and over, under a name of their own, until they hold so many characters."""
    once = [make_entry(entry.line, source, OWN_LICENSE) for entry in entries if is_wanted(entry)]
    if not once:
        raise ValueError(f"no dialogue of {source} is short enough, expected some.")
    rounds = max(1, round(num_characters / sum(entry.num_characters for entry in once)))
    return once * rounds


def choose(fetched, written, num_characters=CHARACTERS):
    """The mix, in an order drawn once.

    Args:
        fetched: list of Entry, the dialogues of `shipped_corpus.py`; its own and its questions are left out,
            for they are added here. written: list of Entry. num_characters: int.

    Returns:
        list of Entry.
    """
    others = [entry for entry in fetched if not entry.source.startswith(OWN_SOURCE) and is_wanted(entry)]
    counselling = [entry for entry in others if entry.source in COUNSELLING]
    others = [entry for entry in others if entry.source not in COUNSELLING]
    limits = {
        source: int(SHARES.get(source, DEFAULT_SHARE) * num_characters)
        for source in sizes_by(others, source_of)
    }
    own = repeated(
        read_entries([ROOT / "data" / "dialogues"]),
        f"{OWN_SOURCE}: dialogues",
        OWN_SHARE * num_characters,
    )
    new = repeated(written, f"{OWN_SOURCE}: dialogues for this model", WRITTEN_SHARE * num_characters)
    asked = questions(QUESTION_SHARE * num_characters)
    mixed = with_limits([*capped(others, source_of, limits), *own, *new, *asked])
    total = sum(entry.num_characters for entry in mixed) / (1.0 - COUNSELLING_SHARE)
    mixed += capped(counselling, lambda entry: "counselling", {"counselling": int(COUNSELLING_SHARE * total)})
    random.Random(0).shuffle(mixed)
    return mixed


def main():
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--dialogues", type=Path, nargs="+", required=True, help="JSON lines of shipped_corpus.py"
    )
    parser.add_argument("--written", type=Path, default=WRITTEN, help="dialogues written for this model")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help="of the whole mix, about")
    parser.add_argument("--output", type=Path, required=True, help="folder for the mix and its manifest")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    mixed = choose(read_entries(options.dialogues), read_entries([options.written]), options.characters)
    told = write_part(options.output / "chat.jsonl", mixed)
    text = json.dumps({"chat": told}, ensure_ascii=False, indent=1) + "\n"
    (options.output / "manifest.json").write_text(text, encoding="utf-8")
    print(f"{told['documents']:,} dialogues, {told['characters']:,} characters")
    for row in told["sources"]:
        print(f"  {row['share']:6.1%}  {row['source']} ({row['license']})")


if __name__ == "__main__":
    main()
