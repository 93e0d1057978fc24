"""Small git repositories that imitate the sources, and a catalogue of them."""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
WORDS = "春天来了，花园里的花都开了，小朋友们在草地上放风筝，老人们坐在树下说从前的事情。"
QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@b",
    "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z",
}


def git(folder, *words):
    """Run git in a folder; returns what it prints."""
    result = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, env={**os.environ, **QUIET}
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def make_repository(folder, files):
    """A repository of two commits; returns the hash of the first, which holds `files` (path: str or bytes).

    The second changes every file, so that only who fetches the exact commit gets the right text.
    """
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    commits = []
    for ending in (b"", b"\nlater"):
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            content = content.encode() if isinstance(content, str) else content
            (folder / path).write_bytes(content + ending)
        git(folder, "add", "-A")
        git(folder, "-c", "gc.auto=0", "commit", "-q", "-m", "text")
        commits.append(git(folder, "rev-parse", "HEAD"))
    git(folder, "repack", "-adq")  # one pack, as a mirror has
    return commits[0]


def prose(number, num_sentences=6):
    """Some Chinese prose, another for each number."""
    return "".join(f"第{number}篇第{index}句：{WORDS}" for index in range(num_sentences))


def article(number, site="opensource.com"):
    """An article of the LCTT collection."""
    title = f"---\ntitle: 题目{number}\n---\n\n"
    section = "### 什么是风筝？\n\n" + WORDS + WORDS + "\n\n"
    end = f"------------------------------\n\nvia: https://{site}/article\n\n作者：某人 译者：某人\n"
    return title + prose(number) + "\n\n" + section + "```\ncode of no use\n```\n\n" + end


def zipped(name, text):
    """A zip archive with one file, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def jsonl(values):
    """One JSON object a line."""
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values) + "\n"


SQUAD = {
    "data": [
        {
            "paragraphs": [
                {
                    "context": "風箏（）是中國人發明的。" + prose(9, 12),
                    "qas": [{"question": "誰發明了風箏？", "answers": [{"text": "中國人"}]}],
                }
            ]
        }
    ]
}
TALK = [
    {"role": "client", "content": "我最近睡不好觉。"},
    {"role": "counselor", "content": "愿意说说是从什么时候开始的吗？"},
    {"role": "client", "content": "从上个月开始的。"},
    {"role": "client", "content": "工作很忙。"},
    {"role": "counselor", "content": "听起来你很辛苦，先试着早点休息。"},
]
BITEXT = "".join(
    f"古文：学而时习之，不亦说乎{index}。\n现代文：学了又时常温习和练习，不是很愉快吗{index}？\n\n"
    for index in range(20)
)
POEMS = [
    {
        "title": "靜夜思",
        "author": "李白",
        "paragraphs": ["床前明月光，疑是地上霜。", "舉頭望明月，低頭思故鄉。"],
    }
]
PO = (
    'msgid ""\nmsgstr "Content-Type: text/plain"\n\n#: a.rst:1\nmsgid "What is a :term:`kite`?"\n'
    'msgstr "什么是 :term:`风筝`？"\n\nmsgid "Spring"\nmsgstr ""\n"'
    + prose(3)
    + '"\n\n#, fuzzy\nmsgid "x"\nmsgstr "可疑的句子，不应该出现在这里。"\n'
)
# name: (repository, files, entry)
IMITATIONS = {
    "articles": (
        "club/articles",
        {
            **{f"published/{number}.md": article(number) for number in range(30)},
            "published/copy.md": article(0),
            "published/other.md": article(77, "example.com"),
            "pictures/large.bin": b"\0" * 3000,
        },
        {
            "recipe": "markdown",
            "paths": [r"^published/.*\.md$"],
            "options": {"articles": True, "origins": ["opensource.com"]},
        },
    ),
    "translations": ("club/manual", {"faq/general.po": PO}, {"recipe": "translations", "paths": [r"\.po$"]}),
    "books": (
        "club/books",
        {"双语数据/论语/学而篇/bitext.txt": BITEXT},
        {"recipe": "bilingual", "paths": ["bitext"], "options": {"translation_percent": 50}},
    ),
    "poems": (
        "club/poems",
        {"诗/唐诗三百首.json": json.dumps(POEMS, ensure_ascii=False)},
        {
            "recipe": "poetry",
            "paths": [r"\.json$"],
            "options": {
                "min_chinese": 10,
                "prose": "^论语/",
                "collections": [{"pattern": "三百首", "dynasty": "唐", "percent": 100, "is_famous": True}],
            },
        },
    ),
    "reading": (
        "club/reading",
        {"train.zip": zipped("train.json", json.dumps(SQUAD, ensure_ascii=False))},
        {"recipe": "reading", "paths": [r"train\.zip"], "options": {"simplify": True}},
    ),
    "talks": (
        "club/talks",
        {f"data/{number}.json": json.dumps(TALK, ensure_ascii=False) for number in range(3)},
        {"recipe": "dialogues", "paths": ["^data/"], "options": {"form": "counselling", "sensitive": True}},
    ),
}


class Sources(NamedTuple):
    """Local repositories and their catalogue."""

    mirror: Path
    catalogue: Path
    names: tuple


def build_sources(folder):
    """All imitations, as repositories in one mirror, and their catalogue."""
    entries = []
    for name, (repository, files, entry) in IMITATIONS.items():
        commit = make_repository(folder / "mirror" / repository, files)
        entries.append(make_entry(name, repository, commit, **entry))
    (folder / "catalogue.json").write_text(json.dumps({"sources": entries}), encoding="utf-8")
    return Sources(folder / "mirror", folder / "catalogue.json", tuple(IMITATIONS))


def make_entry(name, repository, commit, **values):
    """An entry of a catalogue."""
    return {
        "name": name,
        "title": name.title(),
        "description": "Some text",
        "kind": "text and dialogues",
        "repository": repository,
        "url": f"https://host.invalid/{repository}.git",
        "commit": commit,
        "paths": ["."],
        "licence": "MIT",
        "licence_url": "https://host.invalid/LICENSE",
        "recipe": "markdown",
        "download_megabytes": 0.1,
        "text_megabytes": 0.1,
        "is_default": True,
        **values,
    }


class Ended(NamedTuple):
    """A finished command."""

    status: int
    output: str


def start_mof(*words, without_git=False, cwd=None):
    """The real command, as a process."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    if without_git:
        environment["PATH"] = "/nowhere"
    return subprocess.Popen(
        [sys.executable, "-m", "mof", "corpus", *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=cwd or ROOT,
        encoding="utf-8",
    )


def run_mof(*words, **options):
    """The real command, to its end."""
    process = start_mof(*words, **options)
    output, _ = process.communicate(timeout=120)
    return Ended(process.returncode, output)


def fetch_words(sources, output, *more):
    """The words of a fetch from the local repositories."""
    where = ("--catalogue", sources.catalogue, "--mirror", sources.mirror, "--output", output)
    return ("fetch", *where, "--yes", *more)


def contents(folder):
    """{path: bytes} of all that was made, the downloads left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and ".download" not in path.parts
    }
