"""The catalogue that ships is complete and small enough; a wrong one is refused by name."""

import json

import pytest

from mof.corpus.reading_report import CorpusError
from mof.sources.catalogue import load_catalogue, select
from mof.sources.clean_dialogues import FORMS
from mof.sources.cleaning import CLEANING_VERSION, RECIPES
from mof.sources.fetching import planned_download_bytes
from tests.sources.repositories import make_entry

CATALOGUE = load_catalogue()
HASH = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize("source", CATALOGUE, ids=lambda source: source.name)
def test_every_entry_can_be_used(source):
    assert source.recipe in RECIPES
    assert source.recipe != "dialogues" or source.options["form"] in FORMS
    assert source.url == f"https://github.com/{source.repository}.git"
    assert source.licence_url.startswith(f"https://github.com/{source.repository}/blob/{source.commit}/")
    assert source.description[0].isupper() and source.title.isascii() and source.description.isascii()
    # who leaves the default set is told why
    assert source.is_default or any("Not in the default set" in caution for caution in source.cautions)


def test_the_default_set_is_at_most_500_megabytes():
    default = select(CATALOGUE, None)
    assert len(default) >= 20
    assert planned_download_bytes(default) <= 500e6


def test_the_whole_catalogue_counts_a_shared_download_once():
    named = select(CATALOGUE, ["lctt", "lctt-other"])
    assert len(named) == 2 and planned_download_bytes(named) == planned_download_bytes(named[:1])


def test_no_official_test_part_is_wanted():
    everything = "\n".join(source.name for source in CATALOGUE if source.is_wanted("DRCD_test.json"))
    assert everything == ""
    for path in ("squad-style-data/cmrc2018_dev.json", "DRCD_test.json"):
        assert not any(source.is_wanted(path) for source in CATALOGUE if source.recipe == "reading")


def written(tmp_path, *entries):
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps({"sources": entries}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"commit": "abc"}, "commit is 'abc', expected 40 hexadecimal digits"),
        ({"commit": HASH.upper()}, "expected 40 hexadecimal digits in lower case"),
        ({"licence": "Mine"}, "licence is 'Mine', expected one of Apache-2.0"),
        ({"name": "../up"}, "name is '../up', expected lower-case"),
        ({"repository": "a/../../b"}, "expected owner/name"),
        ({"url": "git@host:x"}, "https://"),
        ({"paths": ["("]}, "expected regular expressions"),
        ({"paths": []}, "expected regular expressions"),
        ({"download_megabytes": 0}, "expected a number above 0"),
        ({"kind": "songs"}, "expected one of text, dialogues"),
        ({"is_default": "yes"}, "expected true or false"),
        ({"paths": "^docs/"}, "paths is '^docs/', expected a list of texts"),
        ({"paths": None}, "paths is None, expected a list of texts"),
        ({"paths": ["a", 5]}, "expected a list of texts"),
        ({"cautions": "none"}, "cautions is 'none', expected a list of texts"),
        ({"name": 5}, "source 5: name is 5, expected text"),
        ({"url": None}, "url is None, expected text"),
        ({"licence": ["MIT"]}, "licence is ['MIT'], expected text"),
        ({"title": 1}, "title is 1, expected text"),
        ({"text_megabytes": True}, "expected a number above 0"),
        ({"licnce": "MIT"}, "unknown key 'licnce'. Did you mean 'licence'?"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(tmp_path, change, words):
    entry = make_entry("one", "a/b", HASH) | change
    with pytest.raises(CorpusError) as refused:
        load_catalogue(written(tmp_path, entry))
    assert words in str(refused.value) and "one" in str(refused.value) or change.get("name")


@pytest.mark.parametrize("key", sorted(make_entry("one", "a/b", HASH)))
def test_every_key_is_needed(tmp_path, key):
    entry = make_entry("one", "a/b", HASH)
    del entry[key]
    with pytest.raises(CorpusError, match=f"lacks {key}"):
        load_catalogue(written(tmp_path, entry))


def test_no_catalogue_and_names_twice(tmp_path):
    with pytest.raises(CorpusError, match="2 sources named 'one'"):
        load_catalogue(written(tmp_path, *[make_entry("one", "a/b", HASH)] * 2))
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    with pytest.raises(CorpusError, match="is no catalogue"):
        load_catalogue(tmp_path / "list.json")
    for value in ("null", '{"one": 1}', "7"):
        (tmp_path / "list.json").write_text(f'{{"sources": {value}}}', encoding="utf-8")
        with pytest.raises(CorpusError, match="list.json: sources is .*, expected a list of objects"):
            load_catalogue(tmp_path / "list.json")


def test_unknown_source_names_the_nearest():
    with pytest.raises(CorpusError, match="there is no source 'poetri'. Did you mean 'poetry'"):
        select(CATALOGUE, ["poetri"])


def test_selection_keeps_the_order_of_the_catalogue():
    assert [source.name for source in select(CATALOGUE, ["poetry", "lctt"])] == ["lctt", "poetry"]


def test_fingerprint_changes_with_what_decides_the_output(tmp_path):
    base = make_entry("one", "a/b", HASH)
    changes = [{}, {"commit": HASH[::-1]}, {"paths": ["x"]}, {"recipe": "reading"}, {"options": {"a": 1}}]
    changes += [{"licence": "CC0-1.0"}, {"repository": "a/c"}]
    found = set()
    for change in changes:
        (source,) = load_catalogue(written(tmp_path, base | change))
        found.add(source.fingerprint(CLEANING_VERSION))
    found.add(source.fingerprint(CLEANING_VERSION + 1))
    assert len(found) == len(changes) + 1
    (other,) = load_catalogue(written(tmp_path, base | {"title": "Other", "download_megabytes": 7}))
    (first,) = load_catalogue(written(tmp_path, base))
    assert other.fingerprint(1) == first.fingerprint(1)


def test_licences_may_be_joined(tmp_path):
    (source,) = load_catalogue(written(tmp_path, make_entry("one", "a/b", HASH, licence="MIT AND PSF-2.0")))
    assert source.licence == "MIT AND PSF-2.0"
