"""What is wrong with a run, in words, with what to do: `mof.panel.signals` finds, this says."""

from typing import NamedTuple

import numpy as np

from mof.course.translation import _, ngettext
from mof.panel.durations import duration, size
from mof.panel.signals import (
    FREE_CHECKPOINTS,
    FREE_MEMORY_BYTES,
    find_divergence,
    find_lost_speed,
    find_slow_saving,
    find_spikes,
    find_standstills,
)
from mof.training.freezing import change_updates, parse_freezing

NOTE, WARNING, DANGER = "note", "warning", "danger"
SPIKES_AT_ONCE = 3  # among the updates that are looked at; fewer are the weather


class Signal(NamedTuple):
    """level: NOTE, WARNING or DANGER. kind: str, such as "spike". what: what was found. to_do: what to do."""

    level: str
    kind: str
    what: str
    to_do: str


def signals_of(snapshot, resume_command):
    """Everything that a reader should know of a run now, the most pressing first.

    Args:
        snapshot: RunSnapshot.
        resume_command: str, the command that goes on with the run.

    Returns:
        list of Signal, empty for a calm run.
    """
    losses = snapshot.columns["loss"]
    found = [
        _divergence(snapshot),
        _silence(snapshot, resume_command),
        _room(snapshot),
        _lost_speed(snapshot),
        _saving(snapshot),
        _spikes(snapshot, find_spikes(losses)),
        _standstill(snapshot),
        _bad_lines(snapshot),
    ]
    order = (DANGER, WARNING, NOTE)
    return sorted((signal for signal in found if signal), key=lambda signal: order.index(signal.level))


def _divergence(snapshot):
    losses = snapshot.columns["loss"]
    # the loop ends before it logs a loss that is no number, and tells its end as an event
    found = find_divergence(np.append(losses, np.nan) if snapshot.has_diverged else losses)
    if found is None:
        return None
    place = min(found.best_update, len(losses)) - 1
    update = int(snapshot.columns["update"][place]) if place >= 0 else 0
    if np.isfinite(found.now):
        what = _("The loss has risen from {best} to {now} since update {update}, and stays up.").format(
            best=f"{found.best:.2f}", now=f"{found.now:.2f}", update=update
        )
    else:
        what = _("The loss is no number any more: the training has diverged.")
    to_do = _(
        "Start again from a checkpoint before update {update}, if one is left, or from the beginning, with "
        "half the learning rates (--learning-rate, --muon-learning-rate)."
    ).format(update=update)
    if not update:
        to_do = _("Start again with half the learning rates (--learning-rate, --muon-learning-rate).")
    if _has_updates_left(snapshot):
        to_do = _("Stop it (Ctrl-C).") + " " + to_do
    return Signal(DANGER, "divergence", what, to_do)


def _silence(snapshot, resume_command):
    silent = snapshot.silent_seconds
    if not snapshot.is_there:
        what = _("Its folder is not there.")
        to_do = _(
            "It was moved, renamed or deleted, or its disk is out of reach. What stands here was read "
            "before. Looking goes on until it is back; where it was moved, watch its new place."
        )
        return Signal(WARNING, "gone", what, to_do)
    if snapshot.is_waiting and not snapshot.is_finished:
        what = _("It waits, and goes on by itself: {words}").format(words=snapshot.befell[-1]["words"])
        return Signal(NOTE, "waiting", what, "")
    if silent is None or snapshot.is_finished or snapshot.has_diverged or snapshot.is_training:
        return None
    if snapshot.was_stopped or snapshot.is_saved:
        what = _("It was stopped and saved {time} ago.").format(time=duration(silent))
        return Signal(NOTE, "stopped", what, _("Go on with: {command}").format(command=resume_command))
    if not snapshot.update and not snapshot.befell:  # text becomes tokens before the run says that it started
        what = _("It has done no update yet, and has written nothing for {time}.").format(
            time=duration(silent)
        )
        to_do = _("It is preparing its text, or ended before its first update: look into its window.")
        return Signal(NOTE, "no update", what, to_do)
    what = _("Nothing has been written for {time}, and the last updates are not saved.").format(
        time=duration(silent)
    )
    to_do = _(
        "The process has ended, or it is held: look into its window, and whether the machine slept. If it is "
        "gone, at most the updates since the last checkpoint are done again by: {command}"
    ).format(command=resume_command)
    return Signal(DANGER, "stalled", what, to_do)


def _has_updates_left(snapshot):
    """Whether it is being trained, and so can still be stopped, waited for or given room."""
    return snapshot.is_training and not snapshot.has_last_update


def _room(snapshot):
    if not snapshot.states or not _has_updates_left(snapshot):
        return None
    state = snapshot.states[-1]
    checkpoint = max(
        [event.get("num_bytes", 0) for event in snapshot.events.get("checkpoint", [])[-3:]] or [0]
    )
    free = state.get("free_disk_bytes")
    if checkpoint and free is not None and free < FREE_CHECKPOINTS * checkpoint:
        what = _("The disk has {free} left; a checkpoint takes {size}.").format(
            free=size(free), size=size(checkpoint)
        )
        return Signal(DANGER, "full disk", what, _("Make room now, or the next checkpoints cannot be saved."))
    free = state.get("free_memory_bytes")
    if free is not None and free < FREE_MEMORY_BYTES:
        what = _("The memory has {free} left.").format(free=size(free))
        to_do = _("Close other programs: a machine that swaps trains at a small part of its speed.")
        return Signal(WARNING, "full memory", what, to_do)
    return None


def _last_change(snapshot):
    """Number of updates in the columns before the last freeze or thaw: those took another time by plan."""
    entries = snapshot.facts.get("training", {}).get("freeze") or ()
    if not entries or not snapshot.num_updates:
        return 0
    changes = change_updates(parse_freezing(tuple(entries)), snapshot.num_updates)
    past = [change for change in changes if change < snapshot.update]
    return int(np.searchsorted(snapshot.columns["update"], past[-1], side="right")) if past else 0


def _lost_speed(snapshot):
    if not _has_updates_left(snapshot):
        return None
    states = snapshot.states[-200:]
    sessions = snapshot.events.get("session", [])
    start = sessions[-1]["update"] if sessions else 0
    own = [s for s in states if s["update"] >= start and "processor_seconds" in s]
    since = _last_change(snapshot)
    found = find_lost_speed(
        snapshot.columns["seconds"][since:],
        snapshot.columns["length"][since:],
        [s["seconds"] for s in own],
        [s["processor_seconds"] for s in own],
    )
    if found is None:
        return None
    update = int(snapshot.columns["update"][since + found.since_update - 1])
    what = _("Since update {update} an update takes {factor} times what it took.").format(
        update=update, factor=f"{found.factor:.1f}"
    )
    if found.is_taken is None:
        to_do = _(
            "Either other programs take the processor, or it runs slower because of heat or power saving. "
            "Look at what else runs; let air to the machine; plug it in. Nothing is lost but time."
        )
    elif found.is_taken:
        to_do = _(
            "The training gets a smaller share of the processor than before: another program takes it. Close "
            "it, or wait. Nothing is lost but time."
        )
    else:
        to_do = _(
            "The training has the processor, which runs slower: heat or power saving. Let air to the "
            "machine, plug it in, set its power plan to performance. Nothing is lost but time."
        )
    return Signal(WARNING, "lost speed", what, to_do)


def _saving(snapshot):
    found = find_slow_saving(
        *(snapshot.event_column("checkpoint", name) for name in ("save_seconds", "num_bytes", "seconds"))
    )
    if found is None or snapshot.has_last_update:
        return None
    what = _("Saving takes {share} of the time, {seconds} a checkpoint ({rate} a second).").format(
        share=f"{found.share:.0%}",
        seconds=duration(found.save_seconds),
        rate=size(found.bytes_per_second),
    )
    to_do = _("Plan the next run with fewer checkpoints (--checkpoint-seconds).")
    if found.is_disk:
        to_do = _(
            "The disk is slow: put the run on another one, keep virus scanners and cloud folders away from "
            "it, or plan the next run with fewer checkpoints (--checkpoint-seconds)."
        )
    return Signal(WARNING, "slow disk", what, to_do)


def _spikes(snapshot, spikes):
    if not spikes:
        return None
    last = spikes[-1]
    what = _("At update {update} the loss jumped to {height}, from {usual}.").format(
        update=last.first, height=f"{last.height:.2f}", usual=f"{last.usual:.2f}"
    )
    if len(spikes) >= SPIKES_AT_ONCE:
        what += " " + _("It is the jump number {number} of late.").format(number=len(spikes))
        to_do = _(
            "A training that jumps again and again is near its limit: if it does not calm down as the step "
            "size falls, start again with two thirds of the learning rates."
        )
        return Signal(WARNING, "spike", what, to_do)
    if last.is_over:
        return Signal(NOTE, "spike", what + " " + _("It is back."), _("Nothing to do."))
    if not _has_updates_left(snapshot):
        return Signal(NOTE, "spike", what + " " + _("The log ends before it is back."), "")
    return Signal(NOTE, "spike", what, _("Wait for some fifty updates: a jump usually comes back by itself."))


def _standstill(snapshot):
    moments = [
        (event["update"], event["seconds"], event["time"], kind == "session")
        for kind in ("session", "state")
        for event in snapshot.events.get(kind, [])
        if "time" in event
    ]
    if len(moments) < 2:
        return None
    moments.sort(key=lambda moment: (moment[0], moment[1], not moment[3]))
    updates, seconds, clock, is_session = zip(*moments, strict=True)
    told = [event["update"] for event in snapshot.befell if event["event"] in ("paused", "continued")]
    found = [
        s
        for s in find_standstills(clock, seconds, updates, is_session)
        if not s.is_new_session and not any(s.update <= update <= s.next_update for update in told)
    ]
    if not found:
        return None
    what = ngettext(
        "Once the training stood still for a while, {time} in all, last after update {update}.",
        "{number} times the training stood still for a while, {time} in all, last after update {update}.",
        len(found),
    ).format(number=len(found), time=duration(sum(s.seconds for s in found)), update=found[-1].update)
    to_do = _(
        "The machine slept, or the process was held. It went on by itself, and nothing is lost but time. To "
        "prevent it, turn off sleep while the machine is plugged in."
    )
    return Signal(NOTE, "standstill", what, to_do)


def _bad_lines(snapshot):
    if not snapshot.num_bad_lines:
        return None
    what = ngettext(
        "{number} line of the log cannot be read and was passed over.",
        "{number} lines of the log cannot be read and were passed over.",
        snapshot.num_bad_lines,
    ).format(number=snapshot.num_bad_lines)
    to_do = _("The panel goes on; a resumed run would stop at them and say which. Delete them before that.")
    return Signal(NOTE, "bad lines", what, to_do)
