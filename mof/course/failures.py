"""An exception in the reader's code, in words: their own line, what the kind of error means, what was
given."""

from mof.course.attempt import argument_words, own_line
from mof.course.translation import _, marked
from mof.course.verdict import Wrong

MOST_CHARACTERS = 240  # of Python's own message; a backend writes pages

SHAPE_WORDS = ("shape", "broadcast", "dimension", "matmul", "align", "size-incompatible", "rank")
# the first whose type fits and whose words, if any, stand in the message
MEANINGS = (
    ("UnboundLocalError", (), marked("A name is used before it gets a value.")),
    ("NameError", (), marked(
        "A name is used that nothing here defines: a typing error, or a cell above that has not run?"
    )),
    ("ZeroDivisionError", (), marked("Something is divided by zero.")),
    ("RecursionError", (), marked("The function calls itself without an end.")),
    ("AssertionError", (), marked("An assertion of your own failed.")),
    ("TracerArrayConversionError", (), marked(
        "NumPy cannot compute with this tensor: use `ops`, or no gradient can flow."
    )),
    ("AttributeError", ("'T'",), marked("A tensor has no `.T`: use `ops.transpose`.")),
    ("AttributeError", ("NoneType",), marked("Something is None that should be a value: what returned it?")),
    ("AttributeError", (), marked("That object has nothing of this name.")),
    ("TypeError", ("not subscriptable",), marked("Something is indexed with [ ] that has no parts.")),
    ("TypeError", ("cannot unpack",), marked("Something is taken apart that has no parts.")),
    ("TypeError", ("item assignment",), marked("A tensor cannot be written into: build a new one.")),
    ("TypeError", ("positional argument",), marked(
        "A function is called with too many or too few arguments."
    )),
    ("TypeError", ("0-dimensional", "length-1 arrays", "size-1 arrays"), marked(
        "A function for one number got an array: `np.exp` works on arrays, `math.exp` does not."
    )),
    ("TypeError", (), marked("An operation got a kind of value that it cannot use.")),
    ("ValueError", ("unpack",), marked("Something is taken apart into a wrong number of parts.")),
    ("InvalidArgumentError", ("ndims must be >= 2",), marked(
        "`@` of two tensors wants matrices on both sides: for a vector take `ops.matmul`."
    )),
    ("ValueError", SHAPE_WORDS, marked("Two shapes do not fit together.")),
    ("InvalidArgumentError", SHAPE_WORDS, marked("Two shapes do not fit together.")),
    ("IndexError", (), marked("An index lies beyond the end. Positions count from 0.")),
    ("KeyError", (), marked("A dictionary has no such key.")),
    ("MemoryError", (), marked("It asks for more memory than there is.")),
)  # fmt: skip


def stopped(reader_error):
    """What to tell of an exception in the reader's function.

    Args:
        reader_error: mof.course.attempt.ReaderError.

    Returns:
        Wrong: its message names their line, its code is the line, its evidence Python's own words and what
        the function was called with.
    """
    error, attempt = reader_error.__cause__, reader_error.attempt
    place = own_line(error, attempt.function)
    meaning = _meaning(error)
    if place is None:
        message = _("Your code stopped with an error.")
        code = ""
    else:
        number, code = place
        message = _("Your code stopped in line {number} of its cell or file.").format(number=number)
    words = " ".join(f"{type(error).__name__}: {error}".split())
    if len(words) > MOST_CHARACTERS:
        words = words[:MOST_CHARACTERS] + " …"
    evidence = _("Python says: {words}. It was called with {arguments}.").format(
        words=words.rstrip("."), arguments=argument_words(attempt.names, reader_error.arguments)
    )
    return Wrong(f"{message} {_(meaning)}".strip(), evidence, code)


def _meaning(error):
    kinds = {kind.__name__ for kind in type(error).__mro__}
    text = str(error).lower()
    for kind, words, meaning in MEANINGS:
        if kind in kinds and (not words or any(word.lower() in text for word in words)):
            return meaning
    return ""
