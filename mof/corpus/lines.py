"""Lines of a plain or Zstandard file as bytes, streaming: the file is never whole in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import zstandard

from mof.corpus.corpus_files import CorpusFile
from mof.corpus.reading_report import CorpusError

_PLAIN_CHUNK_BYTES = 1 << 18
# Kept small because the decompressed size of a chunk has no other bound.
_COMPRESSED_CHUNK_BYTES = 1 << 12
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

ChunkObserver = Callable[[bytes], None]


@dataclass(frozen=True)
class Line:
    """A line of a file, or a part of one that is too long to hold.

    Attributes:
        number: counted from 1.
        data: its bytes, without the line end ("\\n" or "\\r\\n").
        is_complete: False where more parts of the same line follow.
    """

    number: int
    data: bytes
    is_complete: bool


def read_lines(file: CorpusFile, max_line_bytes: int, on_chunk: ChunkObserver | None = None) -> Iterator[Line]:
    """Reads a file line by line; a byte order mark at its start is dropped.

    Args:
        file: what to read.
        max_line_bytes: a longer line comes in parts, cut between characters.
        on_chunk: called with every chunk of the file as stored, for progress and checksums.

    Raises:
        CorpusError: a compressed file is truncated or damaged.
        OSError: the file cannot be read.
    """
    chunks = _raw_chunks(file, on_chunk)
    if file.is_compressed:
        chunks = _decompressed(chunks, file)
    number = 1
    pending = b""
    is_start = True
    for chunk in chunks:
        pending += chunk
        if is_start:
            if len(pending) < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(pending):
                continue
            pending = pending.removeprefix(_BYTE_ORDER_MARK)
            is_start = False
        *whole, pending = pending.split(b"\n")
        for data in whole:
            yield from _parts(number, data.removesuffix(b"\r"), max_line_bytes)
            number += 1
        while len(pending) > max_line_bytes:
            cut = _character_start(pending, max_line_bytes)
            yield Line(number, pending[:cut], is_complete=False)
            pending = pending[cut:]
    if pending:
        yield from _parts(number, pending.removesuffix(b"\r"), max_line_bytes)


def _raw_chunks(file: CorpusFile, on_chunk: ChunkObserver | None) -> Iterator[bytes]:
    chunk_bytes = _COMPRESSED_CHUNK_BYTES if file.is_compressed else _PLAIN_CHUNK_BYTES
    with open(file.path, "rb") as stream:
        while chunk := stream.read(chunk_bytes):
            if on_chunk is not None:
                on_chunk(chunk)
            yield chunk


def _decompressed(chunks: Iterable[bytes], file: CorpusFile) -> Iterator[bytes]:
    # The library's own stream reader ends quietly in the middle of a frame; here a cut file is noticed.
    decompressor = zstandard.ZstdDecompressor()
    frame = None
    for chunk in chunks:
        while chunk:
            frame = frame or decompressor.decompressobj()
            try:
                data = frame.decompress(chunk)
            except zstandard.ZstdError as error:
                raise CorpusError(
                    f"{file.path} is damaged, or no Zstandard file: {error}. Copy or download it again."
                ) from error
            if data:
                yield data
            chunk = b""
            if frame.eof:
                chunk, frame = frame.unused_data, None
    if frame is not None:
        raise CorpusError(
            f"{file.path} is truncated: it ends in the middle of a Zstandard frame. Copy or download it again."
        )


def _parts(number: int, data: bytes, max_line_bytes: int) -> Iterator[Line]:
    while len(data) > max_line_bytes:
        cut = _character_start(data, max_line_bytes)
        yield Line(number, data[:cut], is_complete=False)
        data = data[cut:]
    yield Line(number, data, is_complete=True)


def _character_start(data: bytes, position: int) -> int:
    # Steps back over at most three UTF-8 continuation bytes (10xxxxxx), so that no character is cut.
    for cut in range(position, max(position - 4, 0), -1):
        if data[cut] & 0xC0 != 0x80:
            return cut
    return position
