"""What a message says of files that are no longer the same."""

import pytest

from mof.corpus.source_entries import differences, fingerprint_of


def entries(*items):
    """Of (path, content): the name is the last part of the path."""
    return [{"name": path.rpartition("/")[2], "path": path, "sha256": content} for path, content in items]


PROSE, TALKS, MORE = ("/p/a", "1"), ("/t/a", "2"), ("/p/b", "3")


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        ([PROSE], [MORE], "gone: a; new: b"),
        ([PROSE, MORE], [("/x/a", "9"), MORE], "changed: a"),
        ([PROSE, TALKS], [PROSE, ("/t/a", "9")], "changed: /t/a"),
        ([PROSE, TALKS], [TALKS], "gone: /p/a"),
        ([PROSE], [PROSE, ("/q/a", "1")], "new: /q/a"),
        ([PROSE, TALKS], [TALKS, PROSE], "the same files in another order: /t/a, /p/a"),
        ([PROSE, MORE], [MORE, PROSE], "the same files in another order: b, a"),
        ([PROSE], [PROSE], "the same files, but other settings turn them into tokens"),
        ([], [(f"/p/{n}", "1") for n in range(7)], "new: 0, 1, 2, 3, 4 and 2 more"),
    ],
)
def test_differences_in_words(then, now, words):
    assert differences(entries(*then), entries(*now)) == words


def test_a_folder_that_moved_is_told_of_only_where_a_content_changed():
    moved = entries(("/new/p/a", "1"), ("/new/t/a", "9"))
    assert differences(entries(PROSE, TALKS), moved) == "gone: /t/a; new: /new/t/a"


def test_the_fingerprint_sees_names_contents_order_and_settings_but_no_paths():
    base = fingerprint_of({"salt": ""}, entries(PROSE, MORE))
    assert fingerprint_of({"salt": ""}, entries(("/x/a", "1"), ("/y/b", "3"))) == base
    others = [
        entries(MORE, PROSE),
        entries(PROSE),
        entries(PROSE, ("/p/b", "4")),
        entries(PROSE, ("/p/c", "3")),
    ]
    found = {fingerprint_of({"salt": ""}, other) for other in others}
    found.add(fingerprint_of({"salt": "x"}, entries(PROSE, MORE)))
    assert len(found) == 5 and base not in found
