"""From the files of a source to its documents: the source's own recipe, then what holds for all.

The same files always give the same documents in the same order: paths are sorted, nothing is drawn at random.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mof.corpus.document import Document, Message
from mof.corpus.reading_report import CorpusError
from mof.corpus.splitting import document_hash
from mof.sources.catalogue import Source
from mof.sources.clean_classics import bilingual_documents, chinese_poetry_documents
from mof.sources.clean_dialogues import dialogue_documents
from mof.sources.clean_dictionaries import dictionary_documents
from mof.sources.clean_markdown import markdown_documents, recipe_documents
from mof.sources.clean_reading import reading_documents
from mof.sources.clean_translations import translation_documents
from mof.sources.git_objects import DamagedObjectError
from mof.sources.plain_text import normalized, num_chinese

# Raised with every change of what comes out: sources cleaned before are then cleaned again.
CLEANING_VERSION = 1
MIN_CHINESE = 60  # characters of a text; the option "min_chinese" of a source stands above it

Recipe = Callable[[Iterable[tuple[str, bytes]], Mapping[str, Any]], Iterator[Document]]
RECIPES: dict[str, Recipe] = {
    "bilingual": bilingual_documents,
    "cooking": recipe_documents,
    "dialogues": dialogue_documents,
    "dictionary": dictionary_documents,
    "markdown": markdown_documents,
    "poetry": chinese_poetry_documents,
    "reading": reading_documents,
    "translations": translation_documents,
}


def clean(source: Source, files: Iterable[tuple[str, bytes]]) -> Iterator[Document]:
    """The documents of a source: normalised, long enough, none twice.

    Args:
        source: with its recipe and options.
        files: (path, content), sorted by path.

    Raises:
        CorpusError: the recipe is unknown, or a file has not the form that it expects.
    """
    if source.recipe not in RECIPES:
        raise CorpusError(
            f"source {source.name!r}: there is no recipe {source.recipe!r}. Expected one of "
            f"{', '.join(RECIPES)}."
        )
    min_chinese = source.options.get("min_chinese", MIN_CHINESE)
    seen: set[str] = set()
    named = _Remembering(files)
    try:
        for document in RECIPES[source.recipe](named, source.options):
            document = _normalized(document)
            if not all(document.texts) or (
                document.text is not None and num_chinese(document.text) < min_chinese
            ):
                continue
            digest = document_hash(document)
            if digest not in seen:
                seen.add(digest)
                yield document
    except DamagedObjectError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, zipfile.BadZipFile) as error:
        raise CorpusError(
            f"source {source.name!r}: {named.path} has not the form that the recipe "
            f"{source.recipe!r} expects "
            f"({type(error).__name__}: {error})."
        ) from error


class _Remembering:
    """Passes files on and remembers which is being read, for messages."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        self.path = ""
        self._files = files

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        for path, content in self._files:
            self.path = path
            yield path, content


def _normalized(document: Document) -> Document:
    if document.messages is None:
        return Document(normalized(document.text), None, document.source)
    told = tuple(Message(message.role, normalized(message.content)) for message in document.messages)
    return Document(None, told, document.source)
