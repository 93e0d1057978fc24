"""The shipped text keeps the form that data/README.md promises, and is as large as it says."""

import json
import re
import unicodedata
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
PROSE, DIALOGUES = (sorted((DATA / name).glob("*.jsonl")) for name in ("prose", "dialogues"))
# Common characters that differ between the two scripts, in their traditional form.
TRADITIONAL = set(
    "國學說這個們來時會對為過還沒發現點開關長門問間東車馬鳥魚風飛電話語書畫見觀聽讓認識謝請誰課讀寫"
    "錢銀鐵錯鐘頭題顏願類顯驚體龍龜齊歲歷歸歡樂機樹樣橋條極業無煙熱燈爾爺爭牆獨獻環產畢異當盡"
)


def read(path):
    """The objects of a file, one for each line; JSON's own errors name the place."""
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n") and "\r" not in text, path
    return [json.loads(line) for line in text.splitlines()]


def contents(document):
    """The texts that a training reads."""
    return [document["text"]] if "text" in document else [turn["content"] for turn in document["messages"]]


def documents_of(paths):
    return [document for path in paths for document in read(path)]


@pytest.mark.parametrize("path", PROSE + DIALOGUES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_text_is_clean(path):
    for number, document in enumerate(read(path), start=1):
        for text in contents(document):
            place = f"{path.name}, line {number}: {text[:20]}"
            assert text.strip() == text and text, place
            assert unicodedata.is_normalized("NFC", text), place
            odd = {c for c in text if unicodedata.category(c)[0] == "C" and c != "\n"}
            assert not odd, (place, odd)  # control, format, private and unassigned characters
            assert "�" not in text and not TRADITIONAL & set(text), (place, TRADITIONAL & set(text))


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.stem)
def test_prose_has_the_fields_of_the_readme(path):
    for document in read(path):
        assert list(document) == ["text", "title", "kind"]
        assert all(isinstance(value, str) and value for value in document.values())


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_roles_take_turns_and_the_assistant_ends(path):
    for document in read(path):
        assert list(document) == ["messages"]
        turns = document["messages"]
        assert all(set(turn) == {"role", "content"} for turn in turns)
        roles = [turn["role"] for turn in turns]
        assert roles == ["user", "assistant"] * (len(roles) // 2) and roles, document


def test_nothing_comes_twice():
    texts = [document["text"] for document in documents_of(PROSE)]
    assert len(texts) == len(set(texts))
    talks = ["\n".join(contents(document)) for document in documents_of(DIALOGUES)]
    assert len(talks) == len(set(talks))


def test_there_is_enough_of_it():
    assert len(PROSE) == 7 and len(DIALOGUES) == 4
    assert sum(len(document["text"]) for document in documents_of(PROSE)) >= 60_000
    assert len(documents_of(DIALOGUES)) >= 300


def test_readme_counts_right():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name, paths in (("prose", PROSE), ("dialogues", DIALOGUES)):
        row = re.search(rf"^\| `{name}/` \|(.*)\|$", readme, re.MULTILINE)[1]
        documents = documents_of(paths)
        texts = [text for document in documents for text in contents(document)]
        counts = [len(paths), len(documents)] + ([len(texts)] if name == "dialogues" else [])
        counts += [sum(map(len, texts)), sum(len(text.encode("utf-8")) for text in texts)]
        assert [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", row)] == counts
        for path in paths:
            row = re.search(
                rf"^\| `{path.name}` \| (\d+) \|", readme[readme.index(f"| {name} |") :], re.MULTILINE
            )
            assert int(row[1]) == len(read(path)), path.name


def test_licence_is_named():
    assert "CC BY 4.0" in (DATA / "README.md").read_text(encoding="utf-8")
    assert (DATA / "../LICENSE-PROSE.md").is_file()
