"""Words of a command as a terminal takes them."""


def quoted(word):
    """A word in double quotes where a terminal would take it for several or for something else.

    Args:
        word: str or path.
    """
    word = str(word)
    return f'"{word}"' if set(word) & set(" '()&;") else word
