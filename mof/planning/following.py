"""Following a plan: each of its stages is made, gone on with, or passed over because it is finished. So the
same command starts a plan and resumes it, whatever ended it and at whichever stage it stood.

FOLDER/followed-plan.toml    copy of the plan; another plan is refused here
       plan.lock             held while a process follows it
       output.log            what it says, where it runs in the background
       stop-asked            somebody wants it to stop
       pretraining/, chat/   the runs; see `mof.training.run_folder`
"""

import dataclasses
import gc
import json
from pathlib import Path

from mof.corpus.corpus_files import find_corpus_files
from mof.corpus.reading_report import CorpusError
from mof.planning.plan import PlanError, decided
from mof.planning.plan_file import plan_text, read_plan, write_plan
from mof.quoting import quoted
from mof.training import places
from mof.training.folder_lock import held, is_held
from mof.training.run_folder import RUN_NAME, STOP_NAME, RunError, RunFolder

COPY_NAME, PLAN_LOCK_NAME, OUTPUT_NAME = "followed-plan.toml", "plan.lock", "output.log"
NOTHING_LOST = (
    "Nothing is lost: put it back, or write its new place into the file that the command names, and the same "
    "command goes on."
)


def follow(plan, train, prepare=None, tell=print):
    """Follow a plan to its end, or until it is stopped.

    Args:
        plan: Plan.
        train: called with (RunFolder, MixtureLanguageModel, TokenCache) of each unfinished stage; returns its
            Progress.
        prepare: called with (stage name, function that makes these three) and returns what it gives: the
            place to wait for the right hour or for room on the disk, and to return None where a stop was
            asked. None calls the function at once.
        tell: called with sentences.

    Returns:
        True at the plan's end, False where it was stopped before.

    Raises:
        RunError: another process follows a plan in the folder.
        PlanError: the folder belongs to another plan. Errors of the training and of reading the corpus as
            they are, with the word that nothing is lost.
    """
    folder = Path(plan.head.folder)
    folder.mkdir(parents=True, exist_ok=True)
    error = RunError(
        f"another process follows a plan in {folder}. `mof status {quoted(folder)}` shows what it does, `mof "
        f"stop {quoted(folder)}` stops it."
    )
    with held(folder / PLAN_LOCK_NAME, error):
        _keep_copy(plan, folder)
        (folder / STOP_NAME).unlink(missing_ok=True)
        for number, stage in enumerate(plan.stages):
            path = folder / stage.name
            if is_finished(path, tell):
                tell(f"The {stage.name} is finished.")
                continue
            _check_corpora(plan.stages[number:], folder)
            make = _maker(plan, number, folder, tell)
            prepared = make() if prepare is None else prepare(stage.name, make)
            if prepared is None:  # a stop was asked, it may be during the last update of the stage before
                return False
            progress = train(*prepared)
            prepared = None
            gc.collect()  # the next stage has a model of its own
            if progress.num_updates is None or progress.update < progress.num_updates:
                return False
    return True


def plan_in(path):
    """The plan in a file; the copy in a plan's folder is about the folder that it lies in, also after that
    was moved. Raises as `read_plan`."""
    plan = read_plan(path)
    if Path(path).name != COPY_NAME:
        return plan
    return dataclasses.replace(plan, head=plan.head.replace(folder=Path(path).parent.as_posix()))


def folder_of(path):
    """The folder that is meant by a plan's file, by the copy in its folder, or by a folder itself. Where all
    was moved, or the path is given from elsewhere, it is the one beside the file in which the plan is
    followed.

    Raises:
        PlanError: the file holds no plan.
    """
    path = Path(path)
    if path.name == COPY_NAME:
        return path.parent
    if path.suffix != ".toml":
        return path
    plan = read_plan(path)
    return followed_beside(path, plan) or Path(plan.head.folder)


def followed_beside(path, plan):
    """The folder beside a plan's file in which the plan is followed, though it names another, where nothing
    lies: Path, or None.

    Args:
        path: of the file. plan: Plan in it.
    """
    if (Path(plan.head.folder) / COPY_NAME).is_file():
        return None
    path = Path(path)
    for copy in (path.parent / COPY_NAME, *sorted(path.parent.glob(f"*/{COPY_NAME}"))):
        try:
            followed = read_plan(copy)
        except PlanError:  # none there, or another matter
            continue
        if followed.head.folder == plan.head.folder and not changes(followed, plan):
            return copy.parent
    return None


def is_followed(folder):
    """True while a process follows a plan in the folder."""
    return is_held(Path(folder) / PLAN_LOCK_NAME)


def is_finished(path, tell=print):
    """True if the folder holds a run that has been trained to its end, and its last weights are whole."""
    if not (path / RUN_NAME).is_file():
        return False
    checkpoint = RunFolder(path).newest_checkpoint(parts=("weights",), warn=tell)
    if checkpoint is None:
        return False
    progress = checkpoint.state["progress"]
    return progress["num_updates"] is not None and progress["update"] >= progress["num_updates"]


def changes(before, now):
    """What differs in two plans of what decides the numbers: list of "chat tokens: 5 then, 6 now". Of the
    text only the names count: it may have been moved. Whether it is the same is checked from a stage's first
    checkpoint on; before that, other text of the same name is not noticed."""
    flat_before, flat_now = _flat(_without_places(before)), _flat(_without_places(now))
    names = sorted(set(flat_before) | set(flat_now))
    return [
        f"{name}: {flat_before.get(name, 'nothing')} then, {flat_now.get(name, 'nothing')} now"
        for name in names
        if flat_before.get(name) != flat_now.get(name)
    ]


def _without_places(plan):
    found = decided(plan)
    for stage in found["stages"]:
        stage["text"]["corpus"] = [Path(path).name for path in stage["text"]["corpus"]]
    return found


def refuse_another(plan, folder):
    """The copy of the plan that is followed in a folder, or None where there is none yet.

    Raises:
        PlanError: a stage has begun by another plan; or the copy is damaged.
    """
    copy = Path(folder) / COPY_NAME
    if not copy.is_file():
        return None
    try:
        followed = read_plan(copy)
    except PlanError as error:
        raise PlanError(
            f"{error} It is the copy of the plan that is followed there. If your own plan is as it was, "
            "delete that file and give the same command again."
        ) from error
    different = changes(followed, plan)
    if different and any((Path(folder) / stage.name / RUN_NAME).is_file() for stage in plan.stages):
        raise PlanError(
            f"{folder} follows another plan already: {'; '.join(different[:5])}. Put the plan back as it "
            f"was ({copy} holds it), or name another folder in the new one. Only [when], and the folder "
            "that a text lies in, may change on the way."
        )
    return followed


def _keep_copy(plan, folder):
    copy, followed = folder / COPY_NAME, refuse_another(plan, folder)
    if followed is not None:
        # the folder as the plan named it, by which a plan that was moved is known
        plan = dataclasses.replace(plan, head=plan.head.replace(folder=followed.head.folder))
    command = f"mof train --plan {quoted(copy.as_posix())}"
    remarks = [f"The plan that is followed in this folder. Go on with: {command}"]
    if followed is None or copy.read_text(encoding="utf-8") != plan_text(plan, remarks):
        write_plan(copy, plan, remarks)


def _maker(plan, number, folder, tell):
    """A function that makes or opens the run of a stage; it may be called again where it failed."""
    stage, path = plan.stages[number], folder / plan.stages[number].name

    def make():
        from mof.training.assembly import existing_run, new_run

        if (path / RUN_NAME).is_file():
            run = RunFolder(path)
            if run.training_config != stage.training:
                raise PlanError(
                    f"{path} holds a run that this plan did not make: name another folder in the plan."
                )
            wanted = [places.whole(item) for item in stage.text.corpus]
            now = places.find(path, run.facts["corpus"], run.facts.get("corpus_from_run", ()))
            is_there = all(Path(item).exists() for item in wanted)
            # the text was moved, and the plan says where to; moved together with the plan it is found anyway
            return existing_run(path, tell, wanted if is_there and wanted != now else None)
        base = folder / plan.stages[number - 1].name if number else None
        shape = plan.model_changes if base is None else {}
        return new_run(
            path,
            plan.shape,
            shape,
            stage.training,
            list(stage.text.corpus),
            stage.text.validation_fraction,
            base,
            tell,
        )

    return make


def _check_corpora(stages, folder):
    """All that is still to be read is there: told now, and not after days."""
    for stage in stages:
        run = folder / stage.name
        if (run / RUN_NAME).is_file() and _finds_its_text(RunFolder(run)):
            continue
        try:
            find_corpus_files(list(stage.text.corpus))
        except (FileNotFoundError, CorpusError) as error:
            raise type(error)(f"[{stage.name}] {error} {NOTHING_LOST}") from error


def _finds_its_text(run):
    try:
        find_corpus_files(run.find_corpus())
    except (RunError, FileNotFoundError, CorpusError):
        return False
    return True


def _flat(value, name=""):
    if isinstance(value, dict):
        items = [(f"{name} {key}".strip(), item) for key, item in value.items() if key != "name"]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        items = [(f"{name} {item['name']}".strip(), item) for item in value]
    else:
        return {name: json.dumps(value, ensure_ascii=False)}
    return {key: leaf for part, item in items for key, leaf in _flat(item, part).items()}
