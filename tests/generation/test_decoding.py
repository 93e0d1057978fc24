"""Texts written by a random model and by one whose script is known."""

import numpy as np
import pytest

from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.generation.sampling import choose_tokens, uniform_draw
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import ASSISTANT, DOCUMENT, END_OF_TURN, PADDING

GREEDY = GenerationConfig(temperature=0.0, max_tokens=60)
SAMPLED = GenerationConfig(
    max_tokens=12, top_k=60, top_p=0.9, repetition_penalty=1.3, penalty_window=5, seed=3
)
PROMPTS = ["", "春天来了，" * 9, "花", "a 🌸", "小朋友们在花园里放风筝。", "春", "天"]


def _script(generator, text, *after):
    generator.reader.model.script = [*generator.tokenizer.encode(text), *after]


def test_the_definition_of_a_text(generator):
    """Written with nothing but the recurrent form and the choice of a token."""
    prompt = generator.tokenizer.encode(PROMPTS[4])
    seen, state = [], generator.reader.model.initial_state(1)
    for token in [DOCUMENT, *prompt]:
        logits, state = generator.reader.step([token], state)
        seen.append(token)
    written = []
    for position in range(SAMPLED.max_tokens):
        draw = uniform_draw(SAMPLED.seed, 4, position)
        size = generator.tokenizer.vocabulary_size
        token = int(choose_tokens(logits, SAMPLED, [draw], [seen], (DOCUMENT,), size)[0])
        if token == DOCUMENT:
            break
        written.append(token)
        seen.append(token)
        logits, state = generator.reader.step([token], state)
    (text,) = generator.generate([PROMPTS[4]], SAMPLED, first_row=4)
    assert list(text.token_ids) == written


def test_a_batch_writes_what_each_prompt_would_alone(generator):
    together = generator.generate(PROMPTS, SAMPLED)
    for row, (prompt, text) in enumerate(zip(PROMPTS, together, strict=True)):
        assert generator.generate([prompt], SAMPLED, first_row=row) == [text]
    assert len({text.token_ids for text in together}) == len(PROMPTS)
    assert generator.generate(PROMPTS[:2], SAMPLED) == together[:2]


def test_pieces_joined_are_the_text(generator):
    texts = generator.generate(PROMPTS, SAMPLED)
    for row, prompt in enumerate(PROMPTS):
        pieces = list(generator.stream(prompt, SAMPLED, row))
        assert "".join(pieces) == texts[row].text
        assert "" not in pieces
    seen = {}
    generator.generate(PROMPTS, SAMPLED, on_piece=lambda i, piece: seen.update({i: seen.get(i, "") + piece}))
    assert [seen.get(i, "") for i in range(len(PROMPTS))] == [text.text for text in texts]


def test_rows_and_seeds_give_other_texts(generator):
    (first,), (again,) = (generator.generate(["春"], SAMPLED) for _ in range(2))
    (other_row,) = generator.generate(["春"], SAMPLED, first_row=1)
    (other_seed,) = generator.generate(["春"], SAMPLED.replace(seed=4))
    assert first == again
    assert len({first.token_ids, other_row.token_ids, other_seed.token_ids}) == 3


def test_two_graphs_for_one_row_and_two_for_many_are_all(generator, num_traces):
    generator.generate(["春"], SAMPLED)
    generator.generate(PROMPTS, SAMPLED)
    assert num_traces == {"features": 2, "step": 2}
    generator.generate(
        [prompt * 7 for prompt in PROMPTS[1:3]], SAMPLED.replace(max_tokens=3, temperature=0.0)
    )
    list(generator.stream("春天" * 60, SAMPLED))
    assert num_traces == {"features": 2, "step": 2}


def test_a_prompt_of_1000_tokens(generator):
    assert generator.generate(["春" * 1000], GREEDY.replace(max_tokens=2))[0].finish


@pytest.mark.parametrize("prompt", ["", "春", "春天来了，" * 9])
def test_the_script_is_written_until_the_document_ends(scripted_generator, prompt):
    # the script is counted from DOCUMENT, so it begins with what the prompt says
    _script(scripted_generator, prompt + "花园里🌸都开了。", DOCUMENT)
    (text,) = scripted_generator.generate([prompt], GREEDY)
    assert (text.text, text.finish) == ("花园里🌸都开了。", "end")


def test_rows_end_apart(scripted_generator):
    _script(scripted_generator, "花园里", DOCUMENT)
    texts = scripted_generator.generate(["", "花园"], GREEDY)
    assert [text.text for text in texts] == ["花园里", "里"]
    assert [len(text.token_ids) for text in texts] == [3, 1]


def test_a_character_comes_when_it_is_whole(scripted_generator):
    _script(scripted_generator, "花🌸鑫", DOCUMENT)  # 1, 4 and 3 tokens
    assert list(scripted_generator.stream("", GREEDY)) == ["花", "🌸", "鑫"]


def test_bytes_of_no_character_become_the_replacement_sign(scripted_generator):
    _script(scripted_generator, "花", *scripted_generator.tokenizer.encode("鑫")[:2], DOCUMENT)
    assert scripted_generator.generate([""], GREEDY)[0].text == "花\ufffd"


@pytest.mark.parametrize(
    ("max_tokens", "expected"), [(1, "花"), (2, "花"), (4, "花"), (5, "花🌸"), (6, "花🌸园"), (7, "花🌸园")]
)
def test_max_tokens_leave_no_half_character(scripted_generator, max_tokens, expected):
    _script(scripted_generator, "花🌸园", DOCUMENT)
    (text,) = scripted_generator.generate([""], GREEDY.replace(max_tokens=max_tokens))
    assert (text.text, len(text.token_ids)) == (expected, min(max_tokens, 6))
    assert text.finish == ("end" if max_tokens == 7 else "length")


@pytest.mark.parametrize(
    ("stop", "expected", "finish"),
    [
        (("里都",), "花园", "stop"),  # two tokens
        (("🌸",), "花园里都开", "stop"),  # four tokens
        (("都开x", "开🌸"), "花园里都", "stop"),  # a false start holds back text that comes after all
        (("。了",), "花园里都开🌸了。", "end"),  # only its beginning comes
        (("里", "园里"), "花", "stop"),
    ],
)
def test_stop_strings(scripted_generator, stop, expected, finish):
    _script(scripted_generator, "花园里都开🌸了。", DOCUMENT)
    config = GREEDY.replace(stop=stop)
    (text,) = scripted_generator.generate([""], config)
    assert (text.text, text.finish) == (expected, finish)
    assert "".join(scripted_generator.stream("", config)) == expected
    shortest = len(scripted_generator.tokenizer.encode(expected + "".join(stop[-1:])))
    assert finish == "end" or len(text.token_ids) == shortest, "writing went on after the stop string"


def test_a_stop_string_inside_a_token(scripted_generator, monkeypatch):
    tokenizer, words = scripted_generator.tokenizer, {"春": "一只猫。两只狗", "天": "只是"}
    pieces = {int(tokenizer.encode(sign)[0]): word.encode() for sign, word in words.items()}
    original = tokenizer.token_bytes
    monkeypatch.setattr(tokenizer, "token_bytes", lambda token: pieces.get(token) or original(token))
    _script(scripted_generator, "春天", DOCUMENT)
    for stop, expected in (
        ("猫。", "一只"),
        ("狗只", "一只猫。两只"),
        ("只", "一"),
        ("是", "一只猫。两只狗只"),
    ):
        config = GREEDY.replace(stop=(stop,))
        assert scripted_generator.generate([""], config)[0].text == expected
        assert "".join(scripted_generator.stream("", config)) == expected


def test_text_that_may_be_a_stop_string_is_held_back(scripted_generator):
    _script(scripted_generator, "花园里都开", DOCUMENT)
    config = GREEDY.replace(stop=("园里了", "开了"))
    assert list(scripted_generator.stream("", config)) == ["花", "园里都", "开"]


@pytest.mark.parametrize("special", [PADDING, ASSISTANT, END_OF_TURN, 6])
def test_no_other_special_token_comes_out(scripted_generator, special):
    _script(scripted_generator, "花", special, special, DOCUMENT)
    (text,) = scripted_generator.generate([""], GREEDY)  # DOCUMENT is the first of the allowed ones
    assert text.token_ids == tuple(scripted_generator.tokenizer.encode("花"))


def test_no_prompts_give_no_texts(generator):
    assert generator.generate([], GREEDY) == []


def test_what_does_not_fit_is_refused(generator):
    with pytest.raises(
        ValueError, match="the tokenizer has 864 ids and the model only [0-9]+: use the tokenizer"
    ):
        TextGenerator(generator.reader, CharacterTokenizer("".join(map(chr, range(0x4E00, 0x4E00 + 600)))))
    with pytest.raises(ValueError, match="max_rows is 0, expected at least 1"):
        TextGenerator(generator.reader, generator.tokenizer, max_rows=0)
    with pytest.raises(ValueError, match=r"prompts is one string, expected a list of them: write \[prompt\]"):
        generator.generate("春", GREEDY)
    with pytest.raises(ValueError, match="the row number is -1, expected 0 or more"):
        generator.generate(["春"], GREEDY, first_row=-1)
    for write in (generator.stream, lambda prompt, config: generator.generate([prompt], config)):
        with pytest.raises(ValueError, match="lone surrogate, U\\+DC80, at position 1 of 2"):
            write("春\udc80", GREEDY)  # at the call, before anything is iterated


def test_damaged_weights_are_named(generator, monkeypatch):
    def read(rows, state=None):
        return np.full((1, 300), np.nan, "float32"), state

    monkeypatch.setattr(generator.reader, "read", read)
    with pytest.raises(ValueError, match="not finite"):
        next(generator.stream("春", GREEDY))
