"""Training or validation, decided by each document's own hash: the same whatever else is in the corpus.

A document never moves to the other part when files are added, renamed or reordered, and equal documents
always land in the same part, so none is both trained on and tested on.
"""

import hashlib
import json

from mof.corpus.document import Document


def document_hash(document: Document) -> str:
    """SHA-256 of what the document says (not of where it came from), in hexadecimal."""
    if document.messages is None:
        content = b"text\0" + document.text.encode("utf-8")
    else:
        turns = [[message.role, message.content] for message in document.messages]
        content = b"messages\0" + json.dumps(turns, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return hashlib.sha256(content).hexdigest()


def is_validation(document: Document, validation_fraction: float, salt: str = "") -> bool:
    """Whether a document belongs to the validation part.

    Args:
        document: a text or a conversation.
        validation_fraction: share of the documents held out, from 0 to 1.
        salt: another salt makes another draw.

    Raises:
        ValueError: the fraction is outside 0 to 1.
    """
    check_validation_fraction(validation_fraction)
    digest = hashlib.sha256(f"{salt}\0{document_hash(document)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < validation_fraction * 2**64


def check_validation_fraction(validation_fraction: float) -> None:
    """Refuses a fraction outside 0 to 1."""
    if not 0 <= validation_fraction <= 1:
        raise ValueError(
            f"validation_fraction must be from 0 to 1, got {validation_fraction}. For 1% give 0.01, not 1."
        )
