"""`mof evaluate` and `mof abilities` of exported models: by onnxruntime, as the run, and what is not told."""

import json
import shutil

import pytest

# Weights after three updates are small, so rounding them to 8 bits moves a loss of some nats little.
INT8_TOLERANCE = 0.05


@pytest.fixture(scope="module", params=["float32", "int8"])
def exported(request, mof, trained, tmp_path_factory):
    """(folder of an export, its kind of weights)."""
    folder = str(tmp_path_factory.mktemp("exports") / request.param)
    answer = mof("export", trained.path, "--output", folder, *(["--int8"] if request.param == "int8" else []))
    assert answer.status == 0, answer
    return folder, request.param


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A file of text, some documents."""
    path = tmp_path_factory.mktemp("corpus") / "texts.jsonl"
    texts = [
        "春天来了花园里的花都开了小朋友们在放风筝。" * 5,
        "从前有一座山，山上有一座庙。" * 7,
        "我问妈妈。",
    ]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts * 2), encoding="utf-8")
    return str(path)


def evaluated(mof, run, corpus, file):
    """(figures, printed text) of `mof evaluate`."""
    answer = mof("evaluate", "--run", run, "--corpus", corpus, "--output", str(file))
    assert answer.status == 0, answer
    return json.loads(file.read_text(encoding="utf-8")), answer.output


def test_an_export_scores_what_its_run_scores(mof, trained, exported, corpus, tmp_path):
    expected, _ = evaluated(mof, trained.path, corpus, tmp_path / "run.json")
    figures, printed = evaluated(mof, exported[0], corpus, tmp_path / "export.json")
    tolerance = 1e-4 if exported[1] == "float32" else INT8_TOLERANCE
    for name in ("bits_per_byte", "nats_per_token"):
        assert figures[name] == pytest.approx(expected[name], rel=tolerance)
    assert (figures["num_tokens"], figures["num_bytes"]) == (expected["num_tokens"], expected["num_bytes"])
    assert figures["route_weights"] is None and expected["route_weights"] is not None
    assert "an exported model gives out none" in figures["left_out"][0] and expected["left_out"] == []
    assert "router           not told: an exported model gives out no weights of its router" in printed


def test_an_export_holds_no_text_to_judge_on(mof, exported):
    answer = mof("evaluate", "--run", exported[0])
    assert answer.status == 1 and "is an exported model, which holds no text to judge on" in answer.errors


def test_abilities_memory_and_writing_of_an_export(mof, exported, corpus, tmp_path):
    file, page = tmp_path / "figures.json", tmp_path / "page.html"
    words = ["--family", "larger_number", "--questions", "2", "--output", str(file), "--page", str(page)]
    answer = mof("abilities", "--run", exported[0], *words, "--corpus", corpus)
    assert answer.status == 0, answer
    figures = json.loads(file.read_text(encoding="utf-8"))
    assert {row["family"] for row in figures["families"]} == {"larger_number"} and figures["router"] == {}
    assert figures["memory"]["trained_length"] == 16
    assert [row["distance"] for row in figures["memory"]["needle"]] == [2, 4, 8, 16, 32, 64]
    assert figures["writing"] is None or figures["writing"]["num_texts"] > 0
    (sentence,) = figures["left_out"]
    assert sentence.startswith("The router's weights are not told") and sentence in answer.output
    assert "weights are not told" in page.read_text(encoding="utf-8")


def test_without_text_the_questions_are_asked_and_the_rest_is_told(mof, exported):
    answer = mof("abilities", "--run", exported[0], "--family", "larger_number", "--questions", "1")
    assert answer.status == 0, answer
    assert "larger_number" in answer.output and "A fact recalled" not in answer.output
    assert "Memory and writing were not judged: an exported model holds no text." in answer.output


def test_an_older_export_does_not_know_its_rows(mof, exported, corpus, tmp_path):
    folder = shutil.copytree(exported[0], tmp_path / "older")
    facts = json.loads((folder / "export.json").read_text(encoding="utf-8"))
    del facts["trained_length"]
    (folder / "export.json").write_text(json.dumps(facts), encoding="utf-8")
    words = ["--family", "larger_number", "--questions", "1", "--corpus", corpus]
    answer = mof("abilities", "--run", str(folder), *words)
    assert answer.status == 0, answer
    assert "this export does not say how long the rows of its training were" in answer.output


def test_an_export_is_not_judged_by_tensorflow(mof, exported):
    answer = mof("abilities", "--run", exported[0], "--engine", "tensorflow")
    assert answer.status == 1 and "is an exported model, which onnxruntime alone reads" in answer.errors
