"""An exported folder writes as its run does; what is damaged or no export is refused by name."""

import json
import shutil

import numpy as np
import pytest

from mof.inference.export import export_run, is_rounded
from mof.inference.exported_folder import ExportError, is_export, open_export
from mof.inference.run_graphs import open_run
from mof.tokenizer.character_tokenizer import CharacterTokenizer
from mof.training.checkpoint import save_checkpoint
from mof.training.config import TrainingConfig
from mof.training.run_folder import RunError, RunFolder
from tests.inference.small_models import NANO, make_model

# Random weights 2 to 3 times as large as trained ones, rounded to 8 bits along with the activations: 1% of a
# product, through some ten products; logits are of size 5.
INT8_TOLERANCE = 0.6


def make_run(path, model):
    """A run with the model's weights in its checkpoint."""
    from keras import ops

    tokenizer = CharacterTokenizer("春天来了")
    run = RunFolder.create(path, model.config, TrainingConfig(), tokenizer, {})
    weights = {v.path: ops.convert_to_numpy(v.value) for v in model.trainable_variables}
    save_checkpoint(run.checkpoints, {"weights": weights}, {"tokenizer_hash": tokenizer.hash}, update=1)
    return run


@pytest.fixture(scope="module")
def run(nano_model, tmp_path_factory):
    """A run of NANO."""
    return make_run(tmp_path_factory.mktemp("runs") / "nano", nano_model)


@pytest.fixture(scope="module")
def int8(run, tmp_path_factory):
    """Its int8 export."""
    folder = tmp_path_factory.mktemp("exports") / "int8"
    export_run(run, folder, is_int8=True)
    return folder


@pytest.fixture
def copy(int8, tmp_path):
    """A copy of the export that a test may spoil."""
    return shutil.copytree(int8, tmp_path / "copy")


def text(num_tokens):
    return np.random.default_rng(0).integers(0, 200, num_tokens)


def test_float32_gives_the_same_to_the_bit(run, tmp_path):
    num_bytes = export_run(run, tmp_path / "out", is_int8=False)
    reader, tokenizer = open_export(tmp_path / "out", num_threads=1)
    expected, _ = open_run(run, num_threads=1).read([text(70)])
    np.testing.assert_array_equal(reader.read([text(70)])[0], expected)
    assert tokenizer.hash == run.tokenizer().hash
    files = list((tmp_path / "out").iterdir())
    assert num_bytes == sum(f.stat().st_size for f in files if f.name != "export.json")


def test_int8_is_near_and_its_steps_are_its_pieces(run, int8):
    assert_near(run, int8)


def test_int8_of_the_true_gru_and_an_odd_width(tmp_path):
    config = NANO.replace(recurrence="gru", router_recurrence="gru", width=132)
    run = make_run(tmp_path / "run", make_model(config))
    export_run(run, tmp_path / "int8", is_int8=True)
    assert_near(run, tmp_path / "int8")


def assert_near(run, folder):
    """The int8 export in `folder` expects nearly what the run does, token by token and in pieces."""
    expected, _ = open_run(run, num_threads=1).read([text(70), text(3)])
    reader, _ = open_export(folder, num_threads=1)
    logits, _ = reader.read([text(70), text(3)])
    assert np.abs(logits - expected).max() < INT8_TOLERANCE
    assert np.abs(logits - expected).max() > 0  # it did round
    alone = reader.initial_state(1)
    for token in text(70):
        stepped, alone = reader.step([token], alone)
    # an activation at the border between two steps may round to either side
    assert np.abs(stepped - logits[:1]).max() < INT8_TOLERANCE / 2


def test_the_large_matrices_are_rounded_and_the_deciding_ones_kept():
    assert is_rounded("mof/embedding", (300, 24))
    assert is_rounded("mof/expert_1/block_0/attention/inputs/kernel", (24, 99))
    assert is_rounded("mof/expert_0/recurrence_0/recurrent_kernel", (20, 60))
    assert not is_rounded("mof/expert_1/block_0/convolution/kernel", (4, 24))
    assert not is_rounded("mof/router/narrow/kernel", (24, 10))
    assert not is_rounded("mof/expert_1/position/table", (50, 24))


def test_an_export_is_told_from_a_run(run, int8):
    assert is_export(int8) and not is_export(run.path) and not is_export(int8 / "absent")


@pytest.mark.parametrize("name", ["tokenizer.json", "weights.safetensors", "step.onnx", "piece.onnx"])
def test_a_changed_or_missing_file_is_named(copy, name):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ExportError, match=f"{name} is not the file that was exported.*Copy or export"):
        open_export(copy)
    (copy / name).unlink()
    with pytest.raises(ExportError, match=f"{name} is missing: an export is whole or nothing"):
        open_export(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts.update(format_version=2), "has format version 2, this program reads 1"),
        (lambda facts: facts["model"].update(depth=3), "ModelConfig has no field 'depth'"),
        (lambda facts: facts.pop("files"), "is damaged: 'files'"),
    ],
)
def test_a_damaged_description_is_refused(copy, change, message):
    facts = json.loads((copy / "export.json").read_text(encoding="utf-8"))
    change(facts)
    (copy / "export.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(ExportError, match=message):
        open_export(copy)
    (copy / "export.json").write_text("{", encoding="utf-8")
    with pytest.raises(ExportError, match="export.json is damaged"):
        open_export(copy)


def test_a_folder_with_other_things_is_not_written_into(run, tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="is not empty and holds no export: choose another folder"):
        export_run(run, tmp_path, is_int8=True)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_an_older_export_is_written_over(run, copy):
    export_run(run, copy, is_int8=False)
    open_export(copy)
    assert json.loads((copy / "export.json").read_text(encoding="utf-8"))["weights"] == "float32"


def test_an_older_export_stays_whole_where_the_new_one_cannot_be_written(run, copy, monkeypatch):
    from mof.inference import export

    def full(path, arrays):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "write_tensors", full)
    with pytest.raises(OSError, match="No space left"):
        export_run(run, copy, is_int8=False)
    open_export(copy)
    assert json.loads((copy / "export.json").read_text(encoding="utf-8"))["weights"] == "int8"


def test_the_same_command_goes_on_after_a_kill(run, copy):
    (copy / "export.json").unlink()
    (copy / "unfinished").mkdir()  # what a kill among the last renames leaves
    export_run(run, copy, is_int8=False)
    open_export(copy)
    (copy / "export.json").unlink()
    with pytest.raises(ValueError, match="is not empty and holds no export"):
        export_run(run, copy, is_int8=False)


def test_a_run_without_weights_has_nothing_to_export(tmp_path):
    run = RunFolder.create(tmp_path / "run", NANO, TrainingConfig(), CharacterTokenizer("春"), {})
    with pytest.raises(RunError, match="has no checkpoint yet"):
        export_run(run, tmp_path / "out", is_int8=True)
    assert not (tmp_path / "out").exists()
