"""What every family keeps to, whatever it asks about. The tests of each kind run these over its families."""

import random
import re
import string

from mof.tasks.family import KINDS, MIN_WORDINGS
from mof.tasks.held_out import NESTED_FAMILIES, split_of

MIN_FACTS = 5_000  # of reasoning and completion, where facts cost nothing
WHOLE_FACTS = 10_000  # of a family with so few all are compared, not a sample
# a guess that needs no thought, the commonest answer or a slot of the prompt, may be right no oftener than
# this: two answers to choose from make a half, and a sample strays a little
LARGEST_SHARE_OF_A_GUESS = 0.56
_PUNCTUATION = re.compile(r"[\s，。：；、？！“”‘’（）《》…—,.:;?!()\"'-]+")


def sample_indices(family, count, seed=0):
    """Some neighbours, which differ in the slot that changes fastest, and as many from all over."""
    generator = random.Random(f"{family.name} {seed}")
    near = range(min(count // 2, family.num_facts))
    far = generator.sample(range(family.num_facts), min(count - len(near), family.num_facts))
    return sorted({*near, *far})


def prompt_slots(wording):
    """Names of the slots that a wording shows before the answer."""
    return {name for _, name, _, _ in string.Formatter().parse(wording.prompt) if name}


def visible_cases(family, facts_per_wording=25):
    """(direction, slots that the prompt shows, question): all that an oracle may know, over all wordings."""
    generator = random.Random(family.name)
    for number, wording in enumerate(family.wordings):
        shown = prompt_slots(wording)
        for _ in range(facts_per_wording):
            index = generator.randrange(family.num_facts)
            slots = family.slots(index)
            yield (
                wording.direction,
                {name: slots[name] for name in shown},
                family.question(index, number),
            )


def check_oracle(family, solve, facts_per_wording=25):
    """`solve(direction, **visible)` computes the same answer as the family from what a prompt shows."""
    for direction, visible, question in visible_cases(family, facts_per_wording):
        assert str(solve(direction, **visible)) == question.answer, question.text


def check_form(family):
    """Name, gloss, enough wordings that are no variants of each other by punctuation, enough facts."""
    assert re.fullmatch(r"[a-z][a-z0-9_]*", family.name)
    assert family.kind in KINDS
    assert family.gloss.isascii() and "\n" not in family.gloss and family.gloss.endswith((".", "?"))
    assert len(family.wordings) >= MIN_WORDINGS
    bare = [
        _PUNCTUATION.sub("", f"{wording.prompt}[{wording.direction}]{wording.closing}")
        for wording in family.wordings
    ]
    assert len(set(bare)) == len(bare), [text for text in bare if bare.count(text) > 1]
    if family.kind != "knowledge":
        assert family.num_facts >= MIN_FACTS
    for wording in family.wordings:
        assert not set("{}[]") & set(wording.closing), f"a slot after the answer: {wording}"
        assert wording.closing[-1] in "。！？”", wording
        assert prompt_slots(wording), f"asks about nothing: {wording}"


def check_slots(family):
    """Every wording's slots exist, each slot is used, and values are short texts of one line."""
    used = set().union(*(prompt_slots(wording) | {wording.direction} for wording in family.wordings))
    for index in (0, family.num_facts // 2, family.num_facts - 1):
        slots = family.slots(index)
        assert set(slots) == used
        for value in slots.values():
            assert isinstance(value, str) and value and value == value.strip() and "\n" not in value


def check_repeatable(family):
    """Another instance, asked in another order, gives the same questions."""
    other = type(family)()
    indices = sample_indices(family, 20, seed=1)
    backwards = {index: other.question(index, index % len(other.wordings)) for index in reversed(indices)}
    assert all(family.question(index, index % len(family.wordings)) == backwards[index] for index in indices)


def check_no_fact_twice(family, num_indices=1_500):
    """Different indices give different facts, and different prompts in every wording."""
    facts = [tuple(family.slots(index).values()) for index in sample_indices(family, num_indices)]
    assert len(set(facts)) == len(facts)
    indices = sample_indices(family, 200)
    slots = list(map(family.slots, indices))
    for wording in family.wordings:
        prompts = {wording.prompt.format_map(values) for values in slots}
        assert len(prompts) == len(slots), f"the prompt does not tell two facts apart: {wording}"


def check_held_out_stays_out(family):
    """No training question holds a held-out one in its wording; about one fact in ten is held out. A family
    whose facts are nested has such questions, or is named wrongly as one."""
    found = held_out_inside_training(family)
    assert bool(found) == (family.name in NESTED_FAMILIES), found[:3]


def held_out_inside_training(family):
    """Texts of held-out questions that stand in training questions of the same wording; of a large family
    some are looked at, of a small one all."""
    is_small = family.num_facts <= WHOLE_FACTS
    indices = range(family.num_facts) if is_small else sample_indices(family, 400, seed=2)
    splits = {index: split_of(family, index, 0) for index in indices}
    held_out = [index for index in indices if splits[index] == "value"]
    assert 0.04 < len(held_out) / len(indices) < 0.18
    training = [family.slots(index) for index in indices if splits[index] == "train"]
    found = []
    for number, wording in enumerate(family.wordings):
        template = f"{wording.prompt}{{{wording.direction}}}{wording.closing}"
        written = "\n".join(map(template.format_map, training))
        for index in held_out if is_small else held_out[:10]:
            text = family.question(index, number).text
            # 7和9 stands in 17和9, but as part of another number
            if text in written and re.search(r"(?<![0-9.])" + re.escape(text), written):
                found.append(text)
    return found


def check_guesses(family, num_facts=300):
    """Neither the commonest answer nor any slot of the prompt is right for most facts."""
    facts = [family.slots(index) for index in sample_indices(family, num_facts, seed=3)]
    for wording in family.wordings:
        answers = [slots[wording.direction] for slots in facts]
        commonest = max(map(answers.count, set(answers)))
        assert commonest <= LARGEST_SHARE_OF_A_GUESS * len(facts), f"one answer for most facts: {wording}"
        for name in prompt_slots(wording):
            copied = sum(slots[name] == answer for slots, answer in zip(facts, answers, strict=True))
            assert copied <= LARGEST_SHARE_OF_A_GUESS * len(facts), f"{name} gives the answer away: {wording}"


def check_answers(family):
    """The right answers pass, and nothing else does."""
    generator = random.Random(family.name)
    for number, wording in enumerate(family.wordings):
        question = family.question(generator.randrange(family.num_facts), number)
        others = {
            family.slots(index)[wording.direction] for index in generator.sample(range(family.num_facts), 12)
        }
        right = set(map(family.normalize, question.accepted))
        wrong = sorted(other for other in others if family.normalize(other) not in right)
        assert wrong, f"twelve other facts have the same answer: {question}"
        answer, closing = question.answer, question.closing
        assert answer in question.accepted
        for accepted in question.accepted:
            assert family.is_right(question, accepted + closing)
            assert family.is_right(question, accepted + closing + wrong[0] + closing + "\n")
        bad = [
            "",
            closing,
            " " + closing,
            answer,  # does not close
            "\n" + answer + closing,
            answer[:-1] + closing if family.normalize(answer[:-1]) not in right else "",
            answer + answer + closing if family.normalize(answer * 2) not in right else "",
            answer + "0" * 10_000 + closing,
            "，".join([answer] * 50) + closing,
            f"{answer}或{wrong[0]}{closing}",
            f"{answer}或者{answer}{closing}",
            f"{wrong[0]}，不对，是{answer}{closing}",
            "、".join([*wrong, answer]) + closing,
            "、".join([answer, *wrong]) + closing,
            answer + closing[:-1] + "或" + wrong[0] + closing,
            question.prompt + answer + closing,
            f"答案是{answer}{closing}",
            *(other + closing for other in wrong),
        ]
        for continuation in bad:
            assert not family.is_right(question, continuation), (question.text, continuation)


CHECKS = (
    check_form,
    check_slots,
    check_repeatable,
    check_no_fact_twice,
    check_held_out_stays_out,
    check_guesses,
    check_answers,
)
