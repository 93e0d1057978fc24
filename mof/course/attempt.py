"""A reader's function, called with care: on copies, against the clock, its words kept, its errors named."""

import inspect
import io
import linecache
import time

import numpy as np

from mof.course.quantities import describe
from mof.course.translation import _
from mof.course.verdict import Unwritten, Wrong

WAITING_SHARE = 1 / 20  # a second in which this process waited, for a busy machine say, counts this much
MOST_PRINTED = 2_000  # characters of what the function prints; an endless loop may print without end


class ReaderError(Exception):
    """The reader's function raised; `__cause__` is what.

    Args:
        attempt: the Attempt. arguments: what it was called with.
    """

    def __init__(self, attempt, arguments):
        super().__init__(str(attempt))
        self.attempt, self.arguments = attempt, arguments


class Attempt:
    """Calls a reader's function as if it were the function itself.

    Each call gets copies of the arrays. How long the reader's own code has run is counted, so that a limit
    leaves out what the check itself needs.

    Args:
        function: the reader's. arguments: tuple of str, the names of what it is called with.
    """

    def __init__(self, function, arguments):
        self.function, self.names = function, tuple(arguments)
        self.printed = Printed()
        self.written_into = {}  # from the name of an argument that it has changed to how not to
        self._seconds, self._since = 0.0, None

    def __call__(self, *arguments):
        """Call it once.

        Args:
            arguments: as many as there are names.

        Returns:
            What it returns.

        Raises:
            Unwritten: it raises NotImplementedError. Wrong: it does not take these arguments, or returns
                None.
            ReaderError: it raises something else.
        """
        self._check_signature(arguments)
        given = [_copy(argument) for argument in arguments]
        held = [_parts(argument) for argument in given]
        num_printed = self.printed.num_characters
        self._since = _clocks()
        try:
            result = self.function(*given)
        except NotImplementedError as error:
            raise Unwritten from error
        except (Exception, SystemExit) as error:  # a reader's code may raise anything
            raise ReaderError(self, arguments) from error
        finally:
            self._seconds, self._since = self.seconds(), None
        for name, before, after, parts in zip(self.names, arguments, given, held, strict=True):
            if name not in self.written_into and not _is_same(before, after):
                is_inside = not all(map(_is_same, _parts(before), parts))
                self.written_into[name] = _way_out(name, before, is_inside)
        if result is None:
            if self.printed.num_characters > num_printed:
                raise Wrong(_("Your function prints, but returns nothing. Put `return` in place of `print`."))
            raise Wrong(_("Your function returns nothing (None). Does it end with `return`?"))
        return result

    def seconds(self):
        """Seconds spent in the reader's code so far, a call in progress included: processor time of this
        process, and a share of the time that it only waited."""
        since = self._since
        if since is None:
            return self._seconds
        wall, processor = (now - then for now, then in zip(_clocks(), since, strict=True))
        return self._seconds + max(processor, wall * WAITING_SHARE)

    def remarks(self):
        """What to say of it that makes it no wrong answer: a list of sentences."""
        found = []
        for name, way in self.written_into.items():
            said = _(
                "Your function writes into its argument `{name}`: whoever called it has other numbers now."
            )
            found.append(f"{said.format(name=name)} {way}")
        if self.printed.num_characters:
            text = self.printed.getvalue().rstrip()
            more = " …" if self.printed.num_characters > MOST_PRINTED or text.count("\n") > 2 else ""
            found.append(_("It printed: {text}").format(text="\n".join(text.split("\n")[:3]) + more))
        return found

    def _check_signature(self, arguments):
        try:
            signature = inspect.signature(self.function)
        except (TypeError, ValueError):  # some that are built in have none
            return
        try:
            signature.bind(*arguments)
        except TypeError as error:
            raise Wrong(
                _("Your function takes {taken}, and the check calls it with {given}.").format(
                    taken=f"({', '.join(signature.parameters)})", given=f"({', '.join(self.names)})"
                )
            ) from error


def _clocks():
    return time.perf_counter(), time.process_time()


class Printed(io.StringIO):
    """What was printed, the first MOST_PRINTED characters of it."""

    def __init__(self):
        super().__init__()
        self.num_characters = 0

    def write(self, text):
        left = MOST_PRINTED - self.num_characters
        if left > 0:
            super().write(text[:left])
        self.num_characters += len(text)
        return len(text)


def argument_words(names, arguments):
    """ "queries an array [7, 3], length the number 4": what a function was called with."""
    return ", ".join(f"`{name}` {describe(value)}" for name, value in zip(names, arguments, strict=False))


def own_line(error, function):
    """The last line of the reader's own code that an exception went through.

    Own is what shares its global names with the function: in a notebook all cells do.

    Args:
        error: the exception. function: the reader's.

    Returns:
        (line number, text of the line or ""), or None if no line of theirs was reached.
    """
    own = getattr(inspect.unwrap(function), "__globals__", None)
    found, trace = None, error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if own is not None and frame.f_globals is own:
            found = (trace.tb_lineno, frame)
        trace = trace.tb_next
    if found is None:
        return None
    number, frame = found
    return number, linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()


def _copy(value):
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple):
        return tuple(map(_copy, value))
    if isinstance(value, list):
        return list(map(_copy, value))
    if isinstance(value, dict):
        return {key: _copy(entry) for key, entry in value.items()}
    return value  # numbers, text, and tensors, which nobody can write into


def _is_same(before, after):
    for kind in (np.ndarray, tuple, list, dict):
        if isinstance(before, kind) and not isinstance(after, kind):
            return False
    if isinstance(before, np.ndarray):
        return before.shape == after.shape and np.array_equal(
            before, after, equal_nan=before.dtype.kind == "f"
        )
    if isinstance(before, tuple | list):
        return len(before) == len(after) and all(map(_is_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_is_same(before[key], after[key]) for key in before)
    return before is after


def _parts(value):
    """What a list, a tuple or a dict holds; nothing for what is none."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []


def _way_out(name, before, is_inside):
    """How not to write into an argument, in a sentence.

    Args:
        name: of the argument. before: as it was. is_inside: whether something that it holds was written into;
            a copy of the list or dict alone would not help then.
    """
    are_arrays = all(isinstance(part, np.ndarray) for part in _parts(before))
    if are_arrays and not isinstance(before, list | dict):
        return _("Make a new array: `a = a + b`, not `a += b`.")
    if isinstance(before, list | dict) and not is_inside:
        copy = f"{type(before).__name__}({name})"
    elif are_arrays and isinstance(before, list):
        copy = f"[part.copy() for part in {name}]"
    elif are_arrays:
        copy = f"{{key: part.copy() for key, part in {name}.items()}}"
    else:
        return _("Begin with `import copy` and a copy: `{name} = copy.deepcopy({name})`.").format(name=name)
    return _("Begin with a copy: `{name} = {copy}`.").format(name=name, copy=copy)
