"""Documents to compressed JSON lines, the same bytes for the same documents."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import zstandard

from mof.corpus.document import Document

SHARD_BYTES = 32_000_000  # of uncompressed text
COMPRESSION_LEVEL = 12
FOLDERS = ("text", "dialogues")


class ShardWriter:
    """Writes the documents of one source: texts and dialogues apart, in files of a bearable size.

    One frame a file, one thread, the size in its header, no checksum but the manifest's: what comes out
    depends on the documents and the version of the Zstandard library alone.
    """

    def __init__(self, folder: Path, source_name: str, shard_bytes: int = SHARD_BYTES) -> None:
        """Opens nothing yet.

        Args:
            folder: gets text/NAME-00.jsonl.zst and dialogues/NAME-00.jsonl.zst.
            source_name: NAME.
            shard_bytes: a file is closed when it holds so much.
        """
        self._folder = Path(folder)
        self._name = source_name
        self._shard_bytes = shard_bytes
        self._lines: dict[str, bytearray] = {kind: bytearray() for kind in FOLDERS}
        self._num_shards = dict.fromkeys(FOLDERS, 0)
        self.files: list[dict[str, Any]] = []
        self.counts = dict.fromkeys(
            ("num_documents", "num_conversations", "num_characters", "num_text_bytes"), 0
        )

    def add(self, document: Document, source: str, licence: str) -> None:
        """Writes one document.

        Args:
            document: a text or a conversation.
            source: where it came from, as the reader of the file shall see it.
            licence: of this document.
        """
        if document.messages is None:
            kind, value = "text", {"text": document.text}
        else:
            kind = "dialogues"
            value = {"messages": [{"role": item.role, "content": item.content} for item in document.messages]}
        line = json.dumps({**value, "source": source, "license": licence}, ensure_ascii=False)
        self._lines[kind] += line.encode("utf-8") + b"\n"
        self.counts["num_documents"] += 1
        self.counts["num_conversations"] += kind == "dialogues"
        self.counts["num_characters"] += document.num_characters
        self.counts["num_text_bytes"] += document.num_text_bytes
        if len(self._lines[kind]) >= self._shard_bytes:
            self._finish(kind)

    def close(self) -> None:
        """Writes what is left."""
        for kind in FOLDERS:
            if self._lines[kind]:
                self._finish(kind)

    def _finish(self, kind: str) -> None:
        content = bytes(self._lines[kind])
        self._lines[kind].clear()
        name = f"{kind}/{self._name}-{self._num_shards[kind]:02d}.jsonl.zst"
        self._num_shards[kind] += 1
        stored = zstandard.ZstdCompressor(level=COMPRESSION_LEVEL, threads=0).compress(content)
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.write(stored)
            file.flush()
            os.fsync(file.fileno())
        self.files.append(
            {
                "path": name,
                "num_bytes": len(stored),
                "sha256": hashlib.sha256(stored).hexdigest(),
                "content_sha256": hashlib.sha256(content).hexdigest(),
            }
        )
