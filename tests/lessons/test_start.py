"""The first cell of a chapter, in a process of its own."""

import subprocess
import sys

from mof.lessons.records import ROOT


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=300)


def test_one_line_says_on_what_the_chapter_runs_and_nothing_else_is_written():
    finished = run("from mof.lessons.start import start_lesson; start_lesson(); start_lesson()")
    assert finished.returncode == 0, finished.stderr
    first, second = finished.stdout.splitlines()
    assert first == second and first.startswith("Keras 3.") and first.endswith(" cores.")
    assert " on TensorFlow " in first or " on JAX " in first
    assert finished.stderr == ""


def test_what_a_failing_start_wrote_is_shown():
    code = """
import sys
import mof.lessons.start as start

def fail():
    print("why it failed", file=sys.stderr)
    raise ImportError("no backend")

start.start_backend = fail
start.start_lesson()
"""
    finished = run(code)
    assert finished.returncode != 0
    assert "why it failed" in finished.stderr and "no backend" in finished.stderr


def test_advice_against_new_graphs_is_not_shown_and_other_warnings_are():
    code = """
import logging
from mof.lessons.start import start_lesson

start_lesson()
log = logging.getLogger("tensorflow")
log.addHandler(logging.StreamHandler())
log.warning("5 out of the last %s calls triggered tf.function retracing.", 5)
log.warning("something else")
"""
    finished = run(code)
    assert finished.returncode == 0, finished.stderr
    assert "something else" in finished.stderr and "retracing" not in finished.stderr
