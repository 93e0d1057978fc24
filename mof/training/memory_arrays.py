"""Nested states as flat dicts of named arrays and back, for files."""

import keras


def flatten_state(state, prefix=""):
    """{"a": {"b": x}} as {"a/b": array}.

    Args:
        state: nested dict of tensors.
        prefix: put before each name.

    Returns:
        flat dict of NumPy arrays.
    """
    flat = {}
    for name, value in state.items():
        if isinstance(value, dict):
            flat.update(flatten_state(value, f"{prefix}{name}/"))
        else:
            flat[prefix + name] = keras.ops.convert_to_numpy(value)
    return flat


def unflatten_state(flat, like):
    """The nested dict that `flatten_state` took apart.

    Args:
        flat: dict of NumPy arrays.
        like: nested dict with the names and shapes that are expected.

    Returns:
        nested dict of tensors.

    Raises:
        ValueError: if a name is missing or a shape differs.
    """
    expected = flatten_state(like)
    for name, array in expected.items():
        came = flat[name].shape if name in flat else "nothing"
        if came != array.shape:
            raise ValueError(f"the stored memory {name} has shape {came}, this model expects {array.shape}.")

    def rebuild(node, prefix):
        return {
            name: rebuild(value, f"{prefix}{name}/")
            if isinstance(value, dict)
            else keras.ops.convert_to_tensor(flat[prefix + name])
            for name, value in node.items()
        }

    return rebuild(like, "")
