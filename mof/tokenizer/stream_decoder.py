"""Text from ids that arrive one at a time, as they do while a model writes."""

import codecs

from mof.tokenizer.tokenizer import Tokenizer


class StreamDecoder:
    """Gives out text as soon as its characters are whole.

    A character may be spread over several tokens (its UTF-8 bytes); until the last byte has come, `push`
    keeps them back. Bytes that can belong to no character come out as U+FFFD, as in `Tokenizer.decode`.

    Example:
        >>> from mof.tokenizer.character_tokenizer import CharacterTokenizer
        >>> tokenizer = CharacterTokenizer("")
        >>> decoder = StreamDecoder(tokenizer)
        >>> [decoder.push(token_id) for token_id in tokenizer.encode("中")]
        ['', '', '中']
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Starts an empty text.

        Args:
            tokenizer: the one that made the ids.
        """
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def push(self, token_id: int) -> str:
        """Takes one id and returns the text it completes; a special id completes nothing."""
        return self._decoder.decode(self._tokenizer.token_bytes(int(token_id)))

    def finish(self) -> str:
        """Ends the text: U+FFFD for an unfinished character, else nothing. Then ready for the next text."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest
