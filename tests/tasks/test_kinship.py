"""Kinship against families: people with parents, a spouse and a birthday, and no table at all."""

import functools
import random

import pytest

from mof.tasks.kinship import Kinship, kinship_table

NUM_TREES = 4
# what each word means, as steps from person to person; several ways where the word covers several
MEANINGS = {
    "爷爷": ["爸爸 爸爸"],
    "奶奶": ["爸爸 妈妈"],
    "外公": ["妈妈 爸爸"],
    "外婆": ["妈妈 妈妈"],
    "伯伯": ["爸爸 哥哥"],
    "叔叔": ["爸爸 弟弟"],
    "伯母": ["爸爸 哥哥 妻子"],
    "婶婶": ["爸爸 弟弟 妻子"],
    "姑姑": ["爸爸 姐姐", "爸爸 妹妹"],
    "姑父": ["爸爸 姐姐 丈夫", "爸爸 妹妹 丈夫"],
    "舅舅": ["妈妈 哥哥", "妈妈 弟弟"],
    "舅妈": ["妈妈 哥哥 妻子", "妈妈 弟弟 妻子"],
    "姨妈": ["妈妈 姐姐", "妈妈 妹妹"],
    "姨父": ["妈妈 姐姐 丈夫", "妈妈 妹妹 丈夫"],
    "嫂子": ["哥哥 妻子"],
    "弟媳": ["弟弟 妻子"],
    "姐夫": ["姐姐 丈夫"],
    "妹夫": ["妹妹 丈夫"],
    "公公": ["丈夫 爸爸"],
    "婆婆": ["丈夫 妈妈"],
    "岳父": ["妻子 爸爸"],
    "岳母": ["妻子 妈妈"],
    "大伯子": ["丈夫 哥哥"],
    "小叔子": ["丈夫 弟弟"],
    "大姑子": ["丈夫 姐姐"],
    "小姑子": ["丈夫 妹妹"],
    "大舅子": ["妻子 哥哥"],
    "小舅子": ["妻子 弟弟"],
    "大姨子": ["妻子 姐姐"],
    "小姨子": ["妻子 妹妹"],
    "儿媳": ["儿子 妻子"],
    "女婿": ["女儿 丈夫"],
    "孙子": ["儿子 儿子"],
    "孙女": ["儿子 女儿"],
    "外孙": ["女儿 儿子"],
    "外孙女": ["女儿 女儿"],
    "侄子": ["哥哥 儿子", "弟弟 儿子"],
    "侄女": ["哥哥 女儿", "弟弟 女儿"],
    "外甥": ["姐姐 儿子", "妹妹 儿子"],
    "外甥女": ["姐姐 女儿", "妹妹 女儿"],
}
COUSINS = {
    "堂": ["爸爸 哥哥", "爸爸 弟弟"],
    "表": ["爸爸 姐姐", "爸爸 妹妹", "妈妈 哥哥", "妈妈 弟弟", "妈妈 姐姐", "妈妈 妹妹"],
}


class Person:
    def __init__(self, is_male, birth, father=None, mother=None):
        self.is_male, self.birth, self.father, self.mother = is_male, birth, father, mother
        self.spouse, self.children = None, []


def random_tree(seed):
    """Five generations: couples with no child or up to four, who marry as far from their kin as they can."""
    generator = random.Random(seed)
    everyone, generation = [], [Person(n % 2 == 0, n) for n in range(30)]
    for age in range(4):
        everyone += generation
        men = [person for person in generation if person.is_male]
        women = [person for person in generation if not person.is_male]
        generator.shuffle(women)
        following = []
        for man in men:
            # no marriage between brother and sister or first cousins, nor of two couples of siblings
            in_laws = {other.spouse for other in siblings(man)}
            fitting = [
                woman
                for woman in women
                if not elders(man) & elders(woman) and not in_laws & {*siblings(woman)}
            ]
            if not fitting or generator.random() < 0.1:
                continue
            woman = fitting[0]
            women.remove(woman)
            man.spouse, woman.spouse = woman, man
            for _ in range(generator.choice((0, 2, 3, 4))):
                child = Person(generator.random() < 0.5, (age + 1) * 30 + generator.random() * 25, man, woman)
                man.children.append(child)
                woman.children.append(child)
                following.append(child)
        generation = following
    return everyone + generation


def elders(person):
    parents = {parent for parent in (person.father, person.mother) if parent}
    return parents | {
        elder for parent in parents for elder in (parent.father, parent.mother) if elder is not None
    }


def siblings(person):
    return [child for child in person.father.children if child is not person] if person.father else []


def basic_step(person, step):
    if step in ("爸爸", "妈妈"):
        parent = person.father if step == "爸爸" else person.mother
        return {parent} if parent else set()
    if step in ("丈夫", "妻子"):
        return {person.spouse} if person.spouse and person.spouse.is_male == (step == "丈夫") else set()
    if step in ("儿子", "女儿"):
        return {child for child in person.children if child.is_male == (step == "儿子")}
    return {
        other
        for other in siblings(person)
        if other.is_male == (step in "哥哥弟弟") and (other.birth < person.birth) == (step in "哥哥姐姐")
    }


def follow(people, path):
    for step in path.split():
        people = {other for person in people for other in basic_step(person, step)}
    return people


@functools.cache
def called(speaker, word):
    """Everyone whom `speaker` calls `word`."""
    if word[0] in COUSINS:
        children = set().union(*(follow({speaker}, path) for path in COUSINS[word[0]]))
        children = {child for parent in children for child in parent.children}
        return {
            child
            for child in children
            if child.is_male == (word[1] in "哥弟") and (child.birth < speaker.birth) == (word[1] in "哥姐")
        }
    return set().union(*(follow({speaker}, path) for path in MEANINGS.get(word, [word])))


def reached(speaker, chain):
    """Everyone at the end of a chain such as 爸爸的哥哥的比我大的儿子."""
    people = {speaker}
    for step in chain.replace("比我大的", "比我大").replace("比我小的", "比我小").split("的"):
        if step.startswith("比我"):
            people = {
                child
                for person in people
                for child in basic_step(person, step[3:])
                if (child.birth < speaker.birth) == (step[2] == "大")
            }
        else:
            people = {other for person in people for other in called(person, step)}
    return people


@pytest.fixture(scope="module")
def trees():
    return [random_tree(seed) for seed in range(NUM_TREES)]


def test_every_entry_of_the_table_holds_in_every_family(trees):
    seen = set()
    for tree in trees:
        for speaker in tree:
            for (relative, step), result in kinship_table().items():
                people = reached(speaker, f"{relative}的{step}")
                assert people <= called(speaker, result), (relative, step, result)
                if people:
                    seen.add((relative, step))
    assert seen == set(kinship_table())


def test_chains_hold_in_every_family(trees):
    family, generator, seen = Kinship(), random.Random(0), 0
    for index in generator.sample(range(family.num_facts), 150):
        slots = family.slots(index)
        for speaker in generator.sample(trees[index % NUM_TREES], 40):
            people = reached(speaker, slots["chain"])
            assert people <= called(speaker, slots["relative"]), slots
            seen += len(people)
    assert seen > 500


def test_no_one_goes_by_two_names(trees):
    words = [*MEANINGS, "爸爸", "妈妈", "哥哥", "弟弟", "姐姐", "妹妹", "儿子", "女儿", "丈夫", "妻子"]
    words += [side + ending for side in COUSINS for ending in "哥弟姐妹"]
    for speaker in trees[0]:
        people = [person for word in words for person in called(speaker, word)]
        assert len(people) == len(set(people)) and speaker not in people


def test_lengths_of_the_chains():
    family = Kinship()
    chains = [family.slots(index)["chain"] for index in range(family.num_facts)]
    lengths = [1 + chain.count("的") - chain.count("比我") for chain in chains]
    assert [lengths.count(n) for n in (2, 3, 4)] == [328, 1_772, 5_900]
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    ("chain", "answer", "right"),
    [
        ("爸爸的哥哥", "伯伯", True),
        ("爸爸的哥哥", "伯父", True),
        ("爸爸的哥哥", "我的伯父", True),
        ("爸爸的哥哥", "叔叔", False),
        ("爸爸的哥哥", "伯伯叔叔", False),
        ("爸爸的哥哥", "伯伯或叔叔", False),
        ("妈妈的哥哥", "舅父", True),
        ("妈妈的妈妈", "姥姥", True),
        ("妈妈的妈妈", "奶奶", False),
        ("舅舅的比我小的女儿", "表妹", True),
        ("舅舅的比我小的女儿", "堂妹", False),
        ("舅舅的比我小的女儿", "我", False),
    ],
)
def test_spellings(chain, answer, right):
    family = Kinship()
    index = next(index for index in range(family.num_facts) if family.slots(index)["chain"] == chain)
    assert family.is_right(family.question(index, 0), answer + "。") == right
