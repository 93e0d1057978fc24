"""How large a model for the hours at hand: recipe B of a plan.

The rule is the doctor's (`mof.machine.recommendation`): of the sizes that fit into memory, the one whose
tokens in those hours come closest, as a ratio, to 20 for each parameter. Hoffmann et al. 2022 are reported to
have found about 20 on larger models and on text that is read once. Our text is read again and again, and our
models are small: for them the rule is a guide, and the plan says so. Chapter 17 holds it against a law that
was fitted here.

The sizes are the presets and one shape between `tiny` and `small`: the one of the model that ships, which has
read 87% of the tokens that 96 hours buy (benchmarks/results/accelerator_run.json). A step between two of them
is a factor of two to three; the loss near its best is flat, so a finer choice would be finer than the rule.
"""

import dataclasses
from typing import NamedTuple

from mof.machine.prediction import OWN_SHAPE, predict_shape
from mof.machine.recommendation import FOR_TESTS, TOKENS_PER_PARAMETER, distance_from_rule, fits_in_memory
from mof.presets import PRESET_NAMES, Preset, preset

ARTICLE_PRESET = "full"
# of the model that ships, as changes to the preset `small`
SHIPPED_SHAPE = {
    "width": 384,
    "num_heads": 6,
    "recurrent_width": 1024,
    "feed_forward_width": 1152,
    "thought_width": 96,
}


class Size(NamedTuple):
    """A size to choose.

    preset_name: preset that the shape starts from. model_changes: dict of ModelConfig fields that differ.
    shape: Preset with them. prediction: PresetPrediction of its speed, memory and disk.
    """

    preset_name: str
    model_changes: dict
    shape: Preset
    prediction: object

    @property
    def label(self):
        """Name for a table: "small", or "16.7 M" for a shape that no preset has."""
        return f"{self.prediction.num_parameters / 1e6:.1f} M" if self.model_changes else self.preset_name


def size_of(report, preset_name, model_changes=None, tokenizer=None):
    """The Size of one shape on the machine of a DoctorReport.

    Args:
        report: DoctorReport. preset_name: see `Size`. model_changes: dict, or None for the preset itself.
        tokenizer: "characters" or "bpe"; None for the preset's.

    Raises:
        ValueError: the preset or a field is unknown, or a value does not fit.
    """
    entry, changes = preset(preset_name), model_changes or {}
    shape = dataclasses.replace(
        entry,
        name=OWN_SHAPE if changes else preset_name,
        model=entry.model.replace(**changes),
        tokenizer=tokenizer or entry.tokenizer,
    )
    bandwidth = report.bandwidths.memory_bytes_per_second
    prediction = predict_shape(shape, shape.model.product_dtype, report.rates, report.steps, bandwidth)
    return Size(preset_name, changes, shape, prediction)


def candidates(report, tokenizer=None):
    """The Sizes that recipe B chooses among, small ones first; the one for tests is left out."""
    sizes = [size_of(report, name, None, tokenizer) for name in PRESET_NAMES if name != FOR_TESTS]
    sizes.append(size_of(report, "small", SHIPPED_SHAPE, tokenizer))
    return sorted(sizes, key=lambda size: size.prediction.num_parameters)


def best_size(sizes, available_bytes, hours):
    """(the Size that the rule chooses, the rule's words), or (None, why there is none).

    Args:
        sizes: list of Size. available_bytes: memory that a new program can have. hours: of training.
    """
    fitting = [size for size in sizes if fits_in_memory(size.prediction, available_bytes)]
    if not fitting:
        least = min(size.prediction.peak_bytes_high for size in sizes)
        return None, (
            f"no size fits into the {available_bytes / 1e9:.1f} GB of memory that are free: the smallest may "
            f"take {least / 1e9:.1f} GB. Close other programs."
        )
    chosen = min(fitting, key=lambda size: distance_from_rule(size.prediction, hours))
    each = chosen.prediction.tokens_per_parameter(hours)
    words = (
        f"{hours:g} hours buy it {each:.3g} tokens for each parameter; of the sizes that fit into memory "
        f"that is closest to {TOKENS_PER_PARAMETER:g}, reported as the best of much larger models on text "
        "read once (Hoffmann et al. 2022): a guide."
    )
    return chosen, words
