"""The text behind the weights that are shipped: sources chosen, capped and written down.

    python benchmarks/shipped_corpus.py --texts corpus/texts --dialogues corpus/dialogues --output shipped

Texts and dialogues are JSON lines with "source" and "license", as `mof corpus fetch` writes them. What a
reader meets in a shipped model is more than a number, so the choice is stricter than for a model of one's
own: no medical sets, counselling at most 5% of the dialogues, no source above 20% of its part, none whose
licence asks for more than its name says. Questions of `mof.tasks` and this project's own prose and dialogues
are added. Beside the two files stands a manifest: characters and documents by source, with licences.
"""

import argparse
import dataclasses
import hashlib
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mof.corpus.corpus_files import find_corpus_files  # noqa: E402
from mof.corpus.document import Document, Message  # noqa: E402
from mof.corpus.json_documents import MAX_LINE_BYTES  # noqa: E402
from mof.corpus.lines import read_lines  # noqa: E402
from mof.corpus.splitting import is_validation  # noqa: E402
from mof.tasks.families import FAMILIES  # noqa: E402
from mof.tasks.writing import TaskWriter  # noqa: E402

VALIDATION_FRACTION = 0.01  # of the dialogues, as accelerator_run.py holds them out
LARGEST_SHARE = 0.20  # of one source in its part
COUNSELLING_SHARE = 0.05  # of the dialogues' characters, all counselling together
LEFT_OUT = {
    "OI-wiki/OI-wiki": "its licence has a second clause that the name CC-BY-SA-4.0 does not tell",
    "SCIR-HI/Huatuo-Llama-Med-Chinese": "medical answers that nobody checked",
    "shibing624/MedicalGPT medical_sft_": "medical answers that nobody checked",
}
COUNSELLING = ("qiuhuachuan/smile", "SmartFlowAI/EmoLLM")
TEXT_QUESTION_BYTES, DIALOGUE_QUESTION_BYTES = 12_000_000, 4_000_000
OWN_DIALOGUE_REPEATS = 10  # they are few: 0.3% of the characters each time
OWN_SOURCE, OWN_LICENSE = "MoF from Scratch", "CC-BY-4.0"


@dataclasses.dataclass(frozen=True)
class Entry:
    """One document: the JSON line as read, its source without sub-task or article, its licence, its size."""

    line: dict
    source: str
    license: str
    num_characters: int

    @property
    def rank(self):
        """A number drawn from the content: who stays, where a source is capped."""
        return hashlib.sha256(json.dumps(self.line, sort_keys=True).encode("utf-8")).hexdigest()


def read_entries(paths):
    """All documents of the files, whose bad lines are passed over, without the sources of LEFT_OUT."""
    entries = []
    for file in find_corpus_files(paths):
        for line in read_lines(file, MAX_LINE_BYTES):
            try:
                document = json.loads(line.data.decode("utf-8"))
            except ValueError:
                continue
            entry = make_entry(document)
            if entry.source not in LEFT_OUT:
                entries.append(entry)
    return entries


def make_entry(document, source=None, license_name=None):
    """An Entry from {"text"} or {"messages"}."""
    if "text" in document:
        size = len(document["text"])
    else:
        size = sum(len(message["content"]) for message in document["messages"])
    name = source or str(document.get("source", "")).split(":")[0].split("#")[0]
    return Entry(document, name, license_name or str(document.get("license", "")), size)


def capped(entries, group_of, limits):
    """Documents in the order of their ranks, until each group holds as many characters as it may.

    Args:
        entries: list of Entry.
        group_of: function from an Entry to the name of its group.
        limits: dict from a group's name to characters; others are not limited.

    Returns:
        list of Entry, in the order given.
    """
    sizes, chosen = Counter(), set()
    for entry in sorted(entries, key=lambda e: e.rank):
        group = group_of(entry)
        if sizes[group] + entry.num_characters <= limits.get(group, float("inf")):
            sizes[group] += entry.num_characters
            chosen.add(id(entry))
    return [entry for entry in entries if id(entry) in chosen]


def limits_by_share(sizes, share):
    """Characters that a group may keep so that none is above `share` of all that is kept.

    Args:
        sizes: dict from a group to its characters. share: float.

    Returns:
        dict from each group that is too large to its limit.
    """
    limited = {}
    while True:
        free = sum(size for group, size in sizes.items() if group not in limited)
        limit = share * free / max(1e-9, 1.0 - share * len(limited))
        larger = [g for g, size in sizes.items() if g not in limited and size > limit]
        if not larger:
            return dict.fromkeys(limited, int(limit))
        limited[max(larger, key=sizes.get)] = None


def sizes_by(entries, group_of):
    """Characters of each group."""
    sizes = Counter()
    for entry in entries:
        sizes[group_of(entry)] += entry.num_characters
    return sizes


def source_of(entry):
    """The group whose share is limited."""
    return entry.source


def choose_texts(entries, dialogues):
    """The part to pre-train on: texts under the limit, questions, prose, and what is said in the dialogues.

    Args:
        entries: list of Entry, fetched texts. dialogues: list of Entry, the part to fine-tune on. Those of
            sources that have no text are read as text too, each once, but none that fine-tuning holds out.
    """
    sources = {entry.source for entry in entries}
    entries = [*entries, *transcripts(e for e in dialogues if e.source not in sources)]
    writer = TaskWriter(FAMILIES, seed=0)
    own = [
        make_entry(e.line, f"{OWN_SOURCE}: prose", OWN_LICENSE) for e in read_entries([ROOT / "data/prose"])
    ]
    own += questions(writer, TEXT_QUESTION_BYTES)
    return with_limits([*entries, *own])


def choose_dialogues(entries):
    """The part to fine-tune on: fetched dialogues under both limits, questions, own dialogues."""
    own = read_entries([ROOT / "data/dialogues"]) * OWN_DIALOGUE_REPEATS
    own = [make_entry(e.line, f"{OWN_SOURCE}: dialogues", OWN_LICENSE) for e in own]
    own += questions(TaskWriter(FAMILIES, seed=1), DIALOGUE_QUESTION_BYTES)
    is_counselling = [e for e in entries if e.source in COUNSELLING]
    others = with_limits([*(e for e in entries if e.source not in COUNSELLING), *own])
    share = COUNSELLING_SHARE / (1.0 - COUNSELLING_SHARE)
    limit = int(share * sum(e.num_characters for e in others))
    return [*others, *capped(is_counselling, lambda entry: "counselling", {"counselling": limit})]


def transcripts(entries):
    """Dialogues as plain texts, a turn in each line; equal ones once."""
    found = {}
    for entry in entries:
        if "messages" in entry.line:
            messages = tuple(Message(m["role"], m["content"]) for m in entry.line["messages"])
            if not is_validation(Document(None, messages), VALIDATION_FRACTION):
                text = "\n".join(message.content for message in messages)
                found[text] = make_entry({"text": text}, entry.source, entry.license)
    return list(found.values())


def questions(writer, num_bytes):
    """Sheets of questions as entries."""
    sheets = writer.documents(num_bytes)
    return [make_entry({"text": sheet}, f"{OWN_SOURCE}: questions", OWN_LICENSE) for sheet in sheets]


def with_limits(entries):
    """The entries, no source above LARGEST_SHARE."""
    return capped(entries, source_of, limits_by_share(sizes_by(entries, source_of), LARGEST_SHARE))


def write_part(path, entries):
    """Write JSON lines; returns what the manifest says of them."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for entry in entries:
            kept = {key: entry.line[key] for key in ("text", "messages") if key in entry.line}
            line = {**kept, "source": entry.source, "license": entry.license}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    total = sum(e.num_characters for e in entries)
    licences = {e.source: e.license for e in entries}
    return {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "documents": len(entries),
        "characters": total,
        "sources": [
            {
                "source": source,
                "license": licences[source],
                "documents": sum(e.source == source for e in entries),
                "characters": size,
                "share": round(size / total, 4),
            }
            for source, size in sizes_by(entries, source_of).most_common()
        ],
    }


def main():
    """Read, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="JSON lines to pre-train on")
    parser.add_argument("--dialogues", type=Path, nargs="+", required=True, help="JSON lines to fine-tune on")
    parser.add_argument("--output", type=Path, required=True, help="folder for both parts and the manifest")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    dialogues = choose_dialogues(read_entries(options.dialogues))
    parts = {"texts": choose_texts(read_entries(options.texts), dialogues), "dialogues": dialogues}
    manifest = {name: write_part(options.output / f"{name}.jsonl", part) for name, part in parts.items()}
    manifest["left_out"] = LEFT_OUT
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (options.output / "manifest.json").write_text(text, encoding="utf-8")
    for name, part in parts.items():
        print(f"{name}: {len(part):,} documents, {manifest[name]['characters']:,} characters")
        for row in manifest[name]["sources"]:
            print(f"  {row['share']:6.1%}  {row['source']} ({row['license']})")


if __name__ == "__main__":
    main()
