"""A conversation with a model: the past is the model's state, which stays as small as it began.

The template is that of training (`mof.corpus.conversation`): DOCUMENT, then for each message its role's
token, its text, END_OF_TURN. Text never becomes a special token, so nothing that a user writes can end a turn
or speak for another role.
"""

from typing import NamedTuple

import numpy as np

from mof.corpus.conversation import ROLE_TOKENS, encode_conversation
from mof.corpus.document import Message
from mof.generation.writing import Writing
from mof.tokenizer.special_tokens import END_OF_TURN

CLEAN_COMMAND = "[CLEAN]"
CLEAN_MESSAGE = "上下文已清空。"
CLEAN_MESSAGE_ENGLISH = "The context is empty again."


class _Turn(NamedTuple):
    """A reply being written.

    Attributes:
        message: the user's.
        token_ids: its ids and the assistant's mark.
        state: the memory after them.
        writing: what goes on from there.
        pieces: what was given out so far.
    """

    message: Message
    token_ids: np.ndarray
    state: object
    writing: Writing
    pieces: list


class ChatSession:
    """One conversation.

    After every turn `state` is that of the conversation as training would write it,
    `encode_conversation(messages)`: also if a reply was cut by max_tokens, by a stop string or by the reader,
    and if the model spelled its text in unusual tokens.

    Args:
        generator: TextGenerator.
        config: GenerationConfig; turn n (from 0) draws as row n.
        system: str that sets the scene before the first turn, or None.

    Raises:
        ValueError: for a system text with a lone surrogate.

    Example:
        ::

            session = ChatSession(generator, GenerationConfig())
            print(*session.reply("你好"), sep="")
    """

    def __init__(self, generator, config, system=None):
        self._reader = generator.reader
        self._tokenizer = generator.tokenizer
        self._config = config
        self._first_messages = () if system is None else (Message("system", system),)
        self._first_ids, _ = encode_conversation(self._first_messages, self._tokenizer)
        _, self._first_state = self._reader.read([self._first_ids])
        self.clear()

    def clear(self):
        """Forget all turns; the system text stays. The session is then as it was when made."""
        self.messages = list(self._first_messages)
        self.state = self._first_state
        self._recent_ids = self._first_ids[-self._config.penalty_window :]
        self._num_turns = 0
        self._turn = None

    def reply(self, text):
        """Answer a message.

        Args:
            text: str. "[CLEAN]", alone but for blanks around it, clears the context instead.

        Returns:
            Iterator of str, the pieces of the answer. If it is left before its end, the answer ends there,
            and the next turn goes on from what was given out.

        Raises:
            ValueError: for a text with a lone surrogate; the session is unchanged.
        """
        ids, _ = encode_conversation([Message("user", text)], self._tokenizer)
        if text.strip() == CLEAN_COMMAND:
            self.clear()
            return iter([f"{CLEAN_MESSAGE} ({CLEAN_MESSAGE_ENGLISH})"])
        ids = np.append(ids[1:], ROLE_TOKENS["assistant"])  # the document has begun already
        return self._write_reply(Message("user", text), ids)

    def _write_reply(self, message, ids):
        self._end_turn()  # of a reply that was left half read
        logits, state = self._reader.read([ids], self.state)
        recent_ids = np.append(self._recent_ids, ids)
        writing = Writing(
            self._reader,
            self._tokenizer,
            self._config,
            logits,
            state,
            [recent_ids],
            [self._num_turns],
            END_OF_TURN,
        )
        turn = self._turn = _Turn(message, ids, state, writing, [])
        try:
            while self._turn is turn and not writing.is_finished:  # a later reply may have ended this one
                piece = writing.advance()[0]
                if piece:
                    turn.pieces.append(piece)
                    yield piece
        finally:
            if self._turn is turn:
                self._end_turn()

    def _end_turn(self):
        """Bring the state to the end of the turn's two messages, and remember them."""
        if self._turn is None:
            return
        message, ids, state, writing, pieces = self._turn
        answer = "".join(pieces)
        answer_ids = rest = self._tokenizer.encode(answer)
        stepped = np.array(writing.texts[0].token_ids[: writing.num_steps], dtype=np.int32)
        is_plain = np.array_equal(rest[: len(stepped)], stepped)
        if is_plain:  # spelled as training spells it: no second reading
            state, rest = writing.state, rest[len(stepped) :]
        _, state = self._reader.read([np.append(rest, END_OF_TURN)], state)
        self.state = state
        self.messages += [message, Message("assistant", answer)]
        recent_ids = np.concatenate([self._recent_ids, ids, answer_ids, [END_OF_TURN]])
        self._recent_ids = recent_ids[-self._config.penalty_window :]
        self._num_turns += 1
        self._turn = None
