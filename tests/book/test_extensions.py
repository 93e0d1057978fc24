"""What the book adds to Sphinx, without a build. Skipped where the book's packages are not installed."""

from pathlib import Path, PurePosixPath

import pytest

pytest.importorskip("sphinx", reason="the book's packages are not installed (python start.py book)")
pytest.importorskip("myst_nb", reason="the book's packages are not installed (python start.py book)")

from contents_page import chapters_markdown, paths_markdown  # noqa: E402
from docutils import nodes  # noqa: E402
from docutils.utils import new_document  # noqa: E402
from exercise_hints import add_hints  # noqa: E402
from page_figures import figure_html, words_for  # noqa: E402
from two_script_search import SearchEnglishAndChinese  # noqa: E402

from mof.launcher.course import read_course  # noqa: E402

ROOT = Path(__file__).parents[2]
COURSE = read_course(ROOT)


def test_contents_page_equals_the_data_file(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "05_linear_attention.ipynb").write_text("{}", encoding="utf-8")
    text = chapters_markdown(COURSE, tmp_path, PurePosixPath("book"))
    for part in COURSE.parts:
        assert f"## Part {part.number}: {part.title} ({part.chinese})\n" in text
    for chapter in COURSE.chapters:
        assert f"**{chapter.number} {chapter.title}**" in text and chapter.after in text
    assert "[**05 Linear attention**](../notebooks/05_linear_attention.ipynb)" in text
    assert text.count("](") == 1 and text.count("in preparation") == 22 + len(COURSE.appendices)


def test_paths_name_their_chapters():
    text = paths_markdown(COURSE)
    assert "Chapters 00, 01, 02, 04, 05, 06, 07, 08, 10, 11, 21, 22." in text
    assert text.count("\n") == 3


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("注意力", ["注", "意", "力", "注意", "意力"]),
        ("MoF模型 is", ["MoF", "模", "型", "模型", "is"]),
        ("embed_q, 8192", ["embed_q", "8192"]),
        ("猫。狗", ["猫", "狗"]),
    ],
)
def test_text_is_cut_for_the_index(text, terms):
    assert SearchEnglishAndChinese({}).split(text) == terms


def test_the_index_keeps_chinese_and_leaves_out_stopwords():
    search = SearchEnglishAndChinese({})
    assert search.word_filter("意") and search.word_filter("注意") and search.word_filter("router")
    assert not search.word_filter("the") and not search.word_filter("")
    assert search.stem("routers") == search.stem("router")


def test_no_text_in_a_figure_can_end_its_script():
    figure = {
        "data": [{"name": "</script><script>alert(1)</script>"}],
        "layout": {"title": {"text": 'a "b"'}},
    }
    made = figure_html(figure)
    assert made.count("</script>") == 1 and 'aria-label="a &quot;b&quot;"' in made


def test_a_figure_says_its_description_or_its_title():
    assert words_for({"layout": {"meta": {"description": "d"}, "title": {"text": "t"}}}) == "d"
    assert words_for({"layout": {"title": "t"}}) == "t"
    assert words_for({"layout": {}}) == ""


def test_the_hints_of_an_exercise_follow_its_stub():
    class Environment:
        files = []

        def note_dependency(self, name):
            self.files.append(Path(name).name)

    class Application:
        env = Environment()

    document = new_document("page")
    cells = [
        nodes.container("", classes=["cell", name])
        for name in ("tag_stub:05.1", "tag_solution:05.1", "tag_stub:num_entries")
    ]
    document += cells
    add_hints(Application, document)
    kinds = [type(child).__name__ for child in document.children]
    assert kinds == ["container", "raw", "container", "container"]
    text = document.children[1].astext()
    assert text.count('<details class="mof-hint"><summary>Hint ') == 3 and "set them equal" in text
    assert Application.env.files == ["chapter_05.py"]
