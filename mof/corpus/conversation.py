"""Documents as token ids: a mark before each text, a template around each turn of a conversation.

A text is DOCUMENT and its tokens. A conversation is DOCUMENT, then for each message the token of its ROLE,
its content and END_OF_TURN. No text encodes to a special id, so no message can end its own turn or speak
for another role.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from mof.corpus.document import Document, Message
from mof.tokenizer.special_tokens import ASSISTANT, DOCUMENT, END_OF_TURN, SYSTEM, USER
from mof.tokenizer.tokenizer import Tokenizer

ROLE_TOKENS = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT}

EncodedDocument = tuple[np.ndarray, np.ndarray]


def encode_document(text: str, tokenizer: Tokenizer) -> np.ndarray:
    """DOCUMENT and the tokens of a text.

    Args:
        text: any string.
        tokenizer: what encodes it.

    Returns:
        int32 [n].
    """
    return _text_ids(tokenizer.encode(text))


def encode_conversation(messages: Sequence[Message], tokenizer: Tokenizer) -> EncodedDocument:
    """The ids of a conversation, and which of them the assistant is trained to write.

    Args:
        messages: in order.
        tokenizer: what encodes their contents.

    Returns:
        ids: int32 [n].
        loss_flags: bool [n], True where `ids[i]`, as a target, counts in the loss: the assistant's
            contents and the END_OF_TURN after each.

    Example:
        >>> from mof.tokenizer.character_tokenizer import CharacterTokenizer
        >>> messages = [Message("user", "a"), Message("assistant", "b")]
        >>> ids, loss_flags = encode_conversation(messages, CharacterTokenizer(""))
        >>> ids.tolist(), loss_flags.astype(int).tolist()
        ([1, 3, 105, 5, 4, 106, 5], [0, 0, 0, 0, 0, 1, 1])
    """
    contents = tokenizer.encode_batch([message.content for message in messages])
    return _conversation_ids(messages, contents)


def encode_documents(documents: Sequence[Document], tokenizer: Tokenizer) -> list[EncodedDocument]:
    """Encodes texts and conversations together, which is faster than one by one.

    Args:
        documents: of either kind.
        tokenizer: what encodes them.

    Returns:
        For each document its ids and loss flags, as `encode_conversation` gives them; every token of a text
        counts, DOCUMENT aside (as a target it belongs to the document before).
    """
    encoded = iter(
        tokenizer.encode_batch(list(chain.from_iterable(document.texts for document in documents)))
    )
    results = []
    for document in documents:
        contents = [next(encoded) for _ in document.texts]
        if document.messages is None:
            ids = _text_ids(contents[0])
            results.append((ids, ids != DOCUMENT))
        else:
            results.append(_conversation_ids(document.messages, contents))
    return results


def _text_ids(content: np.ndarray) -> np.ndarray:
    return np.concatenate(([DOCUMENT], content)).astype(np.int32)


def _conversation_ids(messages: Sequence[Message], contents: Sequence[np.ndarray]) -> EncodedDocument:
    ids = [np.array([DOCUMENT])]
    flags = [np.array([False])]
    for message, content in zip(messages, contents, strict=True):
        counts = message.role == "assistant"
        ids.extend(([ROLE_TOKENS[message.role]], content, [END_OF_TURN]))
        flags.append(np.array([False] + [counts] * (len(content) + 1)))
    return np.concatenate(ids).astype(np.int32), np.concatenate(flags)
