"""Trainings of one small model. Making a graph takes seconds, so all that can use the same graphs do."""

import itertools

import pytest

from tests.training.small_run import MODEL, TOKENIZER, TRAINING, arrays_of, random_text, write_lines

SETTINGS_IN_THE_GRAPHS = (
    "optimizer",
    "clip_norm",
    "weight_decay",
    "first_decay_rate",
    "second_decay_rate",
    "momentum",
)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory):
    """A file of short texts."""
    texts = [{"text": random_text(5 + 7 * i % 60, seed=i)} for i in range(60)]
    return write_lines(tmp_path_factory.mktemp("corpus") / "texts.jsonl", texts)


@pytest.fixture(scope="session")
def cache(corpus, tmp_path_factory):
    """The corpus as tokens, a tenth of it held out."""
    from mof.corpus.token_cache_building import build_token_cache

    return build_token_cache([corpus], TOKENIZER, tmp_path_factory.mktemp("cache"), 0.1)


@pytest.fixture(scope="session")
def conversations(tmp_path_factory):
    """Conversations as tokens."""
    from mof.corpus.token_cache_building import build_token_cache

    folder = tmp_path_factory.mktemp("conversations")
    turns = [
        [
            ("user", random_text(6, 100 + i)),
            ("assistant", random_text(5, 200 + i)),
            ("user", random_text(3, 300 + i)),
        ]
        for i in range(30)
    ]
    values = [
        {"messages": [{"role": role, "content": text} for role, text in messages]} for messages in turns
    ]
    return build_token_cache([write_lines(folder / "talk.jsonl", values)], TOKENIZER, folder / "cache", 0.0)


@pytest.fixture
def make_run(tmp_path):
    """Makes the folder of a run of the small model; takes changes to TRAINING and to MODEL."""
    from mof.training.run_folder import RunFolder

    numbers = itertools.count()

    def make(model_changes=None, **changes):
        config = TRAINING.replace(**changes)
        facts = {"preset": "nano", "base": None, "corpus": [], "validation_fraction": 0.1}
        model = MODEL.replace(**(model_changes or {}))
        return RunFolder.create(tmp_path / f"run-{next(numbers)}", model, config, TOKENIZER, facts)

    return make


@pytest.fixture(scope="session")
def make_shared_engine():
    """Gives the engine for a model config and a training config, as at the start of a run."""
    from mof.model import MixtureLanguageModel
    from mof.training.loop import make_engine
    from mof.training.parameters import plan_parameters

    made = {}

    def make(model_config=MODEL, config=TRAINING):
        key = (model_config.to_json(), *(getattr(config, name) for name in SETTINGS_IN_THE_GRAPHS))
        if key not in made:
            model = MixtureLanguageModel(model_config, seed=0)
            engine = make_engine(model, plan_parameters(model, config), config)
            made[key] = (engine, arrays_of(engine, with_sums=True))
        engine, start = made[key]
        engine.load(start)
        return engine

    return make


@pytest.fixture
def engine(make_shared_engine):
    """The engine of TRAINING, as at the start of a run."""
    return make_shared_engine()


@pytest.fixture
def make_training(make_run, make_shared_engine, cache, monkeypatch):
    """A Training of a run, from its start, in the graphs of those before: use it up before making another."""
    from mof.training import loop
    from mof.training.observer import Observer

    def make(run=None, split=None, observer=None, **changes):
        run = run or make_run(**changes)
        engine = make_shared_engine(run.model_config, run.training_config)
        monkeypatch.setattr(loop, "make_engine", lambda *_: engine)
        return loop.Training(run, engine.model, split or cache.train, observer or Observer())

    return make
