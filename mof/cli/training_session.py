"""A training from its lock to its end, shown in the terminal: what `mof train` and `mof quickstart` share."""

import typer

from mof.cli.invocation import command_line
from mof.cli.terminal import TerminalObserver, format_seconds
from mof.evaluation.held_out import HeldOutEvaluation
from mof.experts.names import expert_names
from mof.generation.sample_marks import SampleMarks
from mof.training.assembly import begin_training
from mof.training.loop import TrainingDiverged
from mof.training.observer import Observers
from mof.training.run_folder import STOP_NAME
from mof.training.run_recorder import RunRecorder


def train_to_end(run, model, cache, gate=None, stop_files=(), go_on=None, on_stop=None):
    """Train a prepared run until its end or a stop, with progress, evaluations and checkpoints.

    Args:
        run: RunFolder. model: MixtureLanguageModel. cache: TokenCache.
        gate: `mof.planning.gate.Gate` that says when it may run, or None.
        stop_files: further paths that ask for a stop, beside the run's own.
        go_on: command that goes on with it, for the reader; None for `mof train --resume`.
        on_stop: called without arguments at the end where a stop was asked, be it during the last update; or
            None.

    Returns:
        Progress.

    Raises:
        RunError: another process trains in the folder.
        TrainingDiverged: the loss is no number any more; the run's events tell it too.
        typer.Exit: a second Ctrl-C, which leaves the last checkpoint as it is.
    """
    config, split = run.training_config, cache.train
    go_on = go_on or command_line("train", "--resume", "--run", str(run.path))
    with run.locked(), cache.in_use():
        own_stop = run.path / STOP_NAME
        own_stop.unlink(missing_ok=True)  # from before
        evaluation = None
        if cache.validation.num_documents:
            evaluation = HeldOutEvaluation(
                model,
                cache.validation,
                config.evaluation_tokens,
                byte_lengths=run.tokenizer().byte_lengths,
            )
        observer = TerminalObserver(
            config,
            evaluation,
            split.characters_per_token,
            split.bytes_per_token,
            expert_names(model.config.experts),
            gate=gate,
            stop_files=(own_stop, *stop_files),
            run=run,
        )
        everyone = Observers(observer, RunRecorder(), SampleMarks(run))
        with observer.watching():
            try:
                training = observer.write(None, lambda: begin_training(run, model, cache, everyone), 0)
                _tell_begin(model, split, observer, training)
                progress = training.run_to_end()
            except KeyboardInterrupt:
                print(f"Stopped at once. From the last checkpoint it goes on with:\n  {go_on}")
                raise typer.Exit(130) from None
            except TrainingDiverged as error:
                observer.events.note("diverged", str(error))
                raise
        _tell_end(observer, progress)
        if on_stop is not None and observer.wants_stop():
            on_stop()
        own_stop.unlink(missing_ok=True)
        return progress


def _tell_begin(model, split, observer, training):
    print(f"{model.num_parameters():,} parameters, {split.num_characters:,} characters to learn from.")
    print("Preparing the graphs, about 30 s on two cores. Ctrl-C stops the training and saves it.")
    update, is_resumed = training.progress.update, training.progress.num_tokens > 0
    observer.begin(update)
    words = f"Going on after update {update}." if is_resumed else "Started."
    observer.events.note("resumed" if is_resumed else "started", words)


def _tell_end(observer, progress):
    is_finished = progress.num_updates is not None and progress.update >= progress.num_updates
    words = f"After update {progress.update} and {format_seconds(progress.seconds)} of training."
    observer.begin(progress.update)
    observer.events.note("finished" if is_finished else "stopped", words)
