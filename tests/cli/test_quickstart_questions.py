"""The questions of the first training."""

import re


def test_ten_families_of_three_kinds_are_asked():
    from mof.cli.quickstart_questions import FAMILY_NAMES
    from mof.tasks.families import choose_families

    kinds = [family.kind for family in choose_families(FAMILY_NAMES)]
    assert len(set(FAMILY_NAMES)) == 10 and min(map(kinds.count, set(kinds))) >= 3 and len(set(kinds)) == 3


def test_answers_are_shown_with_marks_beside_what_a_blind_answer_reaches(monkeypatch):
    from rich.console import Console

    from mof.cli.quickstart_questions import show_answers
    from mof.generation.writing import GeneratedText
    from mof.tokenizer.character_tokenizer import CharacterTokenizer

    class AlwaysTheLarger:
        """Answers questions about two numbers, rightly where the larger one is asked for."""

        tokenizer = CharacterTokenizer("")

        def generate(self, prompts, config, open_end):
            numbers = [re.findall(r"[0-9.]+", prompt) for prompt in prompts]
            return [GeneratedText(max(found, key=float) + "。", (), "stop") for found in numbers]

    console = Console(record=True, width=200)
    monkeypatch.setattr("mof.cli.quickstart_questions.FAMILY_NAMES", ("larger_number",))
    monkeypatch.setattr("mof.cli.quickstart_questions.NUM_QUESTIONS", 40)
    show_answers(console, AlwaysTheLarger(), 2.5, lambda minutes: f"the command of {minutes:g} minutes")
    said = console.export_text()
    assert "So much after 2.5 minutes; with more, more come right: the command of 15 minutes" in said
    num_right = int(re.search(r"(\d+) of 40", said)[1])
    assert 5 <= num_right <= 35 and ("✓" in said) != ("✗" in said)
