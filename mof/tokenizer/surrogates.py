"""Refuses what no tokenizer can take: lone surrogates (halves of a character, which have no UTF-8 form and so
no bytes to encode), and one text in place of a list of them."""

from collections.abc import Iterable


def check_not_one_text(texts: Iterable[str]) -> None:
    """Checks that the texts are not a single string, whose characters would be taken for texts.

    Args:
        texts: what was given where many texts are expected.

    Raises:
        TypeError: they are.
    """
    if isinstance(texts, str):
        raise TypeError("texts is one string, expected a list: write [text].")


def check_no_surrogates(text: str) -> None:
    """Checks that the text has a UTF-8 form.

    Args:
        text: any string.

    Raises:
        TypeError: `text` is no string.
        ValueError: it holds a lone surrogate (U+D800 to U+DFFF); the message names the position.
    """
    if not isinstance(text, str):
        raise TypeError(f"text must be a str, got {type(text).__name__}. Decode bytes with .decode('utf-8').")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"the text holds a lone surrogate, U+{ord(text[error.start]):04X}, at position {error.start} of "
            f"{len(text)}: half of a character, which UTF-8 cannot hold. "
            "Drop such halves with text.encode('utf-8', 'ignore').decode('utf-8'), or read the source again."
        ) from error
