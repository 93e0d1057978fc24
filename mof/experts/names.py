"""What the experts are called before a reader. Without a backend."""

_NAMES = {"recurrent": "RNN", "transformer": "Transformer"}


def expert_names(experts):
    """Names for a reader.

    Args:
        experts: ModelConfig.experts.

    Returns:
        list of str, such as ["RNN", "Transformer"]; numbered where a kind comes more than once.
    """
    experts = list(experts)
    names = []
    for i, kind in enumerate(experts):
        number = f" {experts[: i + 1].count(kind)}" if experts.count(kind) > 1 else ""
        names.append(_NAMES.get(kind, kind) + number)
    return names
