"""A plan as a file of TOML: written with comments for the reader, who may edit it, and checked when read."""

import contextlib
import dataclasses
import datetime
import json
import tomllib
from pathlib import Path

from mof.config import ModelConfig, check_keys
from mof.patient_files import replace, write_whole
from mof.planning.gate import WhenToTrain
from mof.planning.plan import (
    FROM_TOKENS,
    STAGE_NAMES,
    Expected,
    Head,
    Plan,
    PlanError,
    Stage,
    StageText,
    decided,
)
from mof.presets import PRESET_NAMES
from mof.training.config import TrainingConfig

SECTIONS = ("model", *STAGE_NAMES, "when", "expected")
MODEL_FIELDS = ("preset", "tokenizer", *(field.name for field in dataclasses.fields(ModelConfig)))
TEXT_FIELDS = tuple(field.name for field in dataclasses.fields(StageText))
STAGE_FIELDS = (
    *TEXT_FIELDS,
    *(field.name for field in dataclasses.fields(TrainingConfig) if field.name not in FROM_TOKENS),
)
# told in every plan, also where they have their usual value: what a reader asks for first
TOLD_FIELDS = (
    "tokens_per_update",
    "tokens_at_once",
    "lengths",
    "schedule",
    "learning_rate",
    "muon_learning_rate",
)


def read_plan(path):
    """The plan in a file.

    Raises:
        PlanError: there is no file, or it holds no plan; the message names the file, the section and the
        field.
    """
    path = Path(path)
    if path.is_dir():
        raise PlanError(f"{path} is a folder: name the plan in it, such as {path / 'plan.toml'}.")
    if not path.is_file():
        raise PlanError(f"there is no plan {path} (looked in {Path.cwd()}). Make one with: mof plan --help")
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors begin with a mark
        sections = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        hint = "Text stands in quotes, true and false do not."
        if "\\" in text:
            hint = "Write paths with / in place of \\, as in D:/texts."
        raise PlanError(f"{path} is no plan: {error}. {hint}") from error
    try:
        return _plan(sections)
    except ValueError as error:
        raise PlanError(f"{path}: {error}") from error


def write_plan(path, plan, remarks=()):
    """Write a plan, whole or not at all, with a comment for each field.

    Args:
        path: of the file. plan: Plan.
        remarks: sentences for the head of the file.

    Raises:
        OSError: it cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, plan_text(plan, remarks))


def keep_other(path, plan):
    """Rename the plan in a file that is about to be written, where it is another: it may have been edited.

    Args:
        path: of the file. plan: Plan that will stand there.

    Returns:
        Path of its new place; None where there was none, or the same.
    """
    path = Path(path)
    if not path.is_file():
        return None
    with contextlib.suppress(PlanError):
        before = read_plan(path)
        if (decided(before), before.when, before.head.folder) == (decided(plan), plan.when, plan.head.folder):
            return None
    kept = path.with_name(f"{path.stem}-before-{datetime.datetime.now():%Y%m%d-%H%M%S}{path.suffix}")
    replace(path, kept)
    return kept


def plan_text(plan, remarks=()):
    """The text of a plan's file; arguments as `write_plan`."""
    lines = [f"# {_printable(remark)}" for remark in remarks] + [""]
    lines += _fields(plan.head, [field.name for field in dataclasses.fields(Head)])
    lines += ["", "[model]", _line("preset", plan.preset_name, "size that the shape starts from")]
    lines.append(_line("tokenizer", plan.tokenizer, "how text becomes tokens: characters or bpe"))
    model = plan.shape.model
    lines.append("# any field of `mof train --help`, Shape of the model, may stand here")
    lines += _fields(model, plan.model_changes)
    for stage in plan.stages:
        lines += ["", f"[{stage.name}]"]
        lines += _fields(stage.text, TEXT_FIELDS)
        lines.append(
            "# any field of `mof train --help`, How it is trained, may stand here but " + _FROM_TOKENS
        )
        lines += _fields(stage.training, _told(stage.training))
    for name, section in (("when", plan.when), ("expected", plan.expected)):
        lines += ["", f"[{name}]  # {_REASONS[name]}"]
        lines += _fields(section, [field.name for field in dataclasses.fields(section)])
    return "\n".join(lines) + "\n"


_FROM_TOKENS = " and ".join(FROM_TOKENS) + ", which follow from tokens"
_REASONS = {
    "when": "may be changed at any time; decides no number of the model",
    "expected": "as forecast when the plan was made; for you and for the panel to compare",
}


def _plan(sections):
    top = [field.name for field in dataclasses.fields(Head)]
    check_keys(sections, [*top, *SECTIONS], "a plan")
    for name in SECTIONS:
        if name in sections and not isinstance(sections[name], dict):
            raise PlanError(f"{name} must be a section, a line [{name}] with its fields below.")
    for name in ("model", STAGE_NAMES[0]):
        if name not in sections:
            raise PlanError(f"the section [{name}] is missing.")
    model = dict(sections["model"])
    _check(model, MODEL_FIELDS, "model")
    preset_name, tokenizer = model.pop("preset", "tiny"), model.pop("tokenizer", "bpe")
    if preset_name not in PRESET_NAMES:
        raise PlanError(f"[model] preset is {preset_name!r}, expected one of {PRESET_NAMES}.")
    stages = []
    for name in STAGE_NAMES:
        if name in sections:
            fields = dict(sections[name])
            _check(fields, STAGE_FIELDS, name)
            text = _config(StageText, {k: v for k, v in fields.items() if k in TEXT_FIELDS}, name)
            settings = {k: v for k, v in fields.items() if k not in TEXT_FIELDS}
            _config(TrainingConfig, settings, name)
            stages.append(Stage.make(name, text, settings))
    try:
        return Plan(
            _config(Head, {name: sections[name] for name in top if name in sections}, ""),
            preset_name,
            tokenizer,
            model,
            tuple(stages),
            _config(WhenToTrain, sections.get("when", {}), "when"),
            _config(Expected, sections.get("expected", {}), "expected"),
        )
    except PlanError:
        raise
    except ValueError as error:
        raise PlanError(f"[model] {error}") from error


def _check(fields, known, section):
    try:
        check_keys(fields, known, f"the section [{section}]")
    except ValueError as error:
        raise PlanError(str(error)) from error


def _config(kind, fields, section):
    """A config from the values of a section, as its JSON would be read."""
    try:
        return kind.from_json(json.dumps(fields))
    except (ValueError, TypeError) as error:  # TypeError: a date, which TOML knows and JSON does not
        raise PlanError(f"[{section}] {error}" if section else str(error)) from error


def _told(config):
    """Fields of a stage's training that stand in the file."""
    usual = TrainingConfig()
    return [
        field.name
        for field in dataclasses.fields(config)
        if field.name not in FROM_TOKENS
        and (field.name in TOLD_FIELDS or getattr(config, field.name) != getattr(usual, field.name))
    ]


def _fields(config, names):
    reasons = {field.name: field.metadata["help"] for field in dataclasses.fields(config)}
    return [_line(name, getattr(config, name), reasons[name]) for name in names]


def _line(name, value, reason):
    return f"{name} = {_toml(value)}  # {reason}"


def _printable(words):
    """The words without control characters: a comment of TOML may hold none, and a path may."""
    return "".join(character if character.isprintable() else "?" for character in words)


def _toml(value):
    """A value as TOML; a JSON string is a TOML string too, but for one character, which no path holds."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return "[" + ", ".join(_toml(item) for item in value) + "]"
