"""All families by name."""

import difflib

from mof.tasks.completion import COMPLETION_FAMILIES
from mof.tasks.knowledge import KNOWLEDGE_FAMILIES
from mof.tasks.reasoning import REASONING_FAMILIES

FAMILIES = (*KNOWLEDGE_FAMILIES, *COMPLETION_FAMILIES, *REASONING_FAMILIES)


def choose_families(names=None):
    """The families of these names, or all.

    Args:
        names: list of str, or None.

    Returns:
        Tuple of Family.

    Raises:
        ValueError: for a name that is not there, naming the nearest.
    """
    if not names:
        return FAMILIES
    by_name = {family.name: family for family in FAMILIES}
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1)
            hint = f": did you mean {near[0]!r}?" if near else "."
            raise ValueError(f"there is no family {name!r}{hint} Families: {', '.join(by_name)}.")
    return tuple(by_name[name] for name in names)
