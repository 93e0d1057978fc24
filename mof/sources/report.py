"""What `mof corpus` prints: the catalogue, the plan, the result, the check. Lines fit in 80 columns where
they can."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from mof.sources.catalogue import LICENCES, Source
from mof.sources.fetching import FetchPlan, FetchResult, planned_download_bytes
from mof.sources.manifest import problems, read_manifest

WIDTH = 79


def catalogue_lines(sources: Sequence[Source]) -> list[str]:
    """A line for each source, the default set first."""
    lines = []
    for is_default, heading in (
        (True, "Default set, fetched when no source is named"),
        (False, "Only when named, for the reason that `--source NAME` tells"),
    ):
        group = [source for source in sources if source.is_default == is_default]
        if not group:
            continue
        download = planned_download_bytes(group) / 1e6
        text = sum(source.text_megabytes for source in group)
        lines += [f"{heading}:", f"  about {download:,.0f} MB to download, {text:,.0f} MB of text", ""]
        lines += [f"  {'name':<17} {'download':>8} {'text':>8}  {'licence'}"]
        for source in group:
            lines.append(
                f"  {source.name:<17} {_megabytes(source.download_megabytes)} "
                f"{_megabytes(source.text_megabytes)}  {source.licence}"
            )
            only = " (dialogues only)" if source.kind == "dialogues" else ""
            lines += _wrapped(source.description + only + ".", "    ")
        lines.append("")
    return lines[:-1]


def source_lines(source: Source) -> list[str]:
    """All about a source."""
    licences = ", ".join(f"{name} ({LICENCES[name]})" for name in source.licence.split(" AND "))
    return [
        f"{source.name}: {source.title}",
        *_wrapped(f"{source.description} ({source.kind}).", "  "),
        f"  size: about {source.download_megabytes:g} MB to download, {source.text_megabytes:g} MB of text",
        f"  default set: {'yes' if source.is_default else 'no'}",
        f"  licence: {licences}",
        f"  read in: {source.licence_url}",
        f"  origin: {source.url}",
        f"  commit: {source.commit}",
        *(line for caution in source.cautions for line in _wrapped(f"caution: {caution}", "  ")),
        "",
    ]


def plan_lines(plan: FetchPlan, has_mirror: bool) -> list[str]:
    """What will be done, before anything is."""
    num_done = len(plan.sources) - len(plan.pending)
    lines = [f"{num_done} of {len(plan.sources)} sources are in {plan.output} already."] if num_done else []
    if plan.pending:
        where = "your mirror" if has_mirror else "the internet"
        lines += [
            f"To fetch: {len(plan.pending)} sources, about {_size(plan.download_bytes)} from {where}",
            f"  ({', '.join(source.name for source in plan.pending)})",
            f"  which make about {_size(plan.text_bytes)} of text in {plan.output.resolve()}.",
            f"  About {_size(plan.disk_bytes)} of disk are needed. The sizes are estimates.",
        ]
    return lines


def result_lines(result: FetchResult, plan: FetchPlan) -> list[str]:
    """What was done, and what is missing."""
    text = sum(record["num_text_bytes"] for record in result.records)
    num_documents = sum(record["num_documents"] for record in result.records)
    lines = []
    if result.records:
        lines += [
            f"{len(result.records)} of {len(plan.sources)} sources: {num_documents:,} documents, "
            f"{_size(text)} of text in {plan.output}",
            "  texts in its folder text, dialogues in dialogues, licences in LICENSES.md",
        ]
    if result.lost:
        lost = sum(source.text_megabytes for source, _ in result.lost)
        total = sum(source.text_megabytes for source in plan.sources)
        lines.append(
            f"Missing: {len(result.lost)} of {len(plan.sources)} sources, about {lost:g} MB of text, "
            f"{lost / total:.0%} of what was asked for:"
        )
        lines += [
            f"  {source.name} ({source.text_megabytes:g} MB): {reason}" for source, reason in result.lost
        ]
        lines.append("The same command tries these again.")
    elif plan.pending:
        lines.append(
            f"The downloads in {plan.output / '.download'} are no longer needed: delete them if you like."
        )
    return lines


def check_lines(output: str | Path) -> tuple[list[str], bool]:
    """What differs from the manifest, and whether all is well."""
    found = problems(Path(output))
    if found:
        return found, False
    records = read_manifest(Path(output))["sources"]
    num_files = sum(len(record["files"]) for record in records)
    return [f"{len(records)} sources, {num_files} files: all as the manifest says."], True


def _megabytes(number: float) -> str:
    return f"{number:>5g} MB"


def _size(num_bytes: float) -> str:
    return f"{num_bytes / 1e6:,.0f} MB" if num_bytes >= 1e7 else f"{num_bytes / 1e6:.2g} MB"


def _wrapped(words: str, indent: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
