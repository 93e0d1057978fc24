"""The doctor's report in a terminal: each line says what it means."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from mof.cli.invocation import command_line
from mof.machine.chapter_times import chapter_times
from mof.machine.prediction import TOKEN_BYTES
from mof.machine.report import ASSUMED_CHARACTERS, DEFAULT_PATH
from mof.presets import preset

ENVIRONMENT_BYTES = 1_700_000_000  # of the installed packages, as README.md says
MANY_PASSES = 8  # our rule of thumb: a text read so often is learned by heart rather than from
LEVEL_STYLES = {"problem": "bold red", "warning": "yellow", "note": "cyan"}


def show_report(report, characters, path, console=None, hours=None):
    """Print a report.

    Args:
        report: DoctorReport. characters: of the reader's text.
        path: where the report lies, or None where it is not kept.
        console: rich Console, or None for the standard output.
        hours: asked for in place of those of the report that is kept; None for its own.
    """
    console = console or Console(highlight=False)

    def say(words="", style=None):
        console.print(words, style=style, markup=False, soft_wrap=True)

    _show_machine(report, say)
    _show_measured(report, say)
    say("\nWhat each preset would do here", "bold")
    console.print(_preset_table(report))
    say("In brackets the 80% interval: of five such forecasts, one may miss.")
    say("What is 'predicted' was computed from what was measured.")
    say("The memory is that of a training with the default settings.")
    _show_hours(report, characters, say)
    _show_chapters(report, say)
    _show_advice(report, say)
    _show_recommendation(report, say)
    if path is not None:
        words = [] if Path(path) == DEFAULT_PATH else ["--json", str(path)]
        words += [] if hours is None else ["--hours", f"{hours:g}"]
        words += [] if characters == ASSUMED_CHARACTERS else ["--characters", f"{characters:.15g}"]
        say(f"\nKept in {path}; told again by: " + command_line("doctor", "--show", *words))


def duration(seconds):
    """Seconds as a beginner says them: "45 seconds", "12 minutes", "3.5 hours", "2.1 days"."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            number = seconds / size
            return f"{number:.1f} {name}s" if name != "minute" else f"{number:.0f} {name}s"
    return f"{seconds:.0f} seconds"


def quantity(number):
    """A large number in words: "1.2 billion", "35 million", "870 thousand"."""
    for size, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if number >= size:
            return f"{number / size:.3g} {name}"
    return f"{number:.3g}"


def _show_machine(report, say):
    facts = report.facts
    sets = ", ".join(facts.instruction_sets) or "not told by this system"
    cores = f"{facts.logical_cores} logical"
    cores += f" ({facts.physical_cores} physical)" if facts.physical_cores else ""
    say("\nYour machine", "bold")
    say(f"  processor   {facts.processor}")
    say(f"  cores       {cores}, {facts.usable_cores:g} usable here: they share each product")
    say(f"  arithmetic  {sets}: the wider, the faster")
    free = _gigabytes(facts.available_bytes)
    say(f"  memory      {_gigabytes(facts.memory_bytes)}, {free} free: a training must fit in")
    say(f"  disk        {_gigabytes(facts.free_disk_bytes)} free where runs lie")
    say(f"  software    {facts.system}; Python {facts.python}; TensorFlow {facts.tensorflow}")


def _show_measured(report, say):
    say(f"\nMeasured in {report.measured_seconds:.0f} seconds", "bold")
    for dtype in ("float32", "bfloat16"):
        rates = [r.rate for r in report.rates if r.kind == "product" and r.product_dtype == dtype]
        if rates:
            low, high = min(rates) / 1e9, max(rates) / 1e9
            say(f"  {dtype:<10}  {low:.3g} to {high:.3g} billion operations a second in products, by shape")
    memory = report.bandwidths.memory_bytes_per_second / 1e9
    disk = report.bandwidths.disk_bytes_per_second / 1e6
    say(f"  memory      {memory:.1f} GB a second copied: the pace of all that is no product")
    say(f"  disk        {disk:.0f} MB a second written: the pace of a checkpoint")
    for s in report.steps:
        speed = 1.0 / s.seconds_per_token(preset(s.preset).tokens_per_update)
        say(
            f"  {s.preset:<10}  {speed:,.0f} tokens a second in {len(s.batch_seconds)} real training steps "
            f"({s.product_dtype}); {s.graph_seconds:.0f} s to begin; {_gigabytes(s.peak_bytes)} of memory"
        )


def _preset_table(report):
    table = Table(box=None, pad_edge=False)
    for name in ("preset", "parameters", "tokens a second", "", "memory", "disk"):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    table.columns[0].justify = "left"
    for p in report.predictions:
        table.add_row(
            p.preset + (" bf16" if p.product_dtype == "bfloat16" else ""),
            f"{p.num_parameters / 1e6:.1f} M",
            f"{p.tokens_per_second:,.0f} ({p.tokens_per_second_low:,.0f}-{p.tokens_per_second_high:,.0f})",
            "measured" if p.is_measured else "predicted",
            f"{p.peak_bytes / 1e9:.1f}-{p.peak_bytes_high / 1e9:.1f} GB",
            _gigabytes(p.run_disk_bytes),
        )
    return table


def _show_hours(report, characters, say):
    say(f"\nWhat {report.hours:g} hours buy, predicted (float32)", "bold")
    usual = [p for p in report.predictions if p.product_dtype == "float32"]
    for p in usual:
        low, read, high = p.characters(report.hours)
        passes = read / characters
        note = "; more text would serve better" if passes > MANY_PASSES else ""
        say(f"  {p.preset:<6} {quantity(p.tokens(report.hours)[1])} tokens, {quantity(read)} characters")
        say(
            f"         ({quantity(low)} to {quantity(high)}); {quantity(passes)} passes over your text{note};"
        )
        say(f"         {quantity(p.tokens_per_parameter(report.hours))} tokens for each parameter")
    # not the first one's: nano reads single characters, the others' tokens hold more
    chosen = report.prediction(report.recommended) or (usual[-1] if usual else None)
    cache = TOKEN_BYTES * characters / chosen.characters_per_token if chosen else 0.0
    say(f"  Your text: {quantity(characters)} characters (--characters tells another size).")
    packages = _gigabytes(ENVIRONMENT_BYTES)
    say(f"  On disk beside the run: the packages {packages}, your text as tokens {_gigabytes(cache)}.")


def _show_chapters(report, say):
    tiny = report.prediction("tiny")
    chapters = chapter_times(tiny.tokens_per_second) if tiny else []
    if chapters:
        say("\nThe chapters here (predicted from their cards)", "bold")
    for chapter in chapters:
        say(
            f"  {chapter.number} {chapter.title}: {duration(chapter.seconds)} to run "
            f"(the card says {duration(chapter.card_seconds)}), {_gigabytes(chapter.memory_bytes)}"
        )


def _show_advice(report, say):
    if report.advice:
        say("\nWorth knowing", "bold")
    for advice in report.advice:
        say(f"  {advice.level}: {advice.meaning}", LEVEL_STYLES[advice.level])
        say(f"    What to do: {advice.fix}")


def _show_recommendation(report, say):
    say("\nRecommended", "bold")
    if not report.recommended:
        say(f"  {report.reason} Close other programs and run this again.")
        return
    chosen = report.prediction(report.recommended)
    say(f"  {report.recommended}: {report.reason}")
    operations = chosen.operations(report.hours)
    say(f"  That is about {operations:.1e} operations. The mark is a rule for much larger")
    say("  models, reported as that of Hoffmann et al. 2022 (arXiv 2203.15556): a guide,")
    say("  no law.")
    if {"busy", "unsteady"} & {advice.name for advice in report.advice}:
        say("  The measurement was disturbed: run it again on a quiet machine before you choose.", "yellow")
    minutes = f"{60 * report.hours:.0f}"
    words = ["train", "--preset", report.recommended, "--minutes", minutes, "--corpus", "my-texts"]
    say("  " + command_line(*words))
    rounded = report.prediction(report.recommended, "bfloat16")
    if rounded and rounded.tokens_per_second_low > chosen.tokens_per_second:
        ratio, how = rounded.tokens_per_second / chosen.tokens_per_second, "predicted"
        how = "measured" if rounded.is_measured and chosen.is_measured else how
        say(f"  With --product-dtype bfloat16 it reads {ratio:.1f} times as fast here ({how}), with products")
        say("  rounded to about three digits.")


def _gigabytes(number):
    return f"{number / 1e9:.1f} GB" if number >= 5e7 else f"{number / 1e6:.0f} MB"
