"""The figures that stand in the prose of chapter 07, worked out again."""

import json
import re
from pathlib import Path

import numpy as np
from keras import ops

from mof.config import ModelConfig
from mof.evaluation.memory_report import NUM_ROWS, PIECE_LENGTH
from mof.layers.position import Position
from mof.lessons.long_text import held_out_stream
from mof.lessons.reach import field_of_view, state_numbers
from mof.lessons.shipped_text import shipped_prose
from mof.lessons.transformer_forms import ALONE, DEPTHS, SHAPES, shape_settings
from mof.machine.parameter_counts import num_matrix_parameters, num_parameters
from mof.machine.product_counts import forward_operations
from mof.model import make_expert
from mof.presets import preset
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.viz.reach_figure import tokens_in_sight
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "07_the_transformer_expert"
FLAT = flat_prose(NAME)
CODE = "\n".join(
    "".join(cell["source"])
    for cell in json.loads((NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
)
TINY = preset("tiny").model
DOG, BITE, MAN = 4, 2, 8
SENTENCES = {"狗咬人": (DOG, BITE, MAN), "人咬狗": (MAN, BITE, DOG)}
PACKAGE_WIDTH, PACKAGE_BLOCKS, PACKAGE_CROP = 512, 23, 130  # of xiaothink 1.0.5
PACKAGE_POSITIONS, PACKAGE_RECURRENT = 4096, 1400


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def squares(words, decays=(1, 1, 1)):
    terms = [word * word * decay for word, decay in zip(words, decays, strict=True)]
    return f"{' + '.join(f'{term:g}' for term in terms)} = {sum(terms):g}"


def row(label, written):
    left, right = (squares(*written(np.array(words))) for words in SENTENCES.values())
    said(f"| {label} | {left} | {right} |")


def test_the_table_of_three_words():
    row("the words alone", lambda words: (words,))
    row("the same, with a decay of 1/2", lambda words: (words, (1 / 4, 1 / 2, 1)))
    row("each word with half of the one before", lambda words: (words + np.append(0, words[:-1]) / 2,))
    row("each word with its place, 1, 2 or 3", lambda words: (words + np.arange(1, 4),))
    row("each word with all that came before", lambda words: (np.cumsum(words),))
    said("4, 6, 14 on the left, 8, 10, 14 on the right")
    said("4, 2 + 2 = 4, 8 + 1 = 9; 人咬狗 becomes 8, 2 + 4 = 6, 4 + 1 = 5")


def test_strength_of_table_and_sines_at_the_start():
    said("they start at a strength of 0.02")
    for kind in ("learned", "sinusoidal"):
        layer = Position(kind, num_positions=500)
        layer.build((None, None, 64))
        (weight,) = (ops.convert_to_numpy(weight) for weight in layer.weights)
        size = weight.std() if kind == "learned" else weight
        assert abs(size - 0.02) < 0.001


def test_sizes_of_filter_block_and_table():
    expert = make_expert("transformer", TINY, 0)
    expert.build((None, None, TINY.width))
    block = expert.blocks[0]
    assert (TINY.convolution_length, block.convolution.count_params()) == (4, 1024)
    said("1,024 in a block of `tiny`, which has some 660,000")
    assert 655_000 < block.count_params() < 665_000
    matrices = num_matrix_parameters(TINY.replace(**ALONE)) / TINY.transformer_layers
    said("Almost all of it is matrices")
    assert matrices > 0.99 * block.count_params()
    said("its 4,096 rows take 1,048,576 weights, more than a whole block")
    assert TINY.num_positions * TINY.width == 1_048_576 > block.count_params() and TINY.num_positions == 4096
    assert "num_rows=32" in CODE
    said("The table has 32 rows here")


def test_norms_behind_the_sums():
    said(f"passes {2 * PACKAGE_BLOCKS} of them over {PACKAGE_BLOCKS} blocks")
    said("starts smaller by $1 / \\sqrt{2L}$")
    expert = make_expert("transformer", TINY.replace(transformer_layers=8), 0)
    assert expert.blocks[0].attention.output_gain == expert.blocks[0].feed_forward.output_gain == 16**-0.5


def test_the_switches_are_called_so():
    default = ModelConfig()
    said('`position` is `"none"` (ours), `"learned"` or `"sinusoidal"`; `convolution_length=1`')
    assert default.position == "none" and default.convolution_length == 4
    for kind in ("learned", "sinusoidal"):
        default.replace(position=kind, convolution_length=1, attention_decay="none")


def test_shares_of_the_embedding():
    shapes = [TINY.replace(**shape_settings(form)) for form in SHAPES]
    shares = [shape.vocabulary_size * shape.width / num_parameters(shape) for shape in shapes]
    said("The widest model spends two thirds of its parameters on the embedding")
    said("The deepest spends a quarter")
    operations = [forward_operations(shape) / 1e6 for shape in shapes]
    said(
        f"{operations[0]:.1f} million operations a token with one block and {operations[-1]:.1f} with sixteen"
    )
    wide, deep = (
        forward_operations(preset("nano").model.replace(**shape_settings(form, size="nano")))
        for form in ("1 block", "8 blocks")
    )
    said(f"the arithmetic of the eight blocks is {deep / wide - 1:.0%} more")
    assert 0.63 < shares[0] < 0.69 and 0.23 < shares[-1] < 0.29 and shares == sorted(shares, reverse=True)
    said("five shapes of the size `nano`, from 1 block to 16")
    assert len(DEPTHS) == 5 and (DEPTHS[0], DEPTHS[-1]) == (1, 16)


def test_the_two_short_runs():
    base = num_parameters(preset("nano").model.replace(**ALONE))
    said("One block of 80 numbers, and eight blocks of 32: as many parameters, within two in a hundred")
    for form, width in (("1 block", 80), ("8 blocks", 32)):
        shape = shape_settings(form, size="nano")
        assert shape["width"] == width
        assert abs(num_parameters(preset("nano").model.replace(**shape)) / base - 1) < 0.02


def test_how_far_the_texts_reach():
    learned, _held_out = shipped_prose()
    said("a little over 500")
    assert 500 < max(map(len, learned)) < 550
    tokenizer = train_character_tokenizer(learned, preset("nano").model.vocabulary_size)
    pieces = len(held_out_stream(tokenizer)) // (NUM_ROWS * PIECE_LENGTH)
    said(f"joined without a break to {pieces * PIECE_LENGTH} tokens: only the last {PIECE_LENGTH} are")


def test_what_a_window_costs():
    whole, narrow, articles = (
        state_numbers(TINY.replace(window=w))["attention"] for w in (0, 17, PACKAGE_CROP)
    )
    said("about as much for a window of 17 as for no window at all")
    assert 0.95 < narrow / whole < 1.05
    said("for the article's 130 eight times as much")
    assert 7.5 < articles / whole < 8.5
    head, chunk = TINY.width // TINY.num_heads, TINY.chunk_length
    keys = chunk + PACKAGE_CROP - 1
    assert (chunk, keys, head) == (64, 193, 32) and 2 * keys * head == 12_352
    said("64 + 129 keys: $2 \\cdot 193 \\cdot 32 = 12{,}352$ multiplications")
    said(f"where the whole past took {2 * head * (chunk + head):,}")
    parts = [state_numbers(TINY.replace(window=w)) for w in (0, PACKAGE_CROP)]
    assert (parts[0]["convolution"], parts[0]["thought_space"]) == (771, 257)
    said(f"its 257 numbers become {parts[1]['thought_space']:,}")


def test_views():
    base = TINY.replace(convolution_length=1, thought_width=0)
    said("$23 \\cdot 129 + 1 = 2{,}968$ tokens")
    assert field_of_view(base.replace(transformer_layers=PACKAGE_BLOCKS, window=PACKAGE_CROP)) == 2968
    said("with the four blocks of `tiny`, a window of 34 is enough: $4 \\cdot 33 + 1 = 133$")
    assert [field_of_view(base.replace(window=w)) for w in (33, 34)] == [129, 133]
    assert TINY.transformer_layers == 4


def test_the_full_stop_sees_red_and_misses_little():
    text = re.search(r'text = "(小明.*。)"', CODE)[1]
    assert "At window 6 " in CODE and "the full stop sees 红 and misses 小" in CODE
    first = len(text) - tokens_in_sight(len(text), 3, 5)[0]
    assert text[first] == "红" and text[first - 1] == "小"
    said(text)


def test_counts_of_the_articles_package():
    width = PACKAGE_WIDTH
    dense = width * width + width
    block = 4 * dense + dense + 2 * 2 * width + (2 * dense + 1) + 2 * dense
    said(f"a block has {block:,} parameters")
    total = PACKAGE_BLOCKS * block + PACKAGE_POSITIONS * width + width * PACKAGE_RECURRENT + PACKAGE_RECURRENT
    said(f"{total / 1e6:.1f} million")


def test_the_studies_are_programs_of_the_project():
    for program in re.findall(r"`python (benchmarks/\w+\.py)`", FLAT):
        assert (Path(__file__).parents[2] / program).is_file(), program
    assert {"transformer_shapes", "position_forms"} == set(re.findall(r'show_study\("(\w+)"\)', CODE))
