"""A model's card: what it is, what it read and under which licences, what it must not be used for.

It belongs beside the weights, as README.md of the exported folder. Book: chapter 21.
"""

import json
from pathlib import Path

from mof.config import ModelConfig
from mof.inference.exported_folder import FILE_NAMES, is_export, read_facts
from mof.machine.parameter_counts import num_parameters

SOURCE_FIELDS = ("source", "license", "characters")
LIMITS = """\
It is a small language model. It writes what is likely, which is not what is true; it states falsehoods
calmly, loses its thread after a few sentences, and repeats itself. It has no filter.

It must not be used

- for advice on health, law, money, or in a crisis: what it says sounds like an answer and is none;
- to decide anything about a person, or to speak in a person's name;
- as a source of facts, or to teach;
- before readers who are not told that a program wrote the text.

If you are in danger or despair, speak to a person. In mainland China the help line of the health
authorities is 12356."""


def model_card(export, title, license_name, sources, facts, answers=()):
    """The card of an exported model, as Markdown.

    Args:
        export: folder that `mof export` made.
        title: name of the model.
        license_name: of the weights, such as "CC BY-SA 4.0"; you decide it, within what the text allows.
        sources: list of dicts with "source", "license" and "characters" (read of it), one for each text.
        facts: dict from what was measured or done to words: {"tokens read": "1,000,000", ...}.
        answers: list of dicts with "prompt" and "answer", unedited; or none.

    Returns:
        str.

    Raises:
        ExportError: the export is damaged.
        ValueError: the folder holds no export; there is no source, or one lacks a field: weights of unknown
            texts are not published.
    """
    if not is_export(export):
        raise ValueError(f"{export} holds no exported model: make one with `mof export`.")
    described = read_facts(export)
    _check(sources, license_name)
    total = sum(entry["characters"] for entry in sources)
    num_bytes = sum((Path(export) / name).stat().st_size for name in FILE_NAMES)
    rows = {
        "parameters": f"{num_parameters(ModelConfig.from_json(json.dumps(described['model']))):,}",
        "weights": described["weights"],
        "on disk": f"{num_bytes / 1e6:.1f} MB",
        "made with": f"mof {described['mof_version']}",
        **facts,
    }
    parts = [
        f"# {title}",
        _table(("", ""), rows.items()),
        "## What it is not for",
        LIMITS,
        "## What it read",
        _table(
            ("source", "licence", "characters", "share"),
            [
                (
                    entry["source"],
                    entry["license"],
                    f"{entry['characters']:,}",
                    f"{entry['characters'] / total:.1%}",
                )
                for entry in sources
            ],
        ),
        "## Licence",
        f"The weights: {license_name}. The files are data alone (safetensors, ONNX, JSON); their SHA-256 "
        "stand in export.json.",
    ]
    if answers:
        shown = [(entry["prompt"], entry["answer"]) for entry in answers]
        parts += ["## What it answers, unedited", _table(("prompt", "answer"), shown)]
    return "\n\n".join(parts) + "\n"


def _check(sources, license_name):
    if not sources:
        raise ValueError("sources is empty: name every text that the model read, with its licence.")
    for entry in sources:
        lacking = [name for name in SOURCE_FIELDS if not entry.get(name)]
        if lacking:
            raise ValueError(
                f"the source {entry.get('source', '?')!r} lacks {', '.join(lacking)}: do not publish weights "
                "before you know what they read and under which licence."
            )
    if not license_name.strip():
        raise ValueError("license_name is empty: without a licence nobody may use the weights.")


def _table(heads, rows):
    lines = [heads, tuple("---" for _head in heads), *rows]
    return "\n".join("| " + " | ".join(_cell(str(value)) for value in line) + " |" for line in lines)


def _cell(text):
    """Text of one line, in which no character ends a cell."""
    return " ".join(text.split()).replace("|", "\\|")
