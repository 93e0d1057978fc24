"""Documents and messages."""

import pytest

from mof.corpus.document import Document, Message


def test_counts_of_a_text():
    document = Document("花a🌸", None)
    assert (document.texts, document.num_characters, document.num_text_bytes) == (("花a🌸",), 3, 8)


def test_counts_of_a_conversation_leave_the_roles_out():
    document = Document(None, (Message("user", "花"), Message("assistant", "ab")))
    assert (document.texts, document.num_characters, document.num_text_bytes) == (("花", "ab"), 3, 5)


def test_what_a_model_learns_to_write_is_scored():
    assert Document("花a", None).num_scored_bytes == 4
    turns = (Message("system", "x"), Message("user", "花"), Message("assistant", "草ab"))
    assert Document(None, turns).num_scored_bytes == 5


@pytest.mark.parametrize(("text", "messages"), [(None, None), ("a", (Message("user", "b"),))])
def test_a_document_is_one_of_both(text, messages):
    with pytest.raises(ValueError, match="either text or messages"):
        Document(text, messages)


def test_an_unknown_role_is_refused():
    with pytest.raises(ValueError, match="unknown role 'tool'; expected one of system, user, assistant"):
        Message("tool", "a")
