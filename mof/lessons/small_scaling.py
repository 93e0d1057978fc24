"""A scaling study of a minute: nine trainings of seconds, a law, and a tenth training to hold it against.
Chapter 17."""

from mof.lessons.shipped_text import SHIPPED_TEXT
from mof.lessons.width_rules import ONE_STEP
from mof.lessons.width_trainer import TOKENS_PER_UPDATE, width_trainer
from mof.planning.scaling_law import Point, effective_tokens

WIDTHS, UPDATES = (32, 64, 128), (12, 24, 48)
FURTHER = (128, 120)  # width and updates of the training that is forecast


def train_small(widths=WIDTHS, updates=UPDATES, further=FURTHER, seed=0, corpus=SHIPPED_TEXT, tell=print):
    """Whole trainings, each with its own schedule, at several widths and lengths; and one that is longer.

    Args:
        widths: D of the models. updates: lengths of the trainings, of each width.
        further: (width, updates) of the longer one; its width is among the others.
        seed: of the weights and of the order of the text. corpus: files and folders of text.
        tell: called with a sentence after each training.

    Returns:
        (dict from "width 32, 12 updates" to Point, the Point of the longer one).

    Raises:
        ArithmeticError: a training diverged.
    """
    points, last = {}, None
    for width in widths:
        with width_trainer(width, corpus) as trainer:
            for count in [*updates, *([further[1]] if width == further[0] else [])]:
                point = _train(trainer, count, seed)
                words = f"width {width}, {count} updates"
                if (width, count) == tuple(further):
                    last = point
                    tell(f"{words}: kept for later")
                else:
                    points[words] = point
                    tell(f"{words}: {point.bits_per_byte:.3f} bits per byte")
    return points, last


def _train(trainer, num_updates, seed):
    judged = trainer.train(ONE_STEP, 0, seed, num_updates)
    if judged is None:
        raise ArithmeticError(f"the training of width {trainer.width} with {num_updates} updates diverged.")
    counted = effective_tokens(num_updates * TOKENS_PER_UPDATE, trainer.cache.train.num_tokens)
    return Point(trainer.model.num_parameters(), counted, judged.bits_per_byte)
