"""Each recipe on a small example made by hand; and what holds for all."""

import json

import pytest

from mof.corpus.document import Document, Message
from mof.corpus.reading_report import CorpusError
from mof.sources.catalogue import Source
from mof.sources.clean_classics import bilingual_documents, is_drawn, poem_documents
from mof.sources.clean_dialogues import dialogue_documents
from mof.sources.clean_dictionaries import dictionary_documents
from mof.sources.clean_markdown import markdown_documents, questions, recipe_documents
from mof.sources.clean_reading import passage, reading_documents
from mof.sources.clean_translations import translation_pairs
from mof.sources.cleaning import RECIPES, clean
from mof.sources.markdown_blocks import Block, chinese_text, markdown_blocks
from tests.sources.repositories import (
    BITEXT,
    PO,
    POEMS,
    SQUAD,
    TALK,
    article,
    jsonl,
    make_entry,
    prose,
    zipped,
)


def said(documents):
    """The messages' contents of the conversations."""
    return [document.texts for document in documents if document.messages is not None]


def encoded(value):
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**春**天 `来` 了", "春天来了"),
        ("看[这里](http://a.b/c_(d))吧。", "看这里吧。"),
        ("![图](a.png)看图", "看图"),
        ("一\n二 three\nfour", "一二 three four"),
        ("```py\nx = 1\n```\n春天", "春天"),
        ("春天\n\n```\n没有结束", "春天"),
        ("~~~\n```\n~~~\n春天", "春天"),
        ("<!-- a\nb -->春<b>天</b>&amp;", "春天&"),
        ("| 表 | 格 |\n| --- | --- |\n春天", "春天"),
        ('{{< glossary_tooltip text="容器" term_id="x" >}}很小', "容器很小"),
        ("{% note %}春天{% end %}", "春天"),
        ("> **注意：**\n> 春天", "注意：春天"),
        ("- 一\n- 二", "- 一\n- 二"),
        ("1. 一\n   接着", "1. 一接着"),
        ("春[^1]天\n\n[^1]: 注", "春天"),
        ("<ruby>春<rt>chun</rt></ruby>", "春（chun）"),
        ("$$\nx^2\n$$\n春天", "春天"),
        (":::tip\n春天\n:::", "春天"),
        ("    code here\n\n春天", "春天"),
        ("a\\_b 春*天*", "a_b 春天"),
        ("{ref}`春天 <chapter-spring>`", "{ref}春天"),
    ],
)
def test_markdown_by_hand(markdown, text):
    assert "\n".join(block.text for block in markdown_blocks(markdown)) == text


def test_headings_and_title():
    assert markdown_blocks("---\ntitle: '春'\nlayout: x\n---\n花\n===\n\n## 草 {#grass}\n\n树\n---\n") == [
        Block(1, "花"),
        Block(2, "草"),
        Block(2, "树"),
    ]
    assert markdown_blocks("---\ntitle: 春\n---\n花")[0] == Block(1, "春")


def test_headings_without_text_are_left_out():
    blocks = markdown_blocks("# 春天\n\n花园里的花都开了。\n\n## 附录\n\nx = 1\n\n## 参考")
    assert chinese_text(blocks) == "春天\n花园里的花都开了。"


def test_question_headings_become_dialogues():
    long = "春天来了，花园里的花都开了，小朋友们在草地上放风筝，老人们坐在树下说从前的事情。"
    blocks = markdown_blocks(
        f"# 风筝\n\n## 如何放风筝\n\n{long}\n\n## 它是什么？\n\n{long}\n\n## 为什么有图？\n\n如下图：{long}"
    )
    assert list(questions(blocks)) == [("如何放风筝？", long), ("关于“风筝”：它是什么？", long)]


def test_articles_keep_their_sites_apart():
    files = [("a.md", article(1).encode()), ("b.md", article(2, "www.other.org").encode())]
    options = {"articles": True, "origins": ["opensource.com"], "questions": False}
    (kept,) = markdown_documents(files, options)
    (rest,) = markdown_documents(files, {**options, "other_origins": True})
    assert kept.source == "opensource.com" and kept.text.startswith("题目1")
    assert rest.source == "other.org" and rest.text.startswith("题目2")
    assert "via" not in kept.text + rest.text and "译者" not in kept.text


def test_files_that_are_hardly_chinese_are_left_out():
    files = [("a.md", b"English only. " * 100), ("b.md", "太短了。".encode()), ("c.md", b"\xff\xfe")]
    assert list(markdown_documents(files, {})) == []


def test_recipes_answer_how():
    text = (
        "# 番茄汤的做法\n\n"
        + prose(1)
        + "\n\n## 必备原料\n\n- 番茄\n\n## 附加内容\n\n- 如果有问题，请提 Issue\n"
    )
    answers = said(recipe_documents([("dishes/a.md", text.encode())], {}))
    assert (
        answers[-1][0] == "番茄汤怎么做？"
        and "必备原料\n- 番茄" in answers[-1][1]
        and "Issue" not in answers[-1][1]
    )


def test_translations_join_lines_and_leave_out_doubtful_ones():
    assert list(translation_pairs('msgid ""\nmsgstr "x"\n\nmsgid "a"\nmsgstr ""\n"春\\n"\n"天"')) == [
        ("a", "春\n天")
    ]
    documents = list(RECIPES["translations"]([("faq/a.po", PO.encode())], {}))
    assert documents[0].text.startswith("什么是风筝？\n第3篇") and "可疑" not in documents[0].text
    assert said(documents)[0][0] == "什么是风筝？"
    assert list(RECIPES["translations"]([("license.po", PO.encode())], {})) == []


def test_books_are_capped_and_make_tasks():
    files = [(f"双语数据/论语/{name}/bitext.txt", BITEXT.encode()) for name in ("学而篇", "为政篇")]
    options = {"modern_characters": 10, "classical_characters": 10**6, "translation_percent": 100}
    documents = list(bilingual_documents(files, options))
    texts = [document.text.split("\n")[0] for document in documents if document.text]
    assert texts == ["《论语》学而篇（现代汉语译文）", "《论语》学而篇", "《论语》为政篇"]
    assert len(said(documents)) == 40
    assert said(documents)[0][0] == "把下面的文言文翻译成现代汉语：\n学而时习之，不亦说乎0。"


def test_a_share_is_drawn_by_hash():
    drawn = [is_drawn(f"诗{number}", 30) for number in range(2000)]
    assert 0.26 < sum(drawn) / 2000 < 0.34 and drawn == [
        is_drawn(f"诗{number}", 30) for number in range(2000)
    ]
    assert not is_drawn("诗", 0) and is_drawn("诗", 100)


def test_poems_are_simplified_and_damaged_ones_left_out():
    bad = [
        {"title": "缺", "paragraphs": ["床前明月光□疑是地上霜舉頭望"]},
        {"paragraphs": [1]},
        "x",
        {"paragraphs": ["短"]},
    ]
    collections = [{"pattern": "三百首", "dynasty": "唐", "percent": 100, "is_famous": True}]
    files = [("三百首.json", encoded(POEMS + bad)), ("other.json", encoded(POEMS)), ("三百首2.json", b"{")]
    documents = list(poem_documents(files, {"collections": collections}))
    assert documents[0].text == "《静夜思》 唐·李白\n床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"
    assert said(documents)[1][1] == "出自唐·李白的《静夜思》。" and len(documents) == 3


@pytest.mark.parametrize("limit", [10, 20, 40, 1000])
def test_passages_hold_the_answer(limit):
    context = "".join(f"这是第{number}句话。" for number in range(30))
    shown = passage(context, "第17", limit)
    assert "第17" in shown and shown in context and (len(shown) <= limit or limit < 9)
    assert passage(context, "没有", limit) is None and passage("短文。", "没有") is None


def test_reading_from_a_zip_archive():
    files = [("a.zip", zipped("x.json", json.dumps(SQUAD)))]
    context, question = reading_documents(files, {"simplify": True})
    assert context.text.startswith("风筝是中国人发明的。")
    assert question.messages[0].content.endswith("\n问题：谁发明了风筝？")
    assert question.messages[1] == Message("assistant", "中国人")


@pytest.mark.parametrize(
    ("form", "content", "expected"),
    [
        ("counselling", encoded(TALK), 4),
        ("rounds", encoded([{"conversation": [{"input": "你好吗", "output": "我很好"}]}]), 2),
        (
            "named",
            jsonl(
                [{"conversations": [{"from": "human", "value": "你好吗"}, {"from": "gpt", "value": "好"}]}]
            ),
            2,
        ),
        (
            "chats",
            encoded({"1": {"messages": [{"content": "你好吗"}, {"content": "好"}, {"content": "再见"}]}}),
            2,
        ),
        ("chats", encoded([{"messages": [{"message": "你好吗"}, {"message": "我很好"}]}]), 2),
        ("instructions", jsonl([{"instruction": "写诗", "input": "春天", "output": "春眠不觉晓"}]), 2),
        ("instructions", jsonl([{"instruction": "写诗", "instances": [{"input": "", "output": "春眠"}]}]), 2),
        ("instructions", jsonl([{"question": "谁写的", "std_answer": "孟浩然"}]), 2),
        (
            "exam",
            encoded({"example": [{"question": "选择题目", "answer": ["A"], "analysis": "因为春天"}]}),
            2,
        ),
        ("yaml", "categories:\n- a\nconversations:\n- - 你好吗\n  - 我很好\n- - 孤单\n", 2),
    ],
)
def test_dialogues_in_every_form(form, content, expected):
    content = content.encode() if isinstance(content, str) else content
    (turns,) = said(dialogue_documents([("a.json", content)], {"form": form}))
    assert len(turns) == expected and all(turns)


def test_dialogues_join_turns_and_are_cut_after_an_answer():
    (turns,) = said(dialogue_documents([("a", encoded(TALK))], {"form": "counselling"}))
    assert turns[2] == "从上个月开始的。\n工作很忙。"
    (turns,) = said(dialogue_documents([("a", encoded(TALK))], {"form": "counselling", "max_characters": 30}))
    assert len(turns) == 2
    (turns,) = said(dialogue_documents([("a", encoded(TALK))], {"form": "counselling", "max_characters": 1}))
    assert len(turns) == 2


def test_hard_subjects_and_named_models_are_left_out():
    def one(words, **options):
        content = encoded([{"conversation": [{"input": words, "output": "我听到了你的话"}]}])
        return said(dialogue_documents([("a", content)], {"form": "rounds", **options}))

    assert one("我想自杀") and not one("我想自杀", sensitive=True)
    assert one("你是ChatGPT吗") and not one("你是ChatGPT吗", avoid="ChatGPT")
    assert not one("hello there, how are you today my friend?" * 3) and not one(" ")


def test_dictionaries_ask_and_answer():
    files = [
        (
            "data/idiom.json",
            encoded(
                [{"word": "画蛇添足", "explanation": "做了多余的事情。", "derivation": "《战国策·齐策》"}, {}]
            ),
        ),
        ("data/xiehouyu.json", encoded([{"riddle": "飞蛾扑火", "answer": "自取灭亡"}])),
        (
            "char_base.json",
            b"[\n"
            + encoded(
                {
                    "char": "\u6625",
                    "pinyin": ["ch\u016bn"],
                    "radicals": "\u65e5",
                    "strokes": 9,
                    "frequency": 0,
                }
            )
            + b",\nbad\n]",
        ),
        ("readme.json", b"[]"),
    ]
    told = said(dictionary_documents(files, {}))
    assert told[0] == (
        "成语“画蛇添足”是什么意思？",
        "“画蛇添足”的意思是：做了多余的事情。\n出处：《战国策·齐策》",
    )
    assert told[1] == ("歇后语“飞蛾扑火”的下半句是什么？", "自取灭亡")
    assert told[2][1] == "“春”字读作chūn，部首是“日”，共9画。" and len(told) == 3


def source(**values):
    return Source(**make_entry("one", "a/b", "0" * 40, **values))


def test_for_all_normalised_long_enough_and_none_twice(monkeypatch):
    text = prose(1)
    found = [text, "　" + text + "\u200b", "太短。", prose(2)]
    talk = (Message("user", "问"), Message("assistant", "答"))
    documents = [Document(item, None) for item in found] + [Document(None, talk)] * 2
    documents += [Document(None, (Message("user", "\u200b"), Message("assistant", "答")))]
    monkeypatch.setitem(RECIPES, "markdown", lambda files, options: iter(documents))
    kept = list(clean(source(), []))
    assert [document.text for document in kept] == [text, prose(2), None]
    assert len(list(clean(source(options={"min_chinese": 2}), []))) == 4


def test_a_form_that_is_not_the_expected_is_told_with_its_file():
    with pytest.raises(CorpusError, match="source 'one': b.json has not the form that the recipe 'reading'"):
        list(clean(source(recipe="reading"), [("a.json", encoded(SQUAD)), ("b.json", b"{}")]))
    with pytest.raises(CorpusError, match="c.zip has not the form"):
        list(clean(source(recipe="reading"), [("c.zip", b"no archive")]))
    with pytest.raises(CorpusError, match="there is no recipe 'soup'. Expected one of bilingual, cooking"):
        list(clean(source(recipe="soup"), []))
