"""A corpus as token ids on disk, for our models and for the peers: same documents held out, same text.

The tokenizers are learned as `mof train` learns them, from the training part alone. What is there already is
used again. No backend is started.
"""

import hashlib
from pathlib import Path

from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.corpus.token_cache_building import build_token_cache
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.tokenizer.loading import load_tokenizer

VALIDATION_FRACTION = 0.01  # the default of `mof train`
LEARNERS = {"characters": train_character_tokenizer, "bpe": train_byte_pair_tokenizer}


def prepare_tokens(corpus, kind, vocabulary_size, folder):
    """Learn a tokenizer and encode the corpus with it, or find both.

    Args:
        corpus: list of files and folders of text. kind: "characters" or "bpe".
        vocabulary_size: most tokens. folder: for the results.

    Returns:
        dict of JSON values: "tokenizer" and "cache" (paths), "vocabulary_size", "characters_per_token",
        "bytes_per_token", "train_tokens" and "token_dtype" (the flat file of the training part), and
        "num_characters" of it.
    """
    paths = sorted(str(Path(path).resolve()) for path in corpus)
    name = f"{kind}-{vocabulary_size}-{hashlib.sha256(repr(paths).encode()).hexdigest()[:8]}"
    folder = Path(folder).resolve() / name
    file = folder / "tokenizer.json"
    if not file.is_file():
        print(f"Learning a vocabulary of {vocabulary_size:,} ({kind}).", flush=True)
        documents = read_documents(paths)
        texts = (text for d in documents if not is_validation(d, VALIDATION_FRACTION) for text in d.texts)
        tokenizer = LEARNERS[kind](texts, vocabulary_size)
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(file)
    tokenizer = load_tokenizer(file)
    print(f"Tokens of {name}: found, or made now (minutes for a large corpus).", flush=True)
    cache = build_token_cache(paths, tokenizer, folder / "cache", VALIDATION_FRACTION)
    tokens = folder / "cache" / cache.manifest["data_folder"] / "train.tokens"
    return {
        "kind": kind,
        "tokenizer": str(file),
        "cache": str(folder / "cache"),
        "vocabulary_size": tokenizer.vocabulary_size,
        "characters_per_token": cache.train.characters_per_token,
        "bytes_per_token": cache.train.bytes_per_token,
        "num_characters": cache.train.num_characters,
        "train_tokens": str(tokens),
        "token_dtype": cache.manifest["token_dtype"],
    }
