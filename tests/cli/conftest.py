"""The command line, called in this process; a small corpus; a run that a few updates have trained."""

import contextlib
import io
import json
import sys
from typing import NamedTuple

import pytest

WORDS = "春天来了花园里的都开小朋友们在放风筝我问妈从前有一座山"
# one block, one length: nearly all the time of these tests would go into larger ones
TINY_MODEL = ["--preset", "nano", "--transformer-layers", "1", "--width", "16", "--recurrent-width", "16"]
TINY_TRAINING = ["--lengths", "16", "--tokens-per-update", "32", "--num-streams", "2"]


class Answer(NamedTuple):
    """What a command left behind: exit status, standard output, standard error."""

    status: int
    output: str
    errors: str


def run_mof(*words, said=""):
    """Call `mof` with these words, with `said` on its standard input; returns an Answer."""
    from mof.cli.app import main

    with _without_graphs():
        return _call(main, words, said)


@contextlib.contextmanager
def _without_graphs():
    """TensorFlow runs without graphs, which in these tests cost more than they save; other tests count
    them."""
    import keras

    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def _call(main, words, said):
    output, errors, before = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(said)
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            main(list(words))
    except SystemExit as end:
        return Answer(end.code or 0, output.getvalue(), errors.getvalue())
    finally:
        sys.stdin = before
    raise AssertionError("main always ends the process")


@pytest.fixture(scope="session")
def mof():
    """The function `run_mof`."""
    return run_mof


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with prose/ and dialogues/, as the project ships one."""
    folder = tmp_path_factory.mktemp("data")
    texts = [WORDS[i % 9 :] + WORDS[: 9 + i % 7] + f"第{i}。" for i in range(40)]
    rows = [{"text": text} for text in texts]
    turns = [("user", "你好"), ("assistant", "你好呀，春天来了。")]
    talks = [
        {"messages": [{"role": role, "content": words + str(i)} for role, words in turns]} for i in range(20)
    ]
    for name, documents in (("prose", rows), ("dialogues", talks)):
        (folder / name).mkdir()
        lines = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
        (folder / name / "a.jsonl").write_text(lines, encoding="utf-8")
    return folder


class TrainedRun(NamedTuple):
    """A run's folder as a str, and the Answer of the training."""

    path: str
    answer: Answer


@pytest.fixture(scope="session")
def trained(mof, data, tmp_path_factory):
    """A finished run of three updates on prose and dialogues."""
    path = str(tmp_path_factory.mktemp("runs") / "first")
    corpus = ["--corpus", str(data / "prose"), "--corpus", str(data / "dialogues")]
    settings = ["--num-updates", "3", "--evaluation-tokens", "64", "--validation-fraction", "0.2"]
    answer = mof("train", *corpus, "--run", path, *TINY_MODEL, *TINY_TRAINING, *settings)
    assert answer.status == 0, answer
    return TrainedRun(path, answer)
