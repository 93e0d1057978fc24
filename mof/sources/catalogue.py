"""The catalogue of public sources: what each is, who may use it how, and where exactly it lies.

`catalogue.json` beside this file is the project's own. `load_catalogue` checks every entry, so a reader's
own catalogue gets the same messages. Called by `mof corpus list` and `mof corpus fetch`.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from importlib import resources
from pathlib import Path
from typing import Any

from mof.corpus.reading_report import CorpusError

CATALOGUE_NAME = "catalogue.json"
LICENCES = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "BSD-3-Clause": "https://opensource.org/license/bsd-3-clause",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-3.0": "https://creativecommons.org/licenses/by-sa/3.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "MIT": "https://opensource.org/license/mit",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "PSF-2.0": "https://docs.python.org/3/license.html",
    "Unlicense": "https://unlicense.org/",
}
KINDS = ("text", "dialogues", "text and dialogues")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_TEXTS = (
    "name",
    "title",
    "description",
    "kind",
    "repository",
    "url",
    "commit",
    "licence",
    "licence_url",
    "recipe",
)
_HASHED = ("repository", "commit", "licence", "paths", "recipe", "options")  # what decides the output


@dataclass(frozen=True)
class Source:
    """One entry of the catalogue.

    Attributes:
        name: short, lower case: what `--source` takes, and how its files start.
        title: its name for people.
        description: what the text is, in English.
        kind: one of `KINDS`, what comes out of the cleaning.
        repository: "owner/name", as on the host.
        url: of the git repository.
        commit: 40 hexadecimal digits. The hash covers every byte of the text: it is the checksum.
        paths: regular expressions; a file is wanted where one of them is found in its path.
        licence: SPDX id, or several joined by " AND ".
        licence_url: where it was read, at this commit.
        recipe: name of the cleaning, see `mof.sources.cleaning`.
        options: of the recipe.
        download_megabytes: about how much is transferred.
        text_megabytes: about how much clean text (UTF-8) comes out.
        is_default: whether it is fetched where no source is named.
        cautions: what to know before using it.
    """

    name: str
    title: str
    description: str
    kind: str
    repository: str
    url: str
    commit: str
    paths: tuple[str, ...]
    licence: str
    licence_url: str
    recipe: str
    download_megabytes: float
    text_megabytes: float
    is_default: bool
    options: dict[str, Any] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key in _TEXTS:
            self._check(key, isinstance(getattr(self, key), str), "text")
        for key in ("paths", "cautions"):
            self._check(key, _is_list_of_texts(getattr(self, key)), "a list of texts")
            object.__setattr__(self, key, tuple(getattr(self, key)))
        self._check("name", bool(_NAME.fullmatch(self.name)), "lower-case letters, digits and hyphens")
        for key in ("title", "description", "recipe"):
            self._check(key, bool(getattr(self, key).strip()), "some words")
        self._check("kind", self.kind in KINDS, f"one of {', '.join(KINDS)}")
        self._check("repository", bool(_REPOSITORY.fullmatch(self.repository)), "owner/name")
        self._check("url", self.url.startswith("https://"), "an address that starts with https://")
        self._check("commit", bool(_COMMIT.fullmatch(self.commit)), "40 hexadecimal digits in lower case")
        known = all(part in LICENCES for part in self.licence.split(" AND "))
        self._check("licence", known, f"one of {', '.join(LICENCES)}, or several joined by AND")
        self._check("licence_url", self.licence_url.startswith("https://"), "an address with https://")
        self._check("paths", bool(self.paths) and all(map(_is_pattern, self.paths)), "regular expressions")
        for key in ("download_megabytes", "text_megabytes"):
            number = getattr(self, key)
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
            self._check(key, is_number and number > 0, "a number above 0")
        self._check("is_default", isinstance(self.is_default, bool), "true or false")
        self._check("options", isinstance(self.options, dict), "an object")

    def _check(self, key: str, is_good: bool, expected: str) -> None:
        if not is_good:
            value = getattr(self, key)
            raise CorpusError(f"source {self.name!r}: {key} is {value!r}, expected {expected}.")

    def is_wanted(self, path: str) -> bool:
        """Whether a file of the repository belongs to the source."""
        return any(re.search(pattern, path) for pattern in self.paths)

    def fingerprint(self, cleaning_version: int) -> str:
        """SHA-256 of all that decides the output: a change of any of it means cleaning again."""
        values = asdict(self)
        content = [cleaning_version, *(values[key] for key in _HASHED)]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()


def load_catalogue(path: str | Path | None = None) -> list[Source]:
    """Reads and checks a catalogue.

    Args:
        path: a JSON file, {"sources": [...]}; None for the one that ships.

    Returns:
        Sources in the order of the file.

    Raises:
        CorpusError: an entry is incomplete or wrong; the message names it and what was expected.

    Example:
        >>> load_catalogue()[0].name
        'lctt'
    """
    if path is None:
        where = CATALOGUE_NAME
        written = resources.files("mof.sources").joinpath(CATALOGUE_NAME).read_text(encoding="utf-8")
    else:
        where = str(path)
        written = Path(path).read_text(encoding="utf-8")
    try:
        entries = json.loads(written)["sources"]
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f'{where} is no catalogue: {error!r}. Expected {{"sources": [...]}}.') from error
    if not isinstance(entries, list):
        raise CorpusError(f"{where}: sources is {entries!r}, expected a list of objects.")
    sources = [_source(entry, where) for entry in entries]
    names = [source.name for source in sources]
    for name in names:
        if names.count(name) > 1:
            raise CorpusError(f"{where} has {names.count(name)} sources named {name!r}. Rename all but one.")
    return sources


def _source(entry: Any, where: str) -> Source:
    if not isinstance(entry, dict):
        raise CorpusError(f"{where}: a source is {entry!r}, expected an object.")
    known = {item.name for item in fields(Source)}
    optional = {"options", "cautions"}
    name = entry.get("name", "without a name")
    for key in entry:
        if key not in known:
            raise CorpusError(f"{where}: source {name!r} has an unknown key {key!r}.{_nearest(key, known)}")
    missing = sorted(known - optional - set(entry))
    if missing:
        raise CorpusError(f"{where}: source {name!r} lacks {', '.join(missing)}. Add them.")
    return Source(**entry)


def select(sources: Sequence[Source], names: Sequence[str] | None) -> list[Source]:
    """The sources named, in the catalogue's order; the default set where none is named.

    Raises:
        CorpusError: a name is not in the catalogue.
    """
    if not names:
        return [source for source in sources if source.is_default]
    known = [source.name for source in sources]
    for name in names:
        if name not in known:
            raise CorpusError(
                f"there is no source {name!r}.{_nearest(name, known)} `mof corpus list` shows them all."
            )
    return [source for source in sources if source.name in names]


def _nearest(word: str, known: Any) -> str:
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean {found[0]!r}?" if found else ""


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value)


def _is_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
