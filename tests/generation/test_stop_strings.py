"""A stop string ends the text at the same character however the stream is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.generation.stop_strings import StopStrings

LETTERS = st.text("ab完", max_size=12)


def _naive(text, stops):
    """Character by character: the first stop string to be whole, and the longest of those."""
    for end in range(len(text) + 1):
        whole = [stop for stop in stops if text[:end].endswith(stop)]
        if whole:
            return text[: end - max(map(len, whole))], True
    return text, False


@given(st.lists(LETTERS, max_size=8), st.lists(st.text("ab完", min_size=1, max_size=4), max_size=3))
def test_pieces_joined_end_before_the_stop_string(pieces, stops):
    stop, shown = StopStrings(stops), ""
    for i, piece in enumerate(pieces):
        shown += stop.push(piece)
        so_far = "".join(pieces[: i + 1])
        expected, found = _naive(so_far, stops)
        assert stop.found == found
        if found:
            assert shown == expected
        else:  # all is given out but an end that may become a stop string
            held = so_far[len(shown) :]
            assert so_far.startswith(shown)
            assert not held or any(other.startswith(held) for other in stops)
            longer = so_far[len(shown) - 1 :] if shown else None
            assert longer is None or not any(other.startswith(longer) for other in stops)
    shown += stop.finish()
    assert (shown, stop.found) == _naive("".join(pieces), stops)


@pytest.mark.parametrize(
    ("stops", "pieces", "expected"),
    [
        (("abc",), ["xa", "b", "cx"], ["x", "", ""]),  # spans three pieces
        (("bc",), ["abcd"], ["a"]),  # begins in the middle of one
        (("aab",), ["aa", "ab"], ["", "a"]),  # a false start
        (("abcd", "bc"), ["abcd"], ["a"]),  # the one that is whole first
        (("bc", "abc"), ["abcd"], [""]),  # whole together: the longer
        ((), ["ab"], ["ab"]),
    ],
)
def test_worked_by_hand(stops, pieces, expected):
    stop = StopStrings(stops)
    assert [stop.push(piece) for piece in pieces] == expected


def test_nothing_comes_after_a_stop():
    stop = StopStrings(("a",))
    assert [stop.push("xay"), stop.push("z"), stop.finish()] == ["x", "", ""]
