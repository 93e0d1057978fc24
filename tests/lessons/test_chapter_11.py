"""The figures that stand in the prose of chapter 11, worked out again."""

import json

import pytest

from mof.lessons import cache_speed, product_forms, thread_speed, training_switches, update_parts
from mof.lessons.records import load_record
from mof.lessons.time_study import _SHOWN
from mof.machine.product_counts import model_products, training_operations
from mof.machine.roofline import elementwise_work, least_seconds, product_work, rows_at_ridge
from mof.presets import preset
from tests.lessons.chapter_prose import NOTEBOOKS, flat_prose

NAME = "11_where_the_time_goes"
FLAT = flat_prose(NAME)
CODE = "\n".join(
    "".join(cell["source"])
    for cell in json.loads((NOTEBOOKS / f"{NAME}.ipynb").read_text(encoding="utf-8"))["cells"]
    if cell["cell_type"] == "code"
)
TINY = preset("tiny").model
PEAK, BANDWIDTH = 8, 4  # of the napkin's machine, a tick


def said(words):
    assert words in FLAT, f"the chapter does not say: {words}"


@pytest.mark.parametrize("tokens", [1, 3, 1000])
def test_the_table_of_tokens(tokens):
    work = product_work(tokens, 2, 3)
    arithmetic, memory = work.operations / PEAK, work.num_bytes / BANDWIDTH
    said(
        f"| {tokens:,} | {work.operations:,.0f} | {work.num_bytes:,.0f} | {work.intensity:.2f} | "
        f"{arithmetic:,g} | {memory:,.0f} |"
    )


def test_the_small_matrix_and_the_larger_one():
    said("12 operations on 20 bytes. It will never be more than 0.6")
    assert product_work(10**9, 2, 3).intensity == pytest.approx(0.6)
    said(r"Six tokens make $2 \cdot 6 \cdot 20 \cdot 30 = 7{,}200$ operations")
    work = product_work(6, 20, 30)
    assert (work.operations, work.num_bytes, work.intensity) == (7200, 3600, 2.0)
    assert rows_at_ridge(20, 30, PEAK, BANDWIDTH) == 6
    said("11, 21 and 900 ticks")
    ticks = [
        least_seconds(product_work(*sizes), PEAK, BANDWIDTH) for sizes in ((1, 2, 3), (3, 2, 3), (6, 20, 30))
    ]
    assert ticks == [11, 21, 900]


def test_the_bend():
    said("36 numbers, 36 ticks. Done in one go, each number is read once and written once: 18 ticks")
    one = elementwise_work(9, 9, 1)
    assert 2 * least_seconds(one, PEAK, BANDWIDTH) == 36
    both = elementwise_work(9, 9, 2)
    assert least_seconds(both, PEAK, BANDWIDTH) == 18 and 2 < both.operations / PEAK < 2.5
    said("The two small operations behind it have half as many and take 36")
    assert 2 * one.operations == 18 == product_work(3, 2, 3).operations / 2


def test_where_a_product_ends_under_the_roof():
    said("For the head that is 124, for the router's 256 × 64 it is 25.6")
    for (inner, columns), limit in (((256, 8192), 124), ((256, 64), 25.6)):
        assert inner * columns / (2 * (inner + columns)) == pytest.approx(limit, rel=0.002)
        assert product_work(10**9, inner, columns).intensity == pytest.approx(limit, rel=0.002)
    shapes = {(p.num_inputs, p.num_outputs) for p in model_products(TINY)}
    assert {(256, 8192), (256, 64), (256, 512)} <= shapes
    said("A matrix of 256 × 8,192 is read, 8 MB of it")
    assert 8e6 < 4 * 256 * 8192 < 8.5e6
    said("A third of an operation a byte with one row, half of one with thousands")
    assert elementwise_work(512, 256, 4).intensity == pytest.approx(1 / 3)
    assert elementwise_work(256 * 2048 + 256, 256 * 2048, 4).intensity == pytest.approx(0.5, rel=1e-3)


def test_share_of_the_head():
    said("alone does a third of the operations, for each token is compared with some eight thousand others")
    head = next(p for p in model_products(TINY) if p.part == "head")
    assert 0.31 < head.training_operations / training_operations(TINY) < 0.36 and head.num_outputs == 8192


def test_trips_of_the_chain():
    rows = [line[1:-1].split("|") for line in FLAT_TABLE.splitlines()]
    numbers = [[int(cell.strip(" *") or 0) for cell in row[1:]] for row in rows]
    *steps, together, in_one_go = numbers
    assert together == [sum(row[0] for row in steps), sum(row[1] for row in steps)] == [9, 6]
    said("Fifteen trips, where three would do")
    assert (sum(together), sum(in_one_go)) == (15, 3)


FLAT_TABLE = """
| x · x | 1 | 1 |
| mean of it, root | 1 | |
| x / size | 1 | 1 |
| · scale | 1 | 1 |
| sigmoid(gate) | 1 | 1 |
| gate · that | 2 | 1 |
| both together | 2 | 1 |
| **in all** | **9** | **6** |
| in one go | 2 | 1 |
""".strip()


def test_the_table_of_trips_is_the_chapters():
    for line in FLAT_TABLE.splitlines():
        said(line)


def test_sizes_that_the_prose_names():
    said("4,096 tokens long: two batches of 8 rows of 256 tokens")
    sizes = update_parts.NUM_STREAMS, update_parts.ROW_LENGTH, update_parts.NUM_BATCHES
    assert sizes == (8, 256, 2) and 8 * 256 * 2 == 4096 == preset("tiny").tokens_per_update
    said("2,048 rows of 512 numbers by 512 × 2,048")
    forms = product_forms.STREAMS * product_forms.TOKENS, product_forms.INNER, product_forms.COLUMNS
    assert forms == (2048, 512, 2048)
    said("The same product in seven forms")
    said("64 products of fewer rows")
    assert product_forms.NUM_PIECES == 64 and product_forms.ZERO_SHARE == 0.9
    said("16.8 million numbers, 67 MB, in blocks of 1,024 bytes up to the whole")
    assert round(cache_speed.NUM_NUMBERS / 1e6, 1) == 16.8 and round(4 * cache_speed.NUM_NUMBERS / 1e6) == 67
    assert 4 * cache_speed.BLOCK_NUMBERS[0] == 1024
    said("four threads for each core")
    assert thread_speed.TOO_MANY == training_switches.TOO_MANY == 4


def test_int8_by_hand():
    said("the weights 0.30, −1.27 and 0.65 become 30, −127 and 65")
    assert [round(weight / 0.01) for weight in (0.30, -1.27, 0.65)] == [30, -127, 65]


def test_what_bfloat16_did_on_the_recorded_machine():
    """The prose says that it was slower there: if the record changes, so must the prose."""
    said("bfloat16 makes its training slower all the same")
    report = load_record("machine").data["report"]
    assert "AVX-512 bfloat16" in report["facts"]["instruction_sets"]
    seconds = {
        step["product_dtype"]: step["batch_seconds"] for step in report["steps"] if step["preset"] == "tiny"
    }
    assert min(seconds["bfloat16"]) > max(seconds["float32"])


def test_every_kind_is_shown_just_now_or_recorded():
    for kind in _SHOWN:
        assert f'show_recorded("{kind}")' in CODE
        assert kind == "switches" or f'show("{kind}"' in CODE


def test_the_quotations_are_the_pages():
    for words in (
        "模型量化:将FP32模型转换为INT8,可减少75%的内存占用和计算量",
        "批次处理优化:适当减小batch size,避免内存溢出",
        "多线程利用:充分利用CPU多核特性进行并行计算",
        "模型剪枝:移除对结果影响较小的神经元和连接",
        "缓存优化:合理利用CPU缓存提高数据访问效率",
        "计算量相对训练大幅减少",
    ):
        said(words)


def test_the_recorded_figures_that_the_prose_names():
    data = load_record("where_time_goes").data
    speeds, forms = data["switches"], data["forms"]["times_as_long"]
    said(f"`tiny` trains {speeds['products in bfloat16'] / speeds['as it is']:.2f} times as fast")
    said(f"On the recorded machine it does nothing ({forms['Keras Dense on three axes']:.2f})")
    chain = data["chain"]["times_as_long"]["operation by operation"]
    said(f"it takes {chain:.2f} times as long in single operations")
    own = data["forms"]["seconds"]
    medians = {form: seconds / own["rows flattened, float32"] for form, seconds in own.items()}
    inside, half = ((medians[form], forms[form]) for form in ("compiled by XLA", "half of the columns"))
    said(f"takes {inside[0]:.2f} times as long by them and {inside[1]:.2f} by the turns, half of the columns")
    said(f"half of the columns {half[0]:.2f} and {half[1]:.2f}")
    said(f"apart on the recorded machine: {inside[1]:.2f} by the turns, {inside[0]:.2f} by the medians")
    said(f"a product takes {forms['bfloat16']:.2f} of the time")
    batches = data["batches"]
    four, one = (batches[rows] / max(batches.values()) for rows in ("4", "1"))
    said(f"From 16 rows to 4 next to nothing is lost ({four:.2f} of the speed), with one row a third")
    said(f"speed hardly does down to four rows ({four:.2f}), then it does (one row: {one:.2f})")
    said(f"without XLA has {speeds['without XLA'] / speeds['as it is']:.2f} of the speed")
    assert "AMD" in load_record("where_time_goes").note
