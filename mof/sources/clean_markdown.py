"""Articles and manuals in Markdown: one text each, and dialogues from the headings that ask something."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.sources.markdown_blocks import Block, chinese_text, markdown_blocks
from mof.sources.plain_text import chinese_share, decoded, is_paragraph, num_chinese, pieces

MIN_CHINESE_OF_TEXT = 120
MIN_SHARE_OF_TEXT = 0.45
MAX_ANSWER = 600
_ASKS = re.compile(
    r"^(?:如何|怎么|怎样|为什么|为何|什么是|什么时候|何时|哪些|哪个|谁|是否|能否|应该)|[?？]$|是什么|有哪些|怎么办|的区别$"
)
_NUMBER = re.compile(r"^[\d.、\s]+")
_POINTS_AWAY = re.compile(r"如下|[下上]图|[下上]表|图所示|见下|下面的(?:代码|例子|图|表)")
_NEEDS_TITLE = re.compile("[它这该此其]|本文")
# An article of the Linux community of China: links, then a ruler, then translator and origin.
_ARTICLE_END = re.compile(r"^-{20,}\s*\n+\s*(?:via|作者|来源)|^\s*via\s*[:：]", re.M | re.I)
_CREDIT = re.compile(r"^(?:译者|作者|校对|选题|编译|本文由.*(?:LCTT|荣誉推出)).*$|^\[#\]:.*$", re.M)
_ORIGIN = re.compile(r"via\s*[:：]?\s*\(?\s*https?://(?:www\.)?([^/\s)]+)", re.I)


def markdown_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Documents of a repository of Markdown files.

    Args:
        files: (path, content).
        options: "articles" (true: the credits at the end are cut, the site that the article came from is
            named in `source`); with it "origins", sites to keep, or "other_origins", true to keep all but
            these; "questions" (false: no dialogues).
    """
    for _, content in files:
        text = decoded(content)
        if text is None:
            continue
        origin = ""
        if options.get("articles"):
            found = _ORIGIN.search(text)
            origin = found[1].lower() if found else "unknown"
            if not _is_kept_origin(origin, options):
                continue
            text = _CREDIT.sub("", _ARTICLE_END.split(text, maxsplit=1)[0])
        blocks = markdown_blocks(text)
        prose = chinese_text(blocks)
        if num_chinese(prose) < MIN_CHINESE_OF_TEXT or chinese_share(prose) < MIN_SHARE_OF_TEXT:
            continue
        for piece in pieces(prose):
            yield Document(piece, None, origin)
        if options.get("questions", True):
            for question, answer in questions(blocks):
                yield Document(None, (Message("user", question), Message("assistant", answer)), origin)


def recipe_documents(files: Iterable[tuple[str, bytes]], options: Mapping[str, Any]) -> Iterator[Document]:
    """Cooking recipes: the text of each, and how to make the dish as an answer."""
    for path, content in files:
        yield from markdown_documents([(path, content)], options)
        text = decoded(content)
        blocks = markdown_blocks(text) if text is not None else []
        title = next((block.text for block in blocks if block.level == 1), "")
        if not title.endswith("的做法"):
            continue
        lines = []
        is_extra = False
        for block in blocks:
            if block.level:
                is_extra = "附加" in block.text
            if block.level != 1 and not is_extra and not re.search("Issue|Pull request", block.text):
                lines.append(block.text)
        answer = "\n".join(lines)
        if num_chinese(answer) >= 60:
            asked = Message("user", f"{title.removesuffix('的做法')}怎么做？")
            yield Document(None, (asked, Message("assistant", answer)))


def questions(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """(question, answer) for each heading that asks something and is answered right below it."""
    title = next((block.text for block in blocks if block.level == 1), "")
    for index, block in enumerate(blocks):
        question = _NUMBER.sub("", block.text).strip("#* ")
        if not block.level or not 5 <= len(question) <= 50 or not _ASKS.search(question):
            continue
        lines = []
        for other in blocks[index + 1 :]:
            if other.level or sum(map(len, lines)) + len(other.text) > MAX_ANSWER:
                break
            if is_paragraph(other.text):
                lines.append(other.text)
        answer = re.sub("[：:]$", "。", "\n".join(lines))
        if num_chinese(answer) < 30 or chinese_share(answer) < 0.5 or _POINTS_AWAY.search(answer):
            continue
        if num_chinese(title) >= 2 and title != block.text and _NEEDS_TITLE.search(question):
            question = f"关于“{title}”：{question}"
        yield question if question[-1] in "?？" else question + "？", answer


def _is_kept_origin(origin: str, options: Mapping[str, Any]) -> bool:
    named = options.get("origins")
    return named is None or (origin in named) != options.get("other_origins", False)
