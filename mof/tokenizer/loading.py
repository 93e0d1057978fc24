"""Reads a tokenizer of either kind from its file."""

import os

from mof.tokenizer.byte_pair_tokenizer import BytePairTokenizer
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import SPECIAL_TOKEN_NAMES
from mof.tokenizer.tokenizer import Tokenizer
from mof.tokenizer.tokenizer_file import read_tokenizer_file


def load_tokenizer(path: str | os.PathLike[str]) -> Tokenizer:
    """Reads a file written by `Tokenizer.save`. The file is data only: nothing in it is ever run.

    Args:
        path: the JSON file.

    Returns:
        A tokenizer with the same hash as the one saved.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is no tokenizer, damaged, of another version or of an unknown kind.
    """
    kinds: dict[str, type[CharacterTokenizer | BytePairTokenizer]] = {
        tokenizer.kind: tokenizer for tokenizer in (CharacterTokenizer, BytePairTokenizer)
    }
    content = read_tokenizer_file(path)
    kind, data = content["kind"], content["data"]
    if not isinstance(kind, str) or kind not in kinds:
        raise ValueError(f"{path} holds a tokenizer of kind {kind!r}; known kinds are {', '.join(kinds)}.")
    if not isinstance(data, dict) or data.get("special_tokens") != list(SPECIAL_TOKEN_NAMES):
        raise ValueError(
            f"{path} was made for other special tokens than {', '.join(SPECIAL_TOKEN_NAMES)}. "
            "Train the tokenizer again with this version."
        )
    try:
        return kinds[kind].from_data(data)
    except ValueError as error:
        raise ValueError(f"{path} holds no working tokenizer: {error}") from error
