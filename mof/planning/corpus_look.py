"""How much text a corpus holds, from a sample of it: documents, characters, bytes, tokens.

Every file is read from its beginning, each up to its share of the bytes that a look may take, and one
document at least; what was not read is counted in proportion. A corpus that is smaller than that is read
whole, and its figures are counts. Tokens are counted with a tokenizer learned from half of the documents of
the sample, on the other half: the real one, learned from all of the text, will differ by a little.
"""

import contextlib
import hashlib
from typing import NamedTuple

from mof.corpus.conversation import encode_documents
from mof.corpus.corpus_files import find_corpus_files
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError
from mof.presets import TOKENIZERS
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import train_character_tokenizer

MOST_BYTES_READ = 24_000_000  # as stored; compressed text is about three times as long
CHARACTERS_COUNTED = 3_000_000  # of text that becomes tokens: a few seconds
_TRAINERS = {"bpe": train_byte_pair_tokenizer, "characters": train_character_tokenizer}


class CorpusLook(NamedTuple):
    """What a corpus holds, about.

    num_documents, num_conversations (among them), num_characters, num_bytes (of text in UTF-8), num_tokens:
    float where estimated. num_stored_bytes: of its files. is_whole: everything was read. fingerprint: str,
    changes with the names and the contents of the files.
    """

    num_documents: float
    num_conversations: float
    num_characters: float
    num_bytes: float
    num_tokens: float
    num_stored_bytes: int
    is_whole: bool
    fingerprint: str

    @property
    def characters_per_token(self):
        """Characters of text for each token."""
        return self.num_characters / max(self.num_tokens, 1.0)


def look_at_corpus(paths, tokenizer, vocabulary_size, most_bytes=MOST_BYTES_READ):
    """Sample a corpus.

    Args:
        paths: files and folders, as `mof.corpus.reading.read_documents` takes them.
        tokenizer: "characters" or "bpe". vocabulary_size: most tokens it may have.
        most_bytes: as stored, to read.

    Returns:
        CorpusLook.

    Raises:
        FileNotFoundError: a path does not exist.
        CorpusError: there is no document, or none can be read.
    """
    if tokenizer not in TOKENIZERS:
        raise ValueError(f"tokenizer is {tokenizer!r}, expected one of {TOKENIZERS}.")
    files = find_corpus_files(paths)
    stored = [file.path.stat().st_size for file in files]
    share = min(1.0, most_bytes / max(sum(stored), 1))
    totals = [0.0] * 4  # documents, conversations, characters, bytes
    halves, num_kept, is_whole = ([], []), 0, True
    for file, size in zip(files, stored, strict=True):
        documents, read = _beginning(file.path, share * size)
        factor = size / read if documents and read else 1.0
        is_whole = is_whole and read >= size
        counts = [
            len(documents),
            sum(document.messages is not None for document in documents),
            sum(document.num_characters for document in documents),
            sum(document.num_text_bytes for document in documents),
        ]
        totals = [total + factor * count for total, count in zip(totals, counts, strict=True)]
        room = CHARACTERS_COUNTED * size / max(sum(stored), 1)  # each file by its size
        for document in documents:
            if room <= 0:
                break
            room -= document.num_characters
            halves[num_kept % 2].append(document)
            num_kept += 1
    if not totals[0]:
        raise CorpusError(f"no document in {paths}: every file is empty. Put text into them, or give others.")
    per_character = _tokens_per_character(*halves, tokenizer, vocabulary_size)
    fingerprint = corpus_fingerprint(paths)
    return CorpusLook(*totals, totals[2] * per_character, sum(stored), is_whole, fingerprint)


def _beginning(path, most_bytes):
    """(documents, bytes of the file as stored that they take): those of its first chunks, until these hold so
    many bytes; the first one in any case."""
    documents, chunks = [], []
    reading = read_documents([path], on_chunk=lambda _, chunk: chunks.append(len(chunk)))
    with contextlib.closing(reading):
        try:
            for document in reading:
                before = sum(chunks[:-1])  # all lines of these have come
                if documents and before >= most_bytes:
                    # it ends somewhere in the last chunk, and is not kept
                    end = before + min(chunks[-1], document.num_text_bytes) / 2
                    kept = sum(other.num_text_bytes for other in documents)
                    return documents, end * kept / (kept + document.num_text_bytes)
                documents.append(document)
        except CorpusError:
            if path.stat().st_size:  # an empty file among others is no error
                raise
    return documents, sum(chunks)


def _tokens_per_character(learned, counted, tokenizer, vocabulary_size):
    learned, counted = learned or counted, counted or learned
    texts = (text for document in learned for text in document.texts)
    encoder = _TRAINERS[tokenizer](texts, vocabulary_size)
    num_tokens = sum(len(ids) for ids, _ in encode_documents(counted, encoder))
    return num_tokens / max(1, sum(document.num_characters for document in counted))


def corpus_fingerprint(paths):
    """Changes with the names and the contents of the files.

    Args:
        paths: files and folders, as `look_at_corpus` takes them.

    Returns:
        str.
    """
    digests = []
    for file in sorted(find_corpus_files(paths), key=lambda file: file.name):
        with open(file.path, "rb") as stream:
            digests.append((file.name, hashlib.file_digest(stream, "sha256").hexdigest()))
    return fingerprint_of(digests)


def fingerprint_of(digests):
    """`corpus_fingerprint` of files that need not be here: (name, SHA-256 as hex digits) of each, by name."""
    lines = "".join(f"{name} {digest}\n" for name, digest in digests)
    return hashlib.sha256(lines.encode()).hexdigest()
