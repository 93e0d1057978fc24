"""Lines of a plain or Zstandard file as bytes, streaming: the file is never whole in memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import zstandard

from mof.corpus.corpus_files import CorpusFile
from mof.corpus.reading_report import CorpusError

_CHUNK_BYTES = 1 << 18
# Fed to the decompressor at once. Kept small because the size of what comes out has no other bound: this much
# of well compressed text can be megabytes.
_COMPRESSED_BYTES_AT_ONCE = 1 << 9
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")  # what Windows' Notepad called Unicode

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


def read_lines(
    file: CorpusFile, max_line_bytes: int, on_chunk: ChunkObserver | None = None
) -> Iterator[Line]:
    """Reads a file line by line; a byte order mark at its start is dropped.

    Args:
        file: what to read.
        max_line_bytes: a longer line comes in parts, cut between characters.
        on_chunk: called with every chunk of the file as stored, for progress and checksums.

    Raises:
        CorpusError: a compressed file is truncated or damaged; or the file is UTF-16.
        OSError: the file cannot be read.
    """
    chunks = _raw_chunks(file, on_chunk)
    if file.is_compressed:
        chunks = _decompressed(chunks, file)
    number = 1
    pending = bytearray()  # the line that no end has been seen of
    for chunk in _without_byte_order_mark(chunks, file):
        first, *others = chunk.split(b"\n")
        pending += first
        for other in others:
            yield from _parts(number, bytes(pending).removesuffix(b"\r"), max_line_bytes)
            number += 1
            pending = bytearray(other)
        while len(pending) > max_line_bytes:
            cut = _character_start(pending, max_line_bytes)
            yield Line(number, bytes(pending[:cut]), is_complete=False)
            del pending[:cut]
    if pending:
        yield from _parts(number, bytes(pending).removesuffix(b"\r"), max_line_bytes)


def _without_byte_order_mark(chunks: Iterable[bytes], file: CorpusFile) -> Iterator[bytes]:
    chunks = iter(chunks)
    start = b""
    for chunk in chunks:
        start += chunk
        if len(start) >= len(_BYTE_ORDER_MARK):
            break
    if start.startswith(_UTF16_MARKS):
        raise CorpusError(f"{file.path} is UTF-16, expected UTF-8. Save it as UTF-8 (Windows: Save as).")
    yield start.removeprefix(_BYTE_ORDER_MARK)
    yield from chunks


def _raw_chunks(file: CorpusFile, on_chunk: ChunkObserver | None) -> Iterator[bytes]:
    with open(file.path, "rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            if on_chunk is not None:
                on_chunk(chunk)
            yield chunk


def _decompressed(chunks: Iterable[bytes], file: CorpusFile) -> Iterator[bytes]:
    # The library's own stream reader ends quietly in the middle of a frame; here a cut file is noticed.
    decompressor = zstandard.ZstdDecompressor()
    frame = None
    for chunk in chunks:
        for start in range(0, len(chunk), _COMPRESSED_BYTES_AT_ONCE):
            part = chunk[start : start + _COMPRESSED_BYTES_AT_ONCE]
            while part:
                frame = frame or decompressor.decompressobj()
                try:
                    data = frame.decompress(part)
                except zstandard.ZstdError as error:
                    raise CorpusError(
                        f"{file.path} is damaged, or no Zstandard file: {error}. Copy or download it again."
                    ) from error
                if data:
                    yield data
                part = b""
                if frame.eof:
                    part, frame = frame.unused_data, None
    if frame is not None:
        raise CorpusError(
            f"{file.path} is truncated: it ends in the middle of a Zstandard frame. "
            "Copy or download it again."
        )


def _parts(number: int, data: bytes, max_line_bytes: int) -> Iterator[Line]:
    while len(data) > max_line_bytes:
        cut = _character_start(data, max_line_bytes)
        yield Line(number, data[:cut], is_complete=False)
        data = data[cut:]
    yield Line(number, data, is_complete=True)


def _character_start(data: bytes | bytearray, position: int) -> int:
    # Steps back over at most three UTF-8 continuation bytes (10xxxxxx), so that no character is cut.
    for cut in range(position, max(position - 4, 0), -1):
        if data[cut] & 0xC0 != 0x80:
            return cut
    return position
