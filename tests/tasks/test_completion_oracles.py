"""Each completion family against a reading of its text alone, done in another way than the generator's.

The solvers see only what the prompt shows, as `family_contract.check_oracle` hands it over.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.tasks.brackets import ClosingBrackets
from mof.tasks.completion import COMPLETION_FAMILIES
from mof.tasks.held_out import split_of
from mof.tasks.lists import OrdinalList
from mof.tasks.patterns import AlternatingWords, CycleNext
from mof.tasks.speakers import DialogueName, LetterEnding
from tests.tasks import family_contract

# The solar terms as the rhyme that schoolchildren learn has them, a character each.
RHYME = "春雨惊春清谷夏满芒夏暑暑秋处露秋寒霜冬雪雪冬小大"
TERMS = (
    "立春 雨水 惊蛰 春分 清明 谷雨 立夏 小满 芒种 夏至 小暑 大暑 "
    "立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 小寒 大寒"
).split()
MANSIONS = "角亢氐房心尾箕 斗牛女虚危室壁 奎娄胃昴毕觜参 井鬼柳星张翼轸"  # east, north, west, south
SIGNS = "白羊 金牛 双子 巨蟹 狮子 处女 天秤 天蝎 射手 摩羯 水瓶 双鱼"


def known_cycles():
    """The cycles, from elsewhere: rhyme, list of mansions by quarter, two wheels that turn for the sixty."""
    stems, branches, pairs = list("甲乙丙丁戊己庚辛壬癸"), list("子丑寅卯辰巳午未申酉戌亥"), []
    wheels = stems[:], branches[:]
    while not pairs or wheels[0][0] + wheels[1][0] != pairs[0]:
        pairs.append(wheels[0][0] + wheels[1][0])
        for wheel in wheels:
            wheel.append(wheel.pop(0))
    return [
        [f"星期{day}" for day in "一二三四五六日"],
        [f"{month}月" for month in "一 二 三 四 五 六 七 八 九 十 十一 十二".split()],
        list("鼠牛虎兔龙蛇马羊猴鸡狗猪"),
        stems,
        branches,
        pairs,
        TERMS,
        list(MANSIONS.replace(" ", "")),
        [f"{sign}座" for sign in SIGNS.split()],
    ]


def list_gap(direction, items, gapped):
    before, after = gapped.split("□")
    assert items.startswith(before) and items.endswith(after)
    return items.removeprefix(before).removesuffix(after)


def ordinal_list(direction, steps, ordinal=None, deed=None):
    if direction == "deed":
        return re.search(f"第{ordinal}，([^；]+)", steps).group(1)
    return re.search(f"第(.)，{deed}(；|$)", steps).group(1)


def reversed_list(direction, items):
    answer = ""
    for item in items.split("、"):
        answer = f"{item}、{answer}" if answer else item
    return answer


def alternating_words(direction, shown):
    words = shown.split("、")
    periods = [
        period
        for period in range(1, len(words) // 2 + 1)
        if all(words[place] == words[place - period] for place in range(period, len(words)))
    ]
    following = {words[len(words) - period] for period in periods}
    assert len(following) == 1, f"more than one way to go on: {shown}"
    return following.pop()


def cycle_next(direction, run):
    words, found = run.split("、"), set()
    for cycle in known_cycles():
        if set(words) <= set(cycle):
            places = [cycle.index(word) for word in words]
            steps = {(b - a) % len(cycle) for a, b in zip(places, places[1:], strict=False)}
            assert len(steps) == 1
            found.add(cycle[(places[-1] + steps.pop()) % len(cycle)])
    assert len(found) == 1
    return found.pop()


def rotating_line(direction, lines):
    first, second, third = lines.split("，")
    for turn in (lambda line: line[1:] + line[0], lambda line: line[-1] + line[:-1]):
        if turn(first) == second and turn(second) == third:
            return turn(third)
    raise AssertionError(lines)


def closing_brackets(direction, opened):
    """Crosses out closed pairs until none is left, and mirrors the rest."""
    rest = re.sub("[^（）【】《》「」『』〔〕]", "", opened)
    while (shorter := re.sub("（）|【】|《》|「」|『』|〔〕", "", rest)) != rest:
        rest = shorter
    return rest[::-1].translate(str.maketrans("（【《「『〔", "）】》」』〕"))


def key_recall(direction, records, key=None, value=None):
    if direction == "value":
        return re.search(rf"{key}(\d+)", records).group(1)
    return re.search(rf"(\D+){value}(?!\d)", records).group(1).lstrip("，")


def table_cell(direction, table, header, row=None, cell=None):
    head, *rows = (line.split("｜") for line in table.split("；"))
    column = head.index(header)
    if direction == "cell":
        (found,) = (line[column] for line in rows if line[0] == row)
    else:
        (found,) = (line[0] for line in rows if line[column] == cell)
    return found


def letter_ending(direction, **visible):
    return visible[direction]  # what it has to repeat; that it is the right one is tested below


dialogue_name = letter_ending


def former_latter(direction, one, two, former, latter, thing=None, person=None):
    owners = {former: one, latter: two}
    if direction == "person":
        return owners[thing]
    return {owner: owned for owned, owner in owners.items()}[person]


def measure_word_echo(direction, counted, **visible):
    form = re.compile("(?P<count>.)(?P<measure>.)(?P<noun>.+)")
    parsed = [form.fullmatch(part).groupdict() for part in counted.split("、")]
    (found,) = (part for part in parsed if visible.items() <= part.items())
    return found[direction]


def turned_sentence(direction, example, example_turned, plain):
    """Marks in the example what it shares with the plain sentence's form, then fills the marks anew."""
    form = re.compile("(?P<person>小.)(?P<action>..)了(?P<thing>.+)")
    old, new = form.fullmatch(example).groups(), form.fullmatch(plain).groups()
    for mark, part in zip("①②③", old, strict=True):
        assert example_turned.count(part) == 1
        example_turned = example_turned.replace(part, mark)
    for mark, part in zip("①②③", new, strict=True):
        example_turned = example_turned.replace(mark, part)
    return example_turned


def couplet_by_rule(direction, rule, upper):
    table = dict(pair.split("对") for pair in rule.split("，"))
    return "".join(table[character] for character in upper)


def acrostic(direction, lines):
    place = "^." if direction == "heads" else ".$"
    return "".join(re.search(place, line).group() for line in lines.split("，"))


@pytest.mark.parametrize("family", COMPLETION_FAMILIES, ids=lambda family: family.name)
def test_against_a_solver_that_reads_the_prompt(family):
    family_contract.check_oracle(family, globals()[family.name])


def test_solar_terms_follow_the_rhyme():
    for character, term in zip(RHYME, TERMS, strict=True):
        assert character in term


@given(st.integers(min_value=0))
def test_brackets_are_balanced_in_the_end(number):
    family = ClosingBrackets()
    slots = family.slots(number % family.num_facts)
    text = slots["opened"] + slots["closers"]
    for kind in ("（）", "【】", "《》", "「」", "『』", "〔〕"):
        assert text.count(kind[0]) == text.count(kind[1])
    assert closing_brackets("closers", text) == ""


def test_every_pattern_and_every_cycle_comes():
    family = AlternatingWords()
    shapes = set()
    for index in range(200):
        words = family.slots(index)["shown"].split("、")
        shapes.add(tuple(map(words.index, words)))
    assert len(shapes) == 20  # ten shapes, each stopped at two places
    family = CycleNext()
    answers = {family.slots(index)["next"] for index in range(family.num_facts)}
    assert answers == {word for cycle in known_cycles() for word in cycle}
    assert len({family.slots(index)["run"] for index in range(family.num_facts)}) == family.num_facts


def test_ordinals_may_be_written_with_their_prefix():
    family = OrdinalList()
    question = family.question(5, 1)
    assert question.direction == "ordinal"
    assert family.is_right(question, f"第{question.answer}。") and family.is_right(
        question, question.answer + "。"
    )


@pytest.mark.parametrize(
    ("beginning", "end"),
    [
        ("小甲：“小乙，你去公园吗？”小乙：“我去，带上苹果就走，", "小甲"),
        ("小甲：“我要去公园。”小乙：“别忘了苹果。”小甲：“谢谢你提醒，", "小乙"),
        ("小甲带着苹果在公园遇见小乙，说：“早上好，", "小乙"),
        ("在公园，小乙把苹果递过来，小甲连忙说：“谢谢你，", "小乙"),
        ("小甲在公园喊：“小乙，你的苹果掉了！”小乙回头说：“多谢你，", "小甲"),
        ("电话里，小甲问小乙有没有看见苹果，小乙答：“在公园呢，", "小甲"),
        ("“我的苹果呢？”小甲在公园问小乙。“在你手里。”听到这句话的人是", "小甲"),
        ("聊天记录。小甲：在公园吗？小乙：在。小甲：帮我买苹果。负责买东西的是", "小乙"),
        ("聊天记录。小乙：你的苹果落在公园了。小甲：谢谢。丢东西的人是", "小甲"),
        ("小甲教小乙画苹果，地点是公园。学生是", "小乙"),
        ("小乙听小甲讲公园的故事，手里拿着苹果。讲故事的人是", "小甲"),
        ("小甲向小乙借了苹果，在公园用完就还。收回东西的人是", "小乙"),
        ("问：小甲在公园给小乙送了苹果，送礼物的是谁？答：", "小甲"),
        ("小甲说：“小乙，我是公园的店员，这是你买的苹果。”顾客的名字是", "小乙"),
    ],
)
def test_dialogues_end_with_the_name_that_a_reader_expects(beginning, end):
    slots = {"first": "小甲", "second": "小乙", "place": "公园", "thing": "苹果"}
    written = {
        wording.prompt.format_map(slots): slots[wording.direction] for wording in DialogueName().wordings
    }
    assert written[beginning] == end


def test_letters_repeat_what_they_say_and_name_each_part_once_before():
    family = LetterEnding()
    forms = {"date": r"\d+月\d+日", "sender": "(?<![一-龥]小)小[一-龥]", "recipient": r"[一-龥](?:%s)"}
    forms["recipient"] %= "老师|叔叔|阿姨|爷爷|奶奶|医生|经理|教授|师傅|校长"
    for number, wording in enumerate(family.wordings):
        for index in range(20):
            question = family.question(index * 171_717, number)
            assert set(re.findall(forms[wording.direction], question.prompt)) == {question.answer}


@pytest.mark.parametrize("family", COMPLETION_FAMILIES, ids=lambda family: family.name)
def test_every_direction_has_held_out_values(family):
    held_out = {
        family.wordings[wording].direction
        for index in range(200)
        for wording in range(len(family.wordings))
        if split_of(family, index, wording) == "value"
    }
    assert held_out == {wording.direction for wording in family.wordings}
