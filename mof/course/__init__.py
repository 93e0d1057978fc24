"""The exercises of the course: `from mof.course import check, hint, progress`.

The same three in JupyterLab, where they show boxes, and in a plain script, where they print text. This
package is the reader's; what they call lies in the files beside it, and is loaded when it is called.
"""


def check(id, answer, is_solution=False):
    """Show what is right or wrong with an answer, and remember that it was tried.

    Args:
        id: str, "05.2".
        answer: your function, number or choice.
        is_solution: True in the folded solutions, which count for nobody.

    Raises:
        ValueError: there is no such exercise.

    Example:
        check("05.1", crossover)
    """
    from mof.course.session import check_answer

    check_answer(id, answer, is_solution)


def hint(id):
    """Show the next hint, one more with each call.

    Args:
        id: str, "05.2".

    Raises:
        ValueError: there is no such exercise.
    """
    from mof.course.session import next_hint

    next_hint(id)


def progress(chapter=None):
    """Show a table of the exercises: solved, tried, hints taken.

    Args:
        chapter: "05" for one chapter; None for all that are written.

    Raises:
        ValueError: the chapter has no exercises.
    """
    from mof.course.session import show_progress

    show_progress(chapter)
