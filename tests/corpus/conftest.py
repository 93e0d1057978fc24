"""Small corpora and caches for the tests of this folder."""

import json

import numpy as np
import pytest

from mof.corpus.token_cache_building import build_token_cache
from mof.tokenizer.character_tokenizer import CharacterTokenizer


@pytest.fixture(scope="session")
def tokenizer():
    return CharacterTokenizer("春夏秋冬花草树木，。")


@pytest.fixture
def write_jsonl(tmp_path):
    """Writes objects (or raw strings, or bytes) as lines of a file, and returns its path."""

    def write(name, values):
        lines = [
            value
            if isinstance(value, bytes)
            else (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode("utf-8")
            for value in values
        ]
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return write


def text_of(number: int, length: int) -> str:
    """A text that differs for each number."""
    letters = "春夏秋冬花草树木abcdefgh"
    random = np.random.default_rng(number)
    return "".join(random.choice(list(letters), size=max(length, 1)))


@pytest.fixture
def make_cache(tmp_path, tokenizer, write_jsonl):
    """Builds a cache of documents of the given lengths; a negative length is a conversation."""

    def make(lengths, validation_fraction=0.0):
        values = []
        for number, length in enumerate(lengths):
            text = text_of(number, abs(length))
            if length < 0:
                half = len(text) // 2 + 1
                turns = [("user", text[:half]), ("assistant", text[half:] or "花"), ("user", "草")]
                values.append({"messages": [{"role": role, "content": content} for role, content in turns]})
            else:
                values.append({"text": text})
        path = write_jsonl(f"corpus-{abs(hash(tuple(lengths)))}.jsonl", values)
        return build_token_cache(path, tokenizer, tmp_path / f"cache-{path.stem}", validation_fraction)

    return make
