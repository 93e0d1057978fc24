"""`mof course`: the instructor's commands."""

import json


def test_list(mof):
    answer = mof("course", "list")
    assert (
        answer.status == 0 and "05.2   build         10     3        7  all tokens at once" in answer.output
    )
    assert answer.output.splitlines()[-1].endswith(" minutes")
    assert mof("course", "list", "--chapter", "5").output.count("\n05.") == 5
    refused = mof("course", "list", "--chapter", "99")
    assert refused.status == 1 and "chapter 99 has no exercises yet" in refused.errors


def test_strip(mof, tmp_path):
    answer = mof("course", "strip", "notebooks", str(tmp_path / "out"))
    assert answer.status == 0 and "05_linear_attention.ipynb: 5 solutions taken out" in answer.output
    again = mof("course", "strip", "notebooks", str(tmp_path / "out"))
    assert again.status == 1 and "is there already" in again.errors
    assert mof("course", "strip", "notebooks", str(tmp_path / "out"), "--overwrite").status == 0


def test_collect(mof, tmp_path):
    (tmp_path / "an.json").write_text(json.dumps({"exercises": {}}), encoding="utf-8")
    (tmp_path / "bo.json").write_text("{", encoding="utf-8")
    table = tmp_path / "results.csv"
    answer = mof("course", "collect", str(tmp_path), "--output", str(table))
    assert (
        answer.status == 0
        and f"2 students: {table}" in answer.output
        and "bo.json is damaged" in answer.output
    )
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].startswith("an,0,0,0,0,")
    assert mof("course", "collect", str(tmp_path / "nowhere")).status == 1


def test_help(mof):
    answer = mof("course", "--help")
    assert answer.status == 0 and all(f" {name} " in answer.output for name in ("list", "strip", "collect"))
