"""From paths and configs to a training that can start: tokenizer, token cache, model, checkpoint."""

from pathlib import Path

from mof.corpus.corpus_files import find_corpus_files
from mof.corpus.reading import read_documents
from mof.corpus.reading_report import CorpusError, ReadingReport
from mof.corpus.splitting import is_validation
from mof.corpus.token_cache_building import build_token_cache
from mof.model import MixtureLanguageModel
from mof.sources.progress_lines import ProgressLines
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer
from mof.tokenizer.character_tokenizer import train_character_tokenizer
from mof.training.freezing import check_freezing, parse_freezing
from mof.training.loop import Training
from mof.training.run_folder import RunError, RunFolder, base_facts, corpus_facts, corpus_name
from mof.training.saved_model import set_weights

CACHE_FOLDER_NAME = "tokens"
USUAL_VALIDATION_FRACTION = 0.01


def new_run(
    path, preset, model_changes, training_config, corpus, validation_fraction=0.01, base=None, report=print
):
    """Make the folder of a run and everything that its training needs.

    Args:
        path: of the new folder.
        preset: Preset that gives the model's shape.
        model_changes: dict of ModelConfig fields to change.
        training_config: TrainingConfig.
        corpus: list of files and folders of text or dialogues.
        validation_fraction: share of the documents held out, by hash.
        base: folder of a run whose model is trained further (chat fine-tuning); its config and tokenizer are
            kept. Or None.
        report: called with sentences about what is being done.

    Returns:
        (RunFolder, MixtureLanguageModel, TokenCache).

    Raises:
        RunError: the folder holds a run, or the base cannot be used.
        CorpusError, FileNotFoundError: the corpus cannot be read.
        ValueError: a config does not fit.
    """
    find_corpus_files(corpus)  # what is not there is told before anything is made
    RunFolder.check_is_free(path)  # and before minutes of learning a vocabulary
    if base is not None:
        base_run = RunFolder(base)
        checkpoint = _base_checkpoint(base, report)
        if any(key not in ("product_dtype", "chunk_length") for key in model_changes):
            names = ", ".join(sorted(set(model_changes) - {"product_dtype", "chunk_length"}))
            raise RunError(
                f"the shape of the model comes from {base} and cannot be changed: leave out {names}."
            )
        _tell_held_out_that_was_learned(base_run, corpus, validation_fraction, report)
        tokenizer = base_run.tokenizer()
        model_config = base_run.model_config.replace(**model_changes)
        preset_name = base_run.facts.get("preset", "")
    else:
        shape = preset.model.replace(**model_changes)
        tokenizer = make_tokenizer(
            preset.tokenizer, corpus, shape.vocabulary_size, validation_fraction, report
        )
        model_config = shape.replace(vocabulary_size=tokenizer.vocabulary_size)
        preset_name = preset.name
    facts = {
        "preset": preset_name,
        **base_facts(path, base),
        **corpus_facts(path, corpus),
        "validation_fraction": validation_fraction,
    }
    model = MixtureLanguageModel(model_config, training_config.seed)
    check_freezing(model, parse_freezing(training_config.freeze))
    run = RunFolder.create(path, model_config, training_config, tokenizer, facts)
    if base is not None:
        set_weights(model, checkpoint.arrays["weights"], checkpoint.path)
    return run, model, open_cache(run, tokenizer, report)


def _tell_held_out_that_was_learned(base_run, corpus, validation_fraction, report):
    """What a larger share holds out, a base may have learned: documents are held out by their hash."""
    before = base_run.facts["validation_fraction"]
    if validation_fraction <= before:
        return
    try:
        read = {file.path.resolve() for file in find_corpus_files(base_run.find_corpus())}
    except (RunError, FileNotFoundError, CorpusError):  # its text is gone, so nobody can tell
        return
    if read & {file.path.resolve() for file in find_corpus_files(corpus)}:
        report(
            f"{base_run.path} learned some of the documents that are held out now: it held out {before:g} of "
            f"the same text, and this run {validation_fraction:g}. The held-out loss will be too kind; give "
            f"--validation-fraction {before:g}."
        )


def existing_run(path, report=print, corpus=None):
    """Open a run to resume it.

    Args:
        path: of its folder. report: called with sentences.
        corpus: list of files and folders, where its text was moved; None looks for it where it lay. From the
            first checkpoint on, other text is refused; what is accepted is written down.

    Returns:
        (RunFolder, MixtureLanguageModel, TokenCache). Raises as `new_run`.
    """
    run = RunFolder(path)
    newest = run.newest_checkpoint(parts=(), warn=report)
    base = run.find_base() if newest is None else None
    model = MixtureLanguageModel(run.model_config, run.training_config.seed)
    if base is not None:
        if RunFolder(base).facts["tokenizer_hash"] != run.facts["tokenizer_hash"]:
            raise RunError(f"{base} is not the run that {path} was made from: its tokenizer is another one.")
        checkpoint = _base_checkpoint(base, report)
        set_weights(model, checkpoint.arrays["weights"], checkpoint.path)
    cursor = newest.state.get("cursor") if newest else None
    fingerprint = cursor["fingerprint"] if cursor else None
    cache = open_cache(run, run.tokenizer(), report, fingerprint, corpus)
    if corpus:
        if fingerprint is not None and cache.train.fingerprint != fingerprint:
            raise RunError(
                f"{', '.join(map(str, corpus))} is not the text that {path} was reading. Name the same "
                "files, in the same order, wherever they lie now. Nothing was changed."
            )
        with run.locked():
            run.change_corpus(corpus)
    return run, model, cache


def begin_training(run, model, cache, observer, report=print):
    """A Training of this run, at its newest whole checkpoint if there is one.

    Args:
        run: RunFolder, locked by the caller.
        model: MixtureLanguageModel. cache: TokenCache. observer: Observer.
        report: called with sentences: where it resumes, and what differs from before.

    Returns:
        Training.
    """
    training = Training(run, model, cache.train, observer)
    checkpoint = run.newest_checkpoint(warn=report)
    if checkpoint is None:
        done = max((entry["update"] for entry in run.read_log()), default=0)
        if done:
            report(
                f"{run.checkpoints} holds no checkpoint, but the log tells of {done:,} updates. It starts "
                f"anew, and the old log is kept as {run.set_log_aside()}. If the checkpoints lie elsewhere, "
                "stop, and put them back."
            )
        run.rewind_log(0)
        return training
    differences = training.restore(checkpoint)
    report(f"Resuming after update {training.progress.update} from {checkpoint.path.name}.")
    if differences:
        report(
            "The rest will not be bit-identical to an uninterrupted run, because of "
            + "; ".join(differences)
            + "."
        )
    return training


def make_tokenizer(kind, corpus, vocabulary_size, validation_fraction=0.0, report=print):
    """Learn a tokenizer from a corpus.

    Args:
        kind: "characters" or "bpe".
        corpus: list of files and folders.
        vocabulary_size: most tokens it may have.
        validation_fraction: share of the documents that it must not see, those held out.
        report: called with a sentence, and with the share that is read where that takes long.

    Returns:
        Tokenizer.
    """
    report(
        f"Learning a vocabulary of up to {vocabulary_size:,} "
        f"{'characters' if kind == 'characters' else 'tokens'}."
    )
    train = train_character_tokenizer if kind == "characters" else train_byte_pair_tokenizer
    lines = ProgressLines(report, "of the text read for the vocabulary")
    documents = read_documents(corpus, ReadingReport(), on_chunk=_on_chunk(corpus, lines))

    def texts():
        for document in documents:
            if not is_validation(document, validation_fraction):
                yield from document.texts
        if lines.has_told and kind != "characters":
            report("  All of it is read. Finding the most frequent pieces takes a while.")

    return train(texts(), vocabulary_size)


def _on_chunk(corpus, lines):
    """What `read_documents` calls with each chunk, so that the lines follow the bytes of all files."""
    num_bytes, num_done = sum(file.path.stat().st_size for file in find_corpus_files(corpus)), 0

    def on_chunk(file, chunk):
        nonlocal num_done
        num_done += len(chunk)
        lines(num_done, num_bytes)

    return on_chunk


def open_cache(run, tokenizer, report=print, expected_fingerprint=None, corpus=None):
    """The token cache of a run's corpus, built where it is missing; bad lines of the corpus are told. With
    the fingerprint that a checkpoint was reading, other text is refused before anything is built. `corpus`
    says where the text lies if not where run.json says. `report` is called with sentences, and with the share
    that is done where that takes long."""
    shared = run.path.parent / CACHE_FOLDER_NAME  # runs that lie side by side on the same corpus share one
    fraction = run.facts["validation_fraction"]
    held_out = "" if fraction == USUAL_VALIDATION_FRACTION else f"-{fraction:g}"
    folder = shared / f"{tokenizer.hash[:12]}-{run.cache_name}{held_out}"
    report("Turning the corpus into tokens (once; the next run finds them).")
    cache = build_token_cache(
        corpus or run.find_corpus(),
        tokenizer,
        folder,
        fraction,
        expected_fingerprint=expected_fingerprint,
        **_reports(report),
    )
    if cache.reading_report.num_bad_lines:
        report(str(cache.reading_report))
    return cache


def open_corpus(paths, tokenizer, model_path, report=print):
    """All of some other corpus as tokens, to judge a model on; nothing of it is held out.

    Args:
        paths: list of files and folders. tokenizer: the model's. model_path: folder of the run or of the
            exported model, beside which the cache is kept.
        report: called with a str about bad lines, and with the share that is done where that takes long.

    Returns:
        CacheSplit.
    """
    paths = [str(Path(path).resolve()) for path in paths]
    folder = Path(model_path).parent / CACHE_FOLDER_NAME / f"{tokenizer.hash[:12]}-all-{corpus_name(paths)}"
    cache = build_token_cache(paths, tokenizer, folder, 0.0, **_reports(report))
    if cache.reading_report.num_bad_lines:
        report(str(cache.reading_report))
    return cache.train


def _reports(report):
    """The arguments of `build_token_cache` by which it tells how far it is, and that it waits."""
    return {
        "progress": ProgressLines(report, "of the text turned into tokens"),
        "on_wait": lambda: report("Another process is turning this text into tokens: waiting for it."),
    }


def _base_checkpoint(base, report):
    checkpoint = RunFolder(base).newest_checkpoint(parts=("weights",), warn=report)
    if checkpoint is None:
        raise RunError(f"{base} has no checkpoint to start from: train it first.")
    return checkpoint
