"""Does a model repeat itself more than real text? Continuations of held-out beginnings and the real ones.

A beginning is cut after some characters, so it may end inside a word: `mof.generation.open_end`.
"""

import itertools

from mof.evaluation.text_statistics import mean_repetition_rate
from mof.generation.config import GenerationConfig

PROMPT_CHARACTERS, MEASURED_CHARACTERS = 24, 60


def judge_writing(generator, texts, num_texts=48, seed=0):
    """Repetition of 4-grams in continuations and in the real texts that they replace.

    Args:
        generator: TextGenerator.
        texts: iterable of held-out texts; those too short for a prompt and a continuation are left out.
        num_texts: at most. seed: int.

    Returns:
        A JSON value: {"num_texts", "num_characters", "written", "real" (mean repetition rates), "examples":
        [[prompt, what the model wrote]]}, or None where no text is long enough.
    """
    needed = PROMPT_CHARACTERS + MEASURED_CHARACTERS
    chosen = list(itertools.islice((text for text in texts if len(text) >= needed), num_texts))
    config = GenerationConfig(max_tokens=2 * MEASURED_CHARACTERS, seed=seed)
    prompts = [text[:PROMPT_CHARACTERS] for text in chosen]
    written = [result.text for result in generator.generate(prompts, config, open_end=True)] if chosen else []
    pairs = [
        (text, real) for text, real in zip(written, chosen, strict=True) if len(text) >= MEASURED_CHARACTERS
    ]
    if not pairs:
        return None
    real = [text[PROMPT_CHARACTERS:] for _, text in pairs]
    return {
        "num_texts": len(pairs),
        "num_characters": MEASURED_CHARACTERS,
        "written": mean_repetition_rate([text for text, _ in pairs], MEASURED_CHARACTERS),
        "real": mean_repetition_rate(real, MEASURED_CHARACTERS),
        "examples": [list(pair) for pair in zip(prompts, written, strict=True)][:5],
    }
