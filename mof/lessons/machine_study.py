"""The machine as chapter 00 shows it: its roof, the doctor's visit, and both as they were recorded."""

import io
import json

from mof.lessons.machine_rates import Roof
from mof.lessons.page_width import fit_page
from mof.lessons.records import ROOT, find_record
from mof.machine.report import ASSUMED_CHARACTERS, DoctorReport
from mof.viz.notebook_figures import show_figure
from mof.viz.roofline_figure import roofline_figure

RECORD = "machine"
TABLE_COLUMNS = 100  # a terminal's; the table of presets takes what it needs
PATIENCE_SECONDS = 180.0  # for each measurement of a visit: a page that is built beside others waits longer


def show_roof(roof, title, note):
    """The roofline of a Roof; the same figure for a measurement of just now and for a recorded one.

    Args:
        roof: Roof. title: "Just now" or "Recorded". note: str, the end of the caption.
    """
    words = (
        "Operations a second against operations for each byte moved, both logarithmic. The line is the most "
        "that memory (the slope) and arithmetic (the flat part) allow; circles were measured. Move the "
        f"slider: the sum and the smallest products lie far below the flat part; {note}."
    )
    show_figure(roofline_figure(roof.product_rates, roof.sum_rate, roof.bandwidth, title), words)


def doctor_visit(seconds=45.0, presets=("tiny",)):
    """The doctor's measurements in a shorter form: one preset is trained for some steps, and nothing is kept.

    Args:
        seconds: for the measurements; a busy machine takes longer. presets: which are trained.

    Returns:
        DoctorReport.

    Raises:
        ValueError: nothing could be measured; the sentence says why, and what to do.
        OSError: nothing can be written where runs lie.
    """
    from mof.machine.examination import examine
    from mof.machine.measuring import run_process

    def patiently(words, num_seconds, limit_seconds):
        return run_process(words, num_seconds, max(limit_seconds, PATIENCE_SECONDS))

    def tell(words):
        print(words + " ...", flush=True)

    return examine(96.0, seconds, presets, ROOT / "runs", tell, patiently)


def report_text(report, characters=ASSUMED_CHARACTERS):
    """What `mof doctor` prints of a report, as text.

    Args:
        report: DoctorReport. characters: of the reader's text.

    Returns:
        str of lines of at most PAGE_COLUMNS characters, but for the table and for commands.
    """
    from rich.console import Console

    from mof.cli.doctor_view import show_report

    page = io.StringIO()
    console = Console(file=page, width=TABLE_COLUMNS, force_terminal=False, force_jupyter=False)
    show_report(report, characters, None, console)
    return fit_page(page.getvalue().strip("\n"))


def show_recorded_machine(name=RECORD):
    """The recorded roof and the recorded report; or says that nobody has recorded one yet.

    Args:
        name: of the record.
    """
    record = find_record(name)
    if record is None:
        print(
            "No machine has been recorded yet, so there is nothing to lay beside yours.\n"
            "Three minutes on a quiet machine make the record:\n"
            "python benchmarks/machine_record.py"
        )
        return
    roof, report = read_machine(record.data)
    show_roof(roof, "Recorded", record.note)
    print(report_text(report))


def machine_data(roof, report):
    """A Roof and a DoctorReport as a record stores them."""
    rates = {str(size): rate for size, rate in roof.product_rates.items()}
    return {"roof": {**roof._asdict(), "product_rates": rates}, "report": json.loads(report.to_json())}


def read_machine(data):
    """(Roof, DoctorReport) of `machine_data`."""
    rates = {int(size): rate for size, rate in data["roof"]["product_rates"].items()}
    roof = Roof(data["roof"]["bandwidth"], data["roof"]["sum_rate"], rates)
    return roof, DoctorReport.from_json(json.dumps(data["report"]))


def show_forecast_accuracy(path=ROOT / "benchmarks" / "results" / "doctor_accuracy.json"):
    """The doctor's forecasts beside real trainings, as stored; or says that nobody has compared them yet.

    Args:
        path: what benchmarks/doctor_accuracy.py wrote.
    """
    if not path.is_file():
        print(
            "The forecasts have not been compared with real trainings yet.\n"
            "Half an hour on a quiet machine does it:\n"
            "python benchmarks/doctor_accuracy.py --corpus data \\\n"
            "  --output benchmarks/results/doctor_accuracy.json"
        )
        return
    stored = json.loads(path.read_text(encoding="utf-8"))
    print(f"recorded {stored['date']} on {stored['machine']['processor']}: {stored['command']}")
    for row in stored["results"]:
        for unit, real, kind in (
            ("tokens a second", row["real_tokens_per_second"], "speed"),
            ("GB at the most", row["real_peak_bytes"] / 1e9, "memory"),
        ):
            inside = "inside" if row[f"{kind}_in_interval"] else "outside"
            number = f"{real:,.0f}" if kind == "speed" else f"{real:.2f}"
            print(
                f"{row['preset']:5} {row['product_dtype']:8} {number:>6} {unit}; "
                f"forecast / real {row[f'forecast_over_real_{kind}']:.2f}, {inside} its 80%"
            )
