"""Opening a token cache."""

import json

import pytest

from mof.corpus.reading_report import CorpusError
from mof.corpus.token_cache import TokenCache


@pytest.fixture
def folder(make_cache):
    return make_cache([3, 4, -5]).folder


def test_a_cache_opens_without_its_sources(make_cache, tmp_path):
    cache = make_cache([3, 4, -5])
    for path in tmp_path.glob("*.jsonl"):
        path.unlink()
    opened = TokenCache(cache.folder, tokenizer_hash=cache.tokenizer_hash)
    assert opened.manifest == cache.manifest
    assert opened.train.document_tokens(1).tolist() == cache.train.document_tokens(1).tolist()
    assert opened.validation.num_documents == 0


def test_a_missing_cache_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no finished token cache in .*nothing"):
        TokenCache(tmp_path / "nothing")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"null"])
def test_a_damaged_manifest_is_refused(folder, content):
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(CorpusError, match="is damaged: it is no manifest"):
        TokenCache(folder)


def test_another_version_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format_version": 99}), encoding="utf-8")
    with pytest.raises(CorpusError, match="format version 99, this program reads 2"):
        TokenCache(folder)


@pytest.mark.parametrize("name", ["train.tokens", "train.offsets", "train.scored_bytes", "train.loss_flags"])
def test_a_short_or_missing_file_is_refused(folder, name):
    (path,) = folder.glob(f"data-*/{name}")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(CorpusError, match=rf"{name} has \d+ bytes, the manifest says \d+"):
        TokenCache(folder)
    path.unlink()
    with pytest.raises(CorpusError, match=f"{name} is missing"):
        TokenCache(folder)


def test_another_tokenizer_is_refused(folder):
    with pytest.raises(CorpusError, match=r"was made by the tokenizer .*, not by abc"):
        TokenCache(folder, tokenizer_hash="abc")


@pytest.mark.parametrize("index", [-1, 3])
def test_a_document_outside_is_refused(folder, index):
    with pytest.raises(IndexError, match=f"document {index} of 3 in the split train"):
        TokenCache(folder).train.document_tokens(index)
