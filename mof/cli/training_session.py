"""A training from its lock to its end, shown in the terminal: what `mof train` and `mof quickstart` share."""

from mof.cli.terminal import TerminalObserver
from mof.evaluation.held_out import HeldOutEvaluation
from mof.training.assembly import begin_training


def train_to_end(run, model, cache):
    """Train a prepared run until its end or Ctrl-C, with progress, evaluations and checkpoints.

    Args:
        run: RunFolder. model: MixtureLanguageModel. cache: TokenCache.

    Returns:
        Progress.

    Raises:
        RunError: another process trains in the folder.
    """
    config = run.training_config
    with run.locked():
        evaluation = None
        if cache.validation.num_documents:
            evaluation = HeldOutEvaluation(model, cache.validation, config.evaluation_tokens)
        split = cache.train
        observer = TerminalObserver(config, evaluation, split.characters_per_token, split.bytes_per_token)
        training = begin_training(run, model, cache, observer)
        print(f"{model.num_parameters():,} parameters, {split.num_characters:,} characters to learn from.")
        print("Building the graphs; the first updates take a moment.")
        with observer.watching():
            return training.run_to_end()
