"""What the model is trained and tested on: rows of token ids with their targets."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batch:
    """Rows of tokens, one for each stream. A row goes on where the same row of the batch before ended.

    Attributes:
        token_ids: int32 [B, T].
        targets: int32 [B, T], the token that follows each in its stream.
        resets: bool [B, T], True where the memory must be zeroed before token t is read: at the start of a
            document, and where a stream starts.
        loss_weights: float32 [B, T], 1 where the target counts in the loss, else 0.
        mask: bool [B, T], False where there is padding, which must leave the state unchanged.
    """

    token_ids: np.ndarray
    targets: np.ndarray
    resets: np.ndarray
    loss_weights: np.ndarray
    mask: np.ndarray
