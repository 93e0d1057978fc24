"""Documents come back as they went in, in files of a bearable size, with the hashes that are written down."""

import hashlib

from mof.corpus.document import Document, Message
from mof.corpus.reading import read_documents
from mof.sources.manifest import is_intact, licence_notes, read_manifest, write_manifest
from mof.sources.shard_writer import ShardWriter

TALK = (Message("system", "规则"), Message("user", "问“好”"), Message("assistant", "答\n二"))
DOCUMENTS = [Document(f"第{number}篇：春天", None) for number in range(9)] + [Document(None, TALK)]


def write(folder):
    writer = ShardWriter(folder, "one", shard_bytes=200)
    for document in DOCUMENTS:
        writer.add(document, "a/b", "MIT")
    writer.close()
    return writer


def test_what_is_written_is_what_is_read(tmp_path):
    writer = write(tmp_path)
    found = list(read_documents([tmp_path / "text", tmp_path / "dialogues"]))
    assert [(item.text, item.messages) for item in found] == [
        (item.text, item.messages) for item in DOCUMENTS
    ]
    assert {item.source for item in found} == {"a/b"}
    assert writer.counts["num_documents"] == 10 and writer.counts["num_conversations"] == 1
    assert writer.counts["num_characters"] == sum(item.num_characters for item in DOCUMENTS)
    assert writer.counts["num_text_bytes"] == sum(item.num_text_bytes for item in DOCUMENTS)


def test_shards_have_the_hashes_and_sizes_that_are_told(tmp_path):
    writer = write(tmp_path)
    paths = [file["path"] for file in writer.files]
    assert paths[:2] == ["text/one-00.jsonl.zst", "text/one-01.jsonl.zst"] and paths[-1].startswith(
        "dialogues/"
    )
    for file in writer.files:
        stored = (tmp_path / file["path"]).read_bytes()
        assert (len(stored), hashlib.sha256(stored).hexdigest()) == (file["num_bytes"], file["sha256"])
        assert is_intact(tmp_path, file)
    (tmp_path / paths[0]).write_bytes(b"x" * writer.files[0]["num_bytes"])
    assert not is_intact(tmp_path, writer.files[0])


def test_the_same_documents_make_the_same_bytes(tmp_path):
    first, second = write(tmp_path / "a"), write(tmp_path / "b")
    assert first.files == second.files


def test_manifest_and_notes_are_written_whole(tmp_path):
    record = {
        "title": "One",
        "description": "Text",
        "licence": "CC0-1.0 AND PSF-2.0",
        "licence_url": "https://a.b/LICENSE",
        "url": "https://a.b/c.git",
        "commit": "0" * 40,
        "files": [{"path": "text/one-00.jsonl.zst"}],
        "cautions": ["Partly machine-translated."],
    }
    write_manifest(tmp_path, [record])
    assert read_manifest(tmp_path)["sources"] == [record]
    notes = (tmp_path / "LICENSES.md").read_text(encoding="utf-8")
    assert notes == licence_notes([record])
    assert "[CC0-1.0](https://creativecommons.org/publicdomain/zero/1.0/) and [PSF-2.0](" in notes
    assert "- caution: Partly machine-translated." in notes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["LICENSES.md", "manifest.json"]
