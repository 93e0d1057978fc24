"""What a plan of a long training holds; each part checks itself when it is read.

A plan decides the numbers: model, text, tokens, batch, schedule. It counts in tokens and updates, never in
seconds, so that a slow night, a pause or another machine changes when a training ends and not what comes out.
"""

import dataclasses
import json

from mof.config import Config, check_at_least, setting
from mof.planning.gate import WhenToTrain
from mof.presets import TOKENIZERS, preset
from mof.training.config import TrainingConfig

FORMAT = 1
RECIPES = ("A", "B", "own")
STAGE_NAMES = ("pretraining", "chat")  # in their order; each trains what the one before left
FROM_TOKENS = ("minutes", "num_updates")  # of TrainingConfig: these follow from a stage's tokens
FEWEST_UPDATES = 10


class PlanError(ValueError):
    """A plan that cannot be made or followed; the message says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Head(Config):
    """What the whole plan is."""

    format: int = setting(FORMAT, "version of this form of plan")
    recipe: str = setting(
        "own", "A, the article's size; B, the size best for the hours; or your own", RECIPES
    )
    folder: str = setting("runs/four-days", "where its runs, its log and its copy of the plan go")
    hours: float = setting(96.0, "hours of training that it was made for; for you to read, the tokens decide")
    made: str = setting("", "date and machine; for you to read")

    def check(self):
        if self.format != FORMAT:
            raise ValueError(f"format is {self.format}, this program reads {FORMAT}.")
        if not self.folder.strip():
            raise ValueError("folder is empty: name the folder that the runs go into.")


@dataclasses.dataclass(frozen=True)
class StageText(Config):
    """What a stage reads."""

    corpus: tuple[str, ...] = setting((), "files and folders of text or dialogues")
    tokens: int = setting(0, "tokens to read, repeats included; they decide when the stage ends")
    validation_fraction: float = setting(0.01, "share of the documents held out, by hash")

    def check(self):
        if not self.corpus:
            raise ValueError("corpus is empty: name at least one file or folder.")
        check_at_least(self, 1, "tokens")
        if not 0 <= self.validation_fraction <= 0.5:
            raise ValueError(
                f"validation_fraction is {self.validation_fraction}, expected a share from 0 to 0.5."
            )


@dataclasses.dataclass(frozen=True)
class Stage:
    """One training of a plan.

    Attributes:
        name: one of STAGE_NAMES.
        text: StageText.
        training: TrainingConfig, whose number of updates follows from the tokens.
    """

    name: str
    text: StageText
    training: TrainingConfig

    @classmethod
    def make(cls, name, text, settings):
        """A stage whose updates hold the tokens of `text`.

        Args:
            name, text: see the class. settings: dict of TrainingConfig fields but those of FROM_TOKENS.

        Raises:
            PlanError: the tokens are too few for an update. ValueError: a setting does not fit.
        """
        fields = {name: value for name, value in settings.items() if name not in FROM_TOKENS}
        training = TrainingConfig().replace(**fields)
        num_updates = text.tokens // training.tokens_per_update
        if num_updates < FEWEST_UPDATES:
            raise PlanError(
                f"[{name}] tokens is {text.tokens:,}: that is {num_updates} updates of "
                f"{training.tokens_per_update:,} tokens, expected at least {FEWEST_UPDATES}. Give more hours "
                "or tokens, or a smaller tokens_per_update."
            )
        return cls(name, text, training.replace(num_updates=num_updates))


@dataclasses.dataclass(frozen=True)
class Expected(Config):
    """What was forecast when the plan was made, kept so that it can be held against what came. Low and high
    bound an 80% interval; 0 stands for what was not forecast. Changing these changes nothing."""

    tokens_per_second: float = setting(0.0, "in training, updates included")
    tokens_per_second_low: float = setting(0.0, "lower end")
    tokens_per_second_high: float = setting(0.0, "upper end")
    seconds: float = setting(0.0, "of training of all stages")
    seconds_low: float = setting(0.0, "lower end")
    seconds_high: float = setting(0.0, "upper end")
    memory_bytes: int = setting(0, "upper end of the peak")
    disk_bytes: int = setting(0, "runs and tokens")
    bits_per_byte: float = setting(0.0, "on held-out text at the end of the pre-training")
    bits_per_byte_low: float = setting(0.0, "lower end")
    bits_per_byte_high: float = setting(0.0, "upper end")
    loss_from: str = setting("", "the records that the loss was forecast from, or why there is no forecast")


@dataclasses.dataclass(frozen=True)
class Plan:
    """A whole plan.

    Attributes:
        head: Head. preset_name: size that the shape starts from. tokenizer: "characters" or "bpe".
        model_changes: dict of ModelConfig fields that differ from the preset's.
        stages: tuple of Stage, in the order of STAGE_NAMES; the first may stand alone.
        when: WhenToTrain. expected: Expected.
    """

    head: Head
    preset_name: str
    tokenizer: str
    model_changes: dict
    stages: tuple
    when: WhenToTrain = dataclasses.field(default_factory=WhenToTrain)
    expected: Expected = dataclasses.field(default_factory=Expected)

    def __post_init__(self):
        if self.tokenizer not in TOKENIZERS:
            raise PlanError(f"[model] tokenizer is {self.tokenizer!r}, expected one of {TOKENIZERS}.")
        if tuple(stage.name for stage in self.stages) != STAGE_NAMES[: len(self.stages)] or not self.stages:
            raise PlanError(f"stages are {[stage.name for stage in self.stages]}, expected {STAGE_NAMES}.")
        shape = self.shape.model  # its errors belong here
        given = {name: getattr(shape, name) for name in self.model_changes}  # 0 for a float is 0.0 from here
        object.__setattr__(self, "model_changes", given)

    @property
    def shape(self):
        """The Preset that the training starts from: the plan's shape, tokenizer and batch."""
        entry = preset(self.preset_name)
        model = entry.model.replace(**self.model_changes)
        return dataclasses.replace(entry, model=model, tokenizer=self.tokenizer)

    @property
    def tokens(self):
        """Tokens of all stages."""
        return sum(stage.text.tokens for stage in self.stages)


def decided(plan):
    """All that decides the numbers of a plan's training, as one JSON value: two plans in which it is equal
    train equal models."""
    found = {
        "model": {"preset": plan.preset_name, "tokenizer": plan.tokenizer, **plan.model_changes},
        "stages": [
            {
                "name": stage.name,
                "text": dataclasses.asdict(stage.text),
                "training": dataclasses.asdict(stage.training),
            }
            for stage in plan.stages
        ],
    }
    return json.loads(json.dumps(found))  # lists and tuples are the same
