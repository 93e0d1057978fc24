"""What the studies of forms have in common: a form's settings, a record's title and words, counts."""


def settings_of(form, forms, alone):
    """The ModelConfig fields to change for a model of one form, by its expert alone.

    Args:
        form: str, a name in forms.
        forms: dict from each name to the fields in which that form differs.
        alone: dict of the fields that leave the other parts out.

    Returns:
        dict of ModelConfig fields.

    Raises:
        ValueError: for another name.
    """
    if form not in forms:
        raise ValueError(f"form is {form!r}, expected one of {tuple(forms)}.")
    return {**alone, **forms[form]}


def title_and_words(study):
    """The heading of a study's figure, and the words below it.

    Args:
        study: Record whose data has "runs", dicts with "seconds" and "passes" over the text.

    Returns:
        (str, str).
    """
    rows = study.data["runs"]
    seconds, passes = (sum(row[key] for row in rows) / len(rows) for key in ("seconds", "passes"))
    title = f"Recorded: {seconds / 60:.0f} minutes, {passes:.1f} passes over the text, on average"
    return title, (
        f"A dot for each training, a stroke at the mean of the seeds; fewer bits are better; {study.note}."
    )


def tell_missing(hours, program):
    """Print that nobody has run a study yet, how many hours (words) it takes, and its program."""
    print(
        "This study has not been run yet: there is no record to show,\n"
        f"and nothing to conclude. About {hours} hours on two cores:\n"
        f"python benchmarks/{program}"
    )


def counted(number, noun):
    """ "1 seed", "3 seeds"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
