"""Saving and loading: the same tokenizer, or a clear refusal."""

import hashlib
import json

import pytest

from mof import patient_files
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.loading import load_tokenizer
from mof.tokenizer.tokenizer_file import content_hash


def write(path, content, with_hash=True):
    stored = {**content, "hash": content_hash(content)} if with_hash else content
    path.write_text(json.dumps(stored), encoding="utf-8")


@pytest.fixture
def content(tmp_path):
    CharacterTokenizer("花草").save(tmp_path / "good.json")
    stored = json.loads((tmp_path / "good.json").read_text(encoding="utf-8"))
    return {key: stored[key] for key in ("kind", "version", "data")}


def test_a_saved_tokenizer_loads_equal(tokenizer, tmp_path):
    path = tmp_path / "new folder" / "tokenizer.json"
    tokenizer.save(path)
    loaded = load_tokenizer(path)
    text = "图书馆里的花🌸\r\n library 2024 鑫"
    assert type(loaded) is type(tokenizer) and loaded.kind == tokenizer.kind
    assert loaded.hash == tokenizer.hash
    assert loaded.vocabulary_size == tokenizer.vocabulary_size
    assert loaded.encode(text).tolist() == tokenizer.encode(text).tolist()
    assert [file.name for file in path.parent.iterdir()] == ["tokenizer.json"]


def test_the_file_is_canonical_json_with_its_hash(tokenizer, tmp_path):
    path = tmp_path / "tokenizer.json"
    tokenizer.save(path)
    stored = json.loads(path.read_bytes())
    written_hash = stored.pop("hash")
    canonical = json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert written_hash == tokenizer.hash == hashlib.sha256(canonical.encode()).hexdigest()
    assert stored["kind"] == tokenizer.kind and stored["version"] == 1
    load_tokenizer(path).save(tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == path.read_bytes()


def test_the_file_is_on_the_disk_before_its_name_is(tokenizer, tmp_path, monkeypatch):
    order = []
    monkeypatch.setattr(patient_files.os, "fsync", lambda number: order.append("flushed"))
    monkeypatch.setattr(patient_files.os, "replace", lambda *paths: order.append("renamed"))
    tokenizer.save(tmp_path / "tokenizer.json")
    assert order == ["flushed", "renamed"]


def test_another_vocabulary_has_another_hash():
    assert CharacterTokenizer("花草").hash != CharacterTokenizer("草花").hash


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no tokenizer file at .*missing\.json"):
        load_tokenizer(tmp_path / "missing.json")


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_json_is_refused(tmp_path, damage):
    path = tmp_path / "bad.json"
    path.write_bytes(damage)
    with pytest.raises(ValueError, match="is no tokenizer: it is not UTF-8 JSON"):
        load_tokenizer(path)


@pytest.mark.parametrize("value", [[], {}, {"kind": "bpe", "version": 1, "data": {}}])
def test_another_json_file_is_refused(tmp_path, value):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    with pytest.raises(ValueError, match="expected a JSON object with the keys kind, version, data and hash"):
        load_tokenizer(path)


def test_another_version_is_refused(tmp_path, content):
    write(tmp_path / "bad.json", {**content, "version": 2})
    with pytest.raises(ValueError, match="format version 2, this program reads 1"):
        load_tokenizer(tmp_path / "bad.json")


def test_an_edited_file_is_refused(tmp_path, content):
    path = tmp_path / "good.json"
    path.write_text(path.read_text(encoding="utf-8").replace("花", "树"), encoding="utf-8")
    with pytest.raises(ValueError, match="damaged or was edited"):
        load_tokenizer(path)


@pytest.mark.parametrize("kind", ["words", ["bpe"], None])
def test_an_unknown_kind_is_refused(tmp_path, content, kind):
    write(tmp_path / "bad.json", {**content, "kind": kind})
    with pytest.raises(ValueError, match="known kinds are characters, bpe"):
        load_tokenizer(tmp_path / "bad.json")


@pytest.mark.parametrize("data", [[], {}, {"special_tokens": ["BEGIN"]}])
def test_other_special_tokens_are_refused(tmp_path, content, data):
    write(tmp_path / "bad.json", {**content, "data": data})
    with pytest.raises(ValueError, match="other special tokens"):
        load_tokenizer(tmp_path / "bad.json")


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("characters", {"characters": 7}, "data.characters must be a string, got int"),
        ("characters", {"characters": "花花"}, "twice"),
        ("bpe", {"merges": "ab"}, "list of pairs of integers"),
        ("bpe", {"merges": [[1, 2, 3]]}, "list of pairs of integers"),
        ("bpe", {"merges": [[1, True]]}, "list of pairs of integers"),
        ("bpe", {"merges": [[1, 999]]}, "merge 0 is"),
    ],
)
def test_data_that_makes_no_tokenizer_is_refused(tmp_path, content, kind, data, message):
    special_tokens = content["data"]["special_tokens"]
    write(
        tmp_path / "bad.json", {**content, "kind": kind, "data": {"special_tokens": special_tokens, **data}}
    )
    with pytest.raises(ValueError, match=f"holds no working tokenizer: .*{message}"):
        load_tokenizer(tmp_path / "bad.json")
