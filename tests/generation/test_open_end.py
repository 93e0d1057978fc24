"""Prompts that end inside a word: the ways on, and a model that knows a text from whatever place of it."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mof.corpus.conversation import encode_document
from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.open_end import OpenEnds
from mof.lessons.records import ROOT
from mof.tokenizer.byte_pair_tokenizer import BytePairTokenizer
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.loading import load_tokenizer
from tests.generation.remembering_reader import RememberingReader

GREEDY = GenerationConfig(temperature=0.0, max_tokens=99)
SHEET = "".join(
    f"问：小明排在哪里？答：第{n}。\n今天星期{n}，小明说：“是星期{n}。”\n" for n in "一二三四五六"
)
TRAINED = train_byte_pair_tokenizer([SHEET] * 3, vocabulary_size=420)
SHIPPED = load_tokenizer(ROOT / "data" / "models" / "base" / "tokenizer.json")  # 8,192 tokens
BYTES = CharacterTokenizer("第一二三四眼睛是的")
# 眼 and the first two bytes of 睛 are one token of SHIPPED, the last two bytes of 浏 and 览 another
LETTERS = st.text(st.sampled_from("第一三四方次是星期小明眼睛浏览，。：“”？ \nab12🌸"), max_size=12)


def by_hand(*merges):
    """A tokenizer of plain letters; returns it and the function from a token's text to its id."""
    numbers = {bytes([value]): value for value in range(256)}
    pairs = []
    for left, right in merges:
        pairs.append((numbers[left.encode()], numbers[right.encode()]))
        numbers[(left + right).encode()] = len(numbers)
    return BytePairTokenizer(pairs), lambda *texts: tuple(numbers[text.encode()] + 8 for text in texts)


def test_the_ways_by_hand():
    tokenizer, ids = by_hand(("b", "c"), ("a", "b"), ("ab", "d"), ("x", "y"))
    ends = OpenEnds(tokenizer)

    def found(prompt):
        token_ids, rest, ways = ends(prompt)
        return token_ids.tolist(), rest, ways

    assert found("qa") == ([1, *ids("q")], "a", {ids("a"), ids("ab"), ids("abd")})
    # c takes the b away from the a before it: two tokens are open
    assert found("qab") == ([1, *ids("q")], "ab", {ids("ab"), ids("abd"), ids("a", "bc")})
    assert found("qbc") == ([1, *ids("q", "bc")], "", set())
    # yz would be one token elsewhere; after x it never comes to be
    other, ids = by_hand(("x", "y"), ("y", "z"))
    assert OpenEnds(other)("xy")[1:] == ("", set())
    assert OpenEnds(other)("qy")[1:] == ("y", {ids("y"), ids("yz")})


@pytest.mark.parametrize("tokenizer", [TRAINED, SHIPPED])
def test_the_border_that_the_questions_meet(tokenizer):
    (joined,) = tokenizer.encode("第三")
    token_ids, rest, ways = OpenEnds(tokenizer)("问：小明排在哪里？答：第")
    assert rest == "第" and (joined,) in ways and tuple(tokenizer.encode("第")) in ways
    assert tokenizer.decode(token_ids) == "问：小明排在哪里？答："


@settings(deadline=None, max_examples=60)
@given(prompt=LETTERS, more=LETTERS, tokenizer=st.sampled_from([TRAINED, SHIPPED, BYTES]))
@example(prompt="眼", more="睛", tokenizer=SHIPPED)
@example(prompt="浏", more="览", tokenizer=SHIPPED)
@example(prompt="是", more="星期三", tokenizer=SHIPPED)
@example(prompt="a ", more="🌸", tokenizer=TRAINED)
@example(prompt="\n   ", more="1", tokenizer=SHIPPED)
def test_every_text_goes_on_in_one_of_the_ways(prompt, more, tokenizer):
    token_ids, rest, ways = OpenEnds(tokenizer)(prompt)
    assert tokenizer.decode(token_ids, errors="strict") + rest == prompt
    whole = encode_document(prompt + more, tokenizer).tolist()
    assert whole[: len(token_ids)] == token_ids.tolist()
    after = tuple(whole[len(token_ids) :])
    assert [way for way in ways if after[: len(way)] == way] or not ways
    assert len([way for way in ways if after[: len(way)] == way]) <= 1
    for way in ways:
        written = tokenizer.decode_bytes(way)
        assert written.startswith(rest.encode())
        assert len(tokenizer.decode_bytes(way[:-1])) < len(rest.encode())


def test_the_tokens_that_cut_a_character_are_among_the_ways():
    for prompt, more in (("眼", "睛"), ("浏", "览")):
        joined = SHIPPED.encode(prompt + more).tolist()
        assert joined[: len(SHIPPED.encode(prompt))] != SHIPPED.encode(prompt).tolist()
        assert any(tuple(joined[: len(way)]) == way for way in OpenEnds(SHIPPED)(prompt).ways)


@given(prompt=LETTERS)
def test_a_tokenizer_of_characters_reads_the_prompt_whole(prompt):
    token_ids, rest, ways = OpenEnds(BYTES)(prompt)
    assert token_ids.tolist() == encode_document(prompt, BYTES).tolist() and (rest, ways) == ("", set())


@pytest.mark.parametrize("tokenizer", [TRAINED, SHIPPED, BYTES])
@pytest.mark.parametrize("config", [GREEDY, GREEDY.replace(temperature=1.0, top_k=1)])
def test_a_model_that_knows_a_text_goes_on_from_any_place_of_it(tokenizer, config):
    text = "答：第三。今天星期五，第一次浏览。他的眼睛是🌸。"
    generator = TextGenerator(RememberingReader(tokenizer, [text]), tokenizer, max_rows=4)
    prompts = [text[:place] for place in range(len(text) + 1)]
    written = generator.generate(prompts, config, open_end=True)
    assert [prompt + one.text for prompt, one in zip(prompts, written, strict=True)] == [text] * len(prompts)
    for prompt, one in zip(prompts, written, strict=True):
        assert generator.generate([prompt], config, open_end=True) == [one]
    plain = [
        prompt + one.text for prompt, one in zip(prompts, generator.generate(prompts, config), strict=True)
    ]
    assert (plain == [text] * len(prompts)) == (tokenizer is BYTES)  # so that the test can fail


def test_what_is_given_out_is_new_text_alone():
    text = "答：第三。"
    generator = TextGenerator(RememberingReader(TRAINED, [text]), TRAINED)
    pieces = []
    options = {"on_piece": lambda index, piece: pieces.append(piece), "open_end": True}
    (one,) = generator.generate(["答：第"], GREEDY.replace(stop=("第", "。")), **options)
    assert (one.text, "".join(pieces), one.finish) == (
        "三",
        "三",
        "stop",
    )  # the prompt's 第 is no stop string
    assert one.token_ids[0] == TRAINED.encode("第三")[0]
