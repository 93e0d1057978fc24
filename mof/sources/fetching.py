"""Fetches and cleans sources into a folder that `mof train --corpus FOLDER` reads.

Each source goes through three stages: download, cleaning into a folder of its own, and the move of its files
beside the others with its entry in the manifest. A kill between or inside the stages costs at most the batch
of files or the cleaning at hand; the same command goes on from there.

Tested against local mirrors; not yet run against the real hosts.
"""

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mof.corpus.reading_report import CorpusError
from mof.patient_files import replace
from mof.sources.catalogue import Source
from mof.sources.cleaning import CLEANING_VERSION, clean
from mof.sources.downloading import discard, downloaded, folder_bytes, repository_folder
from mof.sources.git_command import find_git
from mof.sources.git_objects import DamagedObjectError, FetchError
from mof.sources.manifest import MANIFEST_NAME, is_intact, read_manifest, write_manifest
from mof.sources.progress import FetchProgress
from mof.sources.shard_writer import FOLDERS, ShardWriter

CACHE_NAME = ".download"  # hidden, so no reader of the folder takes it for text
DISK_BYTES_PER_DOWNLOADED = 1.2
DISK_BYTES_PER_TEXT = 0.8  # stored compressed, for a moment twice
SPARE_DISK_BYTES = 50_000_000

Report = Callable[[str], None]


@dataclass(frozen=True)
class FetchPlan:
    """What there is to do.

    Attributes:
        output: the folder.
        sources: all that were asked for.
        pending: those that are not there yet, whole and intact.
        records: manifest entries of those that are.
    """

    output: Path
    sources: tuple[Source, ...]
    pending: tuple[Source, ...]
    records: dict[str, dict[str, Any]]

    @property
    def download_bytes(self) -> float:
        """About what will be transferred."""
        return planned_download_bytes(self.pending)

    @property
    def text_bytes(self) -> float:
        """About how much clean text comes out."""
        return sum(source.text_megabytes * 1e6 for source in self.pending)

    @property
    def disk_bytes(self) -> float:
        """About what the disk must still take: what an earlier try has downloaded lies there already."""
        return (
            DISK_BYTES_PER_DOWNLOADED * self.download_bytes
            - self._num_bytes_here()
            + DISK_BYTES_PER_TEXT * self.text_bytes
            + SPARE_DISK_BYTES
        )

    def _num_bytes_here(self) -> float:
        """Of the pending downloads. A repository that a finished source was taken from counts as empty: what
        lies there may be that one's."""
        pending = {source.name for source in self.pending}
        done = {(r["repository"], r["commit"]) for name, r in self.records.items() if name not in pending}
        by_folder: dict[Path, list[Source]] = {}
        git = find_git()
        for source in self.pending:
            if (source.repository, source.commit) not in done:
                folder = repository_folder(source, self.output / CACHE_NAME, git)
                by_folder.setdefault(folder, []).append(source)
        return sum(
            min(folder_bytes(folder), DISK_BYTES_PER_DOWNLOADED * planned_download_bytes(sources))
            for folder, sources in by_folder.items()
        )


@dataclass
class FetchResult:
    """What came of it.

    Attributes:
        records: manifest entries of the sources asked for that are in the folder now.
        lost: (source, reason) of those that are not.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    lost: list[tuple[Source, str]] = field(default_factory=list)


def planned_download_bytes(sources: Sequence[Source]) -> float:
    """Bytes of the downloads; two sources with the same files fetch them once."""
    by_files: dict[tuple, float] = {}
    for source in sources:
        key = (source.repository, source.commit, source.paths)
        by_files[key] = max(by_files.get(key, 0.0), source.download_megabytes * 1e6)
    return sum(by_files.values())


def plan_fetch(output: str | os.PathLike, sources: Sequence[Source]) -> FetchPlan:
    """Looks what is there already, every file checked by its hash.

    Raises:
        CorpusError: the folder's manifest is damaged.
    """
    folder = Path(output)
    if folder.exists() and not folder.is_dir():
        raise CorpusError(f"{folder} is a file, expected a folder. Name another with --output.")
    records = {record["name"]: record for record in read_manifest(folder)["sources"]}
    pending = [source for source in sources if not _is_done(folder, source, records.get(source.name))]
    return FetchPlan(folder, tuple(sources), tuple(pending), records)


def check_disk(plan: FetchPlan) -> None:
    """Makes the folder and looks whether it takes what is planned.

    Raises:
        CorpusError: it cannot be written, or the disk is too full.
    """
    try:
        cache = plan.output / CACHE_NAME
        cache.mkdir(parents=True, exist_ok=True)
        probe = cache / "probe"
        probe.write_bytes(b"1")
        probe.unlink()
        free = shutil.disk_usage(plan.output).free
    except OSError as error:
        raise CorpusError(
            f"cannot write to {plan.output}: {error.strerror or error}. Name another folder with --output."
        ) from error
    needed = plan.disk_bytes
    if free < needed:
        raise CorpusError(
            f"the disk of {plan.output.resolve()} has {free / 1e6:,.0f} MB free, but about "
            f"{needed / 1e6:,.0f} MB are needed. Make room, name a folder on another disk with "
            "--output, or fetch fewer sources with --source."
        )


def fetch(plan: FetchPlan, mirrors: Sequence[str], catalogue: Sequence[Source], report: Report = print):
    """Does what is planned, less what another fetch has brought since.

    Args:
        plan: of `plan_fetch`, after `check_disk`.
        mirrors: see `mof.sources.mirrors.address`; empty for the real hosts.
        catalogue: all sources, for the order of the manifest.
        report: called with sentences.

    Returns:
        FetchResult.

    Raises:
        CorpusError: another command is fetching into the same folder, or the folder's manifest is damaged.
        OSError: the disk is full, or fails.
    """
    git = find_git()
    cache = plan.output / CACHE_NAME
    lock = FileLock(cache / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CorpusError(
            f"another fetch is at work in {plan.output}. Wait for it, or name another folder with --output."
        ) from error
    result = FetchResult()
    order = {source.name: index for index, source in enumerate(catalogue)}
    try:
        plan = plan_fetch(plan.output, plan.sources)  # the question before may have waited for an answer
        records = dict(plan.records)
        if git is None and plan.pending:
            report("There is no program git on this machine: the slower one written in Python does its work.")
        expected = {source.name: source.download_megabytes * 1e6 for source in plan.pending}
        with FetchProgress(expected) as progress:
            for source in plan.pending:
                try:
                    records[source.name] = _fetch_source(source, plan.output, mirrors, git, progress)
                except (FetchError, CorpusError) as error:
                    result.lost.append((source, str(error)))
                    progress.say(f"{source.name}: skipped: {error}")
                    _forget_damaged(plan.output, records, source.name, order)
                except OSError as error:
                    if error.errno == errno.ENOSPC:
                        raise CorpusError(_full_disk(plan.output)) from error
                    raise
                else:
                    write_manifest(plan.output, _in_order(records, order))
                    progress.say(f"{source.name}: {_told(records[source.name])}")
                progress.finished(source.name)
    finally:
        lock.release()
    result.records = [records[source.name] for source in plan.sources if source.name in records]
    return result


def _fetch_source(
    source: Source, output: Path, mirrors: Sequence[str], git: str | None, progress: FetchProgress
) -> dict[str, Any]:
    cache = output / CACHE_NAME
    for attempt in (1, 2):
        try:
            with downloaded(
                source, cache, mirrors, git, lambda size, share: progress.received(source.name, size, share)
            ) as download:
                for pattern in download.patterns_without_file:
                    progress.say(f"{source.name}: no file matches {pattern}; its text is missing.")
                return _cleaned(source, download, output)
        except DamagedObjectError as error:
            discard(source, cache, git)
            if attempt == 2:
                raise FetchError(
                    f"its copy was damaged, and again when fetched anew: {error}. Check the disk"
                ) from error
            progress.say(f"{source.name}: the copy on this disk is damaged: {error}. It is fetched again.")
    raise AssertionError("the second attempt returns or raises")


def _cleaned(source: Source, download, output: Path) -> dict[str, Any]:
    """Cleans into a folder of its own, then moves the files to their place."""
    work = output / CACHE_NAME / f"cleaned-{source.name}"
    shutil.rmtree(work, ignore_errors=True)
    writer = ShardWriter(work, source.name)
    for document in clean(source, download.contents()):
        origin = f"{source.repository}:{document.source}" if document.source else source.repository
        writer.add(document, origin, source.licence)
    writer.close()
    if not writer.files:
        raise CorpusError(f"nothing was left of {len(download.files)} files after the cleaning")
    listed = {file["path"] for file in writer.files}
    for name in sorted(listed):
        (output / name).parent.mkdir(exist_ok=True)
        replace(work / name, output / name)
    for kind in FOLDERS:  # of an older cleaning that made more files
        for path in (output / kind).glob(f"{source.name}-[0-9][0-9].jsonl.zst"):
            if f"{kind}/{path.name}" not in listed:
                path.unlink()
    shutil.rmtree(work, ignore_errors=True)
    return {
        "name": source.name,
        "title": source.title,
        "description": source.description,
        "repository": source.repository,
        "url": source.url,
        "commit": source.commit,
        "licence": source.licence,
        "licence_url": source.licence_url,
        "cautions": list(source.cautions),
        "fingerprint": source.fingerprint(CLEANING_VERSION),
        **writer.counts,
        "files": sorted(writer.files, key=lambda file: file["path"]),
    }


def _in_order(records: dict[str, dict[str, Any]], order: dict[str, int]) -> list[dict[str, Any]]:
    return sorted(records.values(), key=lambda record: order.get(record["name"], len(order)))


def _forget_damaged(
    output: Path, records: dict[str, dict[str, Any]], name: str, order: dict[str, int]
) -> None:
    """A lost source keeps what an earlier fetch left of it, if that is still whole."""
    record = records.get(name)
    if record is not None and not all(is_intact(output, file) for file in record["files"]):
        for file in record["files"]:
            (output / file["path"]).unlink(missing_ok=True)
        del records[name]
        write_manifest(output, _in_order(records, order))


def _is_done(output: Path, source: Source, record: dict[str, Any] | None) -> bool:
    return (
        record is not None
        and record["fingerprint"] == source.fingerprint(CLEANING_VERSION)
        and all(is_intact(output, file) for file in record["files"])
    )


def _told(record: dict[str, Any]) -> str:
    return f"{record['num_documents']:,} documents, {record['num_text_bytes'] / 1e6:.3g} MB of text"


def _full_disk(output: Path) -> str:
    return (
        f"the disk of {output.resolve()} is full. What is finished stays, and {MANIFEST_NAME} lists it: make "
        "room, then give the same command again."
    )
