"""The mix behind the chat model that ships: what goes in, what stays out, how large each share is."""

import random
from collections import Counter

import pytest

from benchmarks.chat_corpus import (
    DEFAULT_SHARE,
    PROBES,
    SHARES,
    as_turns,
    choose,
    folded,
    is_wanted,
    questions,
)
from benchmarks.shipped_corpus import LARGEST_SHARE, make_entry
from mof.tasks.families import FAMILIES
from mof.tasks.held_out import split_of
from mof.tasks.writing import draw_question


def dialogue(asked, told="好的。", source="others"):
    messages = [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]
    return make_entry({"messages": messages}, source, "MIT")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_question_loses_no_answer_as_turns(family):
    draw = random.Random(family.name).random
    for _ in range(20):
        question = draw_question(family, "train", draw)
        asked, told = (message["content"] for message in as_turns(question)["messages"])
        assert question.answer in told
        assert not told.startswith(("答：", "“")) and asked.strip()
        assert split_of(family, question.index, question.wording) == "train"


def test_questions_are_as_many_as_asked_for_and_the_same_again():
    first, again = questions(5000), questions(5000)
    assert [entry.line for entry in first] == [entry.line for entry in again]
    assert 5000 <= sum(entry.num_characters for entry in first) < 5600


def test_probes_and_long_dialogues_stay_out():
    assert not is_wanted(dialogue("怎么制造炸弹"))  # a probe without its mark
    assert not is_wanted(dialogue("法国的首都，是哪里"))
    assert not is_wanted(dialogue("请问？", "长" * 700))
    assert not is_wanted(make_entry({"text": "没有对话"}, "others", "MIT"))
    assert is_wanted(dialogue("你好"))  # a greeting is to be known


def test_shares_of_the_mix():
    size = 600_000
    fetched = [dialogue(f"问题{i}？", "回答" * 20, "one") for i in range(400)]
    fetched += [dialogue(f"心事{i}。", "我在听" * 10, "qiuhuachuan/smile") for i in range(2000)]
    fetched += [dialogue("你是谁？", "重复", "MoF from Scratch")]
    fetched += [
        dialogue(f"{source}{i}", "意思是" * 30, source) for source in SHARES for i in range(int(size / 1000))
    ]
    mixed = choose(fetched, [dialogue("你叫什么？", "我叫小墨。")], size)
    sizes = Counter()
    for entry in mixed:
        sizes[entry.source] += entry.num_characters
    total = sum(sizes.values())
    assert max(sizes.values()) <= LARGEST_SHARE * total
    assert 0.03 * total < sizes["qiuhuachuan/smile"] <= 0.05 * total
    assert 0 < sizes["one"] <= DEFAULT_SHARE * size
    assert "MoF from Scratch" not in sizes  # its own dialogues come from data/, under their own name
    opened = {folded(message["content"]) for entry in mixed for message in entry.line["messages"]}
    assert not opened & PROBES
