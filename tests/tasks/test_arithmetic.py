"""The four operations against Python's own, from nothing but what a prompt shows."""

from mof.tasks.arithmetic import Addition, Division, Multiplication
from tests.tasks.chinese_reader import read_chinese
from tests.tasks.family_contract import check_oracle, sample_indices, visible_cases


def test_addition_forwards_and_backwards():
    for direction, visible, question in visible_cases(Addition()):
        numbers = {
            name.removesuffix("_zh"): read_chinese(text) if name.endswith("_zh") else int(text)
            for name, text in visible.items()
        }
        asked = direction.removesuffix("_zh")
        if asked == "sum":
            expected = numbers["a"] + numbers["b"]
        else:
            expected = numbers["sum"] - numbers["b" if asked == "a" else "a"]
        read = read_chinese if direction.endswith("_zh") else int
        assert read(question.answer) == expected, question.text


def test_addition_gives_no_pair_twice_in_either_order():
    family = Addition()
    pairs = [frozenset((slots["a"], slots["b"])) for slots in map(family.slots, range(family.num_facts))]
    assert len(set(pairs)) == family.num_facts


def test_addition_begins_with_all_pairs_up_to_99():
    family = Addition()
    pairs = {tuple(sorted((int(family.slots(i)["a"]), int(family.slots(i)["b"])))) for i in range(4_950)}
    assert pairs == {(a, b) for a in range(1, 100) for b in range(a, 100)}


def test_addition_accepts_either_script():
    family = Addition()
    question = family.question(5, 0)
    number = int(question.answer)
    spelt = "零一二三四五六七八九"[number]
    assert family.is_right(question, f"{spelt}。") and family.is_right(question, f"{number}。")
    assert not family.is_right(question, f"{number}{spelt}。")


def test_multiplication_forwards_and_backwards():
    def solve(direction, a=None, b=None, product=None):
        if direction == "product":
            return sum([int(a)] * int(b))
        known = int(a or b)
        return next(x for x in range(1_000) if x * known == int(product))

    check_oracle(Multiplication(), solve)


def test_multiplication_gives_no_pair_twice_in_either_order():
    family = Multiplication()
    pairs = [frozenset((slots["a"], slots["b"])) for slots in map(family.slots, range(family.num_facts))]
    assert len(set(pairs)) == family.num_facts


def test_division():
    def solve(direction, divisor, dividend=None, quotient=None, remainder=None):
        if direction == "dividend":
            return next(n for n in range(2_000) if divmod(n, int(divisor)) == (int(quotient), int(remainder)))
        whole, rest = divmod(int(dividend), int(divisor))
        return {"quotient": whole, "remainder": rest, "both": f"{whole}余{rest}"}[direction]

    check_oracle(Division(), solve)


def test_division_always_leaves_a_remainder():
    family = Division()
    for index in sample_indices(family, 500):
        slots = family.slots(index)
        assert 0 < int(slots["remainder"]) < int(slots["divisor"])


def test_division_spellings():
    family = Division()
    question = family.question(0, 0)
    assert question.text == "4÷3=1余1。"
    for right in ("1余1", "商1余1", "1……1", "１余１"):
        assert family.is_right(question, right + "。")
    for wrong in ("1", "1余", "余1", "11", "1余11"):
        assert not family.is_right(question, wrong + "。")
