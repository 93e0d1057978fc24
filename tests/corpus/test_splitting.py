"""Training and validation by hash."""

import hashlib

import pytest

from mof.corpus.document import Document, Message
from mof.corpus.splitting import document_hash, is_validation

DOCUMENTS = [Document(f"第{number}篇", None) for number in range(4_000)]


def test_the_hash_is_of_what_is_said():
    expected = hashlib.sha256(b"text\0" + "花".encode()).hexdigest()
    assert document_hash(Document("花", None)) == expected
    assert document_hash(Document("花", None, source="s", path="p", line=3)) == expected


def test_the_hash_tells_conversations_apart():
    def of(*turns):
        return document_hash(Document(None, tuple(Message(*turn) for turn in turns)))

    hashes = {
        of(("user", "ab")),
        of(("assistant", "ab")),
        of(("user", "a"), ("user", "b")),
        of(("user", 'a"],["user","b')),
        document_hash(Document("ab", None)),
        document_hash(Document('[["user","ab"]]', None)),
    }
    assert len(hashes) == 6


def test_the_hash_of_a_conversation_stays():
    expected = hashlib.sha256('messages\0[["user","花"]]'.encode()).hexdigest()
    assert document_hash(Document(None, (Message("user", "花"),))) == expected


@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.5])
def test_about_the_fraction_is_held_out(fraction):
    share = sum(is_validation(document, fraction) for document in DOCUMENTS) / len(DOCUMENTS)
    # Five standard deviations of a binomial share.
    assert abs(share - fraction) < 5 * (fraction * (1 - fraction) / len(DOCUMENTS)) ** 0.5


def test_zero_and_one_mean_none_and_all():
    assert not any(is_validation(document, 0) for document in DOCUMENTS[:200])
    assert all(is_validation(document, 1) for document in DOCUMENTS[:200])


def test_a_larger_fraction_only_adds_documents():
    small = {document.text for document in DOCUMENTS if is_validation(document, 0.05)}
    large = {document.text for document in DOCUMENTS if is_validation(document, 0.2)}
    assert small and small < large


def test_a_salt_draws_others():
    plain = [is_validation(document, 0.5) for document in DOCUMENTS]
    salted = [is_validation(document, 0.5, salt="other") for document in DOCUMENTS]
    agreement = sum(a == b for a, b in zip(plain, salted, strict=True)) / len(plain)
    assert 0.45 < agreement < 0.55


@pytest.mark.parametrize("fraction", [-0.1, 1.5, float("nan")])
def test_a_wrong_fraction_is_refused(fraction):
    with pytest.raises(ValueError, match=r"from 0 to 1, got .* For 1% give 0\.01"):
        is_validation(DOCUMENTS[0], fraction)
