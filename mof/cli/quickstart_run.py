"""The run of `mof quickstart`: gone on with where it is unfinished, made anew where it is finished."""

import shutil
from pathlib import Path

from mof.patient_files import replace
from mof.presets import preset
from mof.training.assembly import existing_run, new_run
from mof.training.run_folder import RUN_NAME, RunError, RunFolder

MARK = "made-by-quickstart"  # a file: only folders that hold it are ever moved or replaced
VALIDATION_FRACTION = 0.05


def open_or_make_run(path, preset_name, model_changes, config, corpus, report=print):
    """The run to train.

    Args:
        path: of its folder. preset_name: str. model_changes: dict of ModelConfig fields to change. config:
            TrainingConfig. corpus: list of paths.
        report: called with sentences.

    Returns:
        (RunFolder, MixtureLanguageModel, TokenCache), as `new_run` does.

    Raises:
        RunError: the folder holds a finished training of another origin, or other things; or the name under
            which the finished one would be kept is taken.
    """
    path = Path(path)
    if (path / RUN_NAME).is_file():
        run = RunFolder(path)
        checkpoint = run.newest_checkpoint(parts=(), warn=report)
        progress = checkpoint.state["progress"] if checkpoint else {"update": 0, "num_updates": None}
        if progress["num_updates"] is None or progress["update"] < progress["num_updates"]:
            minutes = run.training_config.minutes
            report(f"Going on with the unfinished training in {path} (planned for {minutes:g} minutes).")
            return existing_run(path, report)
        _set_aside(path, report)
    has_things = path.is_dir() and any(not item.name.startswith(".") for item in path.iterdir())
    if has_things and not (path / MARK).exists():
        raise RunError(f"{path} holds other things: choose another folder with --run.")
    path.mkdir(parents=True, exist_ok=True)
    (path / MARK).touch()  # first: a kill from here on leaves a run that quickstart made
    return new_run(
        path, preset(preset_name), model_changes, config, corpus, VALIDATION_FRACTION, report=report
    )


def _set_aside(path, report):
    """Rename the finished run, in place of the one that was renamed before it."""
    if not (path / MARK).exists():
        raise RunError(
            f"{path} holds a finished training that quickstart did not make: choose another folder with "
            "--run."
        )
    before = path.with_name(path.name + "-before")
    if (before / MARK).exists():
        _delete_with_mark_last(before)
    elif before.is_dir() and not any(before.iterdir()):
        before.rmdir()  # Windows renames nothing to a name that is there
    elif before.exists():
        raise RunError(
            f"{before} is there and is no model of quickstart's: rename it, or choose another folder with "
            f"--run. The finished training in {path} was to be kept under that name, and is as it was."
        )
    replace(path, before)
    report(f"The model trained before is kept in {before}.")


def _delete_with_mark_last(folder):
    """Delete a run that quickstart made; a kill on the way leaves what the next start knows as its own."""
    for item in list(folder.iterdir()):
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item)
        elif item.name != MARK:
            item.unlink()
    (folder / MARK).unlink()
    folder.rmdir()
