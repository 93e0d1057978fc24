"""What a corpus holds, from a sample: counts where it is small, proportions where it is large."""

import json

import pytest
import zstandard

from mof.corpus.reading_report import CorpusError
from mof.corpus.token_cache_building import build_token_cache
from mof.planning.corpus_look import look_at_corpus
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from tests.planning.conftest import write_talks, write_texts


def test_a_small_corpus_is_counted(tmp_path):
    write_texts(tmp_path / "corpus" / "a.jsonl")
    write_talks(tmp_path / "corpus" / "b.jsonl")
    look = look_at_corpus([tmp_path / "corpus"], "characters", 1024)
    rows = [json.loads(line) for line in (tmp_path / "corpus" / "a.jsonl").read_text("utf-8").splitlines()]
    texts = [row["text"] for row in rows]
    assert look.is_whole and look.num_documents == 80 and look.num_conversations == 40
    assert look.num_characters == 40 * 400 + 40 * 2 * 200
    tokenizer = train_character_tokenizer(texts, 1024)
    cache = build_token_cache([tmp_path / "corpus"], tokenizer, tmp_path / "cache", 0.0)
    assert look.num_tokens == pytest.approx(cache.train.num_tokens, rel=0.02)
    assert look.num_bytes == cache.train.num_text_bytes


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_large_one_is_told_from_its_beginning(tmp_path, is_compressed):
    path = write_texts(tmp_path / "a.jsonl", num_documents=4000, length=200)
    if is_compressed:
        whole = path.read_bytes()
        path = tmp_path / "b.jsonl.zst"
        path.write_bytes(zstandard.ZstdCompressor().compress(whole))
    look = look_at_corpus([path], "bpe", 300, most_bytes=path.stat().st_size // 2)
    assert not look.is_whole
    assert look.num_documents == pytest.approx(4000, rel=0.03)
    assert look.num_characters == pytest.approx(800_000, rel=0.03)
    whole = look_at_corpus([path], "bpe", 300)
    assert whole.is_whole and look.num_tokens == pytest.approx(whole.num_tokens, rel=0.03)


@pytest.mark.parametrize("num_bytes", [300_000, 1_500_000])
@pytest.mark.parametrize("suffix", [".txt", ".txt.zst", ".jsonl"])
def test_documents_larger_than_a_chunk_are_counted(tmp_path, num_bytes, suffix):
    line = "春天来了，天气一天比一天暖和，花都开了。"
    lines = [line + str(number) for number in range(num_bytes // len(line.encode()))]
    for name in "abcd":
        path = tmp_path / "corpus" / f"{name}{suffix}"
        path.parent.mkdir(exist_ok=True)
        if suffix == ".jsonl":  # three documents
            rows = [{"text": "\n".join(lines[third::3])} for third in range(3)]
            said = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
            path.write_text("".join(said), encoding="utf-8")
            continue
        data = "\n".join(lines).encode()
        path.write_bytes(zstandard.ZstdCompressor().compress(data) if suffix.endswith("zst") else data)
    look = look_at_corpus([tmp_path / "corpus"], "characters", 300, most_bytes=100_000)
    num_characters = 4 * len("\n".join(lines))
    assert look.num_characters == pytest.approx(num_characters, rel=0.3)  # before, 0


def test_every_file_gives_its_share(tmp_path):
    write_texts(tmp_path / "a.jsonl", num_documents=3000, length=200)
    write_talks(tmp_path / "b.jsonl", num_documents=1500, length=100)
    look = look_at_corpus([tmp_path], "characters", 300, most_bytes=1_500_000)
    assert not look.is_whole and look.num_conversations == pytest.approx(1500, rel=0.1)


def test_the_fingerprint_is_that_of_names_and_contents(tmp_path):
    a = write_texts(tmp_path / "one" / "a.jsonl")
    b = write_texts(tmp_path / "two" / "a.jsonl")
    prints = [look_at_corpus([path], "characters", 300).fingerprint for path in (a, b)]
    assert prints[0] == prints[1]
    write_texts(b, seed=5)
    assert look_at_corpus([b], "characters", 300).fingerprint != prints[0]


def test_an_empty_file_among_others_is_passed_over(tmp_path):
    write_texts(tmp_path / "a.jsonl")
    (tmp_path / "b.txt").write_text("", encoding="utf-8")
    assert look_at_corpus([tmp_path], "characters", 300).num_documents == 40


def test_what_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        look_at_corpus([tmp_path / "none.txt"], "bpe", 300)
    (tmp_path / "b.txt").write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match="no document in"):
        look_at_corpus([tmp_path / "b.txt"], "bpe", 300)
    (tmp_path / "c.jsonl").write_text("no JSON\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no good line"):
        look_at_corpus([tmp_path / "c.jsonl"], "bpe", 300)
    with pytest.raises(ValueError, match="tokenizer is 'words'"):
        look_at_corpus([tmp_path / "c.jsonl"], "words", 300)
