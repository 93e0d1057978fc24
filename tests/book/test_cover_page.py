"""The cover shows what was stored, and nothing else. Skipped where the book's packages are not installed."""

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")

from cover_page import DAYS, GLOSSES, READING, days_html, hour_html, paths_html, read_hour, reading_html  # noqa: E402

from mof.launcher.course import read_course  # noqa: E402
from mof.lessons.records import Record, load_record  # noqa: E402

ROOT = Path(__file__).parents[2]


@pytest.fixture
def record():
    return load_record(READING)


def test_the_record_is_a_reading_of_its_sentence(record):
    tokens = record.data["tokens"]
    assert "".join(token["text"] for token in tokens) == record.data["sentence"]
    for token in tokens:
        assert sum(token["weights"]) == pytest.approx(1.0, abs=1e-3) and len(token["weights"]) == 2
        shares = [share for _text, share in token["next"]]
        assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1.0001
    assert set(record.data["memory_numbers"]) == {"recurrent", "transformer"}


def test_every_word_of_the_sentence_has_a_gloss(record):
    for token in record.data["tokens"]:
        assert token["text"] in GLOSSES or not re.search(r"[\u4e00-\u9fff]", token["text"]), token["text"]


def test_the_picture_holds_the_record_and_its_source(record):
    made = reading_html(record)
    given = json.loads(re.search(r'<script type="application/json">(.*?)</script>', made)[1])
    assert given["tokens"] == record.data["tokens"]
    for number in record.data["memory_numbers"].values():
        assert f"{number:,}" in made
    assert record.date in made and record.command in made
    shares = [token["weights"][0] for token in record.data["tokens"]]
    assert f"between {min(shares):.0%} and {max(shares):.0%}" in made


def test_no_text_of_a_record_can_end_its_script(record):
    token = {"text": "</script><b>", "weights": [0.5, 0.5], "next": [["<i>", 0.5]]}
    evil = Record(**vars(record) | {"data": record.data | {"tokens": [token]}})
    made = reading_html(evil)
    assert made.count("</script>") == 1 and "<b></script>" not in made and "<i></b>" not in made


def test_the_claim_that_the_router_hardly_chooses_is_true(record):
    shares = [token["weights"][0] for token in record.data["tokens"]]
    assert max(shares) - min(shares) < 0.25, "say something else on the cover"


def test_the_hour_is_that_of_the_result():
    result = read_hour()
    made = hour_html(result)
    assert len(re.findall("<circle", made)) == len(result["evaluations"])
    assert f"ends at {result['bits_per_byte']['model']:.2f}" in made
    assert f"reaches {result['bits_per_byte']['five_gram_on_all_training_text']:.2f}" in made
    points = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', made)]
    bits = [e["bits_per_byte"] for e in result["evaluations"]]
    assert all((a < b) == (p > q) for a, b, p, q in zip(bits, bits[1:], points, points[1:], strict=False))


def test_the_days_name_every_preset_with_its_size_in_the_readme():
    made, readme = days_html(read_hour()), (ROOT / "README.md").read_text(encoding="utf-8")
    for _title, name, _text, _state in DAYS:
        number = re.search(rf"\| `{name}` \| ([\d,]+) \|", readme)[1].replace(",", "")
        assert f"{name}, {int(number) / 1e6:.0f} million parameters" in made
    assert "Not recorded yet" in made, "the four days have been recorded: say so"


def test_the_paths_are_those_of_the_course():
    course = read_course(ROOT)
    cards = paths_html(course).split("<li ")[1:]
    assert len(cards) == 3
    for path, card in zip(course.paths, cards, strict=True):
        chosen = [chapter.number for chapter in course.chapters if path.id in chapter.paths]
        assert re.findall(r'class="mof-on">(\d\d)<', card) == chosen and path.title in card
