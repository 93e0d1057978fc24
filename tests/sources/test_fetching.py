"""Fetching twice gives the same bytes; whatever breaks in between is found, named and mended."""

import json
import os
import shutil
import subprocess
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from mof import patient_files
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.sources import downloading, fetching
from mof.sources.catalogue import load_catalogue, select
from mof.sources.fetching import CACHE_NAME, check_disk, fetch, plan_fetch
from mof.sources.manifest import problems, read_manifest
from tests.sources.repositories import contents, git, make_entry, make_repository


def run(sources, output, names=None, mirrors=None, said=None):
    """Fetch in this process; returns the FetchResult."""
    catalogue = load_catalogue(sources.catalogue)
    plan = plan_fetch(output, select(catalogue, names))
    check_disk(plan)
    return fetch(plan, [str(sources.mirror)] if mirrors is None else mirrors, catalogue, (said or []).append)


@pytest.fixture(scope="module")
def expected(sources, tmp_path_factory):
    """What a fetch that nothing disturbs makes."""
    output = tmp_path_factory.mktemp("expected") / "text"
    result = run(sources, output)
    assert len(result.records) == len(sources.names) and not result.lost
    return contents(output)


@pytest.fixture(params=["git", "python"])
def program(request, monkeypatch):
    """Both ways to fetch."""
    if request.param == "python":
        monkeypatch.setattr(fetching, "find_git", lambda: None)
    return request.param


def test_twice_the_same_bytes_with_either_program(sources, expected, tmp_path, program):
    run(sources, tmp_path / "text")
    assert contents(tmp_path / "text") == expected


def test_a_scanner_that_holds_each_new_file_for_a_moment_costs_nothing(
    sources, expected, tmp_path, monkeypatch
):
    held, rename = set(), os.replace

    def refused_at_first(source, target):
        if isinstance(source, Path) and source not in held:
            held.add(source)
            raise PermissionError(13, "Access is denied", str(source))
        rename(source, target)

    as_on_windows = partial(patient_files.patiently, is_windows=True)
    monkeypatch.setattr(patient_files, "patiently", as_on_windows)
    monkeypatch.setattr(patient_files, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(os, "replace", refused_at_first)
    run(sources, tmp_path / "text")
    assert held and contents(tmp_path / "text") == expected


def test_the_text_is_what_a_training_reads(sources, tmp_path):
    run(sources, tmp_path)
    report = ReadingReport()
    documents = list(read_documents(tmp_path, report))
    assert report.num_bad_lines == 0
    manifest = read_manifest(tmp_path)
    assert len(documents) == sum(record["num_documents"] for record in manifest["sources"])
    assert sum(document.num_characters for document in documents) == sum(
        record["num_characters"] for record in manifest["sources"]
    )
    written = "\n".join(text for document in documents for text in document.texts)
    # the exact commit, no code, no credits, no double, no other site's article, no doubtful translation
    for word in ("later", "code of no use", "译者", "第77篇", "可疑"):
        assert word not in written
    assert sum(document.texts[0].startswith("题目0\n") for document in documents) == 1
    assert problems(tmp_path) == []


def test_manifest_and_notes_name_commit_and_licence(sources, expected, tmp_path):
    run(sources, tmp_path, ["poems"])
    (record,) = read_manifest(tmp_path)["sources"]
    notes = (tmp_path / "LICENSES.md").read_text(encoding="utf-8")
    assert record["commit"] in notes and "opensource.org/license/mit" in notes
    assert all(file["path"] in notes for file in record["files"])


def test_a_second_fetch_adds_to_the_first(sources, whole, tmp_path):
    run(sources, tmp_path, ["talks"])
    run(sources, tmp_path, ["poems"])
    run(sources, tmp_path, ["poems", "talks"])
    assert contents(tmp_path) == whole


def test_what_is_finished_is_neither_fetched_nor_cleaned_again(sources, tmp_path, monkeypatch):
    names = ["poems", "talks"]
    run(sources, tmp_path, names)
    monkeypatch.setattr(fetching, "downloaded", None)  # any use would fail
    assert len(run(sources, tmp_path, names).records) == 2
    shutil.rmtree(tmp_path / CACHE_NAME)  # the downloads are no longer needed
    assert len(run(sources, tmp_path, names).records) == 2


def test_a_changed_output_file_is_made_again_without_a_download(sources, expected, tmp_path, program):
    run(sources, tmp_path)
    flip(tmp_path / "text/articles-00.jsonl.zst")
    (tmp_path / "dialogues/talks-00.jsonl.zst").unlink()
    (tmp_path / "text/stray.jsonl.zst").write_bytes(b"")
    found = " ".join(problems(tmp_path))
    assert "articles-00.jsonl.zst of articles is damaged" in found
    assert "talks-00.jsonl.zst of talks is missing" in found
    assert "text/stray.jsonl.zst is not in the manifest" in found
    (tmp_path / "text/stray.jsonl.zst").unlink()
    run(sources, tmp_path, mirrors=["/nowhere"])
    assert contents(tmp_path) == expected and problems(tmp_path) == []


class Killed(BaseException):
    """Nothing catches it, as nothing catches kill -9."""


@pytest.fixture(scope="module")
def whole(sources, tmp_path_factory):
    """Two sources, fetched undisturbed."""
    output = tmp_path_factory.mktemp("whole") / "text"
    run(sources, output, ["poems", "talks"])
    return contents(output)


@pytest.mark.parametrize("step", range(9))  # as often as a fetch of these two puts something in its place
def test_stopped_at_any_step_the_same_command_ends_the_same(sources, whole, tmp_path, monkeypatch, step):
    names = ["poems", "talks"]
    real, calls = os.replace, []

    def replace_or_die(*words):
        calls.append(words)
        if len(calls) == step + 1:
            raise Killed
        return real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace_or_die)
        with pytest.raises(Killed):
            run(sources, tmp_path / "killed", names)
    first_done = {record["name"] for record in read_manifest(tmp_path / "killed")["sources"]}
    used = []
    with monkeypatch.context() as patch:
        patch.setattr(
            fetching, "clean", lambda source, files: used.append(source.name) or real_clean(source, files)
        )
        run(sources, tmp_path / "killed", names)
    assert contents(tmp_path / "killed") == whole
    assert set(used) == set(names) - first_done


real_clean = fetching.clean


def flip(path, place=0.5):
    """Change one byte of a file, read-only or not."""
    content = bytearray(path.read_bytes())
    content[int(place * (len(content) - 1))] ^= 0x40
    path.chmod(0o644)
    path.write_bytes(bytes(content))


def packs(folder):
    return sorted(folder.rglob("*.pack"))


@pytest.mark.parametrize("place", [0.0, 0.2, 0.6])
def test_a_damaged_byte_of_the_copy_is_never_taken_for_text(sources, tmp_path, program, place, capsys):
    names = ["articles"]
    run(sources, tmp_path, names)
    before = contents(tmp_path)
    shutil.rmtree(tmp_path / "text")  # so that the copy is read again
    for pack in packs(tmp_path / CACHE_NAME):
        flip(pack, place)
    result = run(sources, tmp_path, names)
    assert not result.lost and contents(tmp_path) == before
    if 0.2 <= place <= 0.7:
        assert "the copy on this disk is damaged: object " in capsys.readouterr().out


def test_a_copy_damaged_again_and_again_is_given_up(sources, tmp_path, program, monkeypatch):
    real = downloading.Download.contents

    def damaging(self):
        for pack in packs(self.store.folder):
            flip(pack, 0.3)
        return real(self)

    monkeypatch.setattr(downloading.Download, "contents", damaging)
    if program == "python":  # it keeps the file open, and would read what it has in memory
        monkeypatch.setattr(downloading, "read_checked", fail_to_read)
    result = run(sources, tmp_path, ["articles", "talks"])
    assert [source.name for source, _ in result.lost] == ["articles", "talks"]
    assert "again when fetched anew: object " in result.lost[0][1] and "Check the disk" in result.lost[0][1]


def fail_to_read(store, object_ids, kind):
    raise downloading.DamagedObjectError(object_ids[0], "cannot be read")
    yield


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_damaged_mirror_is_refused_and_the_others_go_on(own_sources, expected, tmp_path, program, place):
    (pack,) = packs(own_sources.mirror / "club/articles")
    flip(pack, place)
    result = run(own_sources, tmp_path / "text", ["articles", "books"])
    made = contents(tmp_path / "text")
    if result.lost:
        ((source, reason),) = result.lost
        assert source.name == "articles" and reason
        assert not any("articles" in path for path in made)
    else:  # the byte belongs to something that is not wanted
        assert made["text/articles-00.jsonl.zst"] == expected["text/articles-00.jsonl.zst"]
    assert made["text/books-00.jsonl.zst"] == expected["text/books-00.jsonl.zst"]


def test_a_damaged_loose_object_of_the_mirror_is_named(own_sources, tmp_path, program):
    folder = own_sources.mirror / "club/talks"
    (pack,) = packs(folder)
    pack.rename(tmp_path / "pack")
    for rest in pack.parent.iterdir():
        rest.unlink()
    with open(tmp_path / "pack", "rb") as stream:
        subprocess.run(["git", "-C", str(folder), "unpack-objects", "-q"], stdin=stream, check=True)
    commit = load_catalogue(own_sources.catalogue)[5].commit
    name = git(folder, "rev-parse", f"{commit}:data/1.json")
    flip(folder / ".git/objects" / name[:2] / name[2:])
    result = run(own_sources, tmp_path / "text", ["talks"])
    ((_, reason),) = result.lost
    assert name in reason
    # mended, the same command ends well
    shutil.rmtree(folder)
    shutil.copytree(load_mirror(own_sources) / "club/talks", folder)
    assert not run(own_sources, tmp_path / "text", ["talks"]).lost


def test_a_mirror_that_gives_other_content_is_refused(own_sources, tmp_path, program):
    folder = own_sources.mirror / "club/talks"
    commit = load_catalogue(own_sources.catalogue)[5].commit
    name = git(folder, "rev-parse", f"{commit}:data/1.json")
    for pack in packs(folder):
        pack.rename(tmp_path / "pack")
        pack.with_suffix(".idx").unlink()
        with open(tmp_path / "pack", "rb") as stream:
            subprocess.run(["git", "-C", str(folder), "unpack-objects", "-q"], stdin=stream, check=True)
    forged = json.dumps([{"role": "client", "content": "假的"}] * 4).encode()
    path = folder / ".git/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob %d\0" % len(forged) + forged))
    ((_, reason),) = run(own_sources, tmp_path / "text", ["talks"]).lost
    assert name in reason and (program == "git" or "in the mirror, object" in reason)
    assert not (tmp_path / "text/manifest.json").exists()


def load_mirror(own_sources):
    return own_sources.catalogue.parent / "mirror"


def test_a_dead_source_is_skipped_and_its_loss_told(own_sources, expected, tmp_path):
    shutil.rmtree(own_sources.mirror / "club/articles")
    result = run(own_sources, tmp_path / "text")
    ((source, reason),) = result.lost
    assert source.name == "articles" and "no mirror has it: looked in" in reason
    made = contents(tmp_path / "text")
    assert made == {path: content for path, content in expected.items() if path in made} | {
        name: made[name] for name in ("manifest.json", "LICENSES.md")
    }
    assert len(result.records) == len(own_sources.names) - 1
    shutil.copytree(load_mirror(own_sources) / "club/articles", own_sources.mirror / "club/articles")
    assert not run(own_sources, tmp_path / "text").lost
    assert contents(tmp_path / "text") == expected


def test_a_commit_that_the_mirror_lacks_is_told(own_sources, tmp_path, program):
    shutil.rmtree(own_sources.mirror / "club/talks")
    make_repository(own_sources.mirror / "club/talks", {"data/1.json": "[]"})
    ((_, reason),) = run(own_sources, tmp_path / "text", ["talks"]).lost
    assert load_catalogue(own_sources.catalogue)[5].commit in reason


def test_what_another_source_of_the_repository_fetched_is_not_counted(
    own_sources, tmp_path, program, monkeypatch
):
    """Two sources of one repository: the second is small beside what the first has brought."""
    folder = own_sources.mirror / "club/talks"
    (folder / "large.bin").write_bytes(os.urandom(500_000))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "large")
    (source,) = select(load_catalogue(own_sources.catalogue), ["talks"])
    commit, most = git(folder, "rev-parse", "HEAD"), {}
    monkeypatch.setattr(downloading, "SPARE_BYTES", 1000)
    for pattern, megabytes in (("^large", 0.6), ("^data/", 0.02)):
        wanted = replace(source, commit=commit, paths=(pattern,), download_megabytes=megabytes)
        seen, places = [], ([str(own_sources.mirror)], fetching.find_git())
        with downloading.downloaded(wanted, tmp_path, *places, lambda *told, seen=seen: seen.append(told[0])):
            most[pattern] = max(seen)
    assert most["^large"] > 500_000 and 0 < most["^data/"] < 60_000


def test_what_another_fetch_brought_before_the_start_is_kept_and_not_fetched_again(
    sources, tmp_path, whole, monkeypatch
):
    """Its reader still thinks about the question whether to go on."""
    catalogue = load_catalogue(sources.catalogue)
    waiting = plan_fetch(tmp_path, select(catalogue, ["poems", "talks"]))
    check_disk(waiting)
    run(sources, tmp_path, ["poems"])
    cleaned = []
    monkeypatch.setattr(fetching, "clean", lambda s, files: cleaned.append(s.name) or real_clean(s, files))
    result = fetch(waiting, [str(sources.mirror)], catalogue)
    assert [record["name"] for record in result.records] == ["poems", "talks"] and cleaned == ["talks"]
    assert contents(tmp_path) == whole
    run(sources, tmp_path / "other", ["talks"])
    waiting = plan_fetch(tmp_path / "other", select(catalogue, ["poems"]))
    (tmp_path / "other/manifest.json").write_text("{", encoding="utf-8")
    for _ in range(2):  # the lock is free again
        with pytest.raises(CorpusError, match="manifest.json is damaged"):
            fetch(waiting, [str(sources.mirror)], catalogue)


def test_a_fetch_keeps_the_record_of_a_source_that_it_was_not_asked_for(sources, tmp_path, whole):
    catalogue = load_catalogue(sources.catalogue)
    waiting = plan_fetch(tmp_path, select(catalogue, ["talks"]))
    check_disk(waiting)
    run(sources, tmp_path, ["poems"])
    fetch(waiting, [str(sources.mirror)], catalogue)
    assert contents(tmp_path) == whole and problems(tmp_path) == []


def test_a_host_that_sends_far_too_much_is_stopped(sources, tmp_path, monkeypatch):
    monkeypatch.setattr(downloading, "SPARE_BYTES", 1000)
    monkeypatch.setattr(downloading, "MAX_TIMES_EXPECTED", 0)
    ((_, reason),) = run(sources, tmp_path, ["articles"]).lost
    assert "stopped at 0 MB where about 0.1 were expected" in reason and "--mirror" in reason


def test_a_file_of_another_form_costs_its_source_only(own_sources, tmp_path):
    folder = own_sources.mirror / "club/talks"
    (folder / "data/0.json").write_text('[{"who": "client"}]', encoding="utf-8")
    git(folder, "commit", "-qam", "form")
    catalogue = [
        replace(source, commit=git(folder, "rev-parse", "HEAD")) if source.name == "talks" else source
        for source in select(load_catalogue(own_sources.catalogue), ["poems", "talks"])
    ]
    plan = plan_fetch(tmp_path / "text", catalogue)
    check_disk(plan)
    ((source, reason),) = fetch(plan, [str(own_sources.mirror)], catalogue).lost
    assert source.name == "talks" and "data/0.json has not the form that the recipe 'dialogues'" in reason


def test_a_new_commit_replaces_the_old_text(own_sources, tmp_path):
    run(own_sources, tmp_path / "text", ["talks"])
    folder = own_sources.mirror / "club/talks"
    other = [{"role": role, "content": f"新的话{i}"} for i, role in enumerate(("client", "counselor") * 2)]
    for path in (folder / "data").iterdir():
        path.write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")
    git(folder, "commit", "-qam", "new")
    (source,) = select(load_catalogue(own_sources.catalogue), ["talks"])
    newer = replace(source, commit=git(folder, "rev-parse", "HEAD"))
    (tmp_path / "text/dialogues/talks-01.jsonl.zst").write_bytes(b"of an older cleaning that made two files")
    plan = plan_fetch(tmp_path / "text", [newer])
    assert plan.pending == (newer,)
    fetch(plan, [str(own_sources.mirror)], [newer])
    (document,) = read_documents(tmp_path / "text")
    assert document.texts[0] == "新的话0" and problems(tmp_path / "text") == []


def test_two_sources_of_one_repository_share_its_download(own_sources, tmp_path, monkeypatch):
    first = select(load_catalogue(own_sources.catalogue), ["articles"])[0]
    options = {**first.options, "other_origins": True}
    second = replace(first, name="articles-other", options=options)
    plan = plan_fetch(tmp_path / "text", [first, second])
    assert plan.download_bytes == 0.1e6
    check_disk(plan)
    calls = []
    real = downloading.CommandStore.fetch_files
    monkeypatch.setattr(
        downloading.CommandStore, "fetch_files", lambda *words: calls.append(words) or real(*words)
    )
    result = fetch(plan, [str(own_sources.mirror)], [first, second])
    assert len(calls) == 1 and not result.lost
    assert "第77篇" in "".join(document.texts[0] for document in read_documents(tmp_path / "text"))


def test_a_full_disk_is_told_before_and_while(sources, tmp_path, monkeypatch):
    plan = plan_fetch(tmp_path, select(load_catalogue(sources.catalogue), None))
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
        with pytest.raises(CorpusError, match=r"has 1 MB free, but about 51 MB are needed\. Make room"):
            check_disk(plan)

    def full(*words):
        raise OSError(28, "No space left on device")

    check_disk(plan)
    monkeypatch.setattr(fetching.ShardWriter, "close", full)
    with pytest.raises(CorpusError, match="is full. What is finished stays"):
        fetch(plan, [str(sources.mirror)], plan.sources)


def test_what_an_earlier_try_downloaded_is_not_asked_of_the_disk_again(sources, tmp_path, program):
    catalogue = load_catalogue(sources.catalogue)
    poems, talks = select(catalogue, ["poems", "talks"])

    def copy_of(source):
        return downloading.repository_folder(source, tmp_path / CACHE_NAME, fetching.find_git())

    copy_of(poems).mkdir(parents=True)
    (copy_of(poems) / "pack").write_bytes(b"1" * 5000)
    poems = replace(poems, download_megabytes=0.01)
    before = plan_fetch(tmp_path / "empty", [poems, talks]).disk_bytes
    assert plan_fetch(tmp_path, [poems, talks]).disk_bytes == pytest.approx(before - 5000)
    (copy_of(poems) / "pack").write_bytes(b"1" * 500_000)  # more than was planned leaves no room for others
    share = fetching.DISK_BYTES_PER_DOWNLOADED * 10_000
    assert plan_fetch(tmp_path, [poems, talks]).disk_bytes == pytest.approx(before - share)


def test_a_copy_that_a_finished_source_was_taken_from_counts_as_nothing(sources, tmp_path):
    run(sources, tmp_path, ["poems"])
    (poems,) = select(load_catalogue(sources.catalogue), ["poems"])
    other = replace(poems, name="more-poems")
    alone = plan_fetch(tmp_path / "empty", [other])
    assert plan_fetch(tmp_path, [poems, other]).disk_bytes == alone.disk_bytes
    for path in (tmp_path / "text").glob("poems-*"):
        path.unlink()  # it must be cleaned again, of the copy that is here
    assert plan_fetch(tmp_path, [poems]).disk_bytes < alone.disk_bytes


def test_a_folder_that_cannot_be_written_is_told(sources, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    every = load_catalogue(sources.catalogue)
    with pytest.raises(CorpusError, match="is a file, expected a folder. Name another with --output"):
        plan_fetch(tmp_path / "file", every)
    with pytest.raises(CorpusError, match="cannot write to .*Name another folder with --output"):
        check_disk(plan_fetch("/proc/nothing/here", every))


def test_two_fetches_into_one_folder_do_not_mix(sources, tmp_path):
    from filelock import FileLock

    plan = plan_fetch(tmp_path, load_catalogue(sources.catalogue))
    check_disk(plan)
    with FileLock(tmp_path / CACHE_NAME / "lock"):
        with pytest.raises(CorpusError, match="another fetch is at work"):
            fetch(plan, [str(sources.mirror)], plan.sources)


def test_a_damaged_manifest_is_told(sources, tmp_path):
    (tmp_path / "manifest.json").write_text('{"format": 1', encoding="utf-8")
    with pytest.raises(CorpusError, match="manifest.json is damaged .*Delete it and fetch again"):
        plan_fetch(tmp_path, load_catalogue(sources.catalogue))
    (tmp_path / "manifest.json").write_text('{"format": 9, "sources": []}', encoding="utf-8")
    with pytest.raises(CorpusError, match="has the format 9, expected 1"):
        plan_fetch(tmp_path, load_catalogue(sources.catalogue))


def test_a_path_that_matches_nothing_is_told(own_sources, tmp_path, capsys):
    (source,) = select(load_catalogue(own_sources.catalogue), ["talks"])
    more = replace(source, paths=(*source.paths, "^lost/"))
    plan = plan_fetch(tmp_path, [more])
    check_disk(plan)
    fetch(plan, [str(own_sources.mirror)], [more])
    assert "talks: no file matches ^lost/; its text is missing." in capsys.readouterr().out
    assert make_entry("a", "b/c", "0" * 40)["paths"] == ["."]
