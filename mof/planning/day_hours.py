"""Hours of the day in which a training may run: "22-7", or several such, "22:30-7, 12-13"."""

import datetime
import math
import re
from typing import NamedTuple

DAY_MINUTES = 24 * 60
_STRETCH = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*-\s*(\d{1,2})(?::(\d{2}))?")


class DayHours(NamedTuple):
    """stretches: tuple of (first minute of the day, minute at which it ends); one that ends before it begins
    goes over midnight. Empty for the whole day."""

    stretches: tuple

    def contains(self, moment):
        """True if training is allowed at a local datetime."""
        minute = moment.hour * 60 + moment.minute
        return not self.stretches or any(_lies_in(minute, *stretch) for stretch in self.stretches)

    def share(self):
        """Share of a day in which training is allowed."""
        return self._minutes_of_a_day() / DAY_MINUTES

    def _minutes_of_a_day(self):
        if not self.stretches:
            return DAY_MINUTES
        return sum(any(_lies_in(m, *stretch) for stretch in self.stretches) for m in range(DAY_MINUTES))

    def end(self, start, seconds):
        """The local datetime at which so many seconds of training are over, if they begin at `start`."""
        if not self.stretches:
            return start + datetime.timedelta(seconds=seconds)
        day_seconds = 60 * self._minutes_of_a_day()
        whole_days = max(0, math.ceil(seconds / day_seconds) - 1)  # the last day may end before it is over
        moment = start + datetime.timedelta(days=whole_days)
        left = seconds - whole_days * day_seconds
        while left > 0:  # at most the minutes of two days
            until_next = 60 - moment.second - moment.microsecond / 1e6
            if self.contains(moment):
                if left <= until_next:
                    return moment + datetime.timedelta(seconds=left)
                left -= until_next
            moment += datetime.timedelta(seconds=until_next)
        return moment


def read_day_hours(text):
    """DayHours from text such as "22-7"; empty text is the whole day.

    Raises:
        ValueError: it says no hours of the day.
    """
    stretches = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise _wrong(text)
        hours = (int(match[1]), int(match[3]))
        minutes = (int(match[2] or 0), int(match[4] or 0))
        if max(hours) > 24 or max(minutes) > 59:
            raise _wrong(text)
        first, end = (60 * hour + minute for hour, minute in zip(hours, minutes, strict=True))
        if max(first, end) > DAY_MINUTES or first % DAY_MINUTES == end % DAY_MINUTES:
            raise _wrong(text)
        stretches.append((first % DAY_MINUTES, end % DAY_MINUTES))
    return DayHours(tuple(stretches))


def _lies_in(minute, first, end):
    return first <= minute < end if first < end else minute >= first or minute < end


def _wrong(text):
    return ValueError(
        f"hours of the day are {text!r}, expected such as 22-7 (from ten in the evening to seven), 22:30-7 "
        "or 0-7,12-13; leave them out for the whole day."
    )
