"""The figures that stand in the prose of chapter 02, worked out again, and the functions that it builds."""

import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from mof.course import chapter_02
from mof.evaluation.ngram_baseline import NgramModel
from mof.evaluation.student_t import t_quantile
from mof.lessons import vocabulary
from mof.lessons.records import load_record
from mof.lessons.shipped_text import shipped_prose
from mof.lessons.tokenizer_study import YARDSTICK
from mof.lessons.vocabulary import (
    bytes_per_token,
    nested_tokenizers,
    share_that_covers,
    token_rows,
    work_per_byte,
)
from mof.machine.parameter_counts import num_parameters
from mof.presets import PRESET_NAMES, preset
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.special_tokens import NUM_SPECIAL_TOKENS
from mof.viz.token_figure import token_label
from tests.course.notebook_answers import definitions

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "02_text_into_tokens.ipynb"
CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "markdown")
FLAT = re.sub(r"\s+", " ", PROSE)
FIVE_WORDS = "春天\n秋天\n春天\n夏天\n春天"


@pytest.fixture(scope="module")
def prose():
    return shipped_prose()


@pytest.fixture(scope="module")
def nested(prose):
    return nested_tokenizers(prose[0])


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


def spaced(text):
    return text.encode("utf-8").hex(" ").upper()


def test_nothing_is_left_to_fill_in():
    assert not re.search(r"\b(GROW|COMPRESS|COST|YARD|RUN|COVERBEFORE|COVERAFTER|TODO)\b", PROSE)


def test_bytes_by_hand():
    assert spaced("天") == "E5 A4 A9" and ord("天") == 0x5929 == 0b0101_1001_0010_1001
    said("In binary 5929 is 0101 1001 0010 1001")
    said("天 is the three bytes E5 A4 A9")
    digits = f"{ord('天'):016b}"
    for prefix, part in (("1110", digits[:4]), ("10", digits[4:10]), ("10", digits[10:])):
        said(f"{prefix}\\,\\mathbf{{{part}}}")
    assert spaced("夏") == "E5 A4 8F" and ord("夏") == 0x590F
    said("U+590F: you should get E5 A4 8F")


@pytest.mark.parametrize(
    ("row", "first", "last", "num_bytes"),
    [
        ("U+0000 to U+007F", 0x00, 0x7F, 1),
        ("U+0080 to U+07FF", 0x80, 0x7FF, 2),
        ("U+0800 to U+FFFF", 0x800, 0xFFFF, 3),
        ("U+10000 to U+10FFFF", 0x10000, 0x10FFFF, 4),
    ],
)
def test_the_table_of_utf8(row, first, last, num_bytes):
    said(row)
    assert len(chr(first).encode()) == len(chr(last).encode()) == num_bytes


def test_ids():
    said("the ids 0 to 7 are special")
    said("the ids 8 to 263 are the bytes")
    assert NUM_SPECIAL_TOKENS == 8
    said(chapter_02.SENTENCE)


def test_the_merges_by_hand_are_those_of_the_library():
    tokenizer = train_byte_pair_tokenizer([FIVE_WORDS], 8192)
    pieces = [tuple(bytes([b]) for b in word.encode()) for word in FIVE_WORDS.split()]
    names = {"E5 A4": "E5A4", "E6 98": "E698", "A5 E5 A4 A9": "A5天"}
    assert len(tokenizer.merges) == 5
    for number, (left, right) in enumerate(tokenizer.merges, start=1):
        times = Counter(pair for piece in pieces for pair in zip(piece, piece[1:], strict=False))
        assert times[left, right] == max(times.values())
        shown = [names.get(token_label(token), token_label(token)) for token in (left, right)]
        assert re.search(
            rf"\| {number} \| {shown[0]} \+ {shown[1]} \| {times[left, right]} \| [^|]* \| {263 + number} \|",
            FLAT,
        ), (number, shown, times[left, right])
        if number == 3:
            tied = {pair for pair, n in times.items() if n == times[left, right]}
            labels = sorted(" ".join(map(token_label, pair)) for pair in tied)
            assert labels == ["98 A5", "A5 天", "E6 98"]
        pieces = [definitions(NOTEBOOK)["join"](piece, (left, right)) for piece in pieces]
    said("Four tokens, then: 267, 173 (for A5 is 165, and 8 more), 264, 151")
    assert tokenizer.encode("春夏").tolist() == [267, 173, 264, 151]


@pytest.mark.parametrize("first", [0, 60, 150])
def test_what_the_reader_builds_learns_and_reads_as_the_library(first, prose):
    learning, held_out = prose
    text = "\n".join(learning[first : first + 30])
    theirs = train_byte_pair_tokenizer([text], 464)
    built = definitions(NOTEBOOK)
    merges = built["learn"](built["cut"](text), len(theirs.merges))
    assert merges == theirs.merges and len(merges) == 200
    for word in re.findall(r"[\u4e00-\u9fff]{1,12}", held_out[0])[:40]:
        ids = theirs.encode(word)
        assert built["read"](word, merges) == [theirs.token_bytes(int(i)) for i in ids]


def test_no_token_crosses_a_full_stop_and_digits_stand_alone():
    said("each digit alone")
    tokenizer = train_byte_pair_tokenizer(["来了。我走了。我2024年2024月" * 9], 400)
    tokens = [(left + right).decode("utf-8", "replace") for left, right in tokenizer.merges]
    assert not any("。" in token and len(token) > 1 for token in tokens)
    assert bytes_per_token(tokenizer, ["20242024"]) == 1.0


def test_the_cost_of_tiny():
    tiny = preset("tiny").model
    assert (tiny.width, tiny.vocabulary_size) == (256, 8192)
    said(f"the table has {256 * 8192:,} numbers, and the head takes {2 * 256 * 8192:,} operations")


def test_two_models_that_know_the_same():
    said("| Model A | 春, 天 | 1/4, then 1/4 | ln 4 + ln 4 = 2.77 | **1.39** |")
    said("| Model B | 春天 | 1/16 | ln 16 = 2.77 | **2.77** |")
    assert round(2 * math.log(4), 2) == round(math.log(16), 2) == 2.77 and round(math.log(4), 2) == 1.39
    said("2.77 / (6 \\cdot 0.693) = 0.667")
    assert round(math.log(16) / (6 * math.log(2)), 3) == 0.667 and round(math.log(2), 3) == 0.693
    said("$\\ln 8192 = 9.01$")
    said("$\\ln 256 = 5.55$")
    assert (round(math.log(8192), 2), round(math.log(256), 2)) == (9.01, 5.55)
    said("it is $13 / b$ against 8")
    said("that is 3.25")
    assert math.log2(8192) == 13 and 13 / 4 == 3.25


def test_claims_by_arithmetic():
    rest, each = 67_369_953, 1_913
    said("$67{,}369{,}953 + 1913\\,W$")
    said("512 numbers an id at the entrance, 1,401 at the exit")
    assert 512 + 1401 == each
    said("With 8,000 characters they are 18.5% of it")
    assert round(100 * each * 8000 / (rest + each * 8000), 1) == 18.5
    said("any $W$ from about 4,000 to 9,200")
    assert round((75e6 - rest) / each, -2) == 4000 and round((85e6 - rest) / each, -2) == 9200
    said("$6400 \\cdot 512 = 3{,}276{,}800$ numbers, 12.6% of it")
    assert 6400 * 512 == 3_276_800 and round(100 * 3_276_800 / 26e6, 1) == 12.6
    said("the table alone would have 37.6 million")
    assert round(73_448 * 512 / 1e6, 1) == 37.6


def test_what_grows_with_the_vocabulary(nested):
    lines = "今天天气很好， 我们去看爷爷。 爷爷没有睡觉， 他在晒太阳。".split()
    found = {
        size: [token_label(t) for row in token_rows(nested[size], lines) for t, _ in row] for size in nested
    }
    said("At 300 a few characters are whole: 我, 在")
    assert {token for token in found[300] if len(token) == 1} == set("我在，。")
    said("At 600 most are, and 没有")
    assert "没有" in found[600] and "今天" not in found[600]
    said("At 1,000 there are words: 今天, 我们")
    assert {"今天", "我们", "太阳"} <= set(found[1000]) and "晒" not in found[1000]
    said("At 2,000 爷爷")
    assert {"爷爷", "他在"} <= set(found[2000]) and "爷爷" not in found[1500]
    said("From 3,000 on hardly anything changes")
    assert len(found[3000]) - len(found[max(nested)]) == 2


def test_compression_by_kind_of_text(nested, prose):
    learning, held_out = prose
    largest = max(nested)
    assert abs(bytes_per_token(nested[1000], learning) - bytes_per_token(nested[1000], held_out)) < 0.02
    said("at the end it is 4.5 bytes against 3.9")
    assert round(bytes_per_token(nested[largest], learning), 1) == 4.5
    assert round(bytes_per_token(nested[largest], held_out), 1) == 3.9
    said("At about 1,500 tokens BPE passes the dashed line")
    per_character = len("".join(held_out).encode()) / len("".join(held_out))
    assert bytes_per_token(nested[1000], held_out) < per_character < bytes_per_token(nested[1500], held_out)
    said("would need some 2,300 characters")
    assert round(len(set("".join(learning))), -2) == 2300
    said("The traditional tale never reaches that line")
    assert bytes_per_token(nested[largest], [vocabulary.TRADITIONAL]) < 2.5
    said("English and the numbers do not move at all")
    for text in (vocabulary.ENGLISH, vocabulary.NUMBERS):
        assert bytes_per_token(nested[largest], [text]) == 1.0
    said("2,000 tokens hold 3.2 bytes each of held-out text, 6,000 hold 3.8")
    small, large = (bytes_per_token(nested[size], held_out) for size in (2000, 6000))
    assert (round(small, 1), round(large, 1)) == (3.2, 3.8) and 1 / 8 < 1 - small / large < 1 / 6


def test_the_least_work_of_each_preset(nested, prose):
    held = {size: bytes_per_token(nested[size], prose[1]) for size in nested}
    least = {}
    for name in PRESET_NAMES:
        config = preset(name).model
        least[name] = min(held, key=lambda size: sum(work_per_byte(config, size, held[size])))
    said("the least work is at 1,000 tokens; for `tiny` it is at 3,000, for `small` at 6,000")
    assert least == {"nano": 1000, "tiny": 3000, "small": 6000, "full": max(nested)}


def test_what_counting_reaches(prose):
    learning, held_out = prose
    bits = {order: NgramModel.train(learning, order).bits_per_byte(held_out) for order in (1, 2, 5)}
    said("bring 8 bits down to less than 3. One character of context brings half a bit more")
    assert 2.8 < bits[1] < 3.0 and 0.45 < bits[1] - bits[2] < 0.6 and bits[2] - bits[5] < 0.1
    said("The packer gets as far as single characters do")


def test_how_much_of_a_vocabulary_does_the_work(nested, prose):
    said("Two thirds, not a quarter, and a little more for the larger vocabularies")
    shares = [share_that_covers(nested[size], prose[0] + prose[1]) for size in (1000, 4000, max(nested))]
    assert shares == sorted(shares) and 0.6 < shares[0] and shares[-1] < 0.72


def test_a_large_table_is_most_of_a_small_model():
    said("For a small model a large vocabulary is nearly all there is of it")
    shares = []
    for name in PRESET_NAMES:
        config = preset(name).model
        rest = num_parameters(config) - config.vocabulary_size * config.width
        shares.append(73_448 * config.width / (rest + 73_448 * config.width))
    assert shares[0] > 0.9 and shares == sorted(shares, reverse=True)


@pytest.fixture(scope="module")
def study():
    """The recorded rows: dict from a tokenizer's name to a dict from seed to row."""
    rows = {}
    for row in load_record("tokenizer_study").data["runs"]:
        rows.setdefault(row["tokenizer"], {})[row["seed"]] = row
    return rows


def bits(rows):
    return np.array([row["bits_per_byte"] for _seed, row in sorted(rows.items())])


def test_the_order_of_the_recorded_vocabularies(study):
    names = ("BPE, 4,096", "BPE, 8,192", "BPE, 2,048", "characters", "BPE, 512", "bytes")
    means = [bits(study[name]).mean() for name in names]
    assert means == sorted(means) and all(set(study[name]) == {0, 1, 2} for name in names)
    first, *others = (f"{mean:.3f}" for mean in means)
    said(f"4,096 byte pairs come first, with {first} bits on average")
    said(f"then 8,192 ({others[0]}), 2,048 ({others[1]})")
    said(f"the characters ({others[2]}), 512 ({others[3]}) and the bytes ({others[4]})")
    (counted,) = bits(study[YARDSTICK])
    assert counted < means[0]
    said(f"The model that only counts has {counted:.3f}, ahead of every network")


@pytest.mark.parametrize(
    ("better", "worse", "words"),
    [
        ("BPE, 4,096", "BPE, 2,048", "4,096 are {} better than 2,048"),
        ("BPE, 4,096", "characters", "and {} better than the characters"),
        ("BPE, 4,096", "BPE, 8,192", "three seeds see no difference: {}"),
        ("BPE, 2,048", "characters", "and {}."),
    ],
)
def test_recorded_differences_seed_by_seed(study, better, worse, words):
    change = bits(study[worse]) - bits(study[better])
    half = t_quantile(2) * change.std(ddof=1) / math.sqrt(3)
    said(words.format(f"{change.mean():.3f} ± {half:.3f}"))
    assert (half < change.mean()) == ("better" in words)


def test_what_the_count_says_of_the_recorded_text(study):
    model = preset("nano").model
    work = {
        size: sum(work_per_byte(model, size, study[f"BPE, {size:,}"][0]["bytes_per_token"]))
        for size in (512, 2048, 4096)
    }
    assert work[512] == pytest.approx(work[2048], rel=0.01)
    said(f"4,096 cost {work[4096] / work[2048] - 1:.0%} more work a byte than 2,048")


def test_how_equal_the_recorded_times_are(study):
    seconds = [row["seconds"] for rows in study.values() for row in rows.values() if row["seconds"]]
    said(f"the trainings took {min(seconds):.0f} to {max(seconds):.0f} seconds")
    more = [study["BPE, 4,096"][seed]["seconds"] - study["BPE, 2,048"][seed]["seconds"] for seed in range(3)]
    assert sum(x < 0 for x in more) == 2 and max(more) < 2
    assert all((bits(study["BPE, 2,048"]) - bits(study["BPE, 4,096"])) > 0)
