"""Frozen configs, one per concern: every field with its default, its unit and its reason, checked when made.

A config is written as JSON beside what it configured; command-line flags are generated from the fields. An
unknown key fails and names the nearest known one.
"""

import dataclasses
import difflib
import json
import math
import types
import typing

EXPERT_KINDS = ("recurrent", "transformer")
# tokens that `mof.ops.chunks` handles at once: with log decays of at least -1, weights inside a chunk and
# their inverses stay below e^64, within float32's range
LONGEST_CHUNK = 64


def setting(default, reason, choices=None):
    """A config field: its default, why it is there and in what unit, and the values it may take.

    Args:
        default: any immutable value.
        reason: one sentence, shown by --help.
        choices: tuple of allowed values, or None.
    """
    return dataclasses.field(default=default, metadata={"help": reason, "choices": choices})


def check_at_least(config, minimum, *names):
    """Raise ValueError unless each named field of `config` is at least `minimum`."""
    for name in names:
        value = getattr(config, name)
        if not value >= minimum:
            raise ValueError(f"{name} is {value}, expected at least {minimum}.")


def check_finite(value, name):
    """Raise ValueError for a float that is NaN or infinite, or a tuple that holds one."""
    for item in value if isinstance(value, tuple) else ():
        check_finite(item, name)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}, expected a finite number.")


@dataclasses.dataclass(frozen=True)
class Config:
    """What all configs share: checks of choices, types and finite numbers, and JSON in both directions."""

    def __post_init__(self):
        hints = typing.get_type_hints(type(self))
        for field in dataclasses.fields(self):
            value, choices = getattr(self, field.name), field.metadata.get("choices")
            checked = _as_type(value, hints[field.name], field.name)
            object.__setattr__(self, field.name, checked)
            for item in checked if isinstance(checked, tuple) else (checked,):
                if choices is not None and item not in choices:
                    raise ValueError(
                        f"{field.name} is {item!r}, expected one of {choices}{_nearest(item, choices)}."
                    )
        self.check()
        for field in dataclasses.fields(self):
            check_finite(getattr(self, field.name), field.name)

    def check(self):
        """Raise ValueError where fields do not go together. A subclass says what must hold."""

    def replace(self, **changes):
        """A copy with some fields changed.

        Raises:
            ValueError: for a field that is not there, naming the nearest one, or a value that does not fit.
        """
        return type(self)(**{**dataclasses.asdict(self), **_known_keys(type(self), changes)})

    def to_json(self):
        """The fields as JSON text, in the order of the class."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text):
        """The config that `to_json` wrote.

        Raises:
            ValueError: for text that is no JSON object, an unknown key, or a value that does not fit.
        """
        try:
            fields = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"{cls.__name__}: the text is no JSON ({error}). Was the file cut short?"
            ) from error
        if not isinstance(fields, dict):
            raise ValueError(
                f"{cls.__name__}: got a JSON {type(fields).__name__}, expected an object with the fields."
            )
        return cls(**_known_keys(cls, fields))


def check_keys(fields, known, what):
    """Raise ValueError for a key of `fields` that is not among `known`, naming the nearest one.

    Args:
        fields: dict. known: list of str. what: whose keys they are, for the message.
    """
    for key in fields:
        if key not in known:
            raise ValueError(
                f"{what} has no field {key!r}{_nearest(key, known)}. Fields: {', '.join(known)}."
            )


def _known_keys(cls, fields):
    check_keys(fields, [field.name for field in dataclasses.fields(cls)], cls.__name__)
    return fields


def _nearest(word, known):
    matches = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.5)
    return f": did you mean {matches[0]!r}?" if matches else ""


def _as_type(value, hint, name):
    """`value` as the type that a field declares; numbers may widen from int to float, lists become tuples."""
    if isinstance(hint, types.UnionType):
        if value is None:
            return None
        hint = next(option for option in typing.get_args(hint) if option is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        if isinstance(value, str) or not isinstance(value, list | tuple):
            raise ValueError(f"{name} is {value!r}, expected a list.")
        return tuple(_as_type(item, typing.get_args(hint)[0], name) for item in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if hint is float and is_number:
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{name} is {value!r}, expected {hint.__name__}.")
    return value


@dataclasses.dataclass(frozen=True)
class ModelConfig(Config):
    """The shape of a MoF model, and a switch for each of its ideas."""

    vocabulary_size: int = setting(8192, "tokens in the vocabulary, W; the tokenizer decides it")
    width: int = setting(256, "channels of every token between layers, D")
    experts: tuple[str, ...] = setting(
        EXPERT_KINDS,
        "experts under the router, any number and order; one expert needs no router",
        EXPERT_KINDS,
    )
    recurrent_layers: int = setting(2, "layers of a recurrent expert: shallow")
    recurrent_width: int = setting(512, "hidden units of each recurrent layer, R: wide")
    recurrence: str = setting(
        "minimal_gru", "kind of recurrence; gru is slow on a CPU", ("minimal_gru", "gru")
    )
    recurrent_output_gate: bool = setting(True, "multiply the hidden state by a gate before the way out")
    embedding_residual: float = setting(
        0.4, "share of the embedding in each recurrent layer's input; 0 turns it off"
    )
    transformer_layers: int = setting(4, "blocks of a Transformer expert: deep")
    num_heads: int = setting(8, "attention heads; must divide the width")
    feed_forward_width: int = setting(512, "inner channels of each feed-forward layer, F")
    activation: str = setting("squared_relu", "between the feed-forward products", ("squared_relu", "gelu"))
    attention_decay: str = setting(
        "input", "how a head forgets: the article's attention does not", ("none", "fixed", "learned", "input")
    )
    attention_normalizer: str = setting(
        "head_norm", "what tames the attention's sum; the article divides", ("denominator", "head_norm")
    )
    attention_output_gate: bool = setting(True, "multiply the attention by a gate before the way out")
    thought_width: int = setting(128, "inner channels of the thought space; 0 turns it off")
    thought_alpha: float = setting(0.3, "first value of the thought space's trained factor")
    window: int = setting(0, "tokens each attention layer can look back (the article's crop); 0 is all")
    position: str = setting("none", "added to the Transformer's input", ("none", "learned", "sinusoidal"))
    num_positions: int = setting(4096, "rows of the learned position table")
    convolution_length: int = setting(
        4, "tokens that the convolution before each memory sees; 1 turns it off"
    )
    router_width: int = setting(64, "hidden units of the router's recurrence")
    router_recurrence: str = setting(
        "minimal_gru", "kind of recurrence of the router", ("minimal_gru", "gru")
    )
    router_temperature: float = setting(1.0, "divides the router's logits; below 1 it chooses more sharply")
    routing: str = setting("dense", "dense mixes all experts for every token", ("dense",))
    chunk_length: int = setting(64, "tokens the attention handles in one product; speed alone depends on it")
    recompute: bool = setting(
        False, "compute cheap parts again in the backward pass: less memory, a little more time"
    )
    recompute_products: bool = setting(
        False, "with recompute: compute each layer's first product again too: still less memory, more time"
    )
    product_dtype: str = setting("float32", "number format of the matrix products", ("float32", "bfloat16"))

    def check(self):
        check_at_least(
            self, 1, "width", "recurrent_layers", "recurrent_width", "transformer_layers", "num_heads"
        )
        check_at_least(self, 1, "feed_forward_width", "num_positions", "convolution_length", "router_width")
        check_at_least(self, 1, "chunk_length")
        if self.chunk_length > LONGEST_CHUNK:
            raise ValueError(f"chunk_length is {self.chunk_length}, expected at most {LONGEST_CHUNK}.")
        check_at_least(self, 0, "thought_width", "window", "embedding_residual")
        if self.vocabulary_size < 2:
            raise ValueError(f"vocabulary_size is {self.vocabulary_size}, expected at least 2.")
        if not self.experts:
            raise ValueError(f"experts is empty, expected at least one of {EXPERT_KINDS}.")
        if self.width % self.num_heads:
            raise ValueError(
                f"width {self.width} is no multiple of num_heads {self.num_heads}: "
                "choose heads that divide it."
            )
        if self.embedding_residual > 1:
            raise ValueError(
                f"embedding_residual is {self.embedding_residual}, expected a share between 0 and 1."
            )
        if self.router_temperature <= 0:
            raise ValueError(f"router_temperature is {self.router_temperature}, expected above 0.")
        if self.position == "sinusoidal" and self.width % 2:
            raise ValueError(f"width is {self.width}, expected an even number for sinusoidal positions.")

    @property
    def saves_memory(self):
        """True where a training computes something again in the backward pass, in order to hold less."""
        return self.recompute or self.recompute_products
