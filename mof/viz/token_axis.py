"""Tokens along an axis: those of several characters stand upright, as Chinese may, and so do not touch."""

import unicodedata

MANY_TOKENS, SMALL_TYPE = 16, 10  # more of them would touch one another on a phone
WIDE = ("W", "F", "A")  # as wide as high, in Unicode's East Asian Width (UAX #11); "A": marks such as “


def upright(token):
    """A token's label, at most one character wide where its characters are wide ones.

    Args:
        token: str.

    Returns:
        str: Chinese from top to bottom, bytes that stand apart by blanks one below the other, a Latin word
        as it is.

    Example:
        >>> upright("苹果"), upright("E5 A4"), upright("RNN")
        ('苹<br>果', 'E5<br>A4', 'RNN')
    """
    parts = token.split(" ") if token.strip() else [token]
    is_wide = all(unicodedata.east_asian_width(character) in WIDE for part in parts for character in part)
    return "<br>".join("".join(parts) if is_wide else parts)


def token_axis(tokens):
    """The labels of an x axis on which token number i stands at i.

    Args:
        tokens: list of T str.

    Returns:
        dict for `layout.xaxis`.
    """
    return {
        "tickmode": "array",
        "tickvals": list(range(len(tokens))),
        "ticktext": [upright(token) for token in tokens],
        "tickangle": 0,
        "tickfont": {"size": SMALL_TYPE} if len(tokens) > MANY_TOKENS else {},
        "automargin": True,  # as high as the longest token
    }
