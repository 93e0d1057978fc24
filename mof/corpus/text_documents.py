"""Plain text files: one document each, or several of about the same size where the file is large."""

from collections.abc import Iterable, Iterator

from mof.corpus.document import Document
from mof.corpus.lines import Line
from mof.corpus.reading_report import BadLine, ReadingReport

_Piece = tuple[int, str, int]  # number of the line, its text, its bytes


def text_documents(
    lines: Iterable[Line], path: str, report: ReadingReport, max_document_bytes: int
) -> Iterator[Document]:
    """Joins lines to documents of at most `max_document_bytes`.

    A file up to that size is one document. A larger one is cut after the last blank line in the second half
    of each stretch of that size, or, where it has none, at the last line end. Line ends become "\\n", empty
    lines at both ends of a document are dropped. A line that is no UTF-8 goes to the report and is left out.

    Args:
        lines: of one file, each at most `max_document_bytes` long.
        path: its name, for messages.
        report: counts documents and bad lines.
        max_document_bytes: size in UTF-8.
    """
    pieces: list[_Piece] = []
    num_bytes = 0
    blank_cut, blank_cut_bytes = 0, 0  # pieces, and bytes, up to and with the last blank line
    for line in lines:
        report.bytes_of_file += len(line.data)
        try:
            text = line.data.decode("utf-8")
        except UnicodeDecodeError as error:
            report.bad_bytes_of_file += len(line.data)
            detail = f"byte 0x{line.data[error.start]:02x} at {error.start}; save the file as UTF-8"
            report.add_bad_line(BadLine(path, line.number, "bad UTF-8", detail))
            continue
        piece_bytes = len(line.data) + line.is_complete
        # The last line end of a document is dropped, so it may pass the limit by that one byte.
        while pieces and num_bytes + piece_bytes > max_document_bytes + line.is_complete:
            cut = blank_cut if blank_cut_bytes >= max_document_bytes / 2 else len(pieces)
            yield from _document(pieces[:cut], path, report)
            pieces = pieces[cut:]
            num_bytes = sum(piece[2] for piece in pieces)
            blank_cut, blank_cut_bytes = 0, 0
        pieces.append((line.number, text + "\n" * line.is_complete, piece_bytes))
        num_bytes += piece_bytes
        if line.is_complete and not text.strip():
            blank_cut, blank_cut_bytes = len(pieces), num_bytes
    yield from _document(pieces, path, report)


def _document(pieces: list[_Piece], path: str, report: ReadingReport) -> Iterator[Document]:
    text = "".join(piece[1] for piece in pieces).strip("\n")
    if text.strip():
        first_line = next(number for number, line, _ in pieces if line.strip("\n"))
        report.num_documents += 1
        yield Document(text, None, path=path, line=first_line)
