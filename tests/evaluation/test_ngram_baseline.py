"""The n-gram model against Kneser-Ney written out with dictionaries, straight from the equations."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mof.evaluation.ngram_baseline import NgramModel
from mof.evaluation.ngram_smoothing import FALLBACK_DISCOUNTS

TOLERANCE = 1e-12  # both sides are sums of a few float64 terms of the order of one
START, UNKNOWN, END = "<start>", "<unknown>", "<end>"

few_characters = st.text(alphabet="abc人é😀", max_size=12)
documents_of_few_characters = st.lists(few_characters, min_size=1, max_size=6)
contexts = st.one_of(few_characters, st.text(max_size=6))


class NaiveKneserNey:
    """Tuples, dictionaries and recursion; start and end are two symbols here, as in the textbooks."""

    def __init__(self, documents, order, minimum_count):
        occurrences = Counter("".join(documents))
        self.order = order
        self.known = {c for c, count in occurrences.items() if count >= minimum_count}
        self.rare = [c for c, count in occurrences.items() if count < minimum_count]
        self.symbols = [END, UNKNOWN, *sorted(self.known)]
        raw = {k: Counter() for k in range(1, order + 1)}
        for document in documents:
            sequence = [START, *map(self.symbol, document), END]
            for k in range(1, order + 1):
                raw[k].update(tuple(sequence[i : i + k]) for i in range(len(sequence) - k + 1))
        del raw[1][(START,)]  # never predicted
        self.counts = {order: raw[order]}
        for k in range(1, order):
            before = {}
            for gram in raw[k + 1]:
                before.setdefault(gram[1:], set()).add(gram[0])
            self.counts[k] = {
                gram: count if gram[0] == START else len(before[gram]) for gram, count in raw[k].items()
            }
        self.discounts = {k: self.estimate_discounts(counts) for k, counts in self.counts.items()}

    def symbol(self, character):
        return character if character in self.known else UNKNOWN

    @staticmethod
    def estimate_discounts(counts):
        n = Counter(counts.values())
        try:
            y = n[1] / (n[1] + 2 * n[2])
            d = [0, 1 - 2 * y * n[2] / n[1], 2 - 3 * y * n[3] / n[2], 3 - 4 * y * n[4] / n[3]]
        except ZeroDivisionError:
            return list(FALLBACK_DISCOUNTS)
        return d if all(0 < d[i] <= i for i in (1, 2, 3)) else list(FALLBACK_DISCOUNTS)

    def probability(self, history, symbol, k=None):
        if k is None:
            k = min(self.order, len(history) + 1)
        if k == 0:
            return 1 / len(self.symbols)
        history = tuple(history[len(history) - (k - 1) :])
        followers = {gram[-1]: c for gram, c in self.counts[k].items() if gram[:-1] == history}
        lower = self.probability(history[1:], symbol, k - 1)
        if not followers:
            return lower
        discount = self.discounts[k]
        total = sum(followers.values())
        count = followers.get(symbol, 0)
        reserved = sum(discount[min(c, 3)] for c in followers.values())
        return (count - discount[min(count, 3)]) / total + reserved / total * lower

    def spelling_probability(self, character):
        lengths = Counter(len(c.encode()) for c in self.rare)
        sizes = {1: 0x80, 2: 0x800 - 0x80, 3: 0x10000 - 0x800 - 0x800, 4: 0x110000 - 0x10000}
        for c in self.known:
            sizes[len(c.encode())] -= 1
        weights = {b: 1 + lengths[b] for b in sizes if sizes[b]}
        b = len(character.encode())
        return weights[b] / sum(weights.values()) / sizes[b]

    def log2_probabilities(self, text):
        history, result = [START], []
        for character in text:
            symbol = self.symbol(character)
            value = math.log2(self.probability(history, symbol))
            if symbol == UNKNOWN:
                value += math.log2(self.spelling_probability(character))
            result.append(value)
            history.append(symbol)
        return [*result, math.log2(self.probability(history, END))]


@settings(max_examples=120, deadline=None)
@given(documents_of_few_characters, contexts, st.integers(1, 6), st.integers(1, 3))
def test_all_probabilities_equal_the_dictionaries(documents, text, order, minimum_count):
    model = NgramModel.train(documents, order, minimum_count)
    naive = NaiveKneserNey(documents, order, minimum_count)
    assert [*model.characters] == sorted(naive.known)
    for scored in (text, documents[0]):
        np.testing.assert_allclose(
            model.log2_probabilities(scored), naive.log2_probabilities(scored), rtol=0, atol=1e-11
        )
    for length in range(len(text) + 1):
        history = [START, *map(naive.symbol, text[:length])]
        expected = [naive.probability(history, symbol) for symbol in naive.symbols]
        actual = model.next_probabilities(text[:length])
        np.testing.assert_allclose(actual, expected, rtol=TOLERANCE, atol=TOLERANCE)


def zipf_documents(seed):
    """Text of a Markov chain with frequent and rare characters: its counts of counts fall as in real text."""
    random = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, 61)
    successors = [random.permutation(60) for _ in range(60)]
    documents = []
    for _ in range(12):
        state, characters = 0, []
        for _ in range(250):
            state = successors[state][random.choice(60, p=weights / weights.sum())]
            characters.append(chr(0x4E00 + state))
        documents.append("".join(characters))
    return documents


def test_estimated_discounts_equal_the_dictionaries():
    documents = zipf_documents(seed=0)
    model = NgramModel.train(documents[:10], order=3)
    naive = NaiveKneserNey(documents[:10], order=3, minimum_count=2)
    discounts = {k: level.discounts for k, level in enumerate(model._levels, start=1)}
    assert discounts[2].tolist() != list(FALLBACK_DISCOUNTS)
    assert discounts[3].tolist() != list(FALLBACK_DISCOUNTS)
    for k, values in discounts.items():
        np.testing.assert_allclose(values, naive.discounts[k], rtol=TOLERANCE)
    text = documents[10][:80]
    np.testing.assert_allclose(model.log2_probabilities(text), naive.log2_probabilities(text), atol=1e-11)


def test_worked_by_hand():
    # "ab" and "ac": bigrams start-a (2), ab, ac, b-end, c-end; all discounts fall back: 0.5, 1, 1.5.
    model = NgramModel.train(["ab", "ac"], order=2, minimum_count=1)
    # Symbols before: end 2 (b, c), a 1 (start), b 1 (a), c 1 (a): total 5, reserved 1 + 3 * 0.5 = 2.5.
    uniform = 1 / 5  # end, unknown, a, b, c
    end = (2 - 1) / 5 + 2.5 / 5 * uniform
    b = (1 - 0.5) / 5 + 2.5 / 5 * uniform
    after_a = [1 / 2 * end, 1 / 2 * 2.5 / 5 * uniform, 1 / 2 * b, (1 - 0.5) / 2 + 1 / 2 * b]
    actual = model.next_probabilities("a")
    np.testing.assert_allclose(actual, [*after_a, after_a[-1]], rtol=TOLERANCE)
    assert actual.sum() == pytest.approx(1, abs=TOLERANCE)


@settings(max_examples=150, deadline=None)
@given(documents_of_few_characters, contexts, st.integers(1, 5), st.integers(1, 3))
def test_probabilities_sum_to_one_in_every_context(documents, context, order, minimum_count):
    probabilities = NgramModel.train(documents, order, minimum_count).next_probabilities(context)
    assert probabilities.min() > 0
    assert probabilities.sum() == pytest.approx(1, abs=TOLERANCE)


@pytest.mark.parametrize("minimum_count", [1, 2])
def test_spellings_of_all_unicode_characters_sum_to_the_unknown_symbol(minimum_count):
    documents = ["".join(map(chr, range(128))) * 2, "人é"]
    model = NgramModel.train(documents, order=1, minimum_count=minimum_count)  # one context for all
    known = set(model.characters)
    characters = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    is_unknown = np.array([character not in known for character in characters])
    probabilities = np.exp2(model.log2_probabilities(characters))  # the last one is the end's
    assert probabilities.sum() == pytest.approx(1, abs=1e-9)
    assert probabilities[:-1][is_unknown].sum() == pytest.approx(model.next_probabilities("")[1], abs=1e-9)


def test_unknown_characters_cost_finite_bits_and_serve_as_context():
    model = NgramModel.train(["山高水长", "山高水低", "山X水Y"], order=3)
    naive = NaiveKneserNey(["山高水长", "山高水低", "山X水Y"], 3, 2)
    assert model.characters == "山水高"
    text = "山龘水😀\n"
    np.testing.assert_allclose(model.log2_probabilities(text), naive.log2_probabilities(text), atol=1e-11)
    # 龘 after 山 is predicted by X, a character seen once.
    assert model.next_probabilities("山")[1] > model.next_probabilities("水高")[1]


def test_bits_per_byte_counts_ends_as_bits_and_text_as_bytes():
    model = NgramModel.train(["春眠不觉晓", "处处闻啼鸟"], order=3, minimum_count=1)
    held_out = ["春晓", "", "a鸟é😀"]
    bits = -sum(float(model.log2_probabilities(text).sum()) for text in held_out)
    num_bytes = sum(len(text.encode("utf-8")) for text in held_out)
    score = model.score(iter(held_out))
    assert score.bits == pytest.approx(bits, rel=TOLERANCE)
    assert (score.num_bytes, score.num_characters, score.num_documents) == (num_bytes, 6, 3)
    assert model.bits_per_byte(held_out) == score.bits_per_byte == score.bits / num_bytes
    assert model.log2_probabilities("").shape == (1,)


def test_blocks_change_nothing(monkeypatch):
    documents = zipf_documents(seed=1)
    whole = NgramModel.train(documents[:8], order=4)
    expected = whole.score(documents[8:])
    monkeypatch.setattr("mof.evaluation.ngram_symbols.BLOCK_SYMBOLS", 300)
    blocked = NgramModel.train(documents[:8], order=4)
    actual = blocked.score(documents[8:])
    assert actual.bits == pytest.approx(expected.bits, rel=TOLERANCE)
    assert actual.num_documents == expected.num_documents == 4
    text = documents[9]
    np.testing.assert_array_equal(blocked.log2_probabilities(text), whole.log2_probabilities(text))


def test_documents_in_any_order_give_the_same_model():
    documents = zipf_documents(seed=2)
    one = NgramModel.train(documents, order=4)
    other = NgramModel.train(documents[::-1], order=4)
    for a, b in zip(one._levels, other._levels, strict=True):
        np.testing.assert_array_equal(a.keys, b.keys)
        np.testing.assert_array_equal(a.counts, b.counts)
    text = documents[3] + "新"
    np.testing.assert_array_equal(one.log2_probabilities(text), other.log2_probabilities(text))


def test_higher_order_predicts_a_chain_of_order_two_better():
    random = np.random.default_rng(0)
    documents = []
    for _ in range(40):
        bits = [0, 1]
        for _ in range(200):
            bits.append(bits[-1] ^ bits[-2] ^ int(random.random() < 0.05))
        documents.append("".join(map(str, bits)))
    bits_per_byte = [NgramModel.train(documents[:30], order=n).bits_per_byte(documents[30:]) for n in (2, 3)]
    entropy = -(0.05 * math.log2(0.05) + 0.95 * math.log2(0.95))  # 0.286 bits a character, ends aside
    assert bits_per_byte[0] > 0.9
    assert entropy - 0.02 < bits_per_byte[1] < entropy + 0.1


@pytest.mark.parametrize("order", [1, 2, 5])
def test_saved_models_score_the_same(tmp_path, order):
    documents = [*zipf_documents(seed=3)[:4], "", "😀"]
    model = NgramModel.train(documents, order)
    model.save(tmp_path / "model.kn")
    loaded = NgramModel.load(tmp_path / "model.kn")
    assert [path.name for path in tmp_path.iterdir()] == ["model.kn"]
    assert (loaded.order, loaded.characters) == (order, model.characters)
    text = documents[0][:50] + "新😀"
    np.testing.assert_array_equal(loaded.log2_probabilities(text), model.log2_probabilities(text))


def test_unreadable_files_are_refused(tmp_path):
    path = tmp_path / "model.npz"
    with pytest.raises(FileNotFoundError):
        NgramModel.load(path)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="is not a readable n-gram model"):
        NgramModel.load(path)
    path.write_text("text", encoding="utf-8")
    with pytest.raises(ValueError, match="is not a readable n-gram model"):
        NgramModel.load(path)
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(ValueError, match="expected a file that NgramModel.save wrote"):
        NgramModel.load(path)
    np.savez(path, format=np.array("mof-ngram-0"))
    with pytest.raises(ValueError, match="'mof-ngram-0' instead of 'mof-ngram-1'"):
        NgramModel.load(path)
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match="is not a readable n-gram model"):
        NgramModel.load(tmp_path / "array.npy")
    NgramModel.train(["春眠不觉晓"], order=3).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="is not a readable n-gram model"):
        NgramModel.load(path)
    NgramModel.train(zipf_documents(seed=4), order=3).save(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a readable n-gram model"):
        NgramModel.load(path)


def test_report_names_each_order():
    lines = []
    NgramModel.train(["春春", "眠"], order=3, report=lines.append)
    assert lines == [
        "read 2 documents, 3 characters",
        "counted 5 distinct 2-grams",
        "counted 3 distinct 3-grams",
    ]


def test_errors_say_what_to_do():
    model = NgramModel.train(["春春"], order=2)
    with pytest.raises(ValueError, match="no documents came"):
        NgramModel.train([])
    with pytest.raises(ValueError, match="order is 0 and minimum_count is 2: both must be at least 1"):
        NgramModel.train(["春"], order=0)
    with pytest.raises(ValueError, match="order is 5 and minimum_count is 0"):
        NgramModel.train(["春"], minimum_count=0)
    with pytest.raises(TypeError, match=r"pass \[text\]"):
        NgramModel.train("春眠")
    with pytest.raises(TypeError, match="a document is a bytes, expected str"):
        NgramModel.train([b"text"])
    with pytest.raises(TypeError, match="a document is a NoneType"):
        model.log2_probabilities(None)
    with pytest.raises(ValueError, match=r"lone surrogate U\+D800 at character 1"):
        NgramModel.train(["春\ud800"])
    with pytest.raises(ValueError, match="lone surrogate"):
        model.next_probabilities("\udfff")
    with pytest.raises(ValueError, match="2 documents with 0 bytes came"):
        model.bits_per_byte(["", ""])
    with pytest.raises(ValueError, match="0 documents with 0 bytes came"):
        model.bits_per_byte([])


def test_too_much_text_for_the_indices_is_refused(monkeypatch):
    class HugeArray(np.ndarray):
        def __len__(self):
            return 2**31

    huge = np.zeros(1, "<u4").view(HugeArray)
    monkeypatch.setattr(
        "mof.evaluation.ngram_baseline.document_blocks", lambda documents: [(huge, np.ones(1, bool))]
    )
    monkeypatch.setattr("mof.evaluation.ngram_baseline.np.concatenate", lambda arrays: arrays[0])
    with pytest.raises(ValueError, match="indices are 32-bit"):
        NgramModel.train(["x"])
