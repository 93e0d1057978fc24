"""The whole model: causal, one truth in two forms, constant state, switches, experts, stable weights."""

import dataclasses
import functools
import hashlib
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from mof.config import ModelConfig
from mof.execution import as_graph
from mof.experts.interface import Expert
from mof.layers.initialization import SeededNormal
from mof.layers.seeds import derive_seed
from mof.model import GROUPS, MixtureLanguageModel, make_expert
from mof.ops.losses import token_cross_entropy
from mof.presets import PRESET_NAMES, preset
from tests.layer_contract import compute_many, perturb_weights, shapes_and_dtypes
from tests.tensors import (
    BATCH_SIZE,
    BFLOAT16_TOLERANCE,
    DEEP_TOLERANCE,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    compute,
    differs,
    outputs_and_gradients,
    padding_mask,
    random_resets,
    step_by_step,
    to_numpy,
    where_real,
)

VOCABULARY_SIZE = 13
CONFIG = ModelConfig(
    vocabulary_size=VOCABULARY_SIZE,
    width=8,
    recurrent_layers=2,
    recurrent_width=6,
    transformer_layers=2,
    num_heads=2,
    feed_forward_width=10,
    thought_width=5,
    num_positions=20,
    router_width=4,
    chunk_length=4,
)
IN_GRAPHS = (BATCH_SIZE, 5)  # one shape for all tests in graphs, for each shape is compiled anew
# by kind of expert, what differs most in the model's structure
VARIANTS = {
    "default": CONFIG,
    "published ideas": CONFIG.replace(
        recurrence="gru",
        router_recurrence="gru",
        activation="gelu",
        attention_decay="none",
        attention_normalizer="denominator",
        attention_output_gate=False,
        window=3,
        position="learned",
        recurrent_layers=1,
        transformer_layers=1,
    ),
    "three experts": CONFIG.replace(
        experts=("transformer", "recurrent", "transformer"), transformer_layers=1, position="sinusoidal"
    ),
    "one expert": CONFIG.replace(experts=("recurrent",), convolution_length=1),
}


@pytest.fixture(scope="module", params=VARIANTS)
def model(request):
    return perturbed(MixtureLanguageModel(VARIANTS[request.param], seed=1))


@pytest.fixture(scope="module", params=["default", "published ideas"])
def model_in_graphs(request):
    """Shallow, for every layer is traced and compiled."""
    return perturbed(MixtureLanguageModel(VARIANTS[request.param].replace(transformer_layers=1), seed=1))


@pytest.fixture(scope="module")
def default_model():
    return perturbed(MixtureLanguageModel(CONFIG, seed=1))


def perturbed(model):
    """Weights that start at 0 or 1 hide what depends on them."""
    perturb_weights(model)
    return model


def random_ids(shape, seed=0, vocabulary_size=VOCABULARY_SIZE):
    return np.random.default_rng(seed).integers(0, vocabulary_size, shape, dtype="int32")


def random_inputs(num_tokens, seed=0):
    return {
        "token_ids": random_ids((BATCH_SIZE, num_tokens), seed),
        "before": random_ids((BATCH_SIZE, 3), seed + 1),
        "resets": random_resets(num_tokens, seed),
        "mask": padding_mask(num_tokens),
    }


def parallel(model, token_ids, before, resets, mask):
    _, state = model(before)
    logits, state = model(token_ids, state, resets, mask)
    return where_real(logits, mask), state


def stepped(model, token_ids, before, resets, mask):
    _, state = step_by_step(model, before, model.initial_state(BATCH_SIZE))
    logits, state = step_by_step(model, token_ids, state, resets, mask)
    return where_real(logits, mask), state


class TestTwoForms:
    def test_reading_at_once_equals_reading_token_by_token(self, default_model):
        """At every length: one walk through all tokens knows what each shorter reading must come to."""
        model, inputs = default_model, random_inputs(LONGEST)
        in_time = {name: inputs[name] for name in ("token_ids", "resets", "mask")}

        def walk(before, token_ids, resets, mask):
            _, state = model(before)
            logits, states = step_by_step(model, token_ids, state, resets, mask, all_states=True)
            return where_real(logits, mask), states

        logits, states = compute(lambda x: walk(**x), inputs)
        for num_tokens in LENGTHS:
            shorter = {name: x[:, :num_tokens] for name, x in in_time.items()}
            actual = compute(lambda x: parallel(model, **x), {**inputs, **shorter})
            last = keras.tree.map_structure(lambda leaf, n=num_tokens: leaf[:, n - 1], states)
            assert_all_close(actual, (logits[:, :num_tokens], last), DEEP_TOLERANCE)

    def test_with_every_kind_of_structure_and_with_gradients(self, model):
        inputs, variables = random_inputs(9, seed=10), model.trainable_variables
        expected = outputs_and_gradients(lambda **x: stepped(model, **x), inputs, variables)
        actual = outputs_and_gradients(lambda **x: parallel(model, **x), inputs, variables)
        # a gradient sums over the tokens of four rows
        assert_all_close(actual, expected, DEEP_TOLERANCE._replace(absolute=1e-3))

    def test_a_state_passed_on_is_as_if_nothing_had_been_cut(self, default_model):
        inputs = random_inputs(LONGEST, seed=20)
        ids, resets, mask = (inputs[name] for name in ("token_ids", "resets", "mask"))

        def in_two(ids, resets, mask, cut=7):
            first, state = default_model(ids[:, :cut], None, resets[:, :cut], mask[:, :cut])
            second, state = default_model(ids[:, cut:], state, resets[:, cut:], mask[:, cut:])
            return where_real(ops.concatenate([first, second], axis=1), mask), state

        def in_one(ids, resets, mask):
            logits, state = default_model(ids, None, resets, mask)
            return where_real(logits, mask), state

        expected = compute(in_one, ids, resets, mask)
        assert_all_close(compute(in_two, ids, resets, mask), expected, DEEP_TOLERANCE)

    def test_a_document_reads_the_same_whatever_stood_before_it(self, model):
        ids = random_ids((2, 9))
        resets = np.zeros((2, 9), bool)
        resets[:, 4] = True
        logits, state = compute(lambda ids, resets: model(ids, None, resets), ids, resets)
        alone = compute(lambda ids: model(ids), ids[:, 4:])
        assert_all_close((logits[:, 4:], state), alone, DEEP_TOLERANCE)


class TestCausality:
    def test_no_logit_before_a_token_depends_on_it(self, model):
        self.check(model, compute_many)

    def test_nor_inside_a_graph(self, model_in_graphs):
        self.check(model_in_graphs, lambda function: as_graph(model_in_graphs, function))

    def check(self, model, prepare):
        """Nor does a route weight; exactly."""
        num_tokens = IN_GRAPHS[1]
        ids, resets, mask = random_ids(IN_GRAPHS), random_resets(num_tokens, 5), padding_mask(num_tokens)
        state = to_numpy(model.initial_state(BATCH_SIZE))

        def logits_and_weights(ids, state, resets, mask):
            output, _ = model.features(ids, state, resets, mask)
            return model.logits(output.hidden), output.route_weights

        run = prepare(logits_and_weights)
        logits, weights = to_numpy(run(ids, state, resets, mask))
        for t in range(num_tokens):
            changed = ids.copy()
            changed[:, t] = (changed[:, t] + 1 + t) % VOCABULARY_SIZE
            logits_after, weights_after = to_numpy(run(changed, state, resets, mask))
            before = mask & (np.arange(num_tokens) < t)
            np.testing.assert_array_equal(logits_after[before], logits[before])
            np.testing.assert_array_equal(weights_after[before], weights[before])
            assert differs(logits_after[mask[:, t], t], logits[mask[:, t], t])

    def test_over_several_chunks_and_as_in_training(self, default_model):
        ids = random_ids((2, LONGEST))
        run = compute_many(lambda ids: default_model(ids, training=True)[0])
        logits = run(ids)
        for t in (4, 11, LONGEST - 1):
            changed = ids.copy()
            changed[:, t] = (changed[:, t] + 1) % VOCABULARY_SIZE
            np.testing.assert_array_equal(run(changed)[:, :t], logits[:, :t])

    def test_what_stands_at_padding_changes_nothing(self, model):
        inputs = random_inputs(LONGEST, seed=30)
        run = compute_many(lambda x: parallel(model, **x))
        expected = run(inputs)
        ids, mask = inputs["token_ids"].copy(), inputs["mask"]
        ids[~mask] = (ids[~mask] + 5) % VOCABULARY_SIZE
        assert_all_close(run({**inputs, "token_ids": ids}), expected, EXACT)


class TestState:
    def test_does_not_grow_with_the_text(self, model):
        empty = to_numpy(model.initial_state(3))
        assert {str(leaf.dtype) for leaf in keras.tree.flatten(empty)} <= {"float32", "int32"}
        assert all(leaf.shape[0] == 3 for leaf in keras.tree.flatten(empty))
        for num_tokens in (1, LONGEST):
            _, state = compute(lambda ids: model(ids), random_ids((3, num_tokens)))
            assert shapes_and_dtypes(state) == shapes_and_dtypes(empty)

    def test_rows_do_not_touch_one_another(self, default_model):
        ids = random_ids((3, 6))
        logits, state = compute(lambda ids: default_model(ids), ids)
        alone, state_alone = compute(lambda ids: default_model(ids), ids[1:2])
        of_row = keras.tree.map_structure(lambda leaf: leaf[1:2], state)
        assert_all_close((logits[1:2], of_row), (alone, state_alone), DEEP_TOLERANCE)


class TestMixture:
    def test_equals_its_parts_put_together_by_hand(self, default_model):
        model, ids = default_model, random_ids((2, 6))
        x = ops.convert_to_numpy(model.embedding)[ids] * CONFIG.width**0.5
        ys = [compute(lambda x, e=expert: e(x)[0], x) for expert in model.experts]
        weights = compute(lambda x: model.router(x)[0], x)
        mixed = sum(
            weights[..., i : i + 1] * normed(y, model.expert_norms[i]) for i, y in enumerate(ys)
        ) @ ops.convert_to_numpy(model.output_projection.kernel)
        hidden = normed(mixed, model.output_norm)
        output = compute(lambda ids: model.features(ids)[0], ids)
        np.testing.assert_allclose(output.hidden, hidden, *DEEP_TOLERANCE)
        np.testing.assert_allclose(output.route_weights, weights, *FLOAT32_TOLERANCE)
        expected = hidden @ ops.convert_to_numpy(model.embedding).T
        np.testing.assert_allclose(compute(lambda ids: model(ids)[0], ids), expected, *DEEP_TOLERANCE)

    def test_route_weights_sum_to_one_and_start_equal(self):
        for config in VARIANTS.values():
            new = MixtureLanguageModel(config)
            weights = compute(lambda ids, new=new: new.features(ids)[0].route_weights, random_ids((2, 5)))
            assert weights.shape == (2, 5, len(config.experts))
            np.testing.assert_allclose(weights, 1 / len(config.experts), rtol=1e-6)

    def test_token_nats_are_the_cross_entropy_of_the_logits(self, default_model):
        ids, targets = random_ids((2, 6)), random_ids((2, 6), 1)

        def from_logits(ids, targets):
            logits, state = default_model(ids)
            return token_cross_entropy(logits, targets), state

        variables, inputs = default_model.trainable_variables, {"ids": ids, "targets": targets}
        expected = outputs_and_gradients(from_logits, inputs, variables)
        actual = outputs_and_gradients(
            lambda ids, targets: default_model.token_nats(ids, targets), inputs, variables
        )
        assert_all_close(actual, expected, DEEP_TOLERANCE)


def normed(x, norm):
    return x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6) * ops.convert_to_numpy(norm.scale)


class TestGraphs:
    def test_a_graph_gives_what_the_method_gives(self, model_in_graphs):
        model = model_in_graphs
        ids, resets, mask = random_ids(IN_GRAPHS), random_resets(IN_GRAPHS[1]), padding_mask(IN_GRAPHS[1])
        state = to_numpy(model.initial_state(BATCH_SIZE))
        expected = compute(lambda *x: model.features(*x), ids, state, resets, mask)
        actual = to_numpy(as_graph(model, model.features)(ids, state, resets, mask))
        hidden = [where(output[0].hidden, mask) for output in (actual, expected)]
        np.testing.assert_allclose(*hidden, *DEEP_TOLERANCE)
        assert_all_close(actual[1], expected[1], DEEP_TOLERANCE)

    def test_a_graph_sees_weights_that_change_and_takes_none(self):
        model = MixtureLanguageModel(CONFIG.replace(experts=("recurrent",), recurrent_layers=1))
        graph, ids = as_graph(model, model.features), random_ids(IN_GRAPHS)
        first, _ = to_numpy(graph(ids, None, None, None))
        scale = model.output_norm.scale
        scale.assign(2.0 * ops.convert_to_numpy(scale))
        second, _ = to_numpy(graph(ids, None, None, None))
        np.testing.assert_allclose(second.hidden, 2.0 * first.hidden, *FLOAT32_TOLERANCE)

    @pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="a form of TensorFlow's own")
    def test_gradients_inside_a_graph_are_those_outside(self, model_in_graphs):
        """Inside, chains of operations are compiled with gradients of their own."""
        import tensorflow as tf

        model = model_in_graphs
        ids, targets = (tf.constant(random_ids(IN_GRAPHS, seed)) for seed in (0, 1))
        resets, mask = tf.constant(random_resets(IN_GRAPHS[1])), tf.constant(padding_mask(IN_GRAPHS[1]))
        variables = [v.value for v in model.trainable_variables]

        def loss_and_gradients():
            with tf.GradientTape() as tape:
                nats, state = model.token_nats(ids, targets, model.initial_state(IN_GRAPHS[0]), resets, mask)
                loss = tf.reduce_sum(where_real(nats, mask))
            # a table of which a few rows were read has a gradient of another kind
            return loss, state, [tf.convert_to_tensor(g) for g in tape.gradient(loss, variables)]

        expected = keras.tree.map_structure(np.asarray, loss_and_gradients())
        actual = keras.tree.map_structure(np.asarray, tf.function(loss_and_gradients)())
        assert_all_close(actual, expected, DEEP_TOLERANCE._replace(absolute=1e-3))


def where(x, mask):
    return np.where(mask[..., None], x, 0.0)


class TestStart:
    @pytest.mark.parametrize("name", ["nano", "tiny", "small"])
    def test_logits_of_size_one_and_the_loss_of_a_guess(self, name):
        config = preset(name).model
        model = MixtureLanguageModel(config)
        ids, targets = (random_ids((2, 64), seed, config.vocabulary_size) for seed in (0, 1))
        logits = compute(lambda ids: model(ids)[0], ids)
        assert 0.8 <= logits.std() <= 1.2
        nats = compute(token_cross_entropy, logits, targets)
        # for normal logits with deviation 1 the mean of log sum exp is log W + 1/2
        assert abs(nats.mean() - (np.log(config.vocabulary_size) + 0.5)) < 0.3

    def test_a_new_model_is_not_sure_that_tokens_repeat(self):
        model = MixtureLanguageModel(preset("nano").model)
        ids = random_ids((2, 64), 0, 1024)
        logits = compute(lambda ids: model(ids)[0], ids)
        own = np.take_along_axis(logits, ids[..., None], axis=-1)
        assert abs(own.mean()) < 0.5

    @pytest.mark.parametrize(
        "name, least, most",
        [("nano", 0.1e6, 0.3e6), ("tiny", 3e6, 8e6), ("small", 24e6, 28e6), ("full", 75e6, 85e6)],
    )
    def test_sizes_of_the_presets(self, name, least, most, monkeypatch):
        monkeypatch.setattr(SeededNormal, "__call__", lambda self, shape, dtype=None: ops.zeros(shape, dtype))
        assert least <= MixtureLanguageModel(preset(name).model).num_parameters() <= most

    def test_presets(self):
        for name in PRESET_NAMES:
            assert preset(name).name == name and preset(name).purpose
            assert preset(name).tokenizer in ("characters", "bpe")
        with pytest.raises(
            ValueError, match=r"preset is 'huge', expected one of \('nano', 'tiny', 'small', 'full'\)"
        ):
            preset("huge")


class TestWeights:
    def test_are_the_same_on_every_backend(self):
        """Stored: of every weight's path, its shape, and its first and last number to three digits."""
        model = MixtureLanguageModel(CONFIG, seed=7)
        lines = []
        for variable in model.weights:
            x = ops.convert_to_numpy(variable).ravel()
            lines.append(f"{variable.path} {tuple(variable.shape)} {x[0] + 0.0:.3f} {x[-1] + 0.0:.3f}")
        digest = hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()
        assert digest == STORED_DIGEST, "\n".join(lines)

    def test_are_drawn_by_philox_from_a_hash_of_the_seed_and_the_name(self):
        model = MixtureLanguageModel(CONFIG, seed=7)
        draws = np.random.Generator(np.random.Philox(derive_seed(7, "embedding")))
        expected = draws.standard_normal((VOCABULARY_SIZE, 8), dtype=np.float32) * np.float32(8**-0.5)
        np.testing.assert_allclose(ops.convert_to_numpy(model.embedding), expected, rtol=1e-6)

    def test_depend_on_the_seed(self):
        first, same, other = (MixtureLanguageModel(CONFIG, seed=seed) for seed in (7, 7, 8))
        assert_all_close(same.get_weights(), first.get_weights(), EXACT)
        kernels = [v for v in zip(first.weights, other.weights, strict=True) if v[0].name == "kernel"]
        # the router's last matrix starts at zero
        assert sum(differs(*map(ops.convert_to_numpy, pair)) for pair in kernels) == len(kernels) - 1

    def test_no_two_matrices_start_alike(self):
        model = MixtureLanguageModel(CONFIG.replace(experts=("transformer", "transformer")), seed=7)
        starts = [tuple(ops.convert_to_numpy(v).ravel()[:3]) for v in model.weights if v.name == "kernel"]
        drawn = [start for start in starts if any(start)]
        assert len(set(drawn)) == len(drawn) > 20

    def test_config_and_weights_make_the_same_model(self, model):
        again = MixtureLanguageModel.from_config(model.get_config())
        assert (again.config, again.seed) == (model.config, model.seed)
        assert [v.path for v in again.weights] == [v.path for v in model.weights]
        again.set_weights(model.get_weights())
        ids = random_ids((2, 5))
        expected = compute(lambda ids: model(ids), ids)
        assert_all_close(compute(lambda ids: again(ids), ids), expected, EXACT)

    def test_paths_are_unique(self, model):
        paths = [variable.path for variable in model.weights]
        assert len(set(paths)) == len(paths)

    def test_every_one_is_trained(self, model):
        """Each gets a gradient; q at exactly 0 or 1 and fixed decays are not among the trainable ones."""
        ids, targets = random_ids((BATCH_SIZE, LONGEST)), random_ids((BATCH_SIZE, LONGEST), 1)
        found = outputs_and_gradients(
            lambda ids, targets: model.token_nats(ids, targets)[0],
            {"ids": ids, "targets": targets},
            model.trainable_variables,
        )
        for variable, gradient in zip(model.trainable_variables, found["variable_gradients"], strict=True):
            assert np.all(np.isfinite(gradient)) and np.any(gradient != 0), variable.path


STORED_DIGEST = "d3b8daacb78e5d0dcac5b58b3127c64a60eb99728ceadeedc614956751dc097a"


class TestGroups:
    def test_cover_every_trainable_variable_once(self, model):
        groups = model.parameter_groups()
        assert tuple(groups) == GROUPS
        grouped = [id(v) for name in GROUPS if name != "transformer.deep" for v in groups[name]]
        assert sorted(grouped) == sorted(id(v) for v in model.trainable_variables)
        assert {id(v) for v in groups["transformer.deep"]} <= {id(v) for v in groups["transformer"]}

    def test_hold_what_their_names_say(self, default_model):
        groups = default_model.parameter_groups()
        assert groups["embedding"] == [default_model.embedding]
        recurrent, transformer = default_model.experts
        deep = {id(v) for v in transformer.blocks[1].trainable_variables}
        assert {id(v) for v in groups["transformer.deep"]} == deep
        assert {id(v) for v in recurrent.trainable_variables} < {id(v) for v in groups["rnn"]}
        assert {id(v) for v in default_model.router.trainable_variables} == {id(v) for v in groups["router"]}

    def test_a_fixed_share_is_in_no_group(self):
        model = MixtureLanguageModel(CONFIG.replace(embedding_residual=1.0, attention_decay="fixed"))
        paths = [v.path for group in model.parameter_groups().values() for v in group]
        assert not any("decay_rate" in path or "logit" in path for path in paths)

    def test_num_parameters(self, default_model):
        expected = sum(int(np.prod(v.shape)) for v in default_model.trainable_variables)
        assert default_model.num_parameters() == expected


class Forgetful(Expert):
    """An expert of a reader's own: a scale for each token, and a count of tokens for a memory."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def initial_state(self, batch_size):
        return {"count": ops.zeros((batch_size,), "int32")}

    def call(self, x, state=None, resets=None, mask=None):
        real = ops.ones(ops.shape(x)[:2], "int32") if mask is None else ops.cast(mask, "int32")
        return self.scale * x, {"count": state["count"] + ops.sum(real, axis=1)}

    def step(self, x_t, state):
        return self.scale * x_t, {"count": state["count"] + 1}


class TestAnyExperts:
    def test_of_a_kind_that_the_config_does_not_know(self):
        experts = [
            make_expert("recurrent", CONFIG, 3, name="first"),
            Forgetful(name="second"),
            Forgetful(name="third"),
        ]
        model = MixtureLanguageModel(CONFIG, experts=experts)
        assert model.experts == experts
        ids = random_ids((BATCH_SIZE, 6))
        expected = compute(lambda ids: step_by_step(model, ids, model.initial_state(BATCH_SIZE)), ids)
        logits, state = compute(lambda ids: model(ids), ids)
        assert_all_close((logits, state), expected, DEEP_TOLERANCE)
        assert list(state["expert_2"]["count"]) == [6] * BATCH_SIZE
        grouped = [
            v for name, group in model.parameter_groups().items() if name != "transformer.deep" for v in group
        ]
        assert len(grouped) == len(model.trainable_variables)

    def test_a_single_expert_needs_no_router(self):
        model = MixtureLanguageModel(CONFIG, experts=[Forgetful()])
        assert model.router is None and "router" not in model.initial_state(1)
        output, _ = compute(lambda ids: model.features(ids), random_ids((2, 3)))
        np.testing.assert_array_equal(output.route_weights, np.ones((2, 3, 1)))
        with pytest.raises(NotImplementedError, match="made with `experts=`.* make it anew"):
            model.get_config()


class TestShapes:
    @pytest.mark.parametrize("form", ["numpy", "tensor", "list"])
    def test_ids_that_are_no_rows_are_refused(self, default_model, form):
        ids = np.int32([1, 2, 3])
        ids = {"numpy": ids, "tensor": ops.convert_to_tensor(ids), "list": [1, 2, 3]}[form]
        message = r"token_ids has shape \[3\], expected \[B, T\]: a single text is one row, token_ids\[None\]"
        calls = [default_model.features, lambda ids: default_model.token_nats(ids, ids)]
        for call in calls if form == "list" else [default_model, *calls]:
            with pytest.raises(ValueError, match=message):
                call(ids)

    def test_rows_of_no_tokens_are_refused(self, default_model):
        with pytest.raises(ValueError, match=r"token_ids has shape \[2, 0\], expected at least one token"):
            default_model(np.zeros((2, 0), "int32"))

    def test_a_step_takes_one_token_of_each_row(self, default_model):
        message = r"token_ids has shape \[2, 1\], expected \[B\]: .* one token of each row, token_ids\[:, t\]"
        with pytest.raises(ValueError, match=message):
            default_model.step(random_ids((2, 1)), default_model.initial_state(2))

    def test_lists_are_read_as_arrays_are(self, default_model):
        ids = random_ids((2, 3))
        expected, state = default_model.features(ids)
        assert_all_close(to_numpy(default_model.features(ids.tolist())[0]), to_numpy(expected), EXACT)
        logits = [default_model.step(ids, state)[0] for ids in (ids[:, 0], ids[:, 0].tolist())]
        assert_all_close(*map(to_numpy, logits), EXACT)


@keras.saving.register_keras_serializable(package="tests")
class Widened(MixtureLanguageModel):
    """A model of a reader's own, as the class's docstring tells to make one."""

    def __init__(self, config, seed=0, own_width=8, **kwargs):
        self.own_width = own_width
        super().__init__(config, seed, **kwargs)

    def build(self, input_shape=None):
        self.own = keras.layers.Dense(self.own_width)
        self.own.build((None, None, self.config.width))
        super().build()

    def get_config(self):
        return {**super().get_config(), "own_width": self.own_width}


OPENED = """
import sys
import keras
import numpy as np
import mof.model
model = keras.saving.load_model(sys.argv[1])
ids = np.load(sys.argv[2])
np.save(sys.argv[3], keras.ops.convert_to_numpy(model(ids)[0]))
"""


class TestOneFile:
    def test_is_opened_again_in_another_process(self, default_model, tmp_path):
        ids = random_ids((2, 5))
        default_model.save(tmp_path / "mine.keras")
        np.save(tmp_path / "ids.npy", ids)
        paths = os.pathsep.join(path for path in sys.path if path)
        files = [tmp_path / name for name in ("mine.keras", "ids.npy", "logits.npy")]
        done = subprocess.run(
            [sys.executable, "-c", OPENED, *map(str, files)],
            env={**os.environ, "PYTHONPATH": paths, "KERAS_BACKEND": keras.backend.backend()},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        assert_all_close(np.load(files[-1]), to_numpy(default_model(ids)[0]), DEEP_TOLERANCE)

    def test_holds_every_weight(self, model, tmp_path):
        model.save(tmp_path / "mine.keras")
        again = keras.saving.load_model(tmp_path / "mine.keras")
        assert type(again) is MixtureLanguageModel
        assert (again.config, again.seed) == (model.config, model.seed)
        assert [v.path for v in again.weights] == [v.path for v in model.weights]
        assert_all_close(again.get_weights(), model.get_weights(), EXACT)

    def test_holds_a_subclass_with_layers_of_its_own(self, tmp_path):
        model = perturbed(Widened(CONFIG, seed=1, own_width=3))
        assert model.own.kernel.shape == (CONFIG.width, 3)
        assert any(variable is model.own.kernel for variable in model.trainable_variables)
        assert len(model.weights) == len(MixtureLanguageModel(CONFIG).weights) + 2
        model.save(tmp_path / "mine.keras")
        again = keras.saving.load_model(tmp_path / "mine.keras")
        assert type(again) is Widened and again.own_width == 3
        assert_all_close(again.get_weights(), model.get_weights(), EXACT)

    def test_a_model_of_own_experts_says_how_it_is_kept(self, tmp_path):
        model = MixtureLanguageModel(CONFIG, experts=[Forgetful()])
        with pytest.raises(NotImplementedError, match="load the weights into it"):
            model.save(tmp_path / "mine.keras")


# a value other than CONFIG's for every field
CHANGES = {
    "vocabulary_size": 14,
    "width": 12,
    "experts": ("recurrent",),
    "recurrent_layers": 1,
    "recurrent_width": 7,
    "recurrence": "gru",
    "recurrent_output_gate": False,
    "embedding_residual": 0.9,
    "transformer_layers": 3,
    "num_heads": 4,
    "feed_forward_width": 11,
    "activation": "gelu",
    "attention_decay": "none",
    "attention_normalizer": "denominator",
    "attention_output_gate": False,
    "thought_width": 0,
    "thought_alpha": 0.9,
    "window": 2,
    "position": "learned",
    "num_positions": 21,
    "convolution_length": 3,
    "router_width": 5,
    "router_recurrence": "gru",
    "router_temperature": 0.1,
    "product_dtype": "bfloat16",
}
SPEED_ALONE = {"chunk_length": 2, "recompute": True, "recompute_products": True}
ONE_VALUE_SO_FAR = {"routing"}


class TestSwitches:
    @staticmethod
    @functools.cache
    def fingerprint(config):
        """Shapes of weights and state, and the logits."""
        model = perturbed(MixtureLanguageModel(config))
        logits, state = compute(lambda ids: model(ids), random_ids((1, 3)))
        return [tuple(v.shape) for v in model.weights], shapes_and_dtypes(state), logits

    def test_every_field_is_tested(self):
        fields = {field.name: field for field in dataclasses.fields(ModelConfig)}
        assert set(CHANGES) | set(SPEED_ALONE) | ONE_VALUE_SO_FAR == set(fields)
        assert all(len(fields[name].metadata["choices"]) == 1 for name in ONE_VALUE_SO_FAR)

    @pytest.mark.parametrize("name", CHANGES)
    def test_reaches_the_model(self, name):
        base = CONFIG.replace(position="learned") if name == "num_positions" else CONFIG
        assert getattr(base, name) != CHANGES[name]
        weights, state, logits = self.fingerprint(base)
        new_weights, new_state, new_logits = self.fingerprint(base.replace(**{name: CHANGES[name]}))
        if weights == new_weights and state == new_state:
            assert not np.allclose(logits, new_logits, rtol=0, atol=1e-4)

    @pytest.mark.parametrize("name", SPEED_ALONE)
    def test_changes_speed_or_memory_alone(self, name):
        inputs, found = random_inputs(6), []
        for config in (CONFIG, CONFIG.replace(**{name: SPEED_ALONE[name]})):
            model = perturbed(MixtureLanguageModel(config))
            variables = model.trainable_variables
            found.append(
                outputs_and_gradients(lambda model=model, **x: parallel(model, **x), inputs, variables)
            )
        assert_all_close(found[1], found[0], DEEP_TOLERANCE)

    def test_an_alpha_of_zero_and_no_thought_space_say_the_same(self):
        silent, absent = (
            MixtureLanguageModel(CONFIG.replace(**change))
            for change in (dict(thought_alpha=0.0), dict(thought_width=0))
        )
        ids = random_ids((2, 5))
        logits = [compute(lambda ids, model=model: model(ids)[0], ids) for model in (silent, absent)]
        np.testing.assert_allclose(*logits, *DEEP_TOLERANCE)


def test_bfloat16_products_stay_close_and_the_state_stays_float32():
    exact, rounded = (
        MixtureLanguageModel(CONFIG.replace(product_dtype=dtype), seed=3) for dtype in ("float32", "bfloat16")
    )
    assert {v.dtype for v in rounded.weights} == {"float32"}
    ids = random_ids((2, 9))
    expected, actual = (compute(lambda ids, model=model: model(ids), ids) for model in (exact, rounded))
    assert shapes_and_dtypes(actual) == shapes_and_dtypes(expected)
    assert not np.array_equal(actual[0], expected[0])
    assert_all_close(actual, expected, BFLOAT16_TOLERANCE)


def test_bfloat16_products_read_one_token_at_a_time_as_they_read_all():
    model = MixtureLanguageModel(CONFIG.replace(product_dtype="bfloat16"), seed=3)
    ids = random_ids((2, 9))
    together, after = compute(lambda ids: model(ids), ids)
    state, alone = model.initial_state(2), []
    for t in range(ids.shape[1]):
        logits, state = compute(model.step, ids[:, t], state)
        alone.append(logits)
    assert_all_close([np.stack(alone, axis=1), state], [together, after], BFLOAT16_TOLERANCE)


def test_fit_of_keras_works_on_it():
    model = MixtureLanguageModel(CONFIG.replace(transformer_layers=1, recurrent_layers=1), seed=3)
    ids, targets = random_ids(IN_GRAPHS), random_ids(IN_GRAPHS, 1)
    weights = np.ones(IN_GRAPHS, "float32")
    weights[:, 3:] = 0.0
    nats = compute(lambda ids, targets: model.token_nats(ids, targets)[0], ids, targets)
    before = model.get_weights()
    model.compile(optimizer=keras.optimizers.Adam(1e-2), jit_compile=False)
    history = model.fit(ids, targets, sample_weight=weights, batch_size=BATCH_SIZE, epochs=6, verbose=0)
    losses = history.history["loss"]
    np.testing.assert_allclose(losses[0], nats[:, :3].mean(), *DEEP_TOLERANCE)
    assert losses[-1] < losses[0] - 0.1
    changed = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True)]
    assert all(changed)
