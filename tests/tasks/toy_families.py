"""Two tiny families, so that tests need none of the real ones."""

from mof.tasks.family import Family


class Doubling(Family):
    """The double of a number: reasoning."""

    name, kind, gloss = "doubling", "reasoning", "the double of a number"
    templates = ("{a}的两倍是[b]。", "问：{a}乘二？答：[b]。", "{a}加{a}得[b]。")
    num_facts = 200

    def slots(self, index):
        return {"a": str(index), "b": str(2 * index)}


class Neighbours(Family):
    """Letters that follow one another, asked in both directions: knowledge."""

    name, kind, gloss = "neighbours", "knowledge", "the letter after a letter"
    templates = tuple(f"{word}，{{a}}后面是[b]。" for word in "甲乙丙丁") + tuple(
        f"{word}，{{b}}前面是[a]。" for word in "甲乙丙丁"
    )
    num_facts = 25

    def slots(self, index):
        return {"a": chr(97 + index), "b": chr(98 + index)}
