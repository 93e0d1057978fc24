"""From paths to a run: new, resumed, and begun from another run's model."""

import re
import shutil

import filelock
import numpy as np
import pytest

from mof.config import ModelConfig
from mof.model import MixtureLanguageModel
from mof.presets import Preset
from mof.training import assembly, places
from mof.training.assembly import existing_run, make_tokenizer, new_run, open_cache, open_corpus
from mof.training.checkpoint import save_checkpoint
from mof.training.run_folder import RunError, RunFolder
from mof.training.saved_model import load_model
from tests.training.small_run import LETTERS, MODEL, TRAINING, numbers, random_text, write_lines

SMALL = Preset("small-test", MODEL.replace(vocabulary_size=300), "characters", "tests of this file")


def shift_weights(run, model, by):
    """A checkpoint whose weights are the model's and a bit more, as training would leave them."""
    weights = {v.path: np.asarray(v) + np.float32(by) for v in model.trainable_variables}
    save_checkpoint(run.checkpoints, {"weights": weights}, {"tokenizer_hash": run.facts["tokenizer_hash"]}, 5)
    return weights


@pytest.fixture(scope="module")
def trained(corpus, tmp_path_factory):
    """(RunFolder of a run with one checkpoint, its weights)."""
    run, model, _ = new_run(
        tmp_path_factory.mktemp("runs") / "base", SMALL, {}, TRAINING, [corpus], 0.1, report=str
    )
    return run, shift_weights(run, model, 0.25)


@pytest.fixture
def base(trained, tmp_path):
    """A copy of the trained run, in a folder of its own."""
    shutil.copytree(trained[0].path, tmp_path / "base")
    return RunFolder(tmp_path / "base")


def weights_of(model):
    return {v.path: np.asarray(v) for v in model.trainable_variables}


def test_a_new_run_takes_the_vocabulary_of_its_text(corpus, tmp_path):
    told = []
    run, model, cache = new_run(
        tmp_path / "run", SMALL, {"router_width": 3}, TRAINING, [corpus], 0.1, report=told.append
    )
    tokenizer = run.tokenizer()
    assert tokenizer.kind == "characters" and run.model_config.vocabulary_size == tokenizer.vocabulary_size
    assert run.model_config == SMALL.model.replace(vocabulary_size=tokenizer.vocabulary_size, router_width=3)
    assert model.config == run.model_config and run.training_config == TRAINING
    assert (run.facts["preset"], run.facts["base"], run.facts["validation_fraction"]) == (
        "small-test",
        None,
        0.1,
    )
    assert run.facts["corpus"] == [str(corpus)]
    assert cache.train.num_documents + cache.validation.num_documents == 60
    assert told[0] == "Learning a vocabulary of up to 300 characters."
    reopened, same_model, same_cache = existing_run(run.path, report=told.append)
    assert numbers(weights_of(same_model)) == numbers(weights_of(model))
    assert same_cache.fingerprint == cache.fingerprint and reopened.facts == run.facts
    with pytest.raises(RunError, match="holds a run already"):
        new_run(tmp_path / "run", SMALL, {}, TRAINING, [corpus], 0.1, report=str)


def test_the_tokenizer_sees_no_held_out_text(tmp_path):
    texts = [{"text": chr(0x4E00 + i) * 5} for i in range(200)]
    file = write_lines(tmp_path / "texts.jsonl", texts)
    everything = make_tokenizer("characters", [file], 5000, 0.0, report=str)
    half = make_tokenizer("characters", [file], 5000, 0.5, report=str)
    assert everything.vocabulary_size - 264 == 200
    assert 60 < half.vocabulary_size - 264 < 140


def test_the_kind_of_tokenizer_is_the_presets(corpus):
    told = []
    assert make_tokenizer("bpe", [corpus], 290, 0.0, told.append).kind == "bpe"
    assert told == ["Learning a vocabulary of up to 290 tokens."]


@pytest.fixture
def every_line(monkeypatch):
    """Lines of progress without the seconds between them."""
    monkeypatch.setattr("mof.sources.progress_lines.SECONDS_BETWEEN_LINES", 0.0)
    # so many files that each is a chunk of its own
    return [{"text": random_text(50, i)} for i in range(9)]


@pytest.mark.parametrize("kind", ["characters", "bpe"])
def test_reading_for_a_vocabulary_tells_how_far_it_is(tmp_path, every_line, kind):
    files = [write_lines(tmp_path / f"{i}.jsonl", every_line) for i in range(4)]
    told = []
    make_tokenizer(kind, files, 300, 0.0, told.append)
    shares = [text for text in told if "of the text read for the vocabulary, 0:" in text]
    assert [share.split("%")[0] for share in shares] == ["  50", "  75"]
    assert ("All of it is read" in told[-1]) == (kind == "bpe")


def test_turning_text_into_tokens_tells_how_far_it_is_and_that_it_waits(base, tmp_path, every_line):
    files = [write_lines(tmp_path / f"{i}.jsonl", every_line) for i in range(4)]
    told = []
    open_corpus(files, base.tokenizer(), base.path, told.append)
    assert [text.split(",")[0] for text in told] == [
        "  50% of the text turned into tokens",
        "  75% of the text turned into tokens",
    ]
    told.clear()
    open_corpus(files, base.tokenizer(), base.path, told.append)
    assert told == [], "tokens that are there take no time"
    (folder,) = (tmp_path / "tokens").iterdir()
    lock = filelock.FileLock(folder / "build.lock", thread_local=False)

    def say(words):
        told.append(words)
        lock.release()

    with lock:
        open_corpus(files, base.tokenizer(), base.path, say)
    assert told == ["Another process is turning this text into tokens: waiting for it."]


def test_bad_lines_are_told(corpus, tmp_path):
    file = write_lines(
        tmp_path / "bad.jsonl", [{"text": random_text(30, i)} for i in range(20)] + ["{no json", '{"a": 1}']
    )
    told = []
    run, _, _ = new_run(tmp_path / "run", SMALL, {}, TRAINING, [file], 0.0, report=told.append)
    assert any(
        "20 documents read, 2 bad lines skipped" in text and "bad.jsonl" in text and "21" in text
        for text in told
    )
    told.clear()
    open_cache(run, run.tokenizer(), told.append)
    assert any("2 bad lines skipped" in text for text in told)  # also where the cache is there already


def test_fine_tuning_keeps_tokenizer_config_and_weights(base, trained, tmp_path):
    talk = [{"messages": [{"role": "user", "content": "春"}, {"role": "assistant", "content": "花草"}]}] * 3
    file = write_lines(tmp_path / "talk.jsonl", talk + [{"text": "完全不同的文字" * 20}])
    config = TRAINING.replace(optimizer="adamw", seed=9)
    tuned, model, cache = new_run(
        tmp_path / "chat", SMALL, {"chunk_length": 4}, config, [file], 0.0, base.path, str
    )
    assert tuned.tokenizer().hash == base.tokenizer().hash
    assert tuned.model_config == base.model_config.replace(chunk_length=4)
    assert tuned.facts["base"] == str(base.path) and tuned.facts["preset"] == "small-test"
    assert numbers(weights_of(model)) == numbers(trained[1])
    assert cache.train.num_conversations == 3
    # resumed before its first checkpoint, it starts from the base again
    _, again, _ = existing_run(tuned.path, report=str)
    assert numbers(weights_of(again)) == numbers(trained[1])
    # from its own first checkpoint on, the base is not looked at any more
    shift_weights(tuned, model, 1.0)
    shutil.rmtree(base.path)
    existing_run(tuned.path, report=str)


def test_a_base_given_by_a_relative_path_is_found_from_elsewhere(base, corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tuned, _, _ = new_run(tmp_path / "chat", SMALL, {}, TRAINING, [corpus], 0.1, "base", str)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    existing_run(tuned.path, report=str)


def test_a_project_that_was_moved_as_a_whole_finds_text_and_base(base, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    shutil.copytree(base.path, project / "runs" / "base")
    (project / "texts").mkdir()
    rows = [{"text": random_text(200, seed)} for seed in range(30)]
    text = write_lines(project / "texts" / "a.jsonl", rows)
    tuned, _, cache = new_run(
        project / "runs" / "chat", SMALL, {}, TRAINING, [text], 0.1, project / "runs" / "base", str
    )
    new = project.rename(tmp_path / "elsewhere")
    run, model, found = existing_run(new / "runs" / "chat", report=str)
    assert run.find_corpus() == [str(new / "texts" / "a.jsonl")]
    assert run.find_base() == str(new / "runs" / "base")
    assert found.train.fingerprint == cache.train.fingerprint
    assert len(list((new / "runs" / "tokens").iterdir())) == 1, "and its tokens are not made again"
    shutil.rmtree(new / "runs" / "base")
    with pytest.raises(
        RunError, match="has no checkpoint of its own yet, and .*base.* is not there any more"
    ):
        existing_run(run.path, report=str)
    (new / "texts" / "a.jsonl").unlink()
    with pytest.raises(RunError, match="the text of .*chat, is not there any more"):
        run.find_corpus()


def test_parts_of_a_text_are_found_each_where_it_lies(tmp_path):
    for name in ("project/a.txt", "elsewhere/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("春", encoding="utf-8")
    paths = [tmp_path / "project" / "a.txt", tmp_path / "elsewhere" / "b.txt"]
    run = tmp_path / "project" / "runs" / "one"
    stored, seen = [str(path) for path in paths], places.seen_from(run, paths)
    assert seen == ["../../a.txt", "../../../elsewhere/b.txt"]
    assert places.find(run, stored, seen) == stored
    (tmp_path / "project").rename(tmp_path / "moved")
    moved = tmp_path / "moved" / "runs" / "one"
    assert places.find(moved, stored, seen) == [str(tmp_path / "moved" / "a.txt"), stored[1]]
    assert places.find(moved, stored, []) == [None, stored[1]], "as older versions wrote it"
    paths[1].unlink()
    assert places.find(moved, stored, seen)[1] is None


def test_other_text_is_refused_before_its_place_is_written_down(base, corpus, tmp_path):
    other = write_lines(tmp_path / "other.jsonl", [{"text": random_text(300, seed)} for seed in range(9)])
    before = (base.path / "run.json").read_bytes()
    cache = open_cache(base, base.tokenizer(), str)
    state = {
        "tokenizer_hash": base.facts["tokenizer_hash"],
        "cursor": {"fingerprint": cache.train.fingerprint},
    }
    model = MixtureLanguageModel(base.model_config, 0)
    weights = {v.path: np.asarray(v) for v in model.trainable_variables}
    save_checkpoint(base.checkpoints, {"weights": weights}, state, 6)
    for is_cached in (True, False):
        if not is_cached:
            shutil.rmtree(tmp_path / "tokens")
        with pytest.raises(ValueError, match="the text is not the one that this|is not the text that"):
            existing_run(base.path, str, [other])
        assert (base.path / "run.json").read_bytes() == before
    moved = tmp_path / "moved"
    moved.mkdir()
    shutil.copy2(corpus, moved / corpus.name)
    run, _, again = existing_run(base.path, str, [moved / corpus.name])
    assert again.train.fingerprint == cache.train.fingerprint
    assert run.facts["corpus"] == [str(moved / corpus.name)] and RunFolder(base.path).facts == run.facts
    assert len(list((tmp_path / "tokens").iterdir())) == 1, "the tokens have kept their folder"


def test_a_text_that_is_not_there_leaves_no_run_behind(base, tmp_path):
    with pytest.raises(FileNotFoundError, match="absent.jsonl does not exist"):
        new_run(tmp_path / "chat", SMALL, {}, TRAINING, [tmp_path / "absent.jsonl"], 0.1, base.path, str)
    assert not (tmp_path / "chat").exists()


def test_a_folder_that_holds_a_run_is_refused_before_its_text_is_read(base, corpus, monkeypatch):
    monkeypatch.setattr(assembly, "read_documents", lambda *arguments: pytest.fail("the text was read"))
    with pytest.raises(RunError, match="holds a run already"):
        new_run(base.path, SMALL, {}, TRAINING, [corpus], 0.1, report=str)


def test_a_freezing_that_leaves_nothing_to_train_leaves_no_run_behind(corpus, tmp_path):
    groups = ("embedding", "router", "rnn", "transformer", "head")
    training = TRAINING.replace(freeze=tuple(f"{group}@0.5-1" for group in groups))
    with pytest.raises(ValueError, match="nothing is left to train"):
        new_run(tmp_path / "run", SMALL, {}, training, [corpus], 0.1, report=str)
    assert not (tmp_path / "run").exists()


def test_other_shares_held_out_have_tokens_of_their_own(base, corpus, tmp_path):
    for share in (0.01, 0.2):
        new_run(tmp_path / f"run-{share}", SMALL, {}, TRAINING, [corpus], share, base.path, str)
    again = new_run(tmp_path / "again", SMALL, {}, TRAINING, [corpus], 0.2, base.path, str)[2]
    folders = sorted(path.name for path in (tmp_path / "tokens").iterdir())
    assert len(folders) == 2 and folders[1] == f"{folders[0]}-0.2" and again.validation.num_documents


@pytest.mark.parametrize(("share", "is_told"), [(0.1, False), (0.05, False), (0.2, True)])
def test_held_out_text_that_the_base_has_learned_is_told(base, corpus, tmp_path, share, is_told):
    told = []
    new_run(tmp_path / "run", SMALL, {}, TRAINING, [corpus], share, base.path, told.append)
    words = f"{base.path} learned some of the documents that are held out now: it held out 0.1 of the same"
    assert any(sentence.startswith(words) for sentence in told) == is_told
    other = write_lines(tmp_path / "other.jsonl", [{"text": random_text(20, i)} for i in range(30)])
    told.clear()
    new_run(tmp_path / "run-2", SMALL, {}, TRAINING, [other], share, base.path, told.append)
    assert not any("learned some" in sentence for sentence in told)


def test_the_shape_of_a_base_cannot_be_changed(base, corpus, tmp_path):
    expected = (
        f"the shape of the model comes from {base.path} and cannot be changed: leave out num_heads, width."
    )
    with pytest.raises(RunError, match=re.escape(expected)):
        changes = {"width": 32, "num_heads": 4, "product_dtype": "bfloat16"}
        new_run(tmp_path / "chat", SMALL, changes, TRAINING, [corpus], 0.1, base.path, str)
    assert not (tmp_path / "chat").exists()


def test_a_base_without_checkpoint_is_refused(base, corpus, tmp_path):
    tuned, _, _ = new_run(tmp_path / "chat", SMALL, {}, TRAINING, [corpus], 0.1, base.path, str)
    shutil.rmtree(base.checkpoints)
    expected = re.escape(f"{base.path} has no checkpoint to start from: train it first.")
    with pytest.raises(RunError, match=expected):
        new_run(tmp_path / "chat-2", SMALL, {}, TRAINING, [corpus], 0.1, base.path, str)
    with pytest.raises(RunError, match=expected):
        existing_run(tuned.path, report=str)


def test_a_corpus_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        new_run(tmp_path / "run", SMALL, {}, TRAINING, [tmp_path / "nowhere"], report=str)
    assert not (tmp_path / "run").exists()


def test_another_corpus_is_read_whole(base, tmp_path):
    file = write_lines(tmp_path / "other.jsonl", [{"text": random_text(20, i)} for i in range(30)])
    split = open_corpus([file], base.tokenizer(), base.path, pytest.fail)
    assert split.num_documents == 30
    with file.open("a", encoding="utf-8") as more:
        more.write("no JSON\n")
    told = []
    assert open_corpus([file], base.tokenizer(), base.path, told.append).num_documents == 30
    assert "bad JSON" in told[0], "a look at text that was left out says so"


def test_a_trained_model_is_loaded_with_its_newest_weights(base, trained):
    model, tokenizer, run = load_model(base.path, warn=pytest.fail)
    assert numbers(weights_of(model)) == numbers(trained[1])
    assert tokenizer.hash == base.facts["tokenizer_hash"] and run.path == base.path
    assert tokenizer.decode(tokenizer.encode(LETTERS)) == LETTERS


def test_loading_passes_over_a_damaged_checkpoint(base, trained):
    folder = base.checkpoints / "update-00000006"
    shutil.copytree(base.checkpoints / "update-00000005", folder)
    (folder / "weights.safetensors").write_bytes(b"")
    told = []
    model, _, _ = load_model(base.path, told.append)
    assert len(told) == 1 and "update-00000006" in told[0]
    assert numbers(weights_of(model)) == numbers(trained[1])


def test_loading_without_a_run_or_a_checkpoint_is_refused(base, tmp_path):
    with pytest.raises(RunError, match="holds no run"):
        load_model(tmp_path / "nothing")
    shutil.rmtree(base.checkpoints)
    with pytest.raises(
        RunError, match=r"has no checkpoint yet: train first, or wait for the first one to be saved"
    ):
        load_model(base.path)


@pytest.mark.parametrize("changes", [{"width": 32}, {"recurrent_layers": 2}])
def test_weights_of_another_model_are_refused(base, changes):
    config = ModelConfig.from_json(base.model_config.to_json()).replace(**changes)
    file = base.path / "run.json"
    text = file.read_text(encoding="utf-8")
    for name, value in changes.items():
        text = text.replace(f'"{name}": {getattr(base.model_config, name)}', f'"{name}": {value}')
    file.write_text(text, encoding="utf-8")
    assert RunFolder(base.path).model_config == config
    with pytest.raises(RunError, match=r"update-00000005 holds .* for mof/.*, this run expects \("):
        load_model(base.path)
