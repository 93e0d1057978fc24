"""Vocabularies by size: nested ones, compression, work, and how few tokens do most of it."""

import pytest

from mof.lessons import vocabulary
from mof.lessons.shipped_text import divided_texts, shipped_prose
from mof.machine.product_counts import forward_products
from mof.presets import preset
from mof.sources.simplified import simplified
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import CharacterTokenizer

TEXTS = ["春天来了，花园里的花都开了。", "小朋友们在花园里放风筝。春天的花园里有很多花。"] * 2


def test_nested_tokenizers_are_the_ones_that_would_be_learned():
    nested = vocabulary.nested_tokenizers(TEXTS, sizes=(264, 280, 290, 99_999))
    largest = max(nested)
    assert list(nested)[:3] == [264, 280, 290] and 290 < largest < 99_999
    for size, tokenizer in nested.items():
        assert tokenizer.vocabulary_size == size
        assert tokenizer.hash == train_byte_pair_tokenizer(TEXTS, size).hash


def test_bytes_of_a_token_by_hand():
    characters = CharacterTokenizer("天")
    assert vocabulary.bytes_per_token(characters, ["天a"]) == 2.0
    assert vocabulary.bytes_per_token(characters, ["天", "夏"]) == 6 / 4


def test_rows_hold_the_bytes_of_the_lines():
    rows = vocabulary.token_rows(CharacterTokenizer("天"), ["天a", "夏"])
    assert rows[0] == [("天".encode(), 264), (b"a", 105)]
    assert b"".join(token for token, _ in rows[1]).decode() == "夏"


def test_curves_hold_each_kind_and_its_characters():
    tokenizers = {264: CharacterTokenizer(""), 265: CharacterTokenizer("天")}
    curves = vocabulary.compression_curves(tokenizers, {"x": ["天天"], "y": ["ab"]})
    assert curves == {"x": ({264: 1.0, 265: 3.0}, 3.0), "y": ({264: 1.0, 265: 1.0}, 1.0)}


@pytest.mark.parametrize("name", ["nano", "tiny", "full"])
def test_work_is_that_of_all_products(name):
    config = preset(name).model
    body, head = vocabulary.work_per_byte(config, 3000, token_bytes=2.0)
    products = forward_products(config.replace(vocabulary_size=3000), 1, vocabulary.TEXT_TOKENS)
    assert (body + head) * 2.0 * vocabulary.TEXT_TOKENS == pytest.approx(sum(p.flops for p in products))
    assert head * 2.0 == pytest.approx(2 * 3000 * config.width)


def test_share_that_covers_by_hand():
    tokenizer = CharacterTokenizer("一二三")  # W = 267
    texts = ["一" * 90 + "二" * 6 + "三" * 4]
    assert vocabulary.share_that_covers(tokenizer, texts, 0.9) == 1 / 267
    assert vocabulary.share_that_covers(tokenizer, texts, 0.95) == 2 / 267
    assert vocabulary.share_that_covers(tokenizer, texts, 0.97) == 3 / 267


def test_the_tale_is_the_same_in_both_scripts():
    assert vocabulary.TRADITIONAL != vocabulary.SIMPLIFIED
    assert simplified(vocabulary.TRADITIONAL) == vocabulary.SIMPLIFIED
    assert vocabulary.ENGLISH.isascii() and vocabulary.NUMBERS.isascii()


def test_shipped_prose_is_divided_as_a_short_run_divides_it(tmp_path):
    learning, held_out = shipped_prose()
    assert len(learning) + len(held_out) == 294  # data/README.md
    assert 0 < len(held_out) < 40 and not set(learning) & set(held_out)
    assert sum(map(len, learning + held_out)) == 81_784
    (tmp_path / "a.jsonl").write_text(
        '{"text": "一"}\n{"messages": [{"role": "user", "content": "x"}, '
        '{"role": "assistant", "content": "y"}]}\n',
        encoding="utf-8",
    )
    assert sorted(sum(divided_texts([tmp_path]), [])) == ["一"], "conversations are no texts"
