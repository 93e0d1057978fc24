"""Packing into streams, against a definition in plain Python lists."""

import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mof.corpus.packing import StreamBatches
from mof.corpus.reading_report import CorpusError

MIXED = [5, 1, 30, -8, 2, 17, -3, 64, 1, 1, 9, -12, 40]
TEXTS = [5, 1, 30, 8, 2, 17, 3]
FIELDS = ("token_ids", "targets", "resets", "loss_weights", "mask")
# The fixture's cache is only read, so it may serve all examples.
SETTINGS = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def naive_lanes(split, num_streams, seed, num_epochs):
    """For each stream its (token, starts a document or lane, token after it counts), epoch after epoch."""
    lanes = [[] for _ in range(num_streams)]
    for epoch in range(num_epochs):
        words = np.random.PCG64(np.random.SeedSequence([seed, epoch])).random_raw(split.num_documents)
        line = []
        for document in sorted(range(split.num_documents), key=lambda index: words[index]):
            start, stop = split.offsets.read(document, document + 2).tolist()
            tokens = split.document_tokens(document).tolist()
            flags = (
                [1] * len(tokens) if split.loss_flags is None else split.loss_flags.read(start, stop).tolist()
            )
            for index, (token, flag) in enumerate(zip(tokens, flags, strict=True)):
                line.append([token, index == 0, flag, index == len(tokens) - 1])
        length = len(line) // num_streams
        for stream in range(num_streams):
            part = [list(entry) for entry in line[stream * length : (stream + 1) * length]]
            if lanes[stream] and not (lanes[stream][-1][3] and part[0][1]):
                lanes[stream][-1][2] = 0  # at the seam, unless a document ends and another starts
            part[0][1] = True
            lanes[stream] += part
    return lanes


def assert_equal_batches(first, second):
    for field in FIELDS:
        np.testing.assert_array_equal(getattr(first, field), getattr(second, field), err_msg=field)
        assert getattr(first, field).dtype == getattr(second, field).dtype


@SETTINGS
@given(
    num_streams=st.integers(1, 7),
    seed=st.integers(0, 2**40),
    lengths=st.lists(st.integers(1, 150), min_size=1, max_size=6),
    is_mixed=st.booleans(),
)
def test_batches_follow_the_definition(make_cache, num_streams, seed, lengths, is_mixed):
    split = make_cache(MIXED if is_mixed else TEXTS).train
    batches = StreamBatches(split, num_streams, seed)
    lane_length = split.num_tokens // num_streams
    lanes = naive_lanes(split, num_streams, seed, (sum(lengths) + 1) // lane_length + 2)
    offset = 0
    for num_tokens in lengths:
        batch = batches.next_batch(num_tokens)
        rows = [lane[offset : offset + num_tokens] for lane in lanes]
        assert batch.token_ids.tolist() == [[entry[0] for entry in row] for row in rows]
        assert batch.resets.tolist() == [[entry[1] for entry in row] for row in rows]
        assert batch.loss_weights.tolist() == [[float(entry[2]) for entry in row] for row in rows]
        assert batch.targets.tolist() == [
            [entry[0] for entry in lane[offset + 1 : offset + num_tokens + 1]] for lane in lanes
        ]
        assert batch.mask.all()
        offset += num_tokens
        assert (batches.epoch, batches.num_tokens_read) == (offset // lane_length, offset * num_streams)


def test_types_and_shapes(make_cache):
    batch = StreamBatches(make_cache(MIXED).train, 3, seed=0).next_batch(5)
    kinds = {field: (getattr(batch, field).dtype.name, getattr(batch, field).shape) for field in FIELDS}
    assert kinds == {
        "token_ids": ("int32", (3, 5)),
        "targets": ("int32", (3, 5)),
        "resets": ("bool", (3, 5)),
        "loss_weights": ("float32", (3, 5)),
        "mask": ("bool", (3, 5)),
    }


@pytest.mark.parametrize("num_streams", [1, 2, 4, 7])
def test_an_epoch_leaves_out_less_than_one_token_a_stream(make_cache, num_streams):
    split = make_cache(MIXED).train
    batches = StreamBatches(split, num_streams, seed=3)
    seen = Counter()
    while batches.epoch == 0:
        seen.update(batches.next_batch(1).token_ids.ravel().tolist())
    there = Counter(split.tokens.read(0, split.num_tokens).tolist())
    assert seen <= there
    left_out = there.total() - seen.total()
    assert left_out == split.num_tokens % num_streams < num_streams
    assert seen.total() == batches.num_tokens_per_epoch == batches.num_tokens_read


def test_every_document_start_resets_and_begins_with_its_mark(make_cache):
    split = make_cache(TEXTS).train
    batch = StreamBatches(split, 1, seed=1).next_batch(split.num_tokens)
    np.testing.assert_array_equal(batch.resets, batch.token_ids == 1)
    assert batch.resets.sum() == split.num_documents
    assert batch.loss_weights.min() == 1  # one stream: each epoch ends with a document's end


def test_epochs_and_seeds_draw_other_orders(make_cache):
    split = make_cache(MIXED).train
    batches = StreamBatches(split, 1, seed=0)
    epochs = [batches.next_batch(split.num_tokens).token_ids.tolist() for _ in range(3)]
    other = StreamBatches(split, 1, seed=1).next_batch(split.num_tokens).token_ids.tolist()
    assert len({str(order) for order in [*epochs, other]}) == 4


@SETTINGS
@given(
    num_streams=st.integers(1, 5),
    before=st.lists(st.integers(1, 90), max_size=5),
    after=st.lists(st.integers(1, 90), min_size=1, max_size=4),
)
def test_a_restored_cursor_goes_on_alike(make_cache, num_streams, before, after):
    split = make_cache(MIXED).train
    batches = StreamBatches(split, num_streams, seed=5)
    for num_tokens in before:
        batches.next_batch(num_tokens)
    cursor = json.loads(json.dumps(batches.cursor))
    resumed = StreamBatches(split, num_streams, seed=5, cursor=cursor)
    assert (resumed.cursor, resumed.num_tokens_read) == (cursor, batches.num_tokens_read)
    for num_tokens in after:
        assert_equal_batches(resumed.next_batch(num_tokens), batches.next_batch(num_tokens))


def test_rows_do_not_depend_on_the_lengths_of_the_steps(make_cache):
    split = make_cache(MIXED).train
    whole = StreamBatches(split, 3, seed=2).next_batch(200)
    parts = StreamBatches(split, 3, seed=2)
    pieces = [parts.next_batch(num_tokens) for num_tokens in (1, 63, 64, 7, 65)]
    for field in FIELDS:
        joined = np.concatenate([getattr(piece, field) for piece in pieces], axis=1)
        np.testing.assert_array_equal(joined, getattr(whole, field), err_msg=field)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 1}, "its seed is 1, here it is 0"),
        ({"num_streams": 4}, "its num_streams is 4, here it is 2"),
        ({"fingerprint": "x"}, "its fingerprint is 'x'"),
        ({"split": "validation"}, "its split is 'validation', here it is 'train'"),
        ({"offset": 10**6}, "the cursor is damaged: epoch 0, offset 1000000"),
        ({"offset": -1}, "the cursor is damaged"),
        ({"offset": "7"}, "the cursor is damaged"),
        ({"epoch": -1}, "the cursor is damaged"),
        ({"epoch": None}, "the cursor is damaged"),
    ],
)
def test_a_cursor_of_other_batches_is_refused(make_cache, change, message):
    split = make_cache(TEXTS).train
    cursor = StreamBatches(split, 2, seed=0).cursor
    with pytest.raises(ValueError, match=message):
        StreamBatches(split, 2, seed=0, cursor={**cursor, **change})
    with pytest.raises(ValueError, match="its fingerprint is None"):
        StreamBatches(split, 2, seed=0, cursor={})


def test_wrong_arguments_are_refused(make_cache):
    cache = make_cache([3])
    with pytest.raises(CorpusError, match=r"holds 4 tokens \(1 documents\), too few for 5 streams"):
        StreamBatches(cache.train, 5, seed=0)
    with pytest.raises(CorpusError, match="the split validation holds 0 tokens"):
        StreamBatches(cache.validation, 1, seed=0)
    for num_streams, seed in ((0, 0), (1, -1)):
        with pytest.raises(ValueError, match="num_streams must be at least 1 and seed at least 0"):
            StreamBatches(cache.train, num_streams, seed)
    with pytest.raises(ValueError, match="num_tokens must be at least 1, got 0"):
        StreamBatches(cache.train, 1, seed=0).next_batch(0)


BIG_CACHE = """
import json, resource, sys
from pathlib import Path
import numpy as np
from mof.corpus.packing import StreamBatches
from mof.corpus.token_cache import CACHE_FORMAT_VERSION, TokenCache
folder = Path(sys.argv[1])
data = folder / "data-big"
data.mkdir(parents=True)
num_documents, document_tokens = 2_000_000, 300
num_tokens = num_documents * document_tokens
np.arange(0, num_tokens + 1, document_tokens, dtype="<i8").tofile(data / "train.offsets")
for name, num_bytes in (("tokens", 2 * num_tokens), ("scored_bytes", 4 * num_documents)):
    with open(data / f"train.{name}", "wb") as file:
        file.truncate(num_bytes)
for name, num_bytes in (("tokens", 0), ("scored_bytes", 0), ("offsets", 8)):
    (data / f"validation.{name}").write_bytes(bytes(num_bytes))
things = ("documents", "conversations", "tokens", "scored_tokens", "characters", "text_bytes")
names = [f"num_{thing}" for thing in things]
empty = {**dict.fromkeys(names, 0), "has_loss_flags": False}
splits = {"train": {**empty, "num_documents": num_documents, "num_tokens": num_tokens}, "validation": empty}
manifest = {"fingerprint": "f", "token_dtype": "uint16", "data_folder": data.name}
manifest["format_version"] = CACHE_FORMAT_VERSION
(folder / "manifest.json").write_text(json.dumps({**manifest, "splits": splits}), encoding="utf-8")
batches = StreamBatches(TokenCache(folder).train, 64, seed=0)
for _ in range(100):
    batches.next_batch(1024)
cursor = {**batches.cursor, "offset": num_tokens // 64 - 1}
StreamBatches(TokenCache(folder).train, 64, seed=0, cursor=cursor).next_batch(2)
status = Path("/proc/self/status")
if status.exists():  # ru_maxrss would count the parent's memory, which a new process shares for a moment
    print(1024 * int(status.read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]))
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read by the resource module of POSIX")
def test_a_corpus_of_1200_megabytes_takes_little_memory(tmp_path):
    search = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": search}
    program = [sys.executable, "-c", BIG_CACHE, tmp_path / "cache"]
    result = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert int(result.stdout) < 300_000_000  # two orders are alive in this test; 500 MB is the promise
