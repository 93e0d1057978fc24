"""The stored bands, and which of them stands for a run. A record is made by `benchmarks/track_band.py`."""

import functools
from typing import NamedTuple

from mof.course.translation import _, marked
from mof.lessons.records import FOLDER, load_record
from mof.panel.track import Band, Track, band_of_seeds, compare_with_band, why_no_band

RECORD_PREFIX = "track_"

REASONS = {
    "base": marked("it goes on from another run's model, and the band is of trainings from scratch"),
    "preset": marked("its preset is another"),
    "model": marked("its model's shape is not the preset's"),
    "tokenizer": marked("its tokenizer is another"),
    "batch": marked("its updates hold other rows: tokens_per_update, num_streams or lengths differ"),
    "text": marked("its text, or the share held out, is another"),
    "unknown text": marked("its log does not say yet which text it reads"),
}


class OnTrack(NamedTuple):
    """What is known of a run's track: band and track, or None; a sentence; whether it is off."""

    band: Band | None
    track: Track | None
    words: str
    is_off: bool


def judge_track(snapshot, folder=FOLDER):
    """Hold a run against the band that stands for it; where none does, say why.

    Args:
        snapshot: RunSnapshot with a log from the first update on.
        folder: where records lie.

    Returns:
        OnTrack.
    """
    reasons, seeds = _nearest_record(snapshot.facts, snapshot.fingerprint, folder)
    if seeds is None:
        return OnTrack(None, None, _("On track: unknown, no band is recorded yet."), False)
    if reasons:
        told = "; ".join(_(REASONS[reason]) for reason in reasons)
        words = _(
            "On track: unknown. The nearest band is that of {preset} on {corpus}; of this run, {reasons}."
        )
        return OnTrack(
            None,
            None,
            words.format(preset=seeds["preset"], corpus=", ".join(seeds["corpus"]), reasons=told),
            False,
        )
    band = band_of_seeds(seeds["losses"], seeds["factors"], seeds["lengths"])
    columns = snapshot.columns
    track = compare_with_band(band, columns["loss"], columns["factor"], columns["length"])
    return OnTrack(band, track, track_words(track, band), track.since is not None)


def track_words(track, band):
    """A comparison in a sentence or two, with what to do.

    Args:
        track: Track. band: Band.
    """
    last = int(band.updates[-1])
    if track.place == "early":
        if track.end is not None:
            return _("On track: unknown, because step size or row length are not those of the seeds.")
        return _("On track: too early to say.")
    if track.place == "above":
        return _(
            "Off track since update {update}: the loss lies above what {number} seeds reached. Compare the "
            "learning rate with the preset's, and make sure that the tokens are those of this tokenizer and "
            "the targets are the tokens that follow."
        ).format(update=track.since, number=band.num_seeds)
    if track.place == "below":
        return _(
            "Off track since update {update}: the loss lies below what {number} seeds reached, which is too "
            "good to last, or to be true. Compare the learning rate with the preset's, and make sure that "
            "the text is the same and that no target can be seen."
        ).format(update=track.since, number=band.num_seeds)
    words = _("On track at update {update}: within the band of {number} seeds.").format(
        update=track.update, number=band.num_seeds
    )
    if track.end is not None:
        words += " " + _(
            "From update {update} on step size or row length are not those of the seeds."
        ).format(update=track.end)
    elif track.update >= last:
        words += " " + _("The band ends there.")
    return words


def _nearest_record(facts, fingerprint, folder):
    """(reasons, data) of the record that least speaks against; ([], None) where there are none."""
    found = [(why_no_band(seeds, facts, fingerprint), seeds) for seeds in _records(folder)]
    return min(found, key=lambda pair: len(pair[0]) + 10 * ("preset" in pair[0]), default=([], None))


@functools.lru_cache(maxsize=4)
def _records(folder):
    names = sorted(path.stem for path in folder.glob(f"{RECORD_PREFIX}*.json"))
    return [load_record(name, folder).data for name in names]
