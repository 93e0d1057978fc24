"""Cuts the Chinese font that the book serves.

    python book/subset_font.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc

Needs fonttools and brotli (`pip install fonttools brotli`), and the two files, for instance of Debian's
package fonts-noto-cjk. Writes book/_static/fonts/*.woff2 and book/_static/fonts.css. A browser fetches of
these only the parts whose characters stand on the page: most pages need the first alone.

Run it again when tests/book/test_fonts.py names a character that is missing.
"""

import argparse
import hashlib
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

BOOK = Path(__file__).resolve().parent
sys.path.append(str(BOOK / "_extensions"))

from book_characters import common_characters, data_characters, page_characters  # noqa: E402

FAMILY = "MoF Chinese"
FACE = "Noto Sans CJK SC"
FONTS = BOOK / "_static" / "fonts"
HEADER = """\
/* Written by book/subset_font.py: Noto Sans CJK SC (SIL Open Font License 1.1, fonts/OFL.txt), cut to the
   characters that the book uses, those of its data, and the commonest rest. A part is fetched where it is
   needed. */
"""


def parts(root: Path) -> list[tuple[str, str, set[str]]]:
    """(name, weight, characters) of each part; no character is in two parts of one weight."""
    pages = page_characters(root)
    data = data_characters(root) - pages
    rest = common_characters() - pages - data
    return [("pages", "400", pages), ("pages", "700", pages), ("data", "400", data), ("rest", "400", rest)]


def face_of(path: Path):
    """The simplified Chinese face of a collection."""
    for face in TTCollection(str(path)).fonts:
        if face["name"].getDebugName(1) == FACE or face["name"].getDebugName(16) == FACE:
            return face
    raise SystemExit(f"{path} holds no {FACE}.")


def cut(path: Path, characters: set[str], output: Path) -> set[str]:
    """Writes the characters of a font as woff2; returns those that it has."""
    options = Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]  # with copyright and licence
    options.notdef_outline = True
    face = face_of(path)
    there = {character for character in characters if ord(character) in face.getBestCmap()}
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, there)))
    subsetter.subset(face)
    face.flavor = "woff2"
    face.recalcTimestamp = False  # the same characters give the same file
    face.save(str(output))
    return there


def unicode_range(characters: set[str]) -> str:
    """ "U+4e00-4e02,U+4e09" """
    runs = []
    for code in sorted(map(ord, characters)):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ",".join(f"U+{first:x}" + (f"-{last:x}" if last > first else "") for first, last in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("regular", type=Path)
    parser.add_argument("bold", type=Path)
    arguments = parser.parse_args()
    FONTS.mkdir(exist_ok=True)
    rules = [HEADER]
    for name, weight, characters in parts(BOOK.parent):
        output = FONTS / f"{name}-{weight}.woff2"
        source = arguments.bold if weight == "700" else arguments.regular
        there = cut(source, characters, output)
        digest = hashlib.sha256(output.read_bytes()).hexdigest()
        rules.append(
            f"/* {len(there)} characters, SHA-256 {digest} */\n"
            f'@font-face {{\n  font-family: "{FAMILY}";\n  font-weight: {weight};\n  font-display: swap;\n'
            f'  src: url("fonts/{output.name}") format("woff2");\n'
            f"  unicode-range: {unicode_range(there)};\n}}\n"
        )
        missing = "".join(sorted(characters - there))
        print(
            f"{output.name}: {len(there)} characters, {output.stat().st_size:,} bytes; "
            f"not in the font: {missing!r}"
        )
    (BOOK / "_static" / "fonts.css").write_text("\n".join(rules), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
