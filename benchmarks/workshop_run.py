"""Do the notebooks of a plan run in their minutes? One after the other, each in a kernel of its own.

    taskset -c 0,1 python benchmarks/workshop_run.py --plan ninety-minutes

Writes benchmarks/results/workshop_ninety-minutes.json: seconds and peak memory of each chapter, beside the
minutes that the plan gives to work in it. The book's page of plans shows it. Needs the packages of the book,
and some minutes on two cores for the plan of 90. `taskset` (Linux) keeps to two cores of a larger machine.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # measure the package this file came with
sys.path.append(str(ROOT / "book" / "_extensions"))

import teaching  # noqa: E402

from mof.lessons.chapter_cost import measure_chapter  # noqa: E402
from mof.machine.facts import describe_facts  # noqa: E402


def run_plan(plan, measure):
    """A line of results for each chapter of each session.

    Args:
        plan: teaching.Plan. measure: of a notebook's path, what `measure_chapter` gives.

    Returns:
        list of dict: session, chapter, seconds, peak_bytes, and do_minutes, those of the plan.
    """
    rows = []
    for session in plan.sessions:
        for chapter in session.chapters:
            cost = measure(ROOT / f"{chapter.file}.ipynb")
            do = sum(slot.do for slot in session.slots if slot.chapter is chapter)
            row = {"session": session.title, "chapter": chapter.number, "seconds": round(cost.seconds, 1)}
            rows.append(row | {"peak_bytes": cost.peak_bytes, "do_minutes": do})
            print(f"{chapter.number}: {cost.seconds:.0f} s of {60 * do} s to do", flush=True)
    return rows


def main(arguments=None, measure=measure_chapter):
    """Parse, run, write the JSON; the status is 1 where a chapter took longer than its minutes."""
    plans = {plan.id: plan for plan in teaching.read_teaching(ROOT)[1]}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plan", choices=list(plans), default="ninety-minutes", help="which plan")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    options = parser.parse_args(arguments)
    facts = describe_facts(str(ROOT))
    result = {
        "command": f"python benchmarks/workshop_run.py --plan {options.plan}",
        "date": datetime.date.today().isoformat(),
        "machine": {"processor": facts.processor, "cores": facts.usable_cores},
        "busy_cores_before": round(facts.busy_cores, 2),
        "chapters": run_plan(plans[options.plan], measure),
    }
    path = options.output or ROOT / "benchmarks" / "results" / f"workshop_{options.plan}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    late = [row["chapter"] for row in result["chapters"] if row["seconds"] > 60 * row["do_minutes"]]
    print(f"{path}: " + (f"too long: {', '.join(late)}" if late else "all in their minutes"))
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
