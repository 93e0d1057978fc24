"""Building the token cache, and using it again only where it is right."""

import hashlib
import json
import os
import signal
import subprocess
import sys

import filelock
import numpy as np
import pytest

import mof.corpus.token_cache_building as module
from mof.corpus.conversation import encode_conversation, encode_document
from mof.corpus.document import Message
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError
from mof.corpus.splitting import is_validation
from mof.corpus.token_cache import TokenCache, is_in_use
from mof.corpus.token_cache_building import OtherTextError, build_token_cache
from mof.tokenizer.character_tokenizer import CharacterTokenizer

TURNS = [{"role": "user", "content": "花"}, {"role": "assistant", "content": "草树"}]
MESSAGES = [Message(turn["role"], turn["content"]) for turn in TURNS]


@pytest.fixture
def corpus(write_jsonl):
    return write_jsonl("in/a.jsonl", [{"text": f"春花{number}。"} for number in range(60)])


@pytest.fixture
def build_count(monkeypatch):
    """Counts how often a cache is really built."""
    calls = []
    build = module._build

    def counted(*args):
        calls.append(1)
        build(*args)

    monkeypatch.setattr(module, "_build", counted)
    return calls


def test_the_documents_come_back_in_order_in_their_split(tmp_path, tokenizer, corpus, monkeypatch):
    monkeypatch.setattr(module, "_CHARACTERS_AT_ONCE", 20)
    cache = build_token_cache(corpus, tokenizer, tmp_path / "cache", validation_fraction=0.3)
    documents = list(read_documents(corpus))
    for split, held_out in ((cache.train, False), (cache.validation, True)):
        expected = [document for document in documents if is_validation(document, 0.3) == held_out]
        assert expected and split.num_documents == len(expected)
        for index, document in enumerate(expected):
            tokens = split.document_tokens(index)
            assert tokens.dtype == np.int32
            assert tokens.tolist() == encode_document(document.text, tokenizer).tolist()
        text_bytes = [len(document.text.encode()) for document in expected]
        assert split.document_scored_bytes.read(0, len(expected)).tolist() == text_bytes
        assert split.num_text_bytes == sum(text_bytes)
        assert split.num_characters == sum(len(document.text) for document in expected)
        assert split.num_tokens == sum(len(encode_document(d.text, tokenizer)) for d in expected)
        assert split.num_scored_tokens == split.num_tokens and split.loss_flags is None
        assert split.characters_per_token == split.num_characters / split.num_tokens
        assert split.bytes_per_token == split.num_text_bytes / split.num_tokens


def test_loss_flags_tell_of_the_token_after(tmp_path, tokenizer, write_jsonl, monkeypatch):
    monkeypatch.setattr("mof.corpus.split_writer._FILL_BYTES", 2)
    path = write_jsonl("a.jsonl", [{"text": "花草"}, {"text": "树"}, {"messages": TURNS}, {"text": "木"}])
    split = build_token_cache(path, tokenizer, tmp_path / "cache", 0).train
    ids, flags = encode_conversation(MESSAGES, tokenizer)
    conversation = [*flags[1:].astype(int).tolist(), 0]
    assert split.loss_flags.read(0, split.num_tokens).tolist() == [1, 1, 1, 1, 1, *conversation, 1, 1]
    assert split.document_tokens(2).tolist() == ids.tolist()
    assert (split.num_documents, split.num_conversations, split.num_scored_tokens) == (4, 1, 7 + 3)
    assert (split.num_characters, split.num_text_bytes) == (7, 21)
    answers = [message["content"] for message in TURNS if message["role"] == "assistant"]
    scored_bytes = [6, 3, len("".join(answers).encode()), 3]
    assert split.document_scored_bytes.read(0, 4).tolist() == scored_bytes


def test_a_large_vocabulary_takes_four_bytes(tmp_path, write_jsonl):
    tokenizer = CharacterTokenizer("".join(map(chr, range(0x20000, 0x20000 + 65_536))))
    last = chr(0x20000 + 65_535)
    cache = build_token_cache(write_jsonl("a.jsonl", [{"text": last}]), tokenizer, tmp_path / "cache", 0)
    assert cache.manifest["token_dtype"] == "uint32"
    assert cache.train.document_tokens(0).tolist() == [1, 264 + 65_535]
    small = build_token_cache(tmp_path / "a.jsonl", CharacterTokenizer(""), tmp_path / "small", 0)
    assert small.manifest["token_dtype"] == "uint16"


def test_the_manifest_tells_of_sources_and_bad_lines(tmp_path, tokenizer, write_jsonl):
    path = write_jsonl("a.jsonl", [{"text": "花"}, "{"])
    cache = build_token_cache(path, tokenizer, tmp_path / "cache", 0)
    manifest = json.loads((tmp_path / "cache" / "manifest.json").read_text(encoding="utf-8"))
    (source,) = manifest["sources"]
    assert source["name"] == "a.jsonl" and source["num_bytes"] == path.stat().st_size
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert manifest["tokenizer_hash"] == tokenizer.hash == cache.tokenizer_hash
    assert cache.reading_report.counts_by_reason == {"bad JSON": 1}
    assert cache.reading_report.first_bad_lines[0].line == 2


def test_progress_rises_to_the_whole(tmp_path, tokenizer, write_jsonl):
    paths = [write_jsonl(name, [{"text": "花" * 200_000}]) for name in ("a.jsonl", "b.jsonl")]
    seen = []
    build_token_cache(paths, tokenizer, tmp_path / "cache", 0, progress=lambda *counts: seen.append(counts))
    total = sum(path.stat().st_size for path in paths)
    assert len(seen) > 4 and seen == sorted(seen) and seen[-1] == (total, total)
    assert {counts[1] for counts in seen} == {total}


def test_the_same_inputs_are_not_built_twice(tmp_path, tokenizer, corpus, build_count):
    first = build_token_cache(corpus, tokenizer, tmp_path / "cache")
    again = build_token_cache([corpus.parent], tokenizer, tmp_path / "cache")
    assert len(build_count) == 1
    assert again.manifest == first.manifest


def test_a_touched_or_moved_file_is_recognised_by_its_content(tmp_path, tokenizer, corpus, build_count):
    first = build_token_cache(corpus, tokenizer, tmp_path / "cache")
    os.utime(corpus, ns=(10**18, 10**18))
    build_token_cache(corpus, tokenizer, tmp_path / "cache")
    moved = tmp_path / "elsewhere" / "a.jsonl"
    moved.parent.mkdir()
    corpus.rename(moved)
    cache = build_token_cache(moved, tokenizer, tmp_path / "cache")
    assert len(build_count) == 1
    assert cache.fingerprint == first.fingerprint
    assert cache.manifest["sources"][0]["modified_nanoseconds"] == 10**18
    assert cache.manifest["sources"][0]["path"] == str(moved.resolve())


@pytest.mark.parametrize(
    "change",
    [
        "content",
        "size",
        "more files",
        "name",
        "tokenizer",
        "fraction",
        "salt",
        "document size",
        "manifest",
        "data",
    ],
)
def test_other_inputs_or_a_damaged_cache_are_built_anew(tmp_path, tokenizer, corpus, build_count, change):
    folder = tmp_path / "cache"
    first = build_token_cache(corpus.parent, tokenizer, folder, 0.1)
    options = {"validation_fraction": 0.1}
    if change == "content":
        corpus.write_bytes(corpus.read_bytes().replace("春".encode(), "夏".encode()))
        os.utime(corpus, ns=(10**18, 10**18))
    elif change == "size":
        corpus.write_bytes(corpus.read_bytes() * 2)
    elif change == "more files":
        (corpus.parent / "b.txt").write_text("花", encoding="utf-8")
    elif change == "name":
        corpus.rename(corpus.parent / "b.jsonl")
    elif change == "tokenizer":
        tokenizer = CharacterTokenizer("花")
    elif change == "fraction":
        options["validation_fraction"] = 0.2
    elif change == "salt":
        options["salt"] = "x"
    elif change == "document size":
        options["max_document_bytes"] = 2_048
    elif change == "manifest":
        (folder / "manifest.json").write_bytes(b'{"format_version"')
    elif change == "data":
        next(folder.glob("data-*/train.tokens")).write_bytes(b"\0")
    cache = build_token_cache(corpus.parent, tokenizer, folder, **options)
    assert len(build_count) == 2
    assert (cache.fingerprint == first.fingerprint) == (change in ("manifest", "data"))
    total = cache.train.num_documents + cache.validation.num_documents
    assert total == len(list(read_documents(corpus.parent)))
    assert len(list(folder.glob("data-*"))) == 1  # the old files are gone
    build_token_cache(corpus.parent, tokenizer, folder, **options)
    assert len(build_count) == 2


def test_a_failed_build_leaves_nothing_and_keeps_the_old_cache(tmp_path, tokenizer, corpus):
    folder = tmp_path / "cache"
    old = build_token_cache(corpus, tokenizer, folder)
    (corpus.parent / "b.jsonl").write_bytes(b"{\n")
    with pytest.raises(CorpusError, match="no good line"):
        build_token_cache(corpus.parent, tokenizer, folder)
    assert TokenCache(folder).manifest == old.manifest
    assert len(list(folder.glob("data-*"))) == 1


KILLED_BUILD = """
import os, sys
from mof.corpus.token_cache_building import OtherTextError, build_token_cache
from mof.tokenizer.character_tokenizer import CharacterTokenizer
def kill(done, total):
    if done >= total // 2:
        os.kill(os.getpid(), {signal})
build_token_cache(sys.argv[1], CharacterTokenizer(""), sys.argv[2], 0, progress=kill)
"""


def test_a_killed_build_is_done_again(tmp_path, write_jsonl):
    path = write_jsonl("a.jsonl", [{"text": "花" * 1_000}] * 1_000)
    folder = tmp_path / "cache"
    program = KILLED_BUILD.format(signal=int(getattr(signal, "SIGKILL", signal.SIGTERM)))
    search = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": search}
    killed = subprocess.run([sys.executable, "-c", program, path, folder], env=environment, check=False)
    assert killed.returncode != 0
    assert list(folder.glob("data-*")) and not (folder / "manifest.json").exists()
    with pytest.raises(FileNotFoundError, match="no finished token cache"):
        TokenCache(folder)
    cache = build_token_cache(path, CharacterTokenizer(""), folder, 0)
    assert cache.train.num_documents == 1_000
    assert [entry.name for entry in folder.glob("data-*")] == [cache.manifest["data_folder"]]


def test_errors_come_before_anything_is_written(tmp_path, tokenizer, corpus):
    with pytest.raises(ValueError, match="from 0 to 1, got 5"):
        build_token_cache(corpus, tokenizer, tmp_path / "cache", validation_fraction=5)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        build_token_cache(tmp_path / "missing", tokenizer, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_files_that_a_training_reads_stay_while_another_text_is_built(tmp_path, tokenizer, corpus):
    first = build_token_cache(corpus, tokenizer, tmp_path / "cache", 0.3)
    expected = first.train.document_tokens(0).tolist()
    with first.in_use():
        assert is_in_use(first.data_folder)
        second = build_token_cache(corpus, tokenizer, tmp_path / "cache", 0.2)
        assert second.data_folder != first.data_folder
        assert first.train.document_tokens(0).tolist() == expected
    assert not is_in_use(first.data_folder) and not list(first.data_folder.glob("*.lock"))
    with first.validation.in_use(), first.in_use():  # one process may hold the same files twice
        build_token_cache(corpus, tokenizer, tmp_path / "cache", 0.25)
        assert first.train.document_tokens(0).tolist() == expected
    build_token_cache(corpus, tokenizer, tmp_path / "cache", 0.1)
    assert not first.data_folder.exists() and not second.data_folder.exists()


def test_other_text_than_the_expected_is_named_and_the_cache_kept(
    tmp_path, tokenizer, write_jsonl, build_count
):
    for name in "abc":
        write_jsonl(f"in/{name}.jsonl", [{"text": f"春花{name}{number}。"} for number in range(9)])
    cache = build_token_cache(tmp_path / "in", tokenizer, tmp_path / "cache", 0.3)
    (tmp_path / "in" / "a.jsonl").rename(tmp_path / "a.jsonl")
    write_jsonl("in/b.jsonl", [{"text": "山"}])
    write_jsonl("in/d.jsonl", [{"text": "水"}])

    def again():
        return build_token_cache(
            tmp_path / "in", tokenizer, tmp_path / "cache", 0.3, expected_fingerprint=cache.fingerprint
        )

    with pytest.raises(CorpusError) as caught:
        again()
    assert "(gone: a.jsonl; changed: b.jsonl; new: d.jsonl). Put it back" in str(caught.value)
    assert cache.train.document_tokens(0).size and len(build_count) == 1
    (tmp_path / "a.jsonl").rename(tmp_path / "in" / "a.jsonl")
    write_jsonl("in/b.jsonl", [{"text": f"春花b{number}。"} for number in range(9)])
    (tmp_path / "in" / "d.jsonl").unlink()
    assert again().fingerprint == cache.fingerprint and len(build_count) == 1


@pytest.fixture
def two_folders(tmp_path, write_jsonl):
    """Two folders with a file of the same name, as the text that ships has them."""
    for folder in ("prose", "talks"):
        write_jsonl(f"{folder}/a.jsonl", [{"text": f"春花{folder}{number}。"} for number in range(9)])
    return [tmp_path / "prose", tmp_path / "talks"]


def test_a_change_in_one_of_two_files_of_the_same_name_is_refused(
    tmp_path, tokenizer, two_folders, build_count
):
    cache = build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3)
    changed = two_folders[0] / "a.jsonl"
    before = changed.read_bytes()
    changed.write_bytes(before.replace("春".encode(), "夏".encode()))
    expected = {"validation_fraction": 0.3, "expected_fingerprint": cache.fingerprint}
    with pytest.raises(OtherTextError) as caught:
        build_token_cache(two_folders, tokenizer, tmp_path / "cache", **expected)
    assert f"(changed: {changed.resolve()}). Put it back" in str(caught.value)
    assert len(build_count) == 1 and cache.train.document_tokens(0).size
    changed.write_bytes(before)
    again = build_token_cache(two_folders, tokenizer, tmp_path / "cache", **expected)
    assert again.data_folder == cache.data_folder


def test_the_same_files_in_another_order_are_refused(tmp_path, tokenizer, two_folders, build_count):
    cache = build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3)
    for paths in (two_folders[::-1], [two_folders[1] / "a.jsonl", two_folders[0] / "a.jsonl"]):
        with pytest.raises(OtherTextError, match="the same files in another order: .*talks"):
            build_token_cache(
                paths, tokenizer, tmp_path / "cache", 0.3, expected_fingerprint=cache.fingerprint
            )
    assert len(build_count) == 1 and cache.train.document_tokens(0).size


@pytest.mark.parametrize("damage", ["manifest.json", "data-*/train.tokens", "data-*/train.offsets"])
def test_a_damaged_cache_of_the_expected_text_is_built_and_of_another_not(
    tmp_path, tokenizer, two_folders, build_count, damage
):
    folder = tmp_path / "cache"
    fingerprint = build_token_cache(two_folders, tokenizer, folder, 0.3).fingerprint
    next(folder.glob(damage)).write_bytes(b"\0")
    with pytest.raises(OtherTextError, match="is not the one that this training has read from"):
        build_token_cache(two_folders[:1], tokenizer, folder, 0.3, expected_fingerprint=fingerprint)
    assert len(build_count) == 1
    cache = build_token_cache(two_folders, tokenizer, folder, 0.3, expected_fingerprint=fingerprint)
    assert len(build_count) == 2 and cache.fingerprint == fingerprint


def test_a_finished_cache_of_another_text_is_not_taken_for_the_expected(tmp_path, tokenizer, two_folders):
    expected = build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3).fingerprint
    with (two_folders[0] / "a.jsonl").open("ab") as file:
        file.write(b'{"text": "more"}\n')
    other = build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3)  # for another training
    with pytest.raises(OtherTextError, match="is not the one that this training has read from. Put it back"):
        build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3, expected_fingerprint=expected)
    assert TokenCache(tmp_path / "cache").data_folder == other.data_folder


def test_other_settings_are_refused_in_words(tmp_path, tokenizer, two_folders, build_count):
    cache = build_token_cache(two_folders, tokenizer, tmp_path / "cache", 0.3)
    with pytest.raises(OtherTextError, match="the same files, but other settings turn them into tokens"):
        build_token_cache(
            two_folders, tokenizer, tmp_path / "cache", 0.2, expected_fingerprint=cache.fingerprint
        )
    assert len(build_count) == 1


def test_the_wait_for_another_process_is_told_once(tmp_path, tokenizer, corpus):
    folder, said = tmp_path / "cache", []
    folder.mkdir()
    lock = filelock.FileLock(folder / "build.lock", thread_local=False)

    def on_wait():
        said.append("waits")
        lock.release()

    with lock:
        build_token_cache(corpus, tokenizer, folder, on_wait=on_wait)
    build_token_cache(corpus, tokenizer, folder, on_wait=on_wait)
    assert said == ["waits"]
