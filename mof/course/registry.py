"""All exercises by id. A chapter's exercises are EXERCISES in `mof/course/chapter_NN.py`; a new such file is
found by its name."""

import functools
import importlib
import pkgutil
import re

import mof.course
from mof.course.translation import ngettext

_MODULE = re.compile(r"chapter_\d\d")


@functools.cache
def all_exercises():
    """Every exercise, in the order of the course.

    Returns:
        dict from id to Exercise.

    Raises:
        ValueError: two have one id, or one stands in another chapter's file.
    """
    found = {}
    for module in sorted(entry.name for entry in pkgutil.iter_modules(mof.course.__path__)):
        if not _MODULE.fullmatch(module):
            continue
        for exercise in importlib.import_module(f"mof.course.{module}").EXERCISES:
            if exercise.id in found:
                raise ValueError(f"two exercises have the id {exercise.id}.")
            if module != f"chapter_{exercise.chapter}":
                raise ValueError(f"exercise {exercise.id} stands in {module}.py.")
            found[exercise.id] = exercise
    return dict(sorted(found.items(), key=lambda item: (item[1].chapter, item[1].number)))


def find_exercise(id):
    """The exercise with this id.

    Args:
        id: str, "05.2".

    Raises:
        ValueError: there is none; the message tells which there are.
    """
    exercises = all_exercises()
    if isinstance(id, str) and id in exercises:
        return exercises[id]
    chapter = str(id).split(".")[0].zfill(2)
    near = [name for name in exercises if name.split(".")[0] == chapter] or list(exercises)
    raise ValueError(
        ngettext(
            "there is no exercise {id}; there is {near}.",
            "there is no exercise {id}; there are {near}.",
            len(near),
        ).format(id=repr(id), near=", ".join(f'"{name}"' for name in near))
    )
