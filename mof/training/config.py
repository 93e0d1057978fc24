"""How a model is trained: everything that decides the run's numbers, in one frozen config."""

import dataclasses
import math

from mof.config import Config, check_at_least, setting
from mof.training.freezing import parse_freezing


@dataclasses.dataclass(frozen=True)
class TrainingConfig(Config):
    """The settings of one training run. With the same ones, on the same machine, two runs are equal bit for
    bit."""

    minutes: float = setting(5.0, "minutes of training; turned into a number of updates after the first few")
    num_updates: int = setting(0, "number of updates; 0 lets the minutes decide")
    optimizer: str = setting(
        "muon", "muon for the matrices inside, or adamw for everything", ("muon", "adamw")
    )
    learning_rate: float = setting(1e-2, "step size of AdamW at the top of the schedule")
    muon_learning_rate: float = setting(2e-2, "step size of Muon at the top of the schedule")
    weight_decay: float = setting(0.1, "share of each matrix taken away by an update, times its step size")
    first_decay_rate: float = setting(0.9, "AdamW's beta 1, memory of the gradient")
    second_decay_rate: float = setting(0.95, "AdamW's beta 2, memory of its square")
    momentum: float = setting(0.95, "Muon's memory of the gradient")
    clip_norm: float = setting(1.0, "largest length of the whole gradient; 0 turns clipping off")
    schedule: str = setting(
        "cosine", "shape of the step size over the run", ("cosine", "warmup_stable_decay")
    )
    warmup_updates: int = setting(50, "updates over which the step size rises from 0")
    decay_share: float = setting(0.3, "last share of a warmup_stable_decay run, in which the step size falls")
    final_share: float = setting(0.05, "step size at the end, as a share of the top")
    tokens_per_update: int = setting(4096, "tokens whose gradients are summed before the weights change")
    tokens_at_once: int = setting(
        0, "most tokens whose inner values are held for the gradient, in whole rows; 0 is a whole batch"
    )
    num_streams: int = setting(8, "rows of a batch, each its own continuous stream of text")
    lengths: tuple[int, ...] = setting((128, 256, 512), "tokens of a row; each update draws one of these")
    short_share: float = setting(0.15, "first share of the run, in which only the shortest length is drawn")
    input_noise: float = setting(
        0.0, "share of the tokens read that are replaced at random; falls with the step size. For small texts"
    )
    carry_memory: bool = setting(True, "start each row from the memory its stream's last row ended with")
    freeze: tuple[str, ...] = setting(
        (), "groups kept fixed: 'rnn', or 'rnn@0-0.5' for the first half of the run"
    )
    thaw_updates: int = setting(50, "updates over which a thawed group's step size rises again")
    seed: int = setting(0, "of the weights and of the order of the documents")
    evaluate_seconds: float = setting(60.0, "seconds of training between two looks at held-out text")
    evaluation_tokens: int = setting(65536, "held-out tokens read at each look")
    checkpoint_seconds: float = setting(120.0, "seconds between two checkpoints")
    checkpoint_updates: int = setting(0, "updates between two checkpoints; 0 lets the seconds decide")

    def check(self):
        check_at_least(
            self,
            0,
            "num_updates",
            "weight_decay",
            "clip_norm",
            "warmup_updates",
            "thaw_updates",
            "seed",
            "tokens_at_once",
            "checkpoint_updates",
            "checkpoint_seconds",
        )
        check_at_least(self, 1, "num_streams", "tokens_per_update", "evaluation_tokens")
        if not self.evaluate_seconds > 0:
            raise ValueError(
                f"evaluate_seconds is {self.evaluate_seconds}, expected above 0. For hardly ever, give many."
            )
        if self.num_updates == 0 and not 0 < self.minutes < math.inf:
            raise ValueError(
                f"minutes is {self.minutes} and num_updates 0, expected minutes above 0 and finite, or "
                "a number of updates."
            )
        for name in ("learning_rate", "muon_learning_rate"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a number from 0 on.")
        if not self.lengths or min(self.lengths) < 2:
            raise ValueError(f"lengths is {self.lengths}, expected at least one length of 2 tokens or more.")
        for length in self.lengths:
            if self.tokens_per_update % (length * self.num_streams):
                raise ValueError(
                    f"tokens_per_update {self.tokens_per_update} is no multiple of length {length} "
                    f"x {self.num_streams} "
                    f"streams: every update must hold whole rows. Try {length * self.num_streams}."
                )
        for name in (
            "decay_share",
            "final_share",
            "short_share",
            "input_noise",
            "momentum",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a share between 0 and 1.")
        for name in ("first_decay_rate", "second_decay_rate"):
            if not 0 <= getattr(self, name) < 1:  # at 1 the correction of the first steps divides by 0
                raise ValueError(f"{name} is {getattr(self, name)}, expected a share from 0 up to below 1.")
        parse_freezing(self.freeze)
