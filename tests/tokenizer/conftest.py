"""Small tokenizers that every test of this folder may use."""

import pytest

from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import train_character_tokenizer

TEXTS = [
    "春天来了，花园里的花都开了。小朋友们在花园里放风筝，笑得很开心。",
    "我们在图书馆里读书，图书馆里很安静。2024年的春天，图书馆里的书更多了。",
    "The library is quiet, and the garden of the library is full of flowers.\n    return 10\n",
]


@pytest.fixture(scope="session")
def training_texts():
    return TEXTS * 3


@pytest.fixture(scope="session", params=["characters", "bpe"])
def tokenizer(request):
    train = {"characters": train_character_tokenizer, "bpe": train_byte_pair_tokenizer}[request.param]
    return train(TEXTS * 3, vocabulary_size=330)


@pytest.fixture(scope="session")
def byte_pair_tokenizer():
    return train_byte_pair_tokenizer(TEXTS * 3, vocabulary_size=330)
