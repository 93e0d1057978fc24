"""Texts in the making: one token after another for a batch of rows, each row until its own end."""

import collections
from typing import NamedTuple

import numpy as np

from mof.generation.sampling import choose_tokens, uniform_draw
from mof.generation.stop_strings import StopStrings
from mof.tokenizer.special_tokens import PADDING
from mof.tokenizer.stream_decoder import StreamDecoder


class GeneratedText(NamedTuple):
    """What was written after a prompt.

    Attributes:
        text: the characters.
        token_ids: the ids drawn, without the token that ended the text, but with those of a stop string, and
            after an open end with those that write the prompt's last characters.
        finish: "end" (the model ended it), "stop" (a stop string came), "length" (max_tokens were written),
        or
            None while it is being written.
    """

    text: str
    token_ids: tuple[int, ...]
    finish: str | None


class Writing:
    """Texts written together. Each call of `advance` gives every unfinished one a token.

    Args:
        reader: see `TextGenerator`.
        tokenizer: Tokenizer of the model.
        config: GenerationConfig.
        logits: [B, W], what the model expects after each prompt.
        state: its memory after the prompts, B rows.
        prompts: id arrays of at most B rows, for the repetition penalty; the rows beyond them are not
            written.
        draw_rows: for each prompt the row number that enters its draws.
        end_token: the special token that ends a text; all others are forbidden.
        open_ends: for each prompt its `OpenEnd`, whose token_ids `prompts` holds; None where they are whole.
    """

    def __init__(
        self, reader, tokenizer, config, logits, state, prompts, draw_rows, end_token, open_ends=None
    ):
        self._reader = reader
        self._tokenizer = tokenizer
        self._config = config
        self._logits = logits
        self.state = state  # holds the first `num_steps` tokens of each text
        self.num_steps = 0
        self._draw_rows = list(draw_rows)
        self._end_token = end_token
        open_ends = open_ends or [None] * len(prompts)
        self._texts = [
            _Text(tokenizer, config, prompt, end_token, open_end)
            for prompt, open_end in zip(prompts, open_ends, strict=True)
        ]
        self._last_ids = None

    @property
    def is_finished(self):
        """True when every text has ended."""
        return all(text.finish for text in self._texts)

    @property
    def texts(self):
        """List of GeneratedText, one for each prompt, as far as they have come."""
        return [
            GeneratedText("".join(text.pieces), tuple(text.token_ids), text.finish) for text in self._texts
        ]

    def advance(self):
        """One more token for each unfinished text; returns the new characters of every text, often none."""
        if self._last_ids is not None:  # not earlier: nobody may want the logits after the last token
            after = self._reader.step(self._last_ids, self.state)
            # in one statement: an interrupt must not leave the count behind the state
            (self._logits, self.state), self._last_ids, self.num_steps = after, None, self.num_steps + 1
        open_rows = [i for i, text in enumerate(self._texts) if text.finish is None]
        pieces, last_ids = [""] * len(self._texts), np.full(len(self._logits), PADDING, dtype=np.int32)
        if not open_rows:
            return pieces
        position = self.num_steps  # the same for all rows: they started together
        tokens = choose_tokens(
            self._logits[open_rows],
            self._config,
            [uniform_draw(self._config.seed, self._draw_rows[i], position) for i in open_rows],
            [self._texts[i].recent_ids for i in open_rows],
            (self._end_token,),
            self._tokenizer.vocabulary_size,
            [self._texts[i].allowed_ids for i in open_rows],
        )
        for i, token in zip(open_rows, tokens.tolist(), strict=True):
            pieces[i] = self._texts[i].push(token)
            last_ids[i] = token
        self._last_ids = last_ids
        return pieces


class _Text:
    """One text: its tokens, its characters, and whether it has ended."""

    def __init__(self, tokenizer, config, prompt, end_token, open_end):
        self.token_ids, self.pieces, self.finish = [], [], None
        self.recent_ids = collections.deque(prompt[-config.penalty_window :], config.penalty_window)
        self._max_tokens = config.max_tokens
        self._end_token = end_token
        self._decoder = StreamDecoder(tokenizer)
        self._stop = StopStrings(config.stop)
        self._ways = open_end.ways if open_end else set()  # on which the text may begin, as far as still open
        self._num_hidden = len(open_end.rest) if open_end else 0  # characters that are the prompt's

    @property
    def allowed_ids(self):
        """The ids that alone may come next, sorted, or None where all may."""
        return sorted({way[0] for way in self._ways}) if self._ways else None

    def push(self, token):
        """Take the next token; returns the characters that can be given out."""
        if token == self._end_token:
            self.finish = "end"
            piece = self._stop.push(self._decoder.finish())
        else:
            self.token_ids.append(token)
            self.recent_ids.append(token)
            self._ways = {way[1:] for way in self._ways if way[0] == token and len(way) > 1}
            written = self._decoder.push(token)
            piece = self._stop.push(written[self._num_hidden :])
            self._num_hidden -= min(self._num_hidden, len(written))
            if len(self.token_ids) == self._max_tokens:
                self.finish = "length"  # a character that max_tokens cut in two is left out
        if self._stop.found:
            self.finish = "stop"
        elif self.finish:
            piece += self._stop.finish()
        self.pieces.append(piece)
        return piece
