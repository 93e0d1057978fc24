"""A seed for each part of a whole, by name alone. Without a backend: a run's reader needs it too."""

import hashlib


def derive_seed(seed, *names):
    """A seed for a part, from the seed of the whole and the part's name.

    Args:
        seed: int. names: what tells the part from its siblings, for example "expert", 1.

    Returns:
        int in [0, 2^32).
    """
    text = "/".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:4], "little")
