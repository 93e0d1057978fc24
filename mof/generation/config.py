"""How a text is written: everything that decides the next token, in one frozen config."""

import dataclasses
import math

from mof.config import Config, check_at_least, setting
from mof.tokenizer.surrogates import check_no_surrogates

_LARGEST_SEED = (
    2**32 - 1
)  # one word of NumPy's seed sequence, so that no two (seed, row, position) share a draw


@dataclasses.dataclass(frozen=True)
class GenerationConfig(Config):
    """The settings of one text. The same ones, with the same model, write the same text.

    Example:
        >>> GenerationConfig(temperature=0).replace(max_tokens=20).max_tokens
        20
    """

    max_tokens: int = setting(256, "most tokens written after the prompt")
    temperature: float = setting(
        0.8, "divides the logits: small is sure of itself, 1 as trained; 0 takes the likeliest"
    )
    top_k: int = setting(0, "only the k likeliest tokens may be drawn; 0 turns it off")
    top_p: float = setting(
        0.95, "only the likeliest tokens that together reach this share may be drawn; 1 is off"
    )
    repetition_penalty: float = setting(
        1.0, "makes tokens of the last penalty_window less likely; 1 turns it off"
    )
    penalty_window: int = setting(128, "tokens, prompt included, that the repetition penalty looks back")
    seed: int = setting(0, "of the draws; another one gives another text")
    stop: tuple[str, ...] = setting((), "strings before which the text ends")

    def check(self):
        check_at_least(self, 1, "max_tokens", "repetition_penalty", "penalty_window")
        check_at_least(self, 0, "temperature", "top_k", "seed")
        for name in ("temperature", "repetition_penalty"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} is {getattr(self, name)}, expected a finite number.")
        if not 0 < self.top_p <= 1:
            raise ValueError(
                f"top_p is {self.top_p}, expected a share above 0 and at most 1; 1 turns it off."
            )
        if self.seed > _LARGEST_SEED:
            raise ValueError(f"seed is {self.seed}, expected at most {_LARGEST_SEED}.")
        for text in self.stop:
            if not text:
                raise ValueError("stop holds an empty string, which every text contains: leave it out.")
            check_no_surrogates(text)


@dataclasses.dataclass(frozen=True)
class ChatGenerationConfig(GenerationConfig):
    """The settings of a conversation. A small model is often wrong and seldom knows it: at a high temperature
    it strays into other subjects in the middle of an answer, at a low one it repeats itself."""

    max_tokens: int = setting(160, "most tokens of an answer")
    temperature: float = setting(
        0.3, "divides the logits: small is sure of itself, 1 as trained; 0 takes the likeliest"
    )
    repetition_penalty: float = setting(
        1.05, "makes tokens of the last penalty_window less likely; 1 turns it off"
    )
