"""The Chinese characters that a page of the book may show: those of its sources, and those of its data.

The book serves a Chinese font cut to these (book/subset_font.py). A test compares the two.
"""

import json
import re
from pathlib import Path

# ideographs, their punctuation, full-width forms: what a Latin font has not
CHINESE = re.compile(
    r"[\u2e80-\u2fdf\u3000-\u303f\u3105-\u312f\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]"
)
PAGES = ("book/**/*.md", "book/data/*.json", "book/*.json", "book/_extensions/*.py", "notebooks/*.ipynb")
SHOWN = ("mof/course/*.py", "mof/lessons/*.py", "mof/viz/*.py", "mof/cli/*.py", "book/records/*.json")
DATA = ("data/**/*.jsonl", "mof/tasks/*.py")


def characters_of_files(root: Path, patterns: tuple[str, ...]) -> set[str]:
    """The Chinese characters in the files of the project's folder `root` that fit the patterns."""
    found = set()
    for pattern in patterns:
        for path in root.glob(pattern):
            text = path.read_text(encoding="utf-8")
            if path.suffix in (".ipynb", ".jsonl", ".json") and "\\u" in text:
                text += json.dumps([json.loads(line) for line in _values(path, text)], ensure_ascii=False)
            found |= set(CHINESE.findall(text))
    return found


def _values(path: Path, text: str) -> list[str]:
    return text.splitlines() if path.suffix == ".jsonl" else [text]


def page_characters(root: Path) -> set[str]:
    """What stands in the pages themselves, and in the sentences that the package shows in them."""
    return characters_of_files(root, (*PAGES, *SHOWN))


def data_characters(root: Path) -> set[str]:
    """What a model may write that learned from the data of the project."""
    return characters_of_files(root, DATA)


def common_characters() -> set[str]:
    """The 3,755 commonest simplified characters: level 1 of the standard GB 2312."""
    rows = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return {text for code in rows if (text := code.decode("gb2312", "ignore"))}
