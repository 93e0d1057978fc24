"""Measures of generated text that need no model: is it Chinese, does it repeat itself, is it copied?

Sources: distinct n-grams, Li et al. 2016, "A diversity-promoting objective function for neural conversation
models", NAACL, section 5.3.
"""

from collections.abc import Iterable

import numpy as np

from mof.evaluation.text_index import CopiedRun, TextIndex, check_texts


def share_of_known_ngrams(texts: Iterable[str], reference: TextIndex, n: int = 3) -> float:
    """Share of the character n-grams of the texts, repeats counted, that occur in the reference text.

    Real text of the same kind scores high and random characters score near 0: a low share means broken words.
    N-grams lie within one text and, in the reference, within one document.

    Args:
        texts: generated texts.
        reference: index of real text.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: no text is as long as n characters, or n < 1.
    """
    _check_length(n)
    num_known = num_total = 0
    for text in check_texts(texts):
        lengths = reference.match_lengths(text, max_length=n)
        num_known += int((lengths == n).sum())
        num_total += max(len(text) - n + 1, 0)
    return num_known / _checked_total(num_total, n)


def distinct_ngrams(texts: Iterable[str], n: int = 2) -> float:
    """Distinct character n-grams of all texts together, divided by their n-grams ("distinct-n", Li et al.).

    It falls as the texts grow, so compare samples of equal size only.

    Args:
        texts: generated texts.
        n: characters in an n-gram.

    Returns:
        A share in (0, 1]; low values mean that the texts say the same things again.

    Raises:
        ValueError: no text is as long as n characters, or n < 1.
    """
    _check_length(n)
    distinct: set[str] = set()
    num_total = 0
    for text in check_texts(texts):
        ngrams = _ngrams(text, n)
        distinct.update(ngrams)
        num_total += len(ngrams)
    return len(distinct) / _checked_total(num_total, n)


def repetition_rate(text: str, n: int = 4) -> float:
    """Share of the character n-grams of a text that occurred earlier in the same text: 1 - distinct / all.

    It rises with the length, so compare texts of one length only; `mean_repetition_rate` does.

    Args:
        text: one text.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1).

    Raises:
        ValueError: the text is shorter than n characters, or n < 1.

    Example:
        >>> repetition_rate("春天来了，春天来了", n=4)  # 1 of 6
        0.16666666666666666
    """
    _check_length(n)
    ngrams = _ngrams(text, n)
    return (len(ngrams) - len(set(ngrams))) / _checked_total(len(ngrams), n)


def mean_repetition_rate(texts: Iterable[str], num_characters: int, n: int = 4) -> float:
    """Mean `repetition_rate` of the first `num_characters` of each text; shorter texts are left out.

    Call it with generated texts, then with real ones and the same length: the ratio says how much more than
    real text a model repeats itself.

    Args:
        texts: generated or real texts.
        num_characters: characters to look at in each.
        n: characters in an n-gram.

    Returns:
        A share in [0, 1).

    Raises:
        ValueError: no text is that long, num_characters < n, or n < 1.
    """
    _check_length(n)
    if num_characters < n:
        raise ValueError(
            f"num_characters is {num_characters}, expected at least n = {n}: take longer excerpts"
        )
    rates = [
        repetition_rate(text[:num_characters], n)
        for text in check_texts(texts)
        if len(text) >= num_characters
    ]
    if not rates:
        raise ValueError(
            f"no text has {num_characters} characters: give longer texts or lower num_characters"
        )
    return float(np.mean(rates))


def longest_copied_run(text: str, reference: TextIndex) -> CopiedRun:
    """The longest substring of a text that stands word for word in one document of the reference text.

    Args:
        text: a generated text.
        reference: index of the training text.

    Returns:
        The run, its place in the text and one place in the reference.
    """
    return reference.longest_run(text)


def _check_length(n: int) -> None:
    if n < 1:
        raise ValueError(f"n is {n}, expected the characters of an n-gram, at least 1")


def _checked_total(num_total: int, n: int) -> int:
    if not num_total:
        raise ValueError(
            f"no text has {n} characters, so there are no {n}-grams: give longer texts or a lower n"
        )
    return num_total


def _ngrams(text: str, n: int) -> list[str]:
    return [text[start : start + n] for start in range(len(text) - n + 1)]
