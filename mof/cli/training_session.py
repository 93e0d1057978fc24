"""A training from its lock to its end, shown in the terminal: what `mof train` and `mof quickstart` share."""

import typer

from mof.cli.invocation import command_line
from mof.cli.terminal import TerminalObserver
from mof.evaluation.held_out import HeldOutEvaluation
from mof.experts.names import expert_names
from mof.generation.sample_marks import SampleMarks
from mof.training.assembly import begin_training
from mof.training.observer import Observers
from mof.training.run_recorder import RunRecorder


def train_to_end(run, model, cache):
    """Train a prepared run until its end or Ctrl-C, with progress, evaluations and checkpoints.

    Args:
        run: RunFolder. model: MixtureLanguageModel. cache: TokenCache.

    Returns:
        Progress.

    Raises:
        RunError: another process trains in the folder.
        typer.Exit: a second Ctrl-C, which leaves the last checkpoint as it is.
    """
    config, split = run.training_config, cache.train
    with run.locked():
        evaluation = None
        if cache.validation.num_documents:
            evaluation = HeldOutEvaluation(model, cache.validation, config.evaluation_tokens)
        names = expert_names(model.config.experts)
        observer = TerminalObserver(
            config, evaluation, split.characters_per_token, split.bytes_per_token, names
        )
        everyone = Observers(observer, RunRecorder(), SampleMarks(run))
        training = begin_training(run, model, cache, everyone)
        print(f"{model.num_parameters():,} parameters, {split.num_characters:,} characters to learn from.")
        print("Preparing the graphs, about 30 s on two cores. Ctrl-C stops the training and saves it.")
        with observer.watching():
            try:
                return training.run_to_end()
            except KeyboardInterrupt:
                print("Stopped at once. From the last checkpoint it goes on with:")
                print("  " + command_line("train", "--resume", "--run", str(run.path)))
                raise typer.Exit(130) from None
