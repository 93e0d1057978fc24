"""Which parts of a chapter become slides. Skipped where the book's packages are not installed."""

import re
from pathlib import Path

import pytest

pytest.importorskip("mdit_py_plugins", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")

from page_figures import PLOTLY_TYPE  # noqa: E402
from slide_block import MOST_LINES  # noqa: E402
from slide_choice import caption, choose_slides, claim  # noqa: E402
from slide_text import list_items, parts  # noqa: E402

from mof.course.notebook_cells import SOLUTION, STUB, read_notebook, role, source  # noqa: E402

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
chapters = pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
CARD = (
    '# Cats\n\n*Chapter 99 · 猫 (māo)*\n\n<div class="mof-card">\n\n**After this chapter you can** feed.\n\n'
    "| to read | to run on 2 cores | memory |\n|---|---|---|\n| 5 minutes | 9 seconds | 1.0 GB |\n\n"
    "Read at 100 words a minute; run somewhere.\n\n</div>"
)


def prose(text, *tags):
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": text}


def code(text, *tags, outputs=()):
    return {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": text, "outputs": list(outputs)}


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def figure(words="Bars. Many. Of them."):
    data = {PLOTLY_TYPE: {"data": [], "layout": {"meta": {"description": words}}}}
    return {"output_type": "display_data", "data": data}


def slides_of(*cells):
    """The slides behind the title."""
    return choose_slides({"cells": [prose(CARD), *cells]})[1:]


def shown(slides):
    """All that stands on slides, as text."""
    return "\n".join(str(block.content) for slide in slides for block in slide.blocks)


def said(slides):
    return "\n".join(slide.notes for slide in slides)


def test_the_title_has_the_card_without_how_it_was_measured():
    (title,) = choose_slides({"cells": [prose(CARD)]})
    assert (title.title, title.kind) == ("Cats", "title")
    assert "can** feed" in shown([title]) and "9 seconds" in shown([title]) and "猫" in shown([title])
    assert "Read at 100" not in shown([title]) and "Read at 100" in said([title])


def test_a_chapter_without_a_title_is_refused():
    with pytest.raises(ValueError, match="no heading"):
        choose_slides({"cells": [prose("words")]})


def test_of_prose_the_sentences_with_bold_words_are_shown_and_the_rest_is_said():
    text = "## Food\n\nCats eat. A **bowl** holds food. They wait.\n\nMore words."
    (slide,) = slides_of(prose(text))
    assert slide.title == "Food" and shown([slide]) == "A **bowl** holds food."
    assert "They wait." in slide.notes and "More words." in slide.notes


def test_examples_formulas_and_tables_are_shown():
    text = "## Food\n\n> 猫 (cat)\n\nThen:\n\n$$\nx\n$$\n\n| a |\n|---|\n| 1 |\n\nEnd."
    assert [block.content.split("\n")[0] for slide in slides_of(prose(text)) for block in slide.blocks] == [
        "> 猫 (cat)",
        "Then:",
        "$$",
        "| a |",
    ]


def test_a_section_without_any_shows_its_first_sentence():
    (slide,) = slides_of(prose("## Food\n\nCats eat. They wait."))
    assert shown([slide]) == "Cats eat."


def test_a_list_is_shortened():
    long = "- First words. " + "Many more words stand here. " * 12 + "\n- Second."
    blocks = slides_of(prose(f"## Food\n\n{long}"))[0].blocks
    assert [block.content[:9] for block in blocks] == ["- First w", "- Second."]
    assert len(blocks[0].content) < 240 and "Many more" in blocks[-1].said + blocks[0].said


def test_code_that_is_built_is_shown_with_what_it_printed():
    cells = [
        prose("## Food\n\nWords."),
        code("x = 1"),
        code("print(feed(1))", outputs=[printed("fed\n")]),
        code("print(feed(2))", outputs=[printed("again\n")]),
        code("def feed(n):\n    pass", "build-it"),
    ]
    found = [(block.kind, block.content) for slide in slides_of(*cells) for block in slide.blocks]
    assert found == [
        ("code", "print(feed(1))"),
        ("output", "fed"),
        ("code", "def feed(n):\n    pass"),
    ]


def test_a_figure_fills_a_slide_and_its_code_is_left_out():
    cells = [prose("## Food\n\n**Look.**"), code("show_figure(f)", outputs=[figure(), figure("Two.")])]
    made = slides_of(*cells)
    assert [[block.kind for block in slide.blocks] for slide in made] == [
        ["markdown"],
        ["figure"],
        ["figure"],
    ]
    assert [(slide.number, slide.of) for slide in made] == [(1, 3), (2, 3), (3, 3)]
    assert "Of them." in made[1].notes


def test_a_figure_without_outputs_is_a_note_that_says_what_to_do():
    (slide,) = slides_of(prose("## Food"), code("show_figure(f)"))
    assert [block.kind for block in slide.blocks] == ["note"] and "python start.py book" in shown([slide])


def test_a_calculator_is_shown_as_it_is():
    output = {
        "output_type": "display_data",
        "data": {"text/html": ['<div class="mof-calculator">', "</div>"]},
    }
    caption_only = {"output_type": "display_data", "data": {"text/html": '<p class="mof-caption">words</p>'}}
    (slide,) = slides_of(prose("## Food"), code("show_calculator(x)", outputs=[output, caption_only]))
    assert [(block.kind, block.content) for block in slide.blocks] == [
        ("element", '<div class="mof-calculator"></div>')
    ]


EXERCISE = [
    prose("## Food\n\n**Cats.**"),
    prose('### Exercise 1 · Build: feed\n\nRead this.\n\n<div class="mof-exercise">\n\nFeed it.\n\n</div>\n'),
    code(
        "from mof.course import check\n\n\ndef my_feed():\n    ...\n\n\ncheck('99.1', my_feed)", "stub:99.1"
    ),
    code(
        "def my_feed():\n    return 42\n\n\ncheck('99.1', my_feed, is_solution=True)",
        "solution:99.1",
        "hide-cell",
    ),
]


def test_an_exercise_shows_its_task_and_its_stub_and_the_solution_is_said():
    _food, exercise = slides_of(*EXERCISE)
    assert (exercise.kind, exercise.kicker) == ("exercise", "Food")
    assert shown([exercise]) == "Feed it.\ndef my_feed():\n    ..."
    assert "return 42" in exercise.notes and "Read this." in exercise.notes


def test_behind_an_exercise_its_section_goes_on():
    made = slides_of(*EXERCISE, prose("Prose.\n\n> an example"))
    assert [slide.title for slide in made] == ["Food", "Exercise 1 · Build: feed", "Food"]
    quiet = slides_of(*EXERCISE, prose("Prose alone."))
    assert [slide.title for slide in quiet] == ["Food", "Exercise 1 · Build: feed"]
    assert "Prose alone." in said(quiet)


def test_a_section_below_a_section_names_the_one_above():
    made = slides_of(prose("## Food\n\nA.\n\n### Fish\n\nB.\n\n### Milk\n\nC."), prose("## Sleep\n\nD."))
    assert [(slide.kicker, slide.title) for slide in made] == [
        ("", "Food"),
        ("Food", "Fish"),
        ("Food", "Milk"),
        ("", "Sleep"),
    ]


def test_of_a_claim_what_was_claimed_and_what_was_measured():
    text = "**Claimed** by A: cats fly. It was read. *Not measured*: no cat was there. So we do not know."
    assert claim(text) == "**Claimed** by A: cats fly. *Not measured*: no cat was there."
    made = slides_of(
        prose(f"## What was claimed, and what we measured\n\n- {text}\n- **Ours to prove**: all.")
    )
    assert made[0].kind == "claims" and "So we do not know" not in shown(made)
    assert "**Ours to prove**: all." in shown(made) and "So we do not know" in said(made)


def test_the_summary_is_whole_and_its_sources_are_said():
    items = "- One. " + "And on it goes, as it does. " * 9 + "\n- Two."
    made = slides_of(prose(f"## Summary\n\n{items}\n\n**Sources.** A book."))
    assert made[0].kind == "summary" and shown(made).count("And on it goes") == 9
    assert "Sources" not in shown(made) and "A book." in said(made)


def test_tags_overrule():
    assert not slides_of(prose("## Food\n\n**A.**", "slide-skip"))
    assert shown(slides_of(prose("## Food\n\nOne. Two.\n\nThree.", "slide-all"))) == "One. Two.\nThree."
    cells = [prose("## Food\n\n**A.**"), prose("**B.**"), prose("**C.**", "slide-new")]
    assert [shown([slide]) for slide in slides_of(*cells)] == ["**A.**\n**B.**", "**C.**"]
    cells = [prose("## Food"), code("print(a)"), code("b()", "slide-all", outputs=[figure()])]
    kinds = [block.kind for slide in slides_of(*cells) for block in slide.blocks]
    assert kinds == ["code", "code", "figure"]


def test_a_high_table_is_cut_and_keeps_its_head():
    rows = "\n".join(f"| {n} | {'words ' * 30} |" for n in range(12))
    made = slides_of(prose(f"## Food\n\n| n | text |\n|---|---|\n{rows}"))
    tables = [block.content for slide in made for block in slide.blocks]
    assert len(made) > 1 and all(table.startswith("| n | text |\n|---|---|\n| ") for table in tables)
    assert [line for table in tables for line in table.splitlines()[2:]] == rows.splitlines()


def test_words_that_lead_on_go_along():
    formulas = "$$\nx\n$$\n\n" * 5
    *_, last = slides_of(prose(f"## Food\n\n{formulas}Then:\n\n| a |\n|---|\n| 1 |"))
    assert [block.content.split("\n")[0] for block in last.blocks] == ["Then:", "| a |"]


def test_code_stays_with_what_it_printed():
    formulas = "$$\nx\n$$\n\n" * 3
    cell = code("\n".join(["print(1)"] * 8), outputs=[printed("1\n2\n")])
    first, last = slides_of(prose(f"## Food\n\n{formulas}"), cell)
    assert [block.kind for block in first.blocks] == ["markdown"] * 3
    assert [block.kind for block in last.blocks] == ["code", "output"]


def test_a_caption_is_short():
    words = "First sentence. " + "Another one that goes on for a while. " * 12
    made = caption(figure(words)["data"][PLOTLY_TYPE])
    assert made.startswith("First sentence. Another") and len(made) <= 260


# --- the chapters themselves ---


@chapters
def test_every_heading_and_every_exercise_has_a_slide(path):
    cells = read_notebook(path)["cells"]
    made = choose_slides({"cells": cells})
    titles = [slide.title for slide in made]
    named = {*titles, *(slide.kicker for slide in made)}  # a section may hold nothing but smaller ones
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for part in parts(source(cell)):
                assert part.kind != "heading" or part.text in named, part.text
    stubs = [role(cell)[1] for cell in cells if (role(cell) or ("",))[0] == STUB]
    exercises = [slide for slide in made if slide.kind == "exercise" and slide.number == 1]
    assert len(exercises) == len(stubs) >= 4
    assert titles[-1] == "Summary" and made[0].kind == "title"


@chapters
def test_no_solution_is_shown(path):
    cells = read_notebook(path)["cells"]
    on_slides = shown(choose_slides({"cells": cells}))
    stubs = "\n".join(source(cell) for cell in cells if (role(cell) or ("",))[0] != SOLUTION)
    for cell in cells:
        if (role(cell) or ("",))[0] == SOLUTION:
            for line in source(cell).splitlines():
                if line.startswith("    ") and len(line) > 20 and line not in stubs:
                    assert line not in on_slides


@chapters
def test_slides_are_not_the_prose_and_nothing_of_it_is_lost(path):
    cells = read_notebook(path)["cells"]
    made = choose_slides({"cells": cells})
    text = "\n".join(source(cell) for cell in cells if cell["cell_type"] == "markdown")
    on_slides = "\n".join(
        block.content for slide in made for block in slide.blocks if block.kind == "markdown"
    )
    assert len(on_slides.split()) < 0.66 * len(text.split())
    everywhere = re.sub(r"\s+", " ", on_slides + "\n" + said(made))
    for cell in cells[1:]:
        for part in parts(source(cell)) if cell["cell_type"] == "markdown" else ():
            pieces = list_items(part.text) if part.kind == "list" else [part.text]
            if part.kind in ("paragraph", "list", "quote", "formula"):
                for piece in pieces:
                    assert re.sub(r"\s+", " ", piece) in everywhere, piece[:80]


@chapters
def test_a_slide_is_not_too_full(path):
    for slide in choose_slides(read_notebook(path)):
        height = sum(block.lines for block in slide.blocks)
        assert height <= MOST_LINES or len(slide.blocks) == 1, (slide.title, height)
        assert height <= MOST_LINES + 6, (slide.title, height)
