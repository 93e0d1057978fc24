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


def finished_rows(rows):
    """Those of a study's trainings that came to their end.

    Args:
        rows: list of dicts with "bits_per_byte"; None in one that diverged.

    Returns:
        list of these dicts.
    """
    return [row for row in rows if row["bits_per_byte"] is not None]


def describe_diverged(rows):
    """Which trainings diverged, in words: they are in no mean, and in no figure.

    Args:
        rows: list of dicts with "form", "seed", "bits_per_byte" and, in one that diverged, "updates".

    Returns:
        list of str, a sentence for each form that has one.
    """
    diverged = [row for row in rows if row["bits_per_byte"] is None]
    sentences = []
    for form in dict.fromkeys(row["form"] for row in diverged):
        own = [row for row in diverged if row["form"] == form]
        places = ", ".join(f"with seed {row['seed']} after update {row['updates']:,}" for row in own)
        sentences.append(f"{form}: diverged {places}; left out.")
    return sentences


def title_and_words(study):
    """The heading of a study's figure, and the words below it.

    Args:
        study: Record whose data has "runs", dicts with "bits_per_byte", "seconds" and "passes" over the text.
            One at least came to its end.

    Returns:
        (str, str).
    """
    rows = finished_rows(study.data["runs"])
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
