"""What the recorded studies of forms have in common: their title, the words below, counts with their noun."""


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
