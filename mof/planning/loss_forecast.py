"""The loss that a plan may promise: out of fitted laws where there are some, else none.

A law is a record of somebody's fit (`mof.planning.scaling_law`), with all that it holds for: one family of
models, the same but for their sizes; one tokenizer; one corpus, whose repeats it counts as
`mof.planning.scaling_law.effective_tokens` does. Laws lie in `benchmarks/results/loss_laws.json`, a list, and
`benchmarks/scaling_study.py` makes them. A plan asks for one that matches. Where none does, or where the plan
lies too far beyond the trainings of the fit, it says so and gives no number. Book: chapter 17.
"""

import dataclasses
import json
from pathlib import Path
from typing import NamedTuple

from mof.config import Config, setting
from mof.machine.parameter_counts import num_parameters
from mof.planning.scaling_law import FittedLaw, Law, effective_tokens

LAWS_PATH = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "loss_laws.json"
# in size and in tokens, as a factor: no law is believed further beyond the trainings of its fit
MOST_STRETCH = 10.0
MOST_PASS_STRETCH = 2.0  # the same in passes over the text
FREE_PASSES = 4.0  # as good as fresh text (Muennighoff et al. 2023, abstract): any law holds for so many
# ModelConfig fields in which the models of a family may differ: their sizes, and what costs time alone
SIZES = (
    "vocabulary_size",
    "width",
    "recurrent_layers",
    "recurrent_width",
    "transformer_layers",
    "num_heads",
    "feed_forward_width",
    "thought_width",
    "num_positions",
    "router_width",
)
SPEED_ALONE = ("chunk_length", "recompute", "recompute_products", "product_dtype")


@dataclasses.dataclass(frozen=True)
class LossLaw(Config):
    """One fitted law, and what it holds for."""

    family: str = setting("", "JSON of the ModelConfig but its sizes, as `family_key` gives it")
    tokenizer: str = setting("bpe", "characters or bpe")
    vocabulary_size: int = setting(8192, "tokens in the vocabulary")
    corpus: str = setting("", "fingerprint, as `mof.planning.corpus_look.corpus_fingerprint` gives it")
    unique_tokens: int = setting(1, "tokens of one pass over the corpus")
    most_passes: float = setting(1.0, "over it, of a training of the fit")
    tokens_per_update: tuple[int, ...] = setting((4096,), "tokens that the trainings summed")
    law: tuple[float, ...] = setting((), "the five numbers of `mof.planning.scaling_law.Law`, in their order")
    resampled: tuple[tuple[float, ...], ...] = setting((), "the same, of the fits with shuffled residuals")
    spread: float = setting(0.02, "standard deviation of the logarithm of a training's loss about the law")
    sizes: tuple[float, ...] = setting((1.0, 1.0), "parameters, least and most of the fit")
    tokens: tuple[float, ...] = setting((1.0, 1.0), "that count, least and most of the fit")
    source: str = setting("", "where the fit is recorded")

    def check(self):
        wrong = [row for row in (self.law, *self.resampled) if len(row) != len(Law._fields) or min(row) < 0]
        if wrong:
            raise ValueError(f"{wrong[0]} is no law: expected {', '.join(Law._fields)}, none below 0.")
        for name in ("sizes", "tokens"):
            bounds = getattr(self, name)
            if len(bounds) != 2 or not 0 < bounds[0] <= bounds[1]:
                raise ValueError(f"{name} is {bounds}, expected the least and the most, above 0.")
        if self.unique_tokens < 1 or self.spread < 0:
            raise ValueError("unique_tokens must be above 0, and spread not below.")

    @property
    def fitted(self):
        """The FittedLaw."""
        rows = tuple(Law(*row) for row in self.resampled)
        return FittedLaw(Law(*self.law), rows, self.spread, self.sizes, self.tokens)


class LossForecast(NamedTuple):
    """Bits per byte on held-out text with an 80% interval, and the record that they come from."""

    low: float
    centre: float
    high: float
    source: str


def family_key(model_config):
    """A ModelConfig as text, less its sizes and what does not change the loss, or only a little."""
    fields = json.loads(model_config.to_json())
    fields["has_thought_space"] = fields["thought_width"] > 0
    for name in (*SIZES, *SPEED_ALONE):
        del fields[name]
    return json.dumps(fields, sort_keys=True)


def forecast_loss(shape, corpus_fingerprint, tokens_per_update, num_tokens, laws=None):
    """What the loss will be at the end of a pre-training.

    Args:
        shape: Preset of the training. corpus_fingerprint: str. tokens_per_update: int. num_tokens: int,
        repeats included.
        laws: list of LossLaw, or None for those that are recorded.

    Returns:
        (LossForecast or None, words): the words say where it comes from, or why there is none.
    """
    laws = recorded_laws() if laws is None else laws
    if not laws:
        return None, "no forecast: no law of the loss has been fitted yet."
    matching = [law for law in laws if law.corpus == corpus_fingerprint]
    if not matching:
        return None, "no forecast: no law of the loss was fitted for this corpus."
    wanted = (shape.tokenizer, shape.model.vocabulary_size)
    matching = [law for law in matching if (law.tokenizer, law.vocabulary_size) == wanted]
    if not matching:
        return None, "no forecast: the law of this corpus was fitted with another tokenizer."
    matching = [law for law in matching if law.family == family_key(shape.model)]
    if not matching:
        return None, "no forecast: the law of this corpus was fitted for another kind of model."
    law = max(matching, key=lambda law: law.tokens[1])
    refusal = _refusal(law, num_parameters(shape.model), num_tokens)
    if refusal:
        return None, f"no forecast: {refusal}"
    counted = effective_tokens(num_tokens, law.unique_tokens)
    bounds = law.fitted.forecast(num_parameters(shape.model), counted)
    words = f"from {law.source}"
    if tokens_per_update not in law.tokens_per_update:
        summed = " or ".join(f"{number:,}" for number in law.tokens_per_update)
        words += f" (its trainings summed {summed} tokens an update, this plan sums {tokens_per_update:,})"
    return LossForecast(*bounds, law.source), words


def most_believed_passes(most_passes):
    """Passes that a plan may make and trust a law whose trainings made `most_passes` at most."""
    return max(FREE_PASSES, MOST_PASS_STRETCH * most_passes)


def _refusal(law, size, num_tokens):
    """Why the law is not believed there, in words; "" where it is."""
    passes, most = num_tokens / law.unique_tokens, most_believed_passes(law.most_passes)
    if passes > most:
        return (
            f"this plan reads its text {passes:.1f} times; the trainings of the law read it at most "
            f"{law.most_passes:.1f} times, and beyond {most:.1f} times it is not believed."
        )
    counted = effective_tokens(num_tokens, law.unique_tokens)
    for what, value, bounds in (("parameters", size, law.sizes), ("tokens", counted, law.tokens)):
        least, most = bounds[0] / MOST_STRETCH, bounds[1] * MOST_STRETCH
        if not least <= value <= most:
            return (
                f"the law was fitted from {bounds[0]:,.0f} to {bounds[1]:,.0f} {what}, and is believed up to "
                f"{MOST_STRETCH:g} times beyond; this plan has {value:,.0f}."
            )
    return ""


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
