"""Shows something: as a box where IPython runs, as text in a plain script."""

import sys


def show(thing):
    """Show it now, also where it is not the last line of a cell.

    Args:
        thing: has `_repr_html_` and, as text, `__str__`.
    """
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from IPython.display import display

        display(thing)
        return
    print_safely(str(thing))


def print_safely(text):
    """Print, with a "?" for what this console's encoding cannot write: an old console of Windows has no ✓.

    Args:
        text: str.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for mark, plain in (("✓", "+"), ("✗", "-"), ("○", "o")):
        try:
            mark.encode(encoding)
        except UnicodeEncodeError:
            text = text.replace(mark, plain)
    print(text.encode(encoding, errors="replace").decode(encoding), flush=True)
