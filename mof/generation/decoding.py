"""Continues texts: reads the prompts in parallel, then writes a token at a time from the state."""

import functools

import numpy as np

from mof.corpus.conversation import encode_document
from mof.generation.open_end import OpenEnds
from mof.generation.writing import Writing
from mof.tokenizer.special_tokens import DOCUMENT


class TextGenerator:
    """Writes on from prompts.

    The context lives in the model's state alone: a prompt may be of any length, and neither time nor memory
    of a new token grows with what came before. A text ends where the model starts the next document, before a
    stop string, or after max_tokens.

    A prompt is read as it stands, so one that ends inside a word is seldom gone on with as training would
    have it: see `mof.generation.open_end`. That is right for what somebody typed, which is read like any
    text; a question with one answer, or a text that was cut anywhere, is given to `generate` with an open
    end. In a conversation no message ends so: a mark follows each.

    Args:
        reader: what reads tokens into the model's memory: `mof.generation.reading.StateReader`, or
            `mof.inference.onnx_reader.OnnxReader`. It has `vocabulary_size`, `read(rows, state)` and
            `step(token_ids, state)`.
        tokenizer: the Tokenizer that the model was trained with.
        max_rows: texts written together; more prompts are taken in groups of this size. A StateReader makes
            graphs for one row and for this many, on first use.

    Raises:
        ValueError: for a tokenizer with more ids than the model, or max_rows below 1.

    Example:
        ::

            generator = TextGenerator(StateReader(model), tokenizer)
            for piece in generator.stream("春天来了，", GenerationConfig(max_tokens=50)):
                print(piece, end="", flush=True)
    """

    def __init__(self, reader, tokenizer, max_rows=16):
        if tokenizer.vocabulary_size > reader.vocabulary_size:
            raise ValueError(
                f"the tokenizer has {tokenizer.vocabulary_size} ids and the model only "
                f"{reader.vocabulary_size}: use the tokenizer that the model was trained with."
            )
        if max_rows < 1:
            raise ValueError(f"max_rows is {max_rows}, expected at least 1.")
        self.reader = reader
        self.tokenizer = tokenizer
        self.max_rows = max_rows

    def stream(self, prompt, config, row=0):
        """Continue one prompt, piece by piece.

        Args:
            prompt: str, may be empty.
            config: GenerationConfig.
            row: int that enters the draws: another one gives another text.

        Returns:
            Iterator of str: characters as soon as they are whole and cannot begin a stop string. Joined, they
            are the text that `generate` gives.

        Raises:
            ValueError: for a prompt with a lone surrogate.
        """
        return self._stream([encode_document(prompt, self.tokenizer)], config, row)

    def generate(self, prompts, config, first_row=0, on_piece=None, open_end=False):
        """Continue several prompts together.

        Args:
            prompts: list of str, of any number and lengths.
            config: GenerationConfig.
            first_row: row number of the first prompt; prompt i draws as row first_row + i, in whatever batch
                it comes.
            on_piece: called with (index of the prompt, str) for every new piece of text, to show progress; or
                None.
            open_end: whether the prompts' last words may go on: the first tokens written may then stand
                across the end of the prompt. At each the likeliest is taken, or one drawn, of those that
                some text beginning with the prompt has there; what they write of the prompt is not given
                out, but counts in max_tokens.

        Returns:
            List of GeneratedText, in the order of the prompts.

        Raises:
            ValueError: for one str in place of a list, or a lone surrogate.
        """
        if isinstance(prompts, str):
            raise ValueError(
                "prompts is one string, expected a list of them: write [prompt], or "
                "use stream(prompt, config)."
            )
        open_ends = list(map(self._open_ends, prompts)) if open_end else [None] * len(prompts)
        ids = [
            encode_document(prompt, self.tokenizer) if end is None else end.token_ids
            for prompt, end in zip(prompts, open_ends, strict=True)
        ]
        results = []
        for start in range(0, len(ids), self.max_rows):
            group = slice(start, start + self.max_rows)
            writing = self._begin(ids[group], config, first_row + start, open_ends[group])
            while not writing.is_finished:
                for i, piece in enumerate(writing.advance()):
                    if piece and on_piece is not None:
                        on_piece(start + i, piece)
            results += writing.texts
        return results

    @functools.cached_property
    def _open_ends(self):
        return OpenEnds(self.tokenizer)

    def _stream(self, prompts, config, row):
        writing = self._begin(prompts, config, row)
        while not writing.is_finished:
            piece = writing.advance()[0]
            if piece:
                yield piece

    def _begin(self, prompts, config, first_row, open_ends=None):
        if first_row < 0:
            raise ValueError(
                f"the row number is {first_row}, expected 0 or more: it enters the seed of the draws."
            )
        # Two numbers of rows and no others, so that no later batch has to wait for a new graph; a spare row
        # costs little.
        num_rows = 1 if len(prompts) == 1 else self.max_rows
        rows = [*prompts, *[np.array([DOCUMENT])] * (num_rows - len(prompts))]
        logits, state = self.reader.read(rows)
        draw_rows = range(first_row, first_row + len(prompts))
        return Writing(
            self.reader, self.tokenizer, config, logits, state, prompts, draw_rows, DOCUMENT, open_ends
        )
