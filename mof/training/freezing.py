"""Freezing groups of parameters, for the whole run or for a stretch of it.

A frozen group gets no update and no weight decay, and the part of the backward pass that only it needs is not
computed. A group that thaws starts with an empty optimiser state, and its step size warms up again. Source of
the idea: the MoF article's `train_deep_layer`, section "Training". Book: chapter 10.
"""

from typing import NamedTuple

GROUP_NAMES = ("embedding", "router", "rnn", "transformer", "transformer.deep", "head")


class FrozenStretch(NamedTuple):
    """`group` is fixed from share `start` of the run up to share `end`."""

    group: str
    start: float
    end: float


def parse_freezing(entries):
    """Read entries like "rnn" (the whole run) or "transformer.deep@0-0.5" (its first half).

    Args:
        entries: tuple of strings.

    Returns:
        tuple of FrozenStretch.

    Raises:
        ValueError: for an unknown group, or a stretch that is none.
    """
    stretches = []
    for entry in entries:
        group, _, stretch = entry.partition("@")
        if group not in GROUP_NAMES:
            raise ValueError(f"freeze names the group {group!r}, expected one of {GROUP_NAMES}.")
        start, end = 0.0, 1.0
        if stretch:
            first, dash, last = stretch.partition("-")
            try:
                start, end = float(first), float(last)
            except ValueError:
                dash = ""
            if not dash or not 0 <= start < end <= 1:
                raise ValueError(
                    f"freeze has the stretch {stretch!r}, expected two shares of the run such as 0-0.5."
                )
        stretches.append(FrozenStretch(group, start, end))
    return tuple(stretches)


def frozen_groups(stretches, progress):
    """The names of the groups that are fixed at share `progress` of the run, sorted.

    Args:
        stretches: as `parse_freezing` gives.
        progress: in [0, 1).

    Returns:
        tuple of names.
    """
    return tuple(sorted({s.group for s in stretches if s.start <= progress < s.end}))


def change_updates(stretches, num_updates):
    """The updates, from 0, at which a group is frozen or thaws: sorted, without the start and the end.

    Args:
        stretches: as `parse_freezing` gives. num_updates: of the whole run.

    Returns:
        list of int. From such an update on, an update takes another time.
    """
    shares = {share for s in stretches for share in (s.start, s.end) if 0 < share < 1}
    near = {share: round(share * num_updates) for share in shares}
    # the first update whose own share, as the training computes it, has reached this one
    firsts = {share: range(max(0, place - 1), place + 2) for share, place in near.items()}
    return sorted({next(u for u in firsts[share] if u / num_updates >= share) for share in shares})


def check_freezing(model, stretches):
    """See that every part of a run has something to train, before it begins.

    Args:
        model: MixtureLanguageModel. stretches: as `parse_freezing` gives.

    Raises:
        ValueError: a named group has no parameter in this model, or at some share nothing is left to train.
    """
    groups = model.parameter_groups()
    for name in sorted({s.group for s in stretches}):
        if not groups[name]:
            there = ", ".join(other for other in GROUP_NAMES if groups[other])
            raise ValueError(f"freeze names {name}, of which this model has nothing. It has: {there}.")
    for share in sorted({0.0, *(s.start for s in stretches)}):
        trainable_flags(model, frozen_groups(stretches, share))


def trainable_flags(model, frozen):
    """Which of `model.trainable_variables` are to be updated.

    Args:
        model: MixtureLanguageModel.
        frozen: names of frozen groups.

    Returns:
        list of bool, in the order of `model.trainable_variables`.

    Raises:
        ValueError: if nothing is left to train.
    """
    groups = model.parameter_groups()
    fixed = {id(variable) for name in frozen for variable in groups[name]}
    flags = [id(variable) not in fixed for variable in model.trainable_variables]
    if not any(flags):
        raise ValueError(
            f"freeze fixes {', '.join(frozen)}: nothing is left to train. Leave at least one group out."
        )
    return flags
