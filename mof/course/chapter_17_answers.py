"""Definitions that the answers of chapter 17 are compared with, and ways to get them wrong."""

import math

import numpy as np


def aligned_move(width, step):
    """How far a logit moves when each of the D numbers of a token's vector moves by a step, in the sense
    of a hidden state whose numbers are 1 and -1: added up one by one."""
    hidden = np.where(np.arange(width) % 3, 1.0, -1.0)
    before, after = np.zeros(width), step * np.sign(hidden)
    return float(sum(h * (b - a) for h, b, a in zip(hidden, after, before, strict=True)))


def log_slope(widths, values):
    """Slope of the least-squares line through the logarithms, from means and products."""
    x, y = np.log(np.asarray(widths, "float64")), np.log(np.asarray(values, "float64"))
    return float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())


def wrong_slope(widths, values, logs="both", upside_down=False, through="all"):
    """An answer to 17.3 with something changed.

    Args:
        logs: of "both" axes, of "values" alone, or of "none". upside_down: widths against values.
        through: "all" points, the "origin" too, or the "ends" alone.
    """
    x = np.log(widths) if logs == "both" else np.asarray(widths, "float64")
    y = np.log(values) if logs in ("both", "values") else np.asarray(values, "float64")
    x, y = (y, x) if upside_down else (x, y)
    if through == "origin":
        return float((x * y).sum() / (x * x).sum())
    if through == "ends":
        return float((y[-1] - y[0]) / (x[-1] - x[0]))
    return float(np.polyfit(x, y, 1)[0])


def counted_tokens(tokens, unique, worth):
    """Fresh tokens that a text read again and again is worth, added up in small pieces: at r repeats a
    further token is worth e^(-r / worth)."""
    if tokens <= unique:
        return float(tokens)
    num_pieces = 20_000
    width = (tokens - unique) / num_pieces
    repeats = (np.arange(num_pieces) + 0.5) * width / unique
    return float(unique + width * np.exp(-repeats / worth).sum())


def wrong_tokens(tokens, unique, worth, repeats="after the first", first=True, guard=True):
    """An answer to 17.4 with something changed.

    Args:
        repeats: "after the first" pass, or of "all" passes, or "whole" ones alone. first: whether the first
            pass counts.
        guard: whether less than one pass is a case of its own.
    """
    passes = tokens / unique
    if guard and passes <= 1:
        return float(tokens)
    count = {"after the first": passes - 1, "all": passes, "whole": passes // 1 - 1}[repeats]
    return float(unique * (first + worth * (1 - math.exp(-count / worth))))


def law_coefficients(sizes, tokens, bits, size_exponent, token_exponent):
    """floor, size scale and token scale by least squares of the shares, from the normal equations: [3]."""
    sizes, tokens, bits = (np.asarray(values, "float64") for values in (sizes, tokens, bits))
    columns = np.stack([np.ones_like(bits), sizes**-size_exponent, tokens**-token_exponent])
    weighted = columns / bits**2
    return np.linalg.solve(weighted @ columns.T, weighted @ bits)


def wrong_coefficients(
    sizes,
    tokens,
    bits,
    size_exponent,
    token_exponent,
    floor=True,
    sign=-1,
    swapped=False,
    order=(0, 1, 2),
    power=1.0,
    divided="both",
):
    """An answer to 17.1 with something changed.

    Args:
        power: of the bits that each row is divided by: 0 takes the differences as they are, 1/2 takes the
            squares as shares, 2 divides twice.
        divided: "both" sides, the "matrix" alone or the "right" alone.
        floor: whether there is a column of ones. sign: of the exponents. swapped: sizes get the tokens'
            exponent. order: of the numbers that are returned.
    """
    if swapped:
        size_exponent, token_exponent = token_exponent, size_exponent
    columns = [np.asarray(sizes) ** (sign * size_exponent), np.asarray(tokens) ** (sign * token_exponent)]
    columns = [np.ones(len(bits)), *columns] if floor else columns
    scale = np.asarray(bits, "float64") ** power
    left, right = (scale if divided in ("both", side) else np.ones(len(bits)) for side in ("matrix", "right"))
    found = np.linalg.lstsq(np.stack(columns, axis=1) / left[:, None], bits / right, rcond=None)[0]
    found = found if floor else np.concatenate([[0.0], found])
    return found[list(order)]


def searched_size(product, size_scale, size_exponent, token_scale, token_exponent):
    """The size with the lowest loss where sizes times tokens is given, in millions both: searched, by thirds
    of the logarithm, not by the formula."""

    def bits(log_size):
        size = math.exp(log_size)
        return size_scale * size**-size_exponent + token_scale * (product / size) ** -token_exponent

    low, high = -20.0, 20.0
    for _ in range(200):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, right) if bits(left) < bits(right) else (left, high)
    return math.exp((low + high) / 2)


def wrong_size(
    product, size_scale, size_exponent, token_scale, token_exponent, factors=True, text=False, both=True
):
    """An answer to 17.5 with something changed.

    Args:
        factors: whether the exponents stand before the scales too. text: gives the tokens, not the size.
        both: whether the root is of the sum of both exponents, else of the size's alone.
    """
    ratio = size_scale / token_scale * (size_exponent / token_exponent if factors else 1.0)
    power = 1 / (size_exponent + token_exponent) if both else 1 / size_exponent
    size = (ratio * product**token_exponent) ** power
    return product / size if text else size
