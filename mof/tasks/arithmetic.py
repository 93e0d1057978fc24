"""The four operations on whole numbers: sums, products, and division that leaves a remainder."""

from typing import final

from mof.tasks.enumeration import draw, pair, scatter, split
from mof.tasks.family import Family
from mof.tasks.numerals import fold_spoken, to_chinese


def _in_some_order(index, low, high):
    """The two numbers as the question names them. The order is no fact of its own: 3+5 gives 5+3 away."""
    return (low, high) if draw(index, 2) else (high, low)


@final
class Addition(Family):
    """Facts: two numbers and their sum, asked forwards and, as subtraction, backwards.

    First all pairs up to 99, then as many again of up to three digits, carries and borrows as they fall.
    """

    name = "addition"
    kind = "reasoning"
    gloss = "Add two numbers of up to three digits, or subtract one from their sum."
    num_facts = 20_000
    templates = (
        "{a}加{b}等于[sum]。",
        "{a}+{b}=[sum]。",
        "{a}与{b}的和是[sum]。",
        "{sum}减去{a}，还剩[b]。",
        "{sum}-{b}=[a]。",
        "问：{a}加上{b}是多少？答：[sum]。",
        "问：{sum}比{a}大多少？答：[b]。",
        "比{a}多{b}的数是[sum]。",
        "比{sum}少{b}的数是[a]。",
        "一个加数是{a}，另一个加数是{b}，和就是[sum]。",
        "两个数的和是{sum}，其中一个数是{a}，另一个数是[b]。",
        "{a_zh}加{b_zh}等于[sum_zh]。",
        "{sum_zh}减{a_zh}等于[b_zh]。",
        "小明有{a}颗糖，妈妈又给了他{b}颗，现在一共有[sum]颗。",
        "书架上有{sum}本书，被借走{b}本，还剩[a]本。",
        "展览馆上午来了{a}人，下午来了{b}人，全天一共来了[sum]人。",
        "一根绳子长{sum}米，剪去{a}米，还剩[b]米。",
        "把{a}和{b}合起来，得到[sum]。",
        "想一想，{a}再添上多少才是{sum}？要添[b]。",
        "被减数是{sum}，减数是{b}，差是[a]。",
        "口算：从{sum}里面去掉{b}，得[a]。",
        "在{a}上面再加{b}，就成了[sum]。",
        "收入{a}元，又收入{b}元，账上一共多了[sum]元。",
        "小红做了{a}道题，要做满{sum}道，还差[b]道。",
        "问：{a_zh}和{b_zh}合起来是多少？答：[sum_zh]。",
        "一个数加上{b}以后变成{sum}，这个数原来是[a]。",
    )

    def slots(self, index):
        # the pairs up to 99 are the first 4,950 of those up to 999
        number = index if index < 4_950 else 4_950 + scatter(index, 494_550)
        low, high = pair(number)
        a, b = _in_some_order(index, low + 1, high + 1)
        return {
            "a": str(a),
            "b": str(b),
            "sum": str(a + b),
            "a_zh": to_chinese(a),
            "b_zh": to_chinese(b),
            "sum_zh": to_chinese(a + b),
        }

    def accepted(self, slots, direction):
        plain = direction.removesuffix("_zh")
        return {slots[plain], slots[plain + "_zh"]}

    def normalize(self, answer):
        return fold_spoken(super().normalize(answer))


@final
class Multiplication(Family):
    """Facts: the products of one digit by one digit (36), and of one digit by two or three (7,920)."""

    name = "multiplication"
    kind = "reasoning"
    gloss = "Multiply by a one-digit number, or divide where nothing is left over."
    num_facts = 36 + 8 * 990
    templates = (
        "{a}乘{b}等于[product]。",
        "{a}×{b}=[product]。",
        "{a}和{b}的积是[product]。",
        "{product}÷{a}=[b]。",
        "{product}除以{b}，商是[a]。",
        "问：{a}乘以{b}得多少？答：[product]。",
        "问：{product}是{a}的几倍？答：[b]。",
        "{a}的{b}倍是[product]。",
        "{b}个{a}相加，和是[product]。",
        "一个因数是{a}，另一个因数是{b}，积是[product]。",
        "两个因数的积是{product}，一个因数是{b}，另一个是[a]。",
        "每排坐{a}人，坐满{b}排，一共坐了[product]人。",
        "每箱装{b}瓶水，{a}箱一共有[product]瓶。",
        "把{product}平均分成{b}份，每份是[a]。",
        "{product}里面有多少个{a}？有[b]个。",
        "长方形相邻的两条边是{a}厘米和{b}厘米，面积是[product]平方厘米。",
        "被除数是{product}，除数是{a}，没有余数，商是[b]。",
        "工人一天做{a}个零件，照这样做{b}天，一共做了[product]个。",
        "笔算：{b}乘上{a}，乘积为[product]。",
        "哪个数乘{b}得{product}？是[a]。",
        "机器每分钟转{a}圈，转了{b}分钟，一共转了[product]圈。",
        "解方程：{a}x={product}，x=[b]。",
        "{product}颗豆子，每{a}颗装一袋，可以装[b]袋。",
        "一页有{a}行，每行{b}个字，这一页的字数是[product]。",
    )

    def slots(self, index):
        if index < 36:
            low, high = pair(index)
            low, high = low + 2, high + 2
        else:
            low, high = split(index - 36, 8, 990)
            low, high = low + 2, high + 10
        a, b = _in_some_order(index, low, high)
        return {"a": str(a), "b": str(b), "product": str(a * b)}


@final
class Division(Family):
    """Facts: a dividend up to 1,219, a divisor from 3 to 20, and what remains, which is never nothing."""

    name = "division"
    kind = "reasoning"
    gloss = "Divide with a remainder: the quotient, the remainder, both, or the dividend."
    num_facts = 189 * 60
    templates = (
        "{dividend}÷{divisor}=[both]。",
        "{dividend}除以{divisor}，得[both]。",
        "{dividend}除以{divisor}，余数是[remainder]。",
        "{dividend}除以{divisor}，商的整数部分是[quotient]。",
        "问：{dividend}除以{divisor}等于几余几？答：[both]。",
        "问：用{divisor}去除{dividend}，余几？答：[remainder]。",
        "有{dividend}个苹果，每{divisor}个装一盒，能装满[quotient]盒。",
        "有{dividend}个苹果，每{divisor}个装一盒，最后剩下[remainder]个。",
        "一个数除以{divisor}，商{quotient}余{remainder}，这个数是[dividend]。",
        "被除数是{dividend}，除数是{divisor}，结果是[both]。",
        "{dividend}里面最多有多少个{divisor}？最多有[quotient]个。",
        "从{dividend}里一次又一次地减去{divisor}，减到不够减为止，最后剩[remainder]。",
        "{dividend}个同学排队，每{divisor}人一排，没排满的那一排有[remainder]人。",
        "除数是{divisor}，商是{quotient}，余数是{remainder}，被除数是[dividend]。",
        "{divisor}乘{quotient}再加{remainder}，得到[dividend]。",
        "把{dividend}颗糖平均分给{divisor}个孩子，每人最多分到[quotient]颗。",
        "把{dividend}颗糖尽量平均分给{divisor}个孩子，最后分不完的有[remainder]颗。",
        "用竖式算{dividend}÷{divisor}，商和余数写作[both]。",
        "一根绳子长{dividend}厘米，每{divisor}厘米剪一段，最后余下[remainder]厘米。",
        "{dividend}至少减去多少才能被{divisor}整除？至少减去[remainder]。",
        "有余数的除法：{dividend}除以{divisor}，不完全商是[quotient]。",
        "分小组，每组{divisor}人，分成{quotient}组还多{remainder}人，一共有[dividend]人。",
        "程序里{dividend} % {divisor} 的值是[remainder]。",
        "程序里{dividend} // {divisor} 的值是[quotient]。",
    )

    def slots(self, index):
        number, quotient = split(index, 189, 60)
        low, high = pair(number + 1)  # from the second pair on: divisors from 3
        divisor, remainder, quotient = high + 2, low + 1, quotient + 1
        return {
            "dividend": str(divisor * quotient + remainder),
            "divisor": str(divisor),
            "quotient": str(quotient),
            "remainder": str(remainder),
            "both": f"{quotient}余{remainder}",
        }

    def normalize(self, answer):
        """5……2 and 商5余2 as 5余2."""
        return super().normalize(answer).replace("……", "余").removeprefix("商")
