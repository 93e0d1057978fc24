"""What a corpus is made of: documents, which are either plain text or a conversation."""

from dataclasses import dataclass

ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: who speaks, one of `ROLES`.
        content: what is said.
    """

    role: str
    content: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"unknown role {self.role!r}; expected one of {', '.join(ROLES)}.")


@dataclass(frozen=True)
class Document:
    """One text or one conversation, and where it came from.

    Attributes:
        text: the text, or None for a conversation.
        messages: the conversation, or None for a text.
        source: name of the collection, as the file gives it; else empty.
        path: file it was read from.
        line: line of that file where it starts, counted from 1.
    """

    text: str | None
    messages: tuple[Message, ...] | None
    source: str = ""
    path: str = ""
    line: int = 0

    def __post_init__(self) -> None:
        if (self.text is None) == (self.messages is None):
            raise ValueError("a document has either text or messages: give one and leave the other None.")

    @property
    def texts(self) -> tuple[str, ...]:
        """The text alone, or the contents of the messages in order."""
        if self.messages is None:
            return (self.text,)
        return tuple(message.content for message in self.messages)

    @property
    def num_characters(self) -> int:
        """Characters of text, roles not counted."""
        return sum(map(len, self.texts))

    @property
    def num_text_bytes(self) -> int:
        """Bytes of the text in UTF-8, roles not counted."""
        return sum(len(text.encode("utf-8")) for text in self.texts)

    @property
    def num_scored_bytes(self) -> int:
        """Bytes of what a model learns to write, in UTF-8: all of a text, the assistant's turns of a
        conversation. Bits per byte are measured against them."""
        if self.messages is None:
            return self.num_text_bytes
        return sum(len(m.content.encode("utf-8")) for m in self.messages if m.role == "assistant")
