"""Definitions that the answers of chapter 02 are compared with, and ways to get them wrong."""

import codecs
import math

from mof.course.quantities import as_tuple, describe
from mof.course.translation import _
from mof.course.verdict import Wrong

FIRST_BYTE_ID = 8  # before it stand the special tokens; ids 8 to 263 are the bytes 0 to 255
UNKNOWN_SIGN = "▩"  # what the article's package writes for a character that it does not know


def encode_with_fallback(text, ids):
    """The definition: a known character is its id, any other its bytes."""
    found = []
    for character in text:
        if character in ids:
            found.append(ids[character])
        else:
            found.extend(FIRST_BYTE_ID + byte for byte in character.encode("utf-8"))
    return found


def wrong_fallback(unknown="bytes", offset=FIRST_BYTE_ID, known=True):
    """An answer to 02.2 with something changed.

    Args:
        unknown: what a character without an id becomes: its "bytes", the "sign", "nothing", its "code point"
            or its bytes in "utf-16".
        offset: id of the byte 0. known: whether known characters get their ids.
    """

    def answer(text, ids):
        found = []
        for character in text:
            if known and character in ids:
                found.append(ids[character])
            elif unknown == "sign":
                found.append(ids[UNKNOWN_SIGN])
            elif unknown == "code point":
                found.append(offset + ord(character))
            elif unknown != "nothing":
                encoding = "utf-16-le" if unknown == "utf-16" else "utf-8"
                found.extend(offset + byte for byte in character.encode(encoding))
        return found

    return answer


def join(tokens, pair, new):
    """The definition: from left to right, a token belongs to one pair at most."""
    if len(tokens) < 2:
        return list(tokens)
    if tuple(tokens[:2]) == tuple(pair):
        return [new, *join(tokens[2:], pair, new)]
    return [tokens[0], *join(tokens[1:], pair, new)]


def wrong_join(stop=False, direction=1, skip=2, end=True, order=True):
    """An answer to 02.3 with something changed.

    Args:
        stop: after the first pair. direction: 1 from the left, -1 from the right.
        skip: by how many tokens to go on after a pair: 1 leaves its right half standing, or uses it again.
        end: whether a last token without a partner is kept. order: whether (b, a) is another pair than (a,
            b).
    """

    def answer(tokens, pair, new):
        wanted = tuple(pair)[::direction]
        tokens = list(tokens)[::direction]
        found, i, is_over = [], 0, False
        while i < len(tokens):
            here = tuple(tokens[i : i + 2])
            is_pair = here == wanted or (not order and here == wanted[::-1])
            if is_pair and not is_over:
                found.append(new)
                is_over = stop
                i += skip
            else:
                if i + 1 < len(tokens) or end:
                    found.append(tokens[i])
                i += 1
        return found[::direction]

    return answer


def join_overlapping(tokens, pair, new):
    """A wrong answer to 02.3: a token in the middle of two pairs is used for both."""
    pair, found, is_used = tuple(pair), [], False
    for i, token in enumerate(tokens):
        is_pair = tuple(tokens[i : i + 2]) == pair
        if is_pair:
            found.append(new)
        elif not is_used:
            found.append(token)
        is_used = is_pair
    return found


def bits_per_byte(nats_per_token, num_tokens, text):
    """The definition."""
    return nats_per_token * num_tokens / math.log(2) / len(text.encode("utf-8"))


def wrong_bits(logarithm="divide", tokens=True, length="bytes"):
    """An answer to 02.4 with something changed.

    Args:
        logarithm: of 2: "divide" by it, "multiply", or "none". tokens: whether their number is a factor.
        length: divide by "bytes", "characters", or "tokens".
    """

    def answer(nats_per_token, num_tokens, text):
        factor = {"divide": 1 / math.log(2), "multiply": math.log(2), "none": 1.0}[logarithm]
        divisor = {"bytes": len(text.encode("utf-8")), "characters": len(text), "tokens": num_tokens}[length]
        return nats_per_token * (num_tokens if tokens else 1) * factor / divisor

    return answer


def push(waiting, new):
    """The definition: what Python's own decoder gives out, and what it keeps."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    text = decoder.decode(waiting + new)
    return text, decoder.getstate()[0]


def wrong_push(together=True, keep=True, errors="strict", partly=True):
    """An answer to 02.5 with something changed.

    Args:
        together: whether what waited goes before what is new. keep: whether what is not whole waits on.
        errors: "strict" tries; "replace" and "ignore" decode whatever there is.
        partly: whether the whole characters before an unfinished one are given out.
    """

    def answer(waiting, new):
        data = waiting + new if together else new
        if errors != "strict":
            return data.decode("utf-8", errors=errors), b""
        if partly:
            text, rest = _longest_beginning(data)
            return text, rest if keep else b""
        try:
            return data.decode("utf-8"), b""
        except UnicodeDecodeError:
            return "", data if keep else b""

    return answer


def push_again(waiting, new):
    """A wrong answer to 02.5: what was given out stays, and comes again."""
    text, _rest = _longest_beginning(waiting + new)
    return text, waiting + new


def _longest_beginning(data):
    """The longest beginning that decodes, and the rest."""
    for end in range(len(data), -1, -1):
        try:
            return data[:end].decode("utf-8"), data[end:]
        except UnicodeDecodeError:
            continue


def run_stream(function, case):
    """Feeds pieces to a `push`, one after the other.

    Args:
        function: of what waits (bytes) and what is new (bytes). case: tuple of pieces, bytes each.

    Returns:
        list of (text, waiting) after each piece.

    Raises:
        Wrong: it does not return text and bytes.
    """
    waiting, found = b"", []
    for piece in case:
        both = _("Return two things, the text that is whole and the bytes that wait: `return text, waiting`.")
        text, waiting = as_tuple(function(waiting, piece), 2, both)
        if not isinstance(text, str) or not isinstance(waiting, bytes):
            raise Wrong(
                _("{what} What came is {text} and {waiting}.").format(
                    what=both, text=describe(text), waiting=describe(waiting)
                )
            )
        found.append((text, waiting))
    return found
