"""A study of forms: each form of a model trained with every seed, judged, and stored as a record.

Used by `attention_forms.py`, `recurrence_forms.py`, `thought_forms.py` and others, which compare forms of one
expert at equal time, and by `article_ablation.py` and `training_ideas.py`, which compare whole trainings.
Each training is a run in a folder of its own; the same command goes on after a stop, a finished training is
not done again, and an interrupted one resumes at its last checkpoint. One whose loss is no number any more is
stored as diverged, for it would diverge again; the others go on. The record is written when all are done.

A paced study measures the pace of each form first, in turns (run nothing beside it until it says so); then
each training gets the updates that fit into its minutes, and may share the machine. --at-once 2 makes two at
a time, with half of the cores each: small models do not fill two cores, so that is sooner done.
"""

import argparse
import dataclasses
import json
import math
import os
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.pace import NUM_ROUNDS, NUM_UPDATES, measured_pace, updates_in
from benchmarks.stored_results import check_settings, write_results
from mof.lessons.attention_study import form_row
from mof.lessons.machine_rates import cores_here
from mof.lessons.records import ROOT, STAMP, new_stamp, take_stamps, write_record
from mof.lessons.training_switches import THREADS

# making the graphs, looks at held-out text, start of the process; on two cores, about, by preset
EXTRA_MINUTES_PER_TRAINING = {"nano": 1.0}
PACE_MINUTES = {"nano": 0.9}  # of one short training for the pace, graphs and start of the process included
# its updates are so short that a round of a few seconds wavers by a third
PACE_ROUNDS, PACE_UPDATES = {"nano": 4}, {"nano": 120}
MOST_EXTRA_MINUTES, MOST_PACE_MINUTES = 2.0, 1.7  # of the presets that are not named
EVALUATION_TOKENS = 131072  # of held-out text at the end, drawn with a seed of its own
RESULT_NAME = "result.json"
DEFAULTS = {"minutes": 10.0, "seeds": [0, 1, 2], "preset": "tiny", "validation_fraction": 0.05}
DATA = [str(ROOT / "data")]


@dataclasses.dataclass(frozen=True)
class FormStudy:
    """What is compared.

    Attributes:
        name: of the record, of the program `benchmarks/NAME.py`, and of the folder under `runs/`.
        description: one line for --help.
        forms: names of the forms, in order.
        settings: from a form's name to the ModelConfig fields to change.
        code: source files, relative to the project, that the record is a measurement of.
        measure: from (form, model, tokenizer) to more entries of a training's result.
        make_model: from (form, ModelConfig, seed) to the untrained model, where no config describes it; or
            None.
        training: from a form's name to the TrainingConfig fields to change; or None.
        minutes: of each training.
        preset: size of the model.
        make_corpus: from the study's folder to the paths of the text, which it makes where they are missing;
            None takes `data`.
        is_paced: whether each training gets a number of updates, by its form's pace.
        summarize: from the results to more entries of the record, and lines to print; or None.
    """

    name: str
    description: str
    forms: tuple
    settings: Callable
    code: tuple
    measure: Callable
    make_model: Callable | None = None
    training: Callable | None = None
    minutes: float = DEFAULTS["minutes"]
    preset: str = DEFAULTS["preset"]
    make_corpus: Callable | None = None
    is_paced: bool = False
    summarize: Callable | None = None

    @property
    def program(self):
        """The program's path, relative to the project."""
        return f"benchmarks/{self.name}.py"

    def training_folder(self, folder, form, seed):
        """Where one training lies: FOLDER/no_warm_up_seed_0 and so on, by the form's words: places change
        with the list of forms."""
        return Path(folder) / f"{''.join(c if c.isalnum() else '_' for c in form)}_seed_{seed}"

    def read_result(self, folder, form, seed):
        """The stored result of a finished training, or None."""
        file = self.training_folder(folder, form, seed) / RESULT_NAME
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None

    def list_trainings(self, folder, seeds):
        """(all, missing): pairs (form, seed), seed by seed, so that an early stop leaves whole
        comparisons."""
        every = [(form, seed) for seed in seeds for form in self.forms]
        return every, [pair for pair in every if self.read_result(folder, *pair) is None]

    def check_runs(self, options):
        """Stop where a training that is there is not what its form is now: the form was changed since.

        Raises:
            SystemExit: with a sentence.
        """
        from mof.training.run_folder import RunFolder

        for form, seed in self.list_trainings(options.folder, options.seeds)[0]:
            place = self.training_folder(options.folder, form, seed)
            if not (place / "run.json").is_file():
                continue
            run = RunFolder(place)
            shape, changes, config = form_configs(self, form, seed, options)
            changes = {**changes, "vocabulary_size": run.model_config.vocabulary_size}
            config = config.replace(num_updates=run.training_config.num_updates)
            pairs = ((run.model_config, shape.model.replace(**changes)), (run.training_config, config))
            other = [
                f"{name} {value!r} and not {getattr(now, name)!r}"
                for then, now in pairs
                for name, value in vars(then).items()
                if value != getattr(now, name)
            ]
            if other:
                raise SystemExit(
                    f"{place} was trained with {', '.join(other)}, which is another form than {form!r} now: "
                    "delete it, or give another --folder."
                )

    def hours(self, folder, seeds, minutes, preset=None):
        """Hours of what is left, on a machine with no other work."""
        preset = self.preset if preset is None else preset
        extra = EXTRA_MINUTES_PER_TRAINING.get(preset, MOST_EXTRA_MINUTES)
        missing = self.list_trainings(folder, seeds)[1]
        total = len(missing) * (minutes + extra)
        if self.is_paced and missing:
            known = Path(folder) / "pace.json"
            rounds = json.loads(known.read_text(encoding="utf-8")) if known.is_file() else {}
            minutes_of_pace = PACE_MINUTES.get(preset, MOST_PACE_MINUTES)
            num_rounds = PACE_ROUNDS.get(preset, NUM_ROUNDS)
            total += minutes_of_pace * sum(num_rounds - len(rounds.get(form, ())) for form in self.forms)
        return total / 60

    def main(self, arguments=None):
        """Parse, tell the hours, train what is missing, write the record."""
        own = sys.argv[1:] if arguments is None else arguments
        options = self._parser().parse_args(own)
        if options.worker or options.pace_worker:
            self._work(options)
            return 0
        if options.at_once > 1 and not self.is_paced:
            raise SystemExit("--at-once needs a measured pace; here the seconds decide: leave it out.")
        names = ("corpus", "minutes", "preset", "validation_fraction")
        settings = {name: getattr(options, name) for name in names}
        check_settings(options.folder, settings, options.plan)
        self.check_runs(options)
        every, missing = self.list_trainings(options.folder, options.seeds)
        hours = self.hours(options.folder, options.seeds, options.minutes, options.preset)
        left = f"{len(missing)} of {len(every)} trainings are left"
        print(f"{left}: about {hours:.1f} hours, with no other work.", flush=True)
        if options.plan:
            return 0
        self._corpus(options)  # made once, before anything is timed
        pace = self._measured_pace(options, own) if self.is_paced else {}

        is_over = threading.Event()  # after a failure, or Ctrl+C, nothing new begins

        def make(numbered):
            number, (form, seed) = numbered
            if is_over.is_set():
                return
            print(f"{number} of {len(missing)}: {form}, seed {seed}", flush=True)
            updates = updates_in(options.minutes, pace[form]) if pace else 0
            folder = self.training_folder(options.folder, form, seed)
            try:
                self._start_worker([*own, "--worker"], form, seed, folder, updates, options.at_once)
            except BaseException:
                is_over.set()
                raise
            result = self.read_result(options.folder, form, seed)
            bits, passes = result["bits_per_byte"], result["passes"]
            found = "diverged" if bits is None else f"{bits:.3f} bits per byte"
            print(f"  {form}, seed {seed}: {found}, {passes:.1f} passes", flush=True)

        with ThreadPoolExecutor(options.at_once) as pool:
            try:
                list(pool.map(make, enumerate(missing, start=1)))
            finally:
                is_over.set()
        print(f"wrote {self._write(options, every, pace)}")
        return 0

    def _start_worker(self, words, form, seed, folder, num_updates, at_once=1):
        # a process for each: its memory is free afterwards, and none is warmer than another
        job = [form, str(seed), str(folder), str(num_updates)]
        environment = dict(os.environ)
        if at_once > 1:
            environment |= dict.fromkeys(THREADS, str(max(1, cores_here() // at_once)))
        words = [sys.executable, str(ROOT / self.program), *words, *job]
        subprocess.run(words, check=True, env=environment)

    def _work(self, options):
        """A worker's part: one training, judged; or one for the pace, which is only timed."""
        form, seed, folder, num_updates = options.worker or options.pace_worker
        options.corpus = self._corpus(options)
        act = train if options.worker else run_through
        act(self, Path(folder), form, int(seed), options, int(num_updates))

    def _corpus(self, options):
        return options.corpus or [str(path) for path in self.make_corpus(options.folder)]

    def _measured_pace(self, options, own):
        def train_for_pace(run, form, number):
            # the lengths of these seeds are known to hold each kind of update twice
            num_updates = PACE_UPDATES.get(options.preset, NUM_UPDATES)
            self._start_worker([*own, "--pace-worker"], form, number % NUM_ROUNDS, run, num_updates)

        forms, num_rounds = {form: form for form in self.forms}, PACE_ROUNDS.get(options.preset, NUM_ROUNDS)
        pace = measured_pace(Path(options.folder), forms, train_for_pace, num_rounds)
        print("The pace is measured; from here on the machine may do other work.", flush=True)
        return pace

    def _parser(self):
        parser = argparse.ArgumentParser(description=self.description)
        words = {
            "minutes": f"of each training ({self.minutes:g})",
            "preset": f"size of the model ({self.preset})",
            "validation_fraction": "share held out (0.05)",
        }
        text = "data" if self.make_corpus is None else "data, and questions"
        default = DATA if self.make_corpus is None else None
        parser.add_argument(
            "--corpus", nargs="+", default=default, help=f"files and folders of text ({text})"
        )
        parser.add_argument("--seeds", type=int, nargs="+", default=DEFAULTS["seeds"], help="0 1 2")
        for name, help in words.items():
            default = self._default(name)
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default, help=help)
        parser.add_argument("--folder", type=Path, default=ROOT / "runs" / self.name, help="of the runs")
        at_once = argparse.SUPPRESS if not self.is_paced else "trainings at a time, by their pace (1)"
        parser.add_argument("--at-once", type=int, default=1, choices=range(1, 9), help=at_once)
        parser.add_argument("--plan", action="store_true", help="tell what is left and the hours, and stop")
        for name in ("--worker", "--pace-worker"):
            parser.add_argument(name, nargs=4, help=argparse.SUPPRESS)
        return parser

    def _default(self, name):
        return getattr(self, name) if name in ("minutes", "preset") else DEFAULTS[name]

    def _write(self, options, every, pace):
        """The record of all trainings, in book/records; returns its path."""
        rows = [self.read_result(options.folder, *pair) for pair in every]
        machines = [row.pop("conditions") for row in rows]
        if any(machine != machines[0] for machine in machines):
            print("Warning: the trainings ran under different conditions; the record names the first one's.")
        command = ["python", self.program]
        if options.corpus not in (DATA, None):  # the last part of a path says what it is, the rest is private
            command += ["--corpus", *[Path(path).name for path in options.corpus]]
        for name in DEFAULTS:
            value = getattr(options, name)
            if value != self._default(name):
                values = value if isinstance(value, list) else [value]
                command += [f"--{name.replace('_', '-')}", *map(str, values)]
        data = {"runs": rows}
        if pace:
            data |= {"minutes": options.minutes, "pace": pace}
            for row in rows:  # the seconds of a run on a shared machine say nothing
                row["seconds"] = row["updates"] * pace[row["form"]]["seconds_of_update"]
        if self.summarize is not None:
            entries, lines = self.summarize(rows)
            data |= entries
            print(*lines, sep="\n")
        stamps = take_stamps(rows, self.name, lambda data: data["runs"])
        return write_record(self.name, data, shlex.join(command), machines[0], self.code, stamps=stamps)


def form_configs(study, form, seed, options, num_updates=0):
    """(Preset, dict of ModelConfig fields to change, TrainingConfig) of one training; arguments as
    `run_through`."""
    from mof.presets import preset
    from mof.training.config import TrainingConfig

    changed = {} if study.training is None else study.training(form)
    config = TrainingConfig(minutes=options.minutes, num_updates=num_updates, seed=seed, **changed)
    return preset(options.preset), study.settings(form), config


def run_through(study, folder, form, seed, options, num_updates=0):
    """One training from its beginning, or from where it was stopped, to its end or until it diverges.

    Args:
        study: FormStudy.
        folder: pathlib.Path of the training. form: str. seed: int.
        options: with minutes, preset, corpus and validation_fraction.
        num_updates: its length; 0 lets the minutes decide.

    Returns:
        (RunFolder, the trained MixtureLanguageModel, TokenCache, whether it came to its end).
    """
    from mof.training.assembly import begin_training, existing_run, new_run
    from mof.training.loop import TrainingDiverged
    from mof.training.observer import Observer

    if (folder / "run.json").exists():
        run, model, cache = existing_run(folder)
    else:
        shape, changes, config = form_configs(study, form, seed, options, num_updates)
        run, model, cache = new_run(
            folder, shape, changes, config, options.corpus, options.validation_fraction
        )
    if study.make_model is not None:
        model = study.make_model(form, run.model_config, seed)
    is_whole = True
    with run.locked():
        try:
            begin_training(run, model, cache, Observer()).run_to_end()
        except TrainingDiverged as error:
            print(f"{form}, seed {seed}: {error}", flush=True)
            is_whole = False
    return run, model, cache, is_whole


def train(study, folder, form, seed, options, num_updates=0):
    """Train one form with one seed, or the rest of it, judge it, and store the result; one that diverged has
    no bits per byte and nothing that is measured of a model. Arguments as `run_through`."""
    from mof.evaluation.held_out import HeldOutEvaluation
    from mof.training.conditions import bit_identity_conditions

    stamp = new_stamp(study.code)
    run, model, cache, is_whole = run_through(study, folder, form, seed, options, num_updates)
    bits = HeldOutEvaluation(model, cache.validation, EVALUATION_TOKENS)().bits_per_byte if is_whole else None
    is_whole = bits is not None and math.isfinite(bits)
    updates = [entry for entry in run.read_log() if "loss" in entry]
    seconds, num_tokens = (updates[-1][name] if updates else 0 for name in ("seconds", "tokens"))
    result = {
        **form_row(form, seed, bits if is_whole else None, seconds),
        "parameters": model.num_parameters(),
        "tokens": num_tokens,
        "updates": len(updates),
        "passes": num_tokens / cache.train.num_tokens,
        **(study.measure(form, model, run.tokenizer()) if is_whole else {}),
        "conditions": bit_identity_conditions(),
        STAMP: stamp,
    }
    write_results(folder / RESULT_NAME, result)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)  # a finished training needs them no more
