"""Shape checks that read like the docstrings: `check_shape(x, "B T D", "x")`."""


def check_shape(tensor, letters, name, way_out="check the order of its axes"):
    """Raise unless `tensor` has as many axes as `letters` names; numbers in `letters` must match the size.

    Args:
        tensor: anything with a `.shape`.
        letters: axes separated by spaces, for example "B T 64": a letter fits any size, a number only itself.
        name: how the message calls the tensor.
        way_out: what the message advises, without a full stop.

    Returns:
        The tensor, unchanged.

    Raises:
        ValueError: with the shape that came and the shape that was expected.
    """
    axes = letters.split()
    shape = tuple(tensor.shape)
    fits = len(shape) == len(axes) and all(
        not axis.isdigit() or size is None or size == int(axis)
        for axis, size in zip(axes, shape, strict=True)
    )
    if not fits:
        expected = "[" + ", ".join(axes) + "]"
        raise ValueError(f"{name} has shape {list(shape)}, expected {expected}: {way_out}.")
    return tensor
