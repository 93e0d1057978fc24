"""Gradients: the reader's function differentiated by the backend beside the definition, or a gradient that
the reader has worked out beside differences of the function."""

import numpy as np

from mof.course.quantities import as_array
from mof.course.translation import _
from mof.course.verdict import Wrong

TOLERANCE = 2e-3  # relative to the largest gradient: float32, two sums of some dozens of terms
DIFFERENCE_TOLERANCE = 1e-5  # central differences in float64
STEP = 1e-5


def expect_gradients(function, reference, inputs, names):
    """Gradients flow through the function, and are those of the reference.

    Args:
        function, reference: take float32 tensors and return one; written with `keras.ops`.
        inputs: float32 arrays. names: tuple of str, of the inputs.

    Raises:
        Wrong: they do not flow, are NaN, or differ.
    """
    from mof.cli.backend import start_backend

    start_backend()
    from mof.lessons.gradients import outputs_and_gradients

    _output, *right = outputs_and_gradients(reference, *inputs)
    try:
        _output, *found = outputs_and_gradients(function, *inputs)
    except ValueError as error:  # TensorFlow: nothing that was computed depends on the inputs
        raise Wrong(_no_gradient(names)) from error
    detached = _("The values are right. Does a part go through NumPy, where no gradient flows? Use `ops`.")
    compare_gradients(found, right, names, TOLERANCE, detached)


def expect_gradient_function(gradient, function, inputs, names):
    """A gradient worked out by hand is that of the function.

    Args:
        gradient: takes the inputs and the gradient by the output, returns one gradient for each input.
        function: takes the inputs, returns one array; plain NumPy, for it is called with float64.
        inputs: arrays. names: tuple of str.

    Raises:
        Wrong: another number of gradients, a wrong shape, or other numbers.
    """
    inputs = [np.asarray(x, dtype="float64") for x in inputs]
    output = np.asarray(function(*inputs))
    mixture = np.random.default_rng(0).normal(size=output.shape)
    found = gradient(*inputs, mixture)
    found = (found,) if len(inputs) == 1 and not isinstance(found, tuple | list) else found
    if not isinstance(found, tuple | list) or len(found) != len(inputs):
        raise Wrong(_("Return one gradient for each of {names}, as a tuple.").format(names=", ".join(names)))
    right = [numerical_gradient(function, inputs, index, mixture) for index in range(len(inputs))]
    found = [
        as_array(one, x.shape, _("The gradient by {name}").format(name=name))
        for one, x, name in zip(found, inputs, names, strict=True)
    ]
    compare_gradients(found, right, names, DIFFERENCE_TOLERANCE)


def numerical_gradient(function, inputs, index, mixture):
    """Central differences of sum(function(*inputs) * mixture) by one input.

    Args:
        function: NumPy, to an array. inputs: float64 arrays. index: which. mixture: array like the output.

    Returns:
        float64 array like that input.
    """
    gradient = np.zeros_like(inputs[index])
    for place in np.ndindex(gradient.shape):
        sums = []
        for step in (STEP, -STEP):
            moved = [x.copy() for x in inputs]
            moved[index][place] += step
            sums.append(float(np.sum(np.asarray(function(*moved)) * mixture)))
        gradient[place] = (sums[0] - sums[1]) / (2 * STEP)
    return gradient


def compare_gradients(found, right, names, tolerance, otherwise=""):
    """Gradients beside the right ones.

    Args:
        found, right: lists of arrays. names: of the inputs. tolerance: relative to the largest right number.
        otherwise: a sentence to add where the numbers look like nothing that is known.

    Raises:
        Wrong: where they differ, with what it looks like: none, NaN, the sign, a factor.
    """
    scale = max(float(np.abs(x).max()) for x in right) or 1.0
    if scale > 0 and not any(np.any(x) for x in found) and any(np.any(x) for x in right):
        raise Wrong(_no_gradient(names))
    for name, one, other in zip(names, found, right, strict=True):
        if not np.isfinite(one).all():
            raise Wrong(
                _(
                    "The gradient by {name} is not finite, though the values are. Look for 0 / 0 on the "
                    "way back: a division that `where` hides, a root or a logarithm at 0."
                ).format(name=name)
            )
        if np.abs(one - other).max() <= tolerance * scale:
            continue
        if not np.any(one):
            raise Wrong(
                _(
                    "No gradient reaches {name}: your values are right, but it is left out of the way back "
                    "(by NumPy, `stop_gradient`, or a copy as plain numbers)."
                ).format(name=name)
            )
        place = np.unravel_index(np.argmax(np.abs(one - other)), other.shape)
        sentence = _("The gradient by {name} is {found} at {place}, expected {expected}.").format(
            name=name,
            found=f"{one[place]:.4g}",
            place=[int(i) for i in place],
            expected=f"{other[place]:.4g}",
        )
        if np.abs(one + other).max() <= tolerance * scale:
            sentence += " " + _("Only the sign is wrong.")
        elif (factor := float((one * other).sum() / max((other * other).sum(), 1e-30))) and np.abs(
            one - factor * other
        ).max() <= tolerance * scale:
            sentence += " " + _("All of them are {factor} times the right ones.").format(
                factor=f"{factor:.3g}"
            )
        elif otherwise:
            sentence += " " + otherwise
        raise Wrong(sentence)


def _no_gradient(names):
    return _(
        "The values are right, but no gradient reaches {names}: NumPy computes somewhere, and no training "
        "could learn through it. Use `ops` all the way."
    ).format(names=", ".join(names))
