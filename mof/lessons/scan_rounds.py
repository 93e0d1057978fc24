"""The rounds of a scan by doubling, kept for a picture: what each token covers after each. Chapter 04."""

import numpy as np


def scan_rounds(retain, update):
    """Every round of h_t = retain_t * h_{t-1} + update_t, in which the spans that tokens cover double.

    Before the first round a token stands for its own step h -> a h + b. In a round, each token's step is put
    behind the one that ends just before its span begins. When no span can grow, b is the state of each token.

    Args:
        retain, update: numbers of one unit [T]; converted to float64.

    Returns:
        (retained, updated), lists of float64 arrays [T]: a and b before the first round, then after each.

    Raises:
        ValueError: they are not two rows of the same length, one token at least.
    """
    a, b = np.asarray(retain, dtype="float64"), np.asarray(update, dtype="float64")
    if a.ndim != 1 or a.shape != b.shape or not len(a):
        raise ValueError(
            f"retain has the shape {list(a.shape)} and update {list(b.shape)}, expected [T] for both: give "
            "the numbers of one unit, one for each token."
        )
    retained, updated = [a], [b]
    distance = 1
    while distance < len(a):
        earlier_a = np.concatenate([np.ones(distance), a[:-distance]])
        earlier_b = np.concatenate([np.zeros(distance), b[:-distance]])
        a, b = earlier_a * a, a * earlier_b + b
        retained.append(a)
        updated.append(b)
        distance *= 2
    return retained, updated
