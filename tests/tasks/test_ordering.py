"""Sorting by repeated search for the least, queues built person by person, sequences by interpolation."""

from fractions import Fraction

from mof.tasks.ordering import NextNumber, Queue, SortNumbers
from tests.tasks.family_contract import check_oracle


def test_sort_numbers():
    def solve(direction, numbers):
        left, ordered = numbers.split("、"), []
        while left:
            least = left[0]
            for number in left:
                least = number if int(number) < int(least) else least
            left.remove(least)
            ordered.append(least)
        return "、".join(ordered if direction == "ascending" else ordered[::-1])

    check_oracle(SortNumbers(), solve)


def test_sorted_numbers_may_be_separated_otherwise():
    family = SortNumbers()
    question = family.question(20_000, 0)
    answer = question.answer
    assert answer.count("、") == 3
    for separator in (",", "，", ", ", "<", " < "):
        assert family.is_right(question, answer.replace("、", separator) + "。")
    assert not family.is_right(question, "、".join(answer.split("、")[::-1]) + "。")
    assert not family.is_right(question, answer.replace("、", "") + "。")
    assert not family.is_right(question, answer + "、" + answer + "。")


def test_numbers_to_sort_are_no_set_twice():
    family = SortNumbers()
    indices = range(0, family.num_facts, 5)
    sets = {family.slots(index)["ascending"] for index in indices}
    assert len(sets) == len(indices)


def test_queue():
    def solve(direction, name=None, **told):
        told = {key: int(value) for key, value in told.items()}
        total = told.get("total")
        if total is None:  # those before, the person, those behind
            before = told.get("front", told.get("rank", 1) - 1)
            behind = told.get("back", told.get("rank_back", 1) - 1)
            line = ["other"] * before + ["asked"] + ["other"] * behind
        else:
            line = ["other"] * total
            if "front" in told or "rank" in told:
                line[told.get("front", told.get("rank", 0) - 1)] = "asked"
            else:
                line[-told.get("rank_back", told.get("back", 0) + 1)] = "asked"
        place = line.index("asked")
        return {
            "total": len(line),
            "front": len(line[:place]),
            "back": len(line[place + 1 :]),
            "rank": place + 1,
            "rank_back": line[::-1].index("asked") + 1,
        }[direction]

    check_oracle(Queue(), solve)


def parabola(points, x):
    """Lagrange's interpolation through three points."""
    return sum(
        y
        * Fraction(
            (x - points[(n + 1) % 3][0]) * (x - points[(n + 2) % 3][0]),
            (points[n][0] - points[(n + 1) % 3][0]) * (points[n][0] - points[(n + 2) % 3][0]),
        )
        for n, (_, y) in enumerate(points)
    )


def test_next_number():
    def solve(direction, shown=None, gapped=None):
        terms = list(enumerate((shown or gapped).split("、")))
        known = [(x, int(term)) for x, term in terms if term != "（）"]
        first, last = known[:3], known[-3:]
        asked = 5 if direction == "next" else next(x for x, term in terms if term == "（）")
        assert parabola(first, asked) == parabola(last, asked)  # one curve through all that is shown
        return parabola(first, asked)

    check_oracle(NextNumber(), solve)


def test_sequences_stay_above_nothing():
    family = NextNumber()
    for index in range(0, family.num_facts, 7):
        slots = family.slots(index)
        assert min(map(int, [*slots["shown"].split("、"), slots["next"]])) > 0
