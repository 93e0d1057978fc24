"""The last P tokens of a document, kept as a state: what a window or a short convolution reads besides the
present.

A history is a dict of tensors [B, P, ...], oldest first, and "present" [B, P] float32, 0 where the document
has no such token.
"""

from keras import ops

from mof.ops.chunks import count_so_far


def append_to_history(history, new, resets=None, mask=None):
    """Lay the history and T new tokens side by side, and find what the next call will have to remember.

    Padding is moved behind the real tokens first, so that "the P tokens before" are real tokens wherever
    padding stands.

    Args:
        history: dict of [B, P, ...] with "present" [B, P].
        new: dict of [B, T, ...] with the same keys but "present".
        resets: [B, T] bool, True where a token starts a document, or None.
        mask: [B, T] bool, False at padding, or None.

    Returns:
        (line, history, restore): `line` is a dict of [B, P + T, ...] with "present" and "document" [B, P + T]
        (tokens see one another only where "document" is equal); `history` is the next state; `restore(y)`
        puts outputs [B, T, ...] computed in the line's order back into the order in which the tokens came.
    """
    num_past = history["present"].shape[1]
    any_new = next(iter(new.values()))
    batch_size, num_tokens = ops.shape(any_new)[:2]
    if resets is None:
        document = ops.zeros((batch_size, num_tokens), "float32")
    else:
        document = count_so_far(ops.cast(resets, "float32"))
    last_document = document[:, -1:]
    present = ops.ones((batch_size, num_tokens), "float32")

    if mask is not None:
        place = ops.arange(num_tokens)[None]
        order = ops.argsort(
            ops.where(mask, place, place + num_tokens), axis=1
        )  # real tokens first, in their order
        back = ops.argsort(order, axis=1)
        new = {name: take_along_time(x, order) for name, x in new.items()}
        document = take_along_time(document, order)
        present = ops.cast(take_along_time(mask, order), "float32")

    def restore(y):
        return y if mask is None else take_along_time(y, back)

    line = {name: ops.concatenate([history[name], x], axis=1) for name, x in new.items()}
    line["present"] = ops.concatenate([history["present"], present], axis=1)
    line["document"] = ops.concatenate([ops.zeros_like(history["present"]), document], axis=1)

    kept = dict(line)
    if mask is not None:  # the last P real ones of each row, which end at a place of the row's own
        num_real = ops.sum(ops.cast(mask, "int32"), axis=1)
        places = num_real[:, None] + ops.arange(num_past)[None]
        kept = {name: take_along_time(x, places) for name, x in kept.items()}
    else:
        kept = {name: x[:, num_tokens:] for name, x in kept.items()}
    same_document = ops.cast(ops.equal(kept.pop("document"), last_document), "float32")
    present = kept.pop("present") * same_document
    # what the next token cannot see is 0, so that equal memories are equal tensors
    kept = {
        name: x * ops.reshape(present, (batch_size, num_past) + (1,) * (len(x.shape) - 2))
        for name, x in kept.items()
    }
    return line, {**kept, "present": present}, restore


def take_along_time(x, places):
    """x[b, places[b, i], ...] for x [B, T, ...] and places [B, I] int32."""
    places = ops.reshape(places, tuple(ops.shape(places)) + (1,) * (len(x.shape) - 2))
    return ops.take_along_axis(x, places, axis=1)
