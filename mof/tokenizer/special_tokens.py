"""The special tokens: ids that no text can produce, the same in every tokenizer.

They come before all other ids, so a model trained with one vocabulary can tell a document's start or a
turn's end without asking which tokenizer was used. `encode` never yields one of them: a user who types
the name of a special token gets ordinary text, so nobody can break out of the chat template.
"""

PADDING = 0  # fills rows; never scored
DOCUMENT = 1  # starts every document; as a target it ends the document before
SYSTEM = 2  # starts the system's message
USER = 3  # starts the user's message
ASSISTANT = 4  # starts the assistant's message
END_OF_TURN = 5  # ends every message

SPECIAL_TOKEN_NAMES = (
    "PADDING",
    "DOCUMENT",
    "SYSTEM",
    "USER",
    "ASSISTANT",
    "END_OF_TURN",
    "RESERVED_6",
    "RESERVED_7",
)
NUM_SPECIAL_TOKENS = len(SPECIAL_TOKEN_NAMES)
