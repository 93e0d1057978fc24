"""What can be done with a run: write, judge, talk, describe."""

import json
from pathlib import Path

import pytest


def test_texts_begin_with_the_prompt_and_repeat_with_the_seed(mof, trained):
    words = ["generate", "--run", trained.path, "--prompt", "春天", "--max-tokens", "5", "--temperature", "2"]
    answer = mof(*words, "--num-texts", "2", "--seed", "5")
    first, second = answer.output.rstrip("\n").split("\n\n")
    assert answer.status == 0 and first.startswith("春天") and second.startswith("春天") and first != second
    assert mof(*words, "--seed", "5").output.rstrip("\n") == first


def test_stop_strings_come_with_commas(mof, trained):
    words = ["generate", "--run", trained.path, "--prompt", "春", "--max-tokens", "8", "--temperature", "3"]
    text = mof(*words, "--top-p", "1").output.strip()
    character = next(c for c in text[1:] if c.isprintable() and c not in ",�")
    cut = mof(*words, "--top-p", "1", "--stop", f"never,{character}").output.strip()
    assert cut == text[: text.index(character, 1)].strip()


def test_evaluation_is_told_and_written(mof, trained, tmp_path):
    path = tmp_path / "figures.json"
    answer = mof("evaluate", "--run", trained.path, "--output", str(path))
    assert answer.status == 0
    figures = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)  # no NaN
    assert f"bits per byte    {figures['bits_per_byte']:.4f}" in answer.output
    assert "RNN" in answer.output and "Transformer" in answer.output
    assert sum(figures["route_weights"]) == pytest.approx(1, abs=1e-5)
    assert figures["nats_by_position"][0] > 0 and figures["nats_by_position"][-1] is None
    assert figures["num_bytes"] > 0 and figures["corpus"] == "held out"


def test_evaluation_on_other_text(mof, trained, tmp_path):
    text = "春天来了，花开了。"
    (tmp_path / "other.txt").write_text(text, encoding="utf-8")
    output = tmp_path / "figures.json"
    words = ["--corpus", str(tmp_path / "other.txt"), "--output", str(output)]
    answer = mof("evaluate", "--run", trained.path, *words)
    assert answer.status == 0, answer
    assert json.loads(output.read_text(encoding="utf-8"))["num_bytes"] == len(text.encode("utf-8"))


def test_chat_answers_forgets_and_ends(mof, trained):
    said = "你好\n[CLEAN]\n春\n"
    answer = mof("chat", "--run", trained.path, "--max-tokens", "3", said=said)
    assert answer.status == 0
    assert answer.output.count("答 (model)> ") == 3 and "上下文已清空。" in answer.output
    assert answer.output.rstrip().endswith("再见 (goodbye).")


def test_chat_ends_at_an_empty_line(mof, trained):
    answer = mof("chat", "--run", trained.path, "--max-tokens", "2", said="\n你好\n")
    assert answer.status == 0 and "答 (model)>" not in answer.output


def test_interrupt_cuts_an_answer_and_the_chat_goes_on(mof, trained, monkeypatch):
    from mof.generation.chat import ChatSession

    replies = iter([KeyboardInterrupt, None])

    def reply(self, text):
        yield "好"
        if next(replies):
            raise KeyboardInterrupt

    monkeypatch.setattr(ChatSession, "reply", reply)
    answer = mof("chat", "--run", trained.path, said="你好\n春天\n")
    assert answer.status == 0 and "答 (model)> 好 …\n" in answer.output
    assert answer.output.count("答 (model)> 好") == 2 and "goodbye" in answer.output


def test_info_describes_the_run(mof, trained):
    answer = mof("info", "--run", trained.path)
    assert answer.status == 0 and "preset nano" in answer.output and "update 3 of 3" in answer.output
    assert "bits per byte on held-out text" in answer.output
    assert str(Path(trained.path) / "checkpoints" / "update-00000003") in answer.output


def test_info_describes_the_machine_and_the_presets(mof, monkeypatch):
    from mof.cli import info as info_module

    monkeypatch.setattr(info_module, "PRESET_NAMES", ("nano",))  # the large ones take seconds
    answer = mof("info")
    assert answer.status == 0 and "processor: " in answer.output and "  nano " in answer.output


@pytest.mark.parametrize("command", ["generate", "chat", "evaluate"])
def test_missing_run_is_told(mof, tmp_path, command):
    answer = mof(command, "--run", str(tmp_path / "absent"))
    assert answer.status == 1 and "holds no run (run.json is missing)" in answer.errors


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["generate", "--top-p", "2"], "top_p is 2.0, expected a share above 0 and at most 1"),
        (["chat", "--temperature", "-1"], "temperature is -1.0"),
        (["evaluate", "--output", "absent/x.json"], "the folder of absent/x.json does not exist"),
        (["evaluate", "--output", "."], ". is a folder: name a file in it."),
    ],
)
def test_wrong_settings_are_told_before_the_model_is_read(mof, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    answer = mof(*words)
    assert answer.status == 1 and message in answer.errors


def test_run_that_held_nothing_out_cannot_be_judged_without_text(mof, trained, monkeypatch):
    from types import SimpleNamespace

    empty = SimpleNamespace(validation=SimpleNamespace(num_documents=0))
    monkeypatch.setattr("mof.training.assembly.open_cache", lambda *_, **__: empty)
    answer = mof("evaluate", "--run", trained.path)
    assert (
        answer.status == 1 and "held out no text to judge on: name some with --corpus PATH" in answer.errors
    )
