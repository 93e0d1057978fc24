"""The loss that a plan may promise: out of fitted laws where there are some, else none.

A law is a record of somebody's fit: for one shape, tokenizer, batch and corpus, held-out bits per byte after
T tokens, under a schedule that ends there,

    bits(T) = floor + scale * T^(-exponent),

with a standard deviation for the logarithm of `bits - floor` and the tokens between which it was fitted. Laws
lie in `benchmarks/results/loss_laws.json`, a list; a plan asks for one that matches in everything and holds
for its tokens. Nothing is fitted here, and where no law matches the plan says so and gives no number. The
book's chapter 17 makes laws; none has been made yet.
"""

import dataclasses
import json
from pathlib import Path
from typing import NamedTuple

from mof.config import Config, setting
from mof.machine.cost_model import interval

LAWS_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "loss_laws.json"
MOST_STRETCH = 10.0  # tokens beyond the longest run of a fit, as a factor: further no law is believed


@dataclasses.dataclass(frozen=True)
class LossLaw(Config):
    """One fitted law, and what it holds for."""

    shape: str = setting("", "JSON of the ModelConfig but its vocabulary, as `shape_key` gives it")
    tokenizer: str = setting("bpe", "characters or bpe")
    corpus: str = setting("", "fingerprint, as `mof.planning.corpus_look` gives it")
    tokens_per_update: int = setting(4096, "tokens whose gradients were summed")
    floor: float = setting(0.0, "bits per byte that no number of tokens would go below")
    scale: float = setting(1.0, "bits per byte at one token, above the floor")
    exponent: float = setting(0.3, "how fast it falls")
    spread: float = setting(0.1, "standard deviation of the logarithm of what lies above the floor")
    least_tokens: int = setting(1, "of the shortest run of the fit")
    most_tokens: int = setting(1, "of the longest")
    source: str = setting("", "where the fit is recorded")

    def check(self):
        if min(self.scale, self.exponent, self.least_tokens) <= 0 or min(self.floor, self.spread) < 0:
            raise ValueError("scale, exponent and tokens must be above 0, floor and spread not below.")
        if self.most_tokens < self.least_tokens:
            raise ValueError(f"most_tokens {self.most_tokens} is below least_tokens {self.least_tokens}.")

    def bits_per_byte(self, num_tokens):
        """(low, centre, high) after so many tokens: an 80% interval."""
        above = self.scale * num_tokens**-self.exponent
        return tuple(self.floor + bound for bound in interval(above, self.spread))


class LossForecast(NamedTuple):
    """Bits per byte on held-out text with an 80% interval, and the record that they come from."""

    low: float
    centre: float
    high: float
    source: str


def shape_key(model_config):
    """A ModelConfig as text, less what does not change the loss, or only a little."""
    fields = json.loads(model_config.to_json())
    for name in ("vocabulary_size", "chunk_length", "recompute", "recompute_products"):
        del fields[name]
    return json.dumps(fields, sort_keys=True)


def forecast_loss(shape, corpus_fingerprint, tokens_per_update, num_tokens, laws=None):
    """What the loss will be at the end of a pre-training.

    Args:
        shape: Preset of the training. corpus_fingerprint: str. tokens_per_update: int. num_tokens: int.
        laws: list of LossLaw, or None for those that are recorded.

    Returns:
        (LossForecast or None, words): the words say where it comes from, or why there is none.
    """
    laws = recorded_laws() if laws is None else laws
    if not laws:
        return None, "no forecast: no law of the loss has been fitted yet."
    key = shape_key(shape.model)
    wanted = (key, shape.tokenizer, corpus_fingerprint, tokens_per_update)
    matching = [
        law for law in laws if (law.shape, law.tokenizer, law.corpus, law.tokens_per_update) == wanted
    ]
    if not matching:
        same_shape = any(law.shape == key for law in laws)
        what = "this corpus, tokenizer and batch" if same_shape else "this shape of model"
        return None, f"no forecast: none was fitted for {what}."
    law = max(matching, key=lambda law: law.most_tokens)
    if not law.least_tokens <= num_tokens <= MOST_STRETCH * law.most_tokens:
        return None, (
            f"no forecast: the law that was fitted holds from {law.least_tokens:,} tokens to "
            f"{MOST_STRETCH:g} times {law.most_tokens:,}; this plan reads {num_tokens:,}."
        )
    return LossForecast(*law.bits_per_byte(num_tokens), law.source), f"from {law.source}"


def recorded_laws(path=LAWS_PATH):
    """The laws in a file, a list of LossLaw; empty where there is no file.

    Raises:
        ValueError: the file holds something else.
    """
    path = Path(path)
    if not path.is_file():
        return []
    entries = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise ValueError(f"{path} holds no list of laws.")
    return [LossLaw.from_json(json.dumps(entry)) for entry in entries]
