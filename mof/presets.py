"""Four sizes on one dial. Each preset names its tokenizer, its recurrence and how it is trained."""

import dataclasses

from mof.config import ModelConfig

PRESET_NAMES = ("nano", "tiny", "small", "full")
TOKENIZERS = ("characters", "bpe")


@dataclasses.dataclass(frozen=True)
class Preset:
    """A named size: `model` (ModelConfig), `tokenizer` (one of TOKENIZERS), `purpose` in a few words.

    tokens_per_update: how many a training sums before the weights change, where nobody says otherwise. The
    optimiser's own products do not depend on it: at 4,096 tokens they are a sixth of a token's for `tiny`,
    but two fifths for `small` and two thirds for `full` (book, chapter 01), so larger models sum more.
    tokens_at_once: as in `TrainingConfig`, where nobody says otherwise; 0 for a whole batch.

    Raises:
        ValueError: for another tokenizer.
    """

    name: str
    model: ModelConfig
    tokenizer: str
    purpose: str
    tokens_per_update: int = 4096
    tokens_at_once: int = 0

    def __post_init__(self):
        if self.tokenizer not in TOKENIZERS:
            raise ValueError(f"tokenizer is {self.tokenizer!r}, expected one of {TOKENIZERS}.")


def preset(name):
    """The preset of that name.

    Args:
        name: "nano", "tiny", "small" or "full".

    Raises:
        ValueError: for another name.
    """
    if name not in _PRESETS:
        raise ValueError(
            f"preset is {name!r}, expected one of {PRESET_NAMES}: each is larger than the one before."
        )
    return _PRESETS[name]


_PRESETS = {
    "nano": Preset(
        name="nano",
        model=ModelConfig(
            vocabulary_size=1024,
            width=64,
            recurrent_layers=1,
            recurrent_width=96,
            transformer_layers=2,
            num_heads=4,
            feed_forward_width=128,
            thought_width=32,
            router_width=16,
            chunk_length=16,
        ),
        tokenizer="characters",
        purpose="tests, in seconds",
    ),
    "tiny": Preset(name="tiny", model=ModelConfig(), tokenizer="bpe", purpose="chapters, in minutes"),
    "small": Preset(
        name="small",
        model=ModelConfig(
            width=512,
            recurrent_width=1024,
            transformer_layers=6,
            feed_forward_width=1536,
            thought_width=128,
        ),
        tokenizer="bpe",
        purpose="an evening",
        tokens_per_update=8192,
    ),
    "full": Preset(
        name="full",
        model=ModelConfig(
            width=768,
            recurrent_width=2048,
            transformer_layers=9,
            num_heads=12,
            feed_forward_width=2304,
            thought_width=384,
            recompute=True,
        ),
        tokenizer="bpe",
        purpose="four days: the article's 0.08 billion parameters",
        tokens_per_update=16384,
        tokens_at_once=1024,
    ),
}
