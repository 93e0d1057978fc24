"""The questions of the first training: what it learns to answer beside prose, and how well it does.

Ten families, at least three of each kind, chosen before any was measured because their answers stand in the
question or in a short table. All 61 are in `mof corpus write` and `mof abilities`.
"""

from rich.text import Text

from mof.evaluation.ability_report import held_out_split
from mof.evaluation.task_accuracy import family_accuracy
from mof.tasks.families import choose_families
from mof.tasks.sheet_file import write_sheets

FAMILY_NAMES = (
    "element_symbol",
    "unit_symbol",
    "calling_code",
    "former_latter",
    "measure_word_echo",
    "alternating_words",
    "key_recall",
    "larger_number",
    "recall",
    "missing_item",
)
# Prose is read two or three times in the time of a training, whatever its length; so are the questions.
BYTES_PER_MINUTE = 240_000
NUM_QUESTIONS = 20  # of each family
SHOWN_CHARACTERS = 12  # of an answer
MORE_TIMES = 6  # the minutes to try next, over those of this training


def write_questions(path, minutes):
    """Write the questions to learn from in a training of so many minutes.

    Args:
        path: of the .jsonl file. minutes: float.

    Returns:
        The path as a str.
    """
    num_bytes = max(1, round(BYTES_PER_MINUTE * minutes))
    return str(write_sheets(path, choose_families(FAMILY_NAMES), num_bytes).path)


def show_answers(console, generator, minutes, command):
    """Ask questions that the training has held out: a line for each family, with one answer.

    Args:
        console: rich Console. generator: TextGenerator.
        minutes: float, of the training.
        command: called with a number of minutes for the command that trains so long.
    """
    title = (
        "What it answers now, to questions that it has never seen (right of those asked; without thinking):"
    )
    console.print(Text(title, "bold"), soft_wrap=True)
    for family in choose_families(FAMILY_NAMES):
        result = family_accuracy(generator, family, held_out_split(family), NUM_QUESTIONS)
        prompt, answer, written, is_right = result.examples[0]
        line = Text(f"  {result.num_right:>3} of {result.num_questions}")
        line.append(
            f"  ({max(result.majority, result.nearest):>4.0%})  {family.name.replace('_', ' ')}: {prompt}"
        )
        line.append(written if len(written) <= SHOWN_CHARACTERS else written[:SHOWN_CHARACTERS] + "…", "bold")
        line.append("  ✓" if is_right else f"  ✗ {answer}")
        console.print(line, soft_wrap=True)
    span = f"{minutes:g} minute{'' if minutes == 1 else 's'}"
    more = f"So much after {span}; with more, more come right: {command(MORE_TIMES * minutes)}"
    console.print(Text(f"  {more}\n"), soft_wrap=True)
