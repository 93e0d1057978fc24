"""What every reader asks of the texts that it is given."""

import numpy as np


def row_lengths(rows):
    """The number of tokens of each text to be read.

    Args:
        rows: list of B int arrays.

    Returns:
        [B] int array.

    Raises:
        ValueError: for a row without tokens.
    """
    lengths = np.array([len(row) for row in rows])
    if not lengths.all():
        raise ValueError(
            f"row {int(lengths.argmin())} has no tokens, expected at least one: start it with DOCUMENT."
        )
    return lengths
