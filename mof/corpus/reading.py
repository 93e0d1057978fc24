"""Reads documents from text files, JSON lines and folders of them, compressed or not, one at a time."""

from collections.abc import Callable, Iterator, Sequence

from mof.corpus.corpus_files import CorpusFile, PathLike, find_corpus_files
from mof.corpus.document import Document
from mof.corpus.json_documents import MAX_LINE_BYTES, json_documents
from mof.corpus.lines import read_lines
from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.corpus.text_documents import text_documents

DEFAULT_MAX_DOCUMENT_BYTES = 1 << 20  # of a .txt file; a longer one is cut at blank lines
_NUM_REASONS_SHOWN = 5

FileChunkObserver = Callable[[CorpusFile, bytes], None]


def read_documents(
    paths: PathLike | Sequence[PathLike],
    report: ReadingReport | None = None,
    max_document_bytes: int = DEFAULT_MAX_DOCUMENT_BYTES,
    on_chunk: FileChunkObserver | None = None,
) -> Iterator[Document]:
    """Reads the documents of .txt, .jsonl, .txt.zst and .jsonl.zst files and of folders of them.

    Bad lines are counted in the report, named by file and line, and skipped. Nothing is held but the document
    at hand. The order is that of `find_corpus_files`.

    Args:
        paths: a path or several.
        report: filled while reading; give your own to see it afterwards.
        max_document_bytes: a larger .txt file becomes several documents (see `text_documents`).
        on_chunk: called with the file and every chunk of it as stored, for progress and checksums.

    Yields:
        Documents.

    Raises:
        FileNotFoundError: a path does not exist.
        CorpusError: a folder holds no readable file, a file holds bad lines only or is mostly no UTF-8, a
            compressed file is truncated or damaged, or there is no document at all.

    Example:
        >>> report = ReadingReport()
        >>> for document in read_documents("my-texts", report):  # doctest: +SKIP
        ...     print(document.path, document.num_characters)
    """
    if max_document_bytes < 1024:
        raise ValueError(f"max_document_bytes must be at least 1024, got {max_document_bytes}.")
    report = ReadingReport() if report is None else report
    num_before = report.num_documents
    for file in find_corpus_files(paths):
        yield from _read_file(file, report, max_document_bytes, on_chunk)
    if report.num_documents == num_before:
        raise CorpusError(f"no document in {paths}: every file is empty. Put text into them, or give others.")


def _read_file(
    file: CorpusFile, report: ReadingReport, max_document_bytes: int, on_chunk: FileChunkObserver | None
) -> Iterator[Document]:
    observer = None if on_chunk is None else (lambda chunk: on_chunk(file, chunk))
    path = str(file.path)
    documents_before, bad_before = report.num_documents, report.num_bad_lines
    report.start_file()
    if file.is_json_lines:
        yield from json_documents(read_lines(file, MAX_LINE_BYTES, observer), path, report)
    else:
        lines = read_lines(file, max_document_bytes, observer)
        yield from text_documents(lines, path, report, max_document_bytes)
        share = report.bad_bytes_of_file / max(1, report.bytes_of_file)
        if report.num_documents > documents_before and share > 0.5:
            raise CorpusError(
                f"{path} is mostly no UTF-8: {report.num_bad_lines - bad_before} of its lines, {share:.0%} "
                "of its bytes, cannot be read. Chinese text files are often GBK (GB18030): open it in an "
                "editor and save it as UTF-8."
            )
    num_bad = report.num_bad_lines - bad_before
    if report.num_documents > documents_before:
        return
    if num_bad == 0:
        report.empty_files.append(path)
        return
    shown = "\n".join(f"  {bad_line}" for bad_line in report.first_of_file[:_NUM_REASONS_SHOWN])
    raise CorpusError(
        f"{path} holds no good line: all {num_bad} that hold anything are bad. The first ones:\n{shown}\n"
        'Expected UTF-8 text, and in .jsonl one {"text": ...} or {"messages": [...]} a line.'
    )
