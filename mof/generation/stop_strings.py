"""Ends a streamed text before the first stop string, wherever the pieces of the stream are cut."""


class StopStrings:
    """Lets text through up to a stop string, and holds back what may yet become one.

    The stop string that is complete first ends the text; of two that end at the same character, the longer.
    So the result depends on the characters alone, never on how they came in pieces.

    Args:
        stops: strings, none empty.

    Example:
        >>> stop = StopStrings(("完。",))
        >>> [stop.push("说完"), stop.push("了"), stop.push("，完"), stop.push("。再"), stop.found]
        ['说', '完了', '，', '', True]
    """

    def __init__(self, stops):
        self._stops = tuple(stops)
        self._held = ""
        self.found = False

    def push(self, text):
        """The part of the text so far that can be given out: nothing more once a stop string was found."""
        if self.found:
            return ""
        buffer = self._held + text
        ends = [(start + len(stop), start) for stop in self._stops if (start := buffer.find(stop)) >= 0]
        if ends:
            self.found, self._held = True, ""
            return buffer[: min(ends)[1]]
        num_held = max((_overlap(buffer, stop) for stop in self._stops), default=0)
        self._held = buffer[len(buffer) - num_held :]
        return buffer[: len(buffer) - num_held]

    def finish(self):
        """What was held back: the text ended, so it can no longer become a stop string."""
        held, self._held = self._held, ""
        return held


def _overlap(text, stop):
    """Length of the longest end of `text` that `stop` begins with, the whole of `stop` excepted."""
    longest = min(len(text), len(stop) - 1)
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)
