"""What a model writes at marks of its training: twenty beginnings, gone on with (samples.jsonl).

A mark is a checkpoint that comes ten minutes of training after the last mark, or a fiftieth of the
training so far, whichever is longer: some 170 in four days, none in minutes. onnxruntime writes, from the
checkpoint's own file, whose weights are mapped and not copied; the seconds do not count as training, and the
run's numbers do not change. Book: chapters 21 and 22.
"""

import contextlib
import json
import time

from mof.generation.config import GenerationConfig
from mof.generation.decoding import TextGenerator
from mof.training.json_lines import append_entry
from mof.training.observer import Observer

SAMPLES_NAME = "samples.jsonl"
LEAST_SECONDS, LEAST_SHARE = 600.0, 0.02
SAMPLE = GenerationConfig(max_tokens=40, temperature=0.8, top_p=0.95, seed=0)
# beginnings with their English glosses: stories, facts, letters, questions, lists, numbers
BEGINNINGS = {
    "春天来了，": "Spring has come,",
    "从前有一个": "Once upon a time there was a",
    "今天早上，我": "This morning I",
    "妈妈对我说：": "Mother said to me:",
    "他打开门，看见": "He opened the door and saw",
    "在一个小村子里，": "In a small village",
    "下雨的时候，": "When it rains,",
    "我最喜欢的书是": "The book I like best is",
    "水烧开以后，": "When the water boils,",
    "月亮绕着": "The moon goes round the",
    "中国的首都是": "The capital of China is",
    "一年有十二个": "A year has twelve",
    "学习汉语的时候，": "When learning Chinese,",
    "问：为什么天是蓝色的？答：": "Question: why is the sky blue? Answer:",
    "做饭需要准备": "To cook one has to prepare",
    "亲爱的朋友：": "Dear friend:",
    "红色、黄色、": "Red, yellow,",
    "三加五等于": "Three and five make",
    "虽然天气很冷，但是": "Although it is very cold,",
    "这个故事告诉我们": "This story tells us",
}


class SampleMarks(Observer):
    """An Observer that writes samples at the marks.

    Args:
        run: RunFolder.
        report: called with a sentence where no samples can be written; it is told once.
        least_seconds: of training between two marks.
    """

    def __init__(self, run, report=print, least_seconds=LEAST_SECONDS):
        self.run, self.report = run, report
        self.least_seconds = least_seconds
        self._training = None
        self._written_at = _last_mark_seconds(run.path / SAMPLES_NAME)
        self._is_off = False

    def updated(self, training):
        """Remembers the training: `saved` is not told which."""
        self._training = training

    def saved(self, path):
        """Samples of this checkpoint, if it is a mark."""
        if self._training is None or self._is_off:
            return
        seconds = self._training.progress.seconds
        if seconds < self._written_at:  # the run went back to a checkpoint from before the last mark
            self._written_at = seconds
        if seconds - self._written_at < max(self.least_seconds, LEAST_SHARE * seconds):
            return
        self._written_at = seconds
        with self._training.paused():
            self._write(path)

    def _write(self, path):
        start = time.perf_counter()
        try:
            from mof.inference.run_graphs import open_run  # onnxruntime: only where a mark is reached

            generator = TextGenerator(open_run(self.run), self.run.tokenizer(), max_rows=len(BEGINNINGS))
            texts = [text.text for text in generator.generate(list(BEGINNINGS), SAMPLE)]
        except Exception as error:  # whatever it is, a sample must not end a training of four days
            self._is_off = True
            self.report(f"No samples are written at the marks of this training: {error}")
            return
        progress = self._training.progress
        mark = {
            "update": progress.update,
            "seconds": round(progress.seconds, 3),
            "tokens": progress.num_tokens,
            "checkpoint": path.name,
            "writing_seconds": round(time.perf_counter() - start, 2),
            "samples": [list(pair) for pair in zip(BEGINNINGS, texts, strict=True)],
        }
        with contextlib.suppress(OSError):  # a full disk: this mark is left out
            append_entry(self.run.path / SAMPLES_NAME, mark)


def _last_mark_seconds(path):
    """Seconds of training at the last mark in the file; 0 where there is none."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
        return float(json.loads(lines[-1])["seconds"])
    except (OSError, IndexError, ValueError, KeyError, TypeError):
        return 0.0
