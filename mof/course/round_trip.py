"""There and back: what is encoded decodes to what it was."""

from mof.course.quantities import describe
from mof.course.translation import _
from mof.course.verdict import Wrong


def expect_round_trip(encode, decode, texts):
    """`decode(encode(text))` is the text, for each.

    Args:
        encode: from str to ids. decode: back. texts: list of str; put the hard ones last.

    Raises:
        Wrong: a text comes back changed; the message shows the first place.
    """
    for text in texts:
        back = decode(encode(text))
        if not isinstance(back, str):
            raise Wrong(_("Decoding gives {came}, expected text.").format(came=describe(back)))
        if back == text:
            continue
        place = next((i for i, (a, b) in enumerate(zip(text, back, strict=False)) if a != b), None)
        if place is None:
            place = min(len(text), len(back))
        raise Wrong(
            _("{text} comes back as {back}: they part at character {place} (counted from 0).").format(
                text=repr(text[:40]), back=repr(back[:40]), place=place
            )
        )
