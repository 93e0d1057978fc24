"""The plan of a race, the choice of a learning rate, and the sums. No training."""

import argparse

import numpy as np
import pytest
from corpus_tokens import prepare_tokens
from equal_time_peers import (
    best_learning_rate,
    check_settings,
    describe,
    fastest_case,
    held_out_file,
    new_run_words,
    plan,
    summarize,
)

from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation


def run(contestant, seed, bits, rate=None):
    figures = {"diverged_after_seconds": 3.0} if bits is None else {"bits_per_byte": bits}
    return {"contestant": contestant, "seed": seed, "learning_rate": rate, **figures} | {
        "tokens": 1000,
        "seconds": 60.0,
        "parameters": 7,
    }


def test_seed_by_seed_and_every_learning_rate_once():
    assert plan(2, (0.1, 0.2)) == [
        ("ours", 0, None),
        ("own", 0, 1e-3),
        ("tuned", 0, 0.1),
        ("tuned", 0, 0.2),
        ("ours", 1, None),
        ("own", 1, 1e-3),
        ("tuned", 1, None),
    ]


def test_the_best_learning_rate_is_that_of_the_first_seed_and_never_a_diverged_one():
    runs = [run("tuned", 0, 2.6, 0.1), run("tuned", 0, None, 0.4), run("tuned", 0, 2.5, 0.2)]
    assert best_learning_rate([*runs, run("ours", 0, 1.0), run("tuned", 1, 1.0, 0.9)]) == 0.2


def test_each_trains_in_the_way_that_was_faster():
    def case(kind, model, dtype, speed, **more):
        return {"kind": kind, "model": model, "dtype": dtype, "characters_per_second": speed, **more}

    result = {
        "cases": [
            case("ours", "tiny", "float32", 5.0),
            case("ours", "tiny", "bfloat16", 7.0),
            case("ours", "small", "float32", 9.0),
            case("peer", "minimind-256x6", "float32", 8.0, is_compiled=True),
            case("peer", "minimind-256x6", "bfloat16", 6.0, is_compiled=False),
        ]
    }
    assert fastest_case(result, "ours", "tiny")["dtype"] == "bfloat16"
    assert fastest_case(result, "peer", "minimind-256x6")["is_compiled"]
    with pytest.raises(SystemExit, match="no case of gpt2"):
        fastest_case(result, "peer", "gpt2")


def test_other_learning_rates_do_not_enter_the_mean():
    runs = [
        run("tuned", 0, 2.6, 0.1),
        run("tuned", 0, 2.4, 0.2),
        run("tuned", 1, 2.2, 0.2),
        run("ours", 0, 2.0),
    ]
    summary = summarize(runs)
    assert summary["tuned"]["mean"] == pytest.approx(2.3) and summary["tuned"]["runs"] == 2
    assert (summary["tuned"]["least"], summary["tuned"]["most"]) == (2.2, 2.4)
    assert summary["ours"]["mean"] == 2.0 and "own" not in summary


def test_a_diverged_run_is_told():
    assert describe(run("tuned", 0, None, 0.4)) == "tuned, seed 0, learning rate 0.4: diverged"


def test_runs_of_other_settings_are_refused(tmp_path):
    check_settings(tmp_path / "x" / "settings.json", {"minutes": 20})
    check_settings(tmp_path / "x" / "settings.json", {"minutes": 20})
    with pytest.raises(SystemExit, match="choose another --folder"):
        check_settings(tmp_path / "x" / "settings.json", {"minutes": 5})


def test_our_flags_are_flags_of_mof_train(tmp_path):
    from typer.main import get_command

    from mof.cli.app import app

    options = argparse.Namespace(
        corpus=["texts"], preset="tiny", dtype="bfloat16", minutes=20.0, short=False, flags="--num-streams 4"
    )
    words = new_run_words(1, options)
    train = get_command(app).commands["train"]
    known = {name for parameter in train.params for name in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known
    assert words[words.index("--evaluate-seconds") + 1] == "300.0"


def test_a_peer_is_judged_by_the_documents_and_bytes_of_mof(tmp_path):
    corpus = tmp_path / "texts"
    corpus.mkdir()
    for i in range(300):
        (corpus / f"{i}.txt").write_text(f"第{i}篇：春眠不觉晓，处处闻啼鸟。", encoding="utf-8")
    text = prepare_tokens([corpus], "bpe", 300, tmp_path / "tokens")
    again = prepare_tokens([corpus], "bpe", 300, tmp_path / "tokens")
    assert again == text
    held_out = np.load(held_out_file(text, tmp_path / "held_out.npz"))
    documents = [d for d in read_documents([corpus]) if is_validation(d, 0.01)]
    assert documents and len(held_out["offsets"]) == len(documents) + 1
    assert int(held_out["num_bytes"]) == sum(d.num_text_bytes for d in documents)
    tokens = np.fromfile(text["train_tokens"], dtype=text["token_dtype"])
    assert tokens.max() < text["vocabulary_size"]
    assert text["characters_per_token"] == pytest.approx(text["num_characters"] / len(tokens))
