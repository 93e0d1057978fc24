"""A report of a model whose answers, and whose router, follow a known rule."""

import collections
import json
import math
import re
import statistics
from types import SimpleNamespace

import numpy as np
import pytest

from mof.evaluation import ability_report
from mof.evaluation.ability_report import judge_abilities, router_by_kind, splits_of
from mof.tasks.family import Family
from mof.tasks.writing import TaskWriter
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.tokenizer.special_tokens import DOCUMENT
from tests.tasks.toy_families import Doubling, Neighbours

TOKENIZER = CharacterTokenizer("")  # bytes: a long sheet has more tokens than are read


class Constant(Family):
    """A question that always has the same answer, so that answering blindly is right. Few facts."""

    name, kind, gloss = "constant", "reasoning", "always the same"
    templates = ("{a}的颜色是[b]。", "问：{a}？答：[b]。")
    num_facts = 60

    def slots(self, index):
        return {"a": f"物{index}", "b": "红"}


class OneDirection(Neighbours):
    """Letters asked for in one direction alone."""

    name = "one_direction"
    templates = Neighbours.templates[:4]


class Answerer:
    """Stands in for a TextGenerator. Doubles even numbers only; calls the colour of all things green; knows
    which letter follows, not which comes before."""

    def __init__(self, model, tokenizer):
        self.tokenizer = tokenizer

    def generate(self, prompts, config, open_end):
        return [SimpleNamespace(text=self.answer(prompt)) for prompt in prompts]

    def answer(self, prompt):
        if "后面" in prompt:
            return chr(ord(re.search("[a-z]", prompt).group()) + 1) + "。"
        if "前面" in prompt or "物" in prompt:
            return "绿。"
        number = int(re.search(r"\d+", prompt).group())
        return f"{2 * number}。" if number % 2 == 0 else "不知道。"


class RoutedModel:
    """A model whose router looks at the token alone, and gives no number at all for padding."""

    variables = ()
    router = object()

    def initial_state(self, batch_size):
        return {}

    def features(self, token_ids, state, resets, mask):
        from keras import ops

        first = ops.cast(token_ids % 10, "float32") / 10.0
        weights = ops.stack([first, 1.0 - first], axis=-1)
        weights = ops.where(mask[..., None], weights, math.nan)
        return Routes(weights), state


Routes = collections.namedtuple("Routes", "route_weights")


@pytest.fixture
def judge(monkeypatch):
    """judge_abilities of a model without a router that answers as Answerer does."""
    monkeypatch.setattr(ability_report, "TextGenerator", Answerer)
    monkeypatch.setattr(ability_report, "StateReader", lambda model: model)

    def judge(families, *arguments, **named):
        return judge_abilities(SimpleNamespace(router=None), TOKENIZER, families, *arguments, **named)

    return judge


def prompts_of(row):
    return [prompt for prompt, *_ in row["examples"]]


def test_each_family_is_asked_in_each_of_its_splits():
    assert splits_of(Doubling()) == ("train", "value")
    assert splits_of(Neighbours()) == ("train", "wording", "direction")
    assert splits_of(OneDirection()) == ("train", "wording")


def test_report_counts_the_answers_by_family(judge):
    report = judge([Neighbours(), Doubling()], 20)
    rows = {(row["family"], row["split"]): row for row in report["families"]}
    assert list(rows) == [
        ("neighbours", "train"),
        ("neighbours", "wording"),
        ("neighbours", "direction"),
        ("doubling", "train"),
        ("doubling", "value"),
    ]
    for (family, split), row in rows.items():
        prompts = prompts_of(row)
        assert row["num_questions"] == len(prompts) == len(set(prompts)) > 0
        if family == "neighbours":
            known = [prompt for prompt in prompts if "后面" in prompt]
            assert split != "direction" or known == []
        else:
            known = [prompt for prompt in prompts if int(re.search(r"\d+", prompt).group()) % 2 == 0]
            assert 0 < len(known) < len(prompts)
        assert row["num_right"] == len(known)
    assert (report["num_questions"], report["seed"], report["router"]) == (20, 0, {})
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", report["date"])


def test_seed_draws_other_questions(judge):
    first, again, other = (judge([Doubling()], 20, seed=seed)["families"] for seed in (0, 0, 1))
    assert first == again and prompts_of(first[1]) != prompts_of(other[1])


def test_what_was_answered_before_is_not_asked_again(judge):
    whole = judge([Neighbours(), Doubling()], 20)
    told, first = [], []
    judge([Neighbours(), Doubling()], 20, on_family=lambda number, count, result: first.append(result))
    answered = [result._replace(num_right=0) for result in first[1:3]]
    arguments = {"on_family": lambda *words: told.append(words[:2]), "answered": answered}
    again = judge([Neighbours(), Doubling()], 20, **arguments)
    assert told == [(1, 5), (4, 5), (5, 5)]
    expected = [dict(row) for row in whole["families"]]
    expected[1]["num_right"] = expected[2]["num_right"] = 0
    assert json.loads(json.dumps(again["families"])) == expected


def test_the_hash_of_what_asks_changes_with_each_of_its_files(tmp_path, monkeypatch):
    for name in ("evaluation/task_accuracy.py", "tasks/a.py", "cli/b.py", "evaluation/ability_report.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"a\n")
    monkeypatch.setattr(ability_report, "__file__", str(tmp_path / "evaluation" / "ability_report.py"))
    hashes = [ability_report.asking_hash()]
    for name, text, is_new in (
        ("tasks/a.py", b"b\n", True),
        ("tasks/a.py", b"b\r\n", False),
        ("cli/b.py", b"b\n", False),
        ("evaluation/task_accuracy.py", b"b\n", True),
        ("tasks/c.py", b"", True),
    ):
        (tmp_path / name).write_bytes(text)
        hashes.append(ability_report.asking_hash())
        assert (hashes[-1] != hashes[-2]) == is_new, name
    assert len(hashes[0]) == 64


def test_report_is_the_same_after_it_was_written_and_read(judge):
    report = judge([Neighbours(), Doubling(), Constant()], 5)
    assert json.loads(json.dumps(report, ensure_ascii=False, allow_nan=False)) == report


def test_kinds_pool_the_questions_of_their_families(judge):
    report = judge([Doubling(), Constant(), Neighbours()], 30)
    rows = {row["family"]: row for row in report["families"] if row["split"] == "value"}
    asked = rows["doubling"]["num_questions"], rows["constant"]["num_questions"]
    assert asked[0] == 30 > asked[1]  # the second family has no more
    pooled = report["kinds"]["reasoning"]["value"]
    num_even = sum(int(re.search(r"\d+", prompt).group()) % 2 == 0 for prompt in prompts_of(rows["doubling"]))
    assert (pooled["num_questions"], pooled["num_right"]) == (sum(asked), num_even)
    # a held-out double stands in no training text, so both blind answers miss it; 红 is always right
    assert pooled["majority"] == pooled["nearest"] == pytest.approx(asked[1] / sum(asked))
    # Wilson: the ends are the shares p from which what was seen lies 1.96 deviations of p away
    share = num_even / sum(asked)
    assert pooled["low"] < share < pooled["high"]
    for end in (pooled["low"], pooled["high"]):
        assert abs(share - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / sum(asked)), rel=1e-4)


def test_kinds_hold_the_splits_that_were_asked(judge):
    kinds = judge([Doubling(), Neighbours()], 5)["kinds"]
    assert {kind: list(splits) for kind, splits in kinds.items()} == {
        "knowledge": ["train", "wording", "direction"],
        "completion": [],
        "reasoning": ["train", "value"],
    }
    assert kinds["knowledge"]["direction"]["num_right"] == 0


def test_progress_is_told_after_each_family_and_split(judge):
    told = []
    report = judge([Doubling(), OneDirection()], 5, on_family=lambda *news: told.append(news))
    assert [news[:2] for news in told] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [news[2].num_right for news in told] == [row["num_right"] for row in report["families"]]


def test_wrong_settings_are_told(judge):
    with pytest.raises(ValueError, match="num_questions is 0, expected at least 1"):
        judge([Doubling()], 0)
    with pytest.raises(ValueError, match="families is empty, expected at least one family"):
        judge([])


def routed_by_hand(family, split, seed):
    """Each sheet's mean of (token % 10) / 10, over DOCUMENT and the bytes of the sheet, 256 at most."""
    writer = TaskWriter([family], seed, split)
    sheets = [[DOCUMENT, *TOKENIZER.encode(writer.document(n)).tolist()] for n in range(40)]
    assert family.kind == "knowledge" or 0 < sum(len(tokens) > 256 for tokens in sheets) < 40
    return [statistics.fmean(token % 10 / 10 for token in tokens[:256]) for tokens in sheets]


def test_router_is_averaged_over_sheets_of_held_out_text():
    table = router_by_kind(RoutedModel(), TOKENIZER, [Doubling(), Neighbours()], seed=3)
    assert list(table) == ["knowledge", "reasoning"]
    for kind, family, split in (("knowledge", Neighbours(), "wording"), ("reasoning", Doubling(), "value")):
        means = routed_by_hand(family, split, seed=3)
        middle, half = statistics.fmean(means), 1.96 * statistics.stdev(means) / math.sqrt(40)
        np.testing.assert_allclose(table[kind]["mean"], [middle, 1 - middle], rtol=1e-5)
        np.testing.assert_allclose(table[kind]["half"], [half, half], rtol=1e-4)
        assert table[kind]["sheets"] == 40
        assert json.loads(json.dumps(table[kind], allow_nan=False)) == table[kind]


def test_report_of_a_model_with_a_router_holds_its_table(monkeypatch):
    monkeypatch.setattr(ability_report, "TextGenerator", Answerer)
    monkeypatch.setattr(ability_report, "StateReader", lambda model: model)
    monkeypatch.setattr(ability_report, "router_by_kind", lambda *arguments: arguments)
    model, families = SimpleNamespace(router=object()), [Doubling()]
    report = judge_abilities(model, TOKENIZER, families, 5, seed=7)
    assert report["router"] == (model, TOKENIZER, families, 7)


def test_another_engine_may_answer(monkeypatch):
    monkeypatch.setattr(ability_report, "StateReader", None)  # nobody reads with the model itself
    generator, model = Answerer(None, TOKENIZER), SimpleNamespace(router=None)
    report = judge_abilities(model, TOKENIZER, [Doubling()], 5, generator=generator)
    assert report["kinds"]["reasoning"]["value"]["num_questions"] == 5


def test_without_a_model_the_generator_answers_and_no_router_is_told():
    report = judge_abilities(None, TOKENIZER, [Doubling()], 5, generator=Answerer(None, TOKENIZER))
    assert report["router"] == {} and report["kinds"]["reasoning"]["value"]["num_questions"] == 5
