"""Where a run stands: everything besides tensors that a resumed run needs to go on as if nothing had
happened."""

import dataclasses


@dataclasses.dataclass
class Progress:
    """Counters of a run; all are JSON values.

    update: updates done. num_updates: updates of the whole run, None until the minutes have been turned into
    a number. num_tokens: tokens read. num_targets: targets that counted. seconds: of training, over all
    stretches. micro_batch: batches already summed for the next update; cycle_loss and cycle_weight belong to
    them. ages: each parameter's own number of updates. thawed_at: for each parameter, the update at which it
    last thawed. planning_seconds: of training, at the update from which the speed is measured.
    """

    update: int = 0
    num_updates: int | None = None
    num_tokens: int = 0
    num_targets: float = 0.0
    seconds: float = 0.0
    micro_batch: int = 0
    cycle_loss: float = 0.0
    cycle_weight: float = 0.0
    ages: list = dataclasses.field(default_factory=list)
    thawed_at: list = dataclasses.field(default_factory=list)
    planning_seconds: float = 0.0
