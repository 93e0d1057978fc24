"""Rows, losses after more and less text, and the stored answer."""

import json

import numpy as np
import pytest

from benchmarks import long_texts
from mof.lessons.records import ROOT

LENGTH = 4  # of training, in the made-up cases
STORED = ROOT / "benchmarks" / "results" / "long_texts.json"


class CountingReader:
    """A reader whose loss tells how many tokens it has read: the target's logit is minus that number."""

    def read(self, rows, state=None):
        return None, np.array([len(row) for row in rows])

    def step(self, token_ids, state):
        state = state + 1
        logits = np.zeros((len(state), 16))
        logits[:, 7] = -state
        return logits, state


def test_the_same_tokens_are_scored_after_more_and_more_text():
    rows = np.full((2, 16 * LENGTH), 7, "int32")
    for multiple in long_texts.MULTIPLES:
        nats = long_texts.scored_nats(CountingReader(), rows, multiple, LENGTH)
        before = multiple * LENGTH - LENGTH // 2
        by_hand = [n + np.log(15 + np.exp(-n)) for n in (before + 1, before + 2)]
        assert nats == pytest.approx([np.mean(by_hand)] * 2)


def test_rows_follow_one_another_and_short_text_is_refused():
    rows = long_texts.cut_rows(np.arange(200), 3, LENGTH)
    assert rows.shape == (3, 64) and rows[1, 0] == 64 and rows[2, -1] == 191
    with pytest.raises(SystemExit, match="200 tokens of held-out text, expected 4 rows of 64"):
        long_texts.cut_rows(np.arange(200), 4, LENGTH)


def test_a_change_is_taken_row_by_row():
    found = long_texts.summarize({1: [1.0, 3.0], 4: [1.5, 3.5], 16: [1.0, 3.2]})
    assert [row["multiple"] for row in found] == [1, 4, 16] and found[0]["change"] is None
    assert found[1]["change"] == {"mean": pytest.approx(0.5), "half": pytest.approx(0.0, abs=1e-12)}
    # two rows: Student's quantile of one degree of freedom, 12.706, times 0.1414 over the root of two
    assert found[2]["change"] == {"mean": pytest.approx(0.1), "half": pytest.approx(1.2706, rel=1e-3)}


def test_the_page_tells_what_is_stored():
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    page = " ".join((ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8").split())
    for row in stored["multiples"]:
        assert f"{row['nats']['mean']:.3f}" in page
        if row["change"]:
            assert f"{row['change']['mean']:+.3f} ± {row['change']['half']:.3f}".replace("-", "−") in page
