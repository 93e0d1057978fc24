"""What every layer promises, and what every layer with a memory promises on top.

Subclass, give `make`, and the tests run:

class TestMinimalGRU(MemoryContract):
    def make(self):
        return MinimalGRU(6, name="layer")
"""

import keras
import numpy as np
from keras import ops

from tests.tensors import (
    BATCH_SIZE,
    EXACT,
    FLOAT32_TOLERANCE,
    LENGTHS,
    LONGEST,
    assert_all_close,
    compute,
    differs,
    outputs_and_gradients,
    padding_mask,
    random_array,
    random_resets,
    step_by_step,
    to_numpy,
    where_real,
)

WIDTH = 8
NUM_BEFORE = 3  # tokens read first where a memory must not be empty


class LayerContract:
    """For any layer: it can be saved and loaded, counts its weights, keeps float32, and learns."""

    def make(self):
        """A new layer, not built."""
        raise NotImplementedError

    def built(self, perturbed=True):
        """The layer with weights; perturbed, so that nothing that starts at 0 or 1 hides behind it."""
        layer = self.make()
        layer.build((None, None, WIDTH))
        if perturbed:
            perturb_weights(layer)
        return layer

    def apply(self, layer, x):
        """The layer's output for x [B, T, D]."""
        y = layer(x)
        return y[0] if isinstance(y, tuple) else y

    num_weights = None  # numbers in all weights, trainable or not; a subclass counts them by hand

    def test_saved_and_loaded_it_is_the_same(self, tmp_path):
        layer = self.built()
        x = random_array((2, 5, WIDTH), 0)
        again = type(layer).from_config(layer.get_config())
        again.build((None, None, WIDTH))
        assert [w.path for w in again.weights] == [w.path for w in layer.weights]
        again.set_weights(layer.get_weights())
        assert again.get_config() == layer.get_config()
        expected, actual = (
            compute(lambda x: self.apply(layer, x), x),
            compute(lambda x: self.apply(again, x), x),
        )
        assert_all_close(actual, expected, EXACT)

    def test_every_argument_is_in_the_config(self):
        layer = self.make()
        arguments = type(layer).__init__.__code__.co_varnames[1 : type(layer).__init__.__code__.co_argcount]
        assert set(arguments) <= set(layer.get_config())

    def test_counts_its_weights(self):
        layer = self.built()
        assert self.num_weights is not None, "a subclass counts its weights by hand"
        assert sum(int(np.prod(w.shape)) for w in layer.weights) == self.num_weights

    def test_weights_and_outputs_are_float32(self):
        layer = self.built()
        assert {w.dtype for w in layer.weights} <= {"float32"}
        y = compute(lambda x: self.apply(layer, x), random_array((2, 5, WIDTH), 0))
        assert y.dtype == np.float32

    def test_initial_weights_depend_on_the_seed_alone(self):
        first = self.built(perturbed=False).get_weights()
        np.random.seed(1)
        keras.utils.set_random_seed(2)
        assert_all_close(self.built(perturbed=False).get_weights(), first, EXACT)

    def test_a_training_step_changes_every_trainable_weight(self):
        layer = self.built()
        found = outputs_and_gradients(
            lambda x: self.apply(layer, x),
            {"x": random_array((BATCH_SIZE, 5, WIDTH), 0)},
            layer.trainable_variables,
        )
        for variable, gradient in zip(layer.trainable_variables, found["variable_gradients"], strict=True):
            assert np.all(np.isfinite(gradient)), variable.path
            assert np.any(gradient != 0), f"{variable.path} gets no gradient"

    def test_uses_no_random_number_and_no_training_flag(self):
        layer, x = self.built(), random_array((2, 5, WIDTH), 0)
        first = compute(lambda x: self.apply(layer, x), x)
        assert_all_close(compute(lambda x: self.apply(layer, x), x), first, EXACT)


class MemoryContract(LayerContract):
    """For a layer with `initial_state`, `call` and `step`."""

    tolerance = FLOAT32_TOLERANCE

    def inputs(self, num_tokens, seed=0):
        """Arguments of `parallel` and `recurrent`: tokens, resets, padding, and tokens that come before."""
        return {
            "before": random_array((BATCH_SIZE, NUM_BEFORE, WIDTH), seed),
            "x": random_array((BATCH_SIZE, num_tokens, WIDTH), seed + 1),
            "resets": random_resets(num_tokens, seed),
            "mask": padding_mask(num_tokens),
        }

    def parallel(self, layer, before, x, resets=None, mask=None):
        _, state = layer(before, layer.initial_state(before.shape[0]))
        y, state = layer(x, state, resets, mask)
        return where_real(y, mask), state

    def recurrent(self, layer, before, x, resets=None, mask=None):
        _, state = step_by_step(layer, before, layer.initial_state(before.shape[0]))
        y, state = step_by_step(layer, x, state, resets, mask)
        return where_real(y, mask), state

    def test_both_forms_agree_with_their_gradients(self):
        layer, inputs = self.built(), self.inputs(LONGEST)
        variables = layer.trainable_variables
        expected = outputs_and_gradients(lambda **x: self.recurrent(layer, **x), inputs, variables)
        actual = outputs_and_gradients(lambda **x: self.parallel(layer, **x), inputs, variables)
        assert_all_close(actual, expected, self.tolerance)

    def test_both_forms_agree_at_every_length(self):
        """One walk through all tokens knows what each shorter reading must come to."""
        layer, inputs = self.built(), self.inputs(LONGEST, seed=10)
        in_time = {name: inputs[name] for name in ("x", "resets", "mask")}

        def walk(before, in_time):
            _, state = layer(before, layer.initial_state(BATCH_SIZE))
            y, states = step_by_step(layer, state=state, all_states=True, **in_time)
            return where_real(y, in_time["mask"]), states

        y, states = compute(walk, inputs["before"], in_time)
        for num_tokens in LENGTHS[:-1]:
            shorter = {name: x[:, :num_tokens] for name, x in in_time.items()}
            actual = compute(lambda x: self.parallel(layer, **x), {**inputs, **shorter})
            last = keras.tree.map_structure(lambda leaf, n=num_tokens: leaf[:, n - 1], states)
            assert_all_close(actual, (y[:, :num_tokens], last), self.tolerance)

    def test_both_forms_agree_without_resets_and_padding(self):
        """And without a state: that is the empty one."""
        layer, x = self.built(), random_array((BATCH_SIZE, LONGEST, WIDTH), 7)
        actual = compute(lambda x: layer(x), x)
        expected = compute(lambda x: step_by_step(layer, x, layer.initial_state(BATCH_SIZE)), x)
        assert_all_close(actual, expected, self.tolerance)

    def test_a_state_passed_on_is_as_if_nothing_had_been_cut(self):
        layer, inputs = self.built(), self.inputs(LONGEST, seed=20)
        x, resets, mask = inputs["x"], inputs["resets"], inputs["mask"]

        def in_one(x, resets, mask):
            y, state = layer(x, None, resets, mask)
            return where_real(y, mask), state

        def in_two(x, resets, mask, cut=7):
            y1, state = layer(x[:, :cut], None, resets[:, :cut], mask[:, :cut])
            y2, state = layer(x[:, cut:], state, resets[:, cut:], mask[:, cut:])
            return where_real(ops.concatenate([y1, y2], axis=1), mask), state

        expected = compute(in_one, x, resets, mask)
        assert_all_close(compute(in_two, x, resets, mask), expected, self.tolerance)

    def test_a_reset_forgets_everything(self):
        """A document reads the same, whatever stood before it, in the row or in the state."""
        layer, inputs = self.built(), self.inputs(LONGEST, seed=30)
        start = 6
        resets = np.zeros((BATCH_SIZE, LONGEST), bool)
        resets[:, start] = True
        y, state = compute(
            lambda b, x, r: self.parallel(layer, b, x, r), inputs["before"], inputs["x"], resets
        )
        alone = compute(lambda x: layer(x), inputs["x"][:, start:])
        assert_all_close((y[:, start:], state), alone, self.tolerance)

    def test_no_output_before_a_token_depends_on_it(self):
        """Exactly none, with changes large and small, and called as in training."""
        layer, x = self.built(), random_array((BATCH_SIZE, LONGEST, WIDTH), 40)
        resets, mask = random_resets(LONGEST, 40, share=0.1), padding_mask(LONGEST)

        def outputs(x):
            return ops.where(mask[..., None], layer(x, None, resets, mask, training=True)[0], 0.0)

        run = compute_many(outputs)
        before = run(x)
        for t in (3, 4, LONGEST - 1):
            changed = x.copy()
            changed[:, t] = 10.0 * random_array((BATCH_SIZE, WIDTH), 50 + t)
            after = run(changed)
            np.testing.assert_array_equal(after[:, :t], before[:, :t])
            assert differs(after[mask[:, t], t], before[mask[:, t], t])

    def test_no_gradient_comes_from_the_future(self):
        layer, cut = self.built(), 6
        x = random_array((BATCH_SIZE, LONGEST, WIDTH), 60)
        found = outputs_and_gradients(lambda x: layer(x)[0][:, :cut], {"x": x})
        gradient = found["input_gradients"][0]
        np.testing.assert_array_equal(gradient[:, cut:], 0.0)
        assert np.all(np.any(gradient[:, :cut] != 0, axis=-1))

    def test_what_stands_at_padding_changes_nothing(self):
        layer, inputs = self.built(), self.inputs(LONGEST, seed=70)
        run = compute_many(lambda inputs: self.parallel(layer, **inputs))
        expected = run(inputs)
        inputs["x"] = inputs["x"].copy()
        inputs["x"][~inputs["mask"]] = 9.0
        assert_all_close(run(inputs), expected, EXACT)

    def test_padding_might_as_well_not_be_there(self):
        """The real tokens of a row alone give the same outputs and the same state."""
        layer, inputs = self.built(), self.inputs(LONGEST, seed=80)
        b, mask = 3, inputs["mask"]
        resets = inputs["resets"] & mask
        y, state = compute(lambda x: self.parallel(layer, **x), {**inputs, "resets": resets})
        row = (inputs["before"][b : b + 1], inputs["x"][b : b + 1, mask[b]], resets[b : b + 1, mask[b]])
        expected = compute(lambda *x: self.parallel(layer, *x), *row)
        of_row = keras.tree.map_structure(lambda leaf: leaf[b : b + 1], state)
        assert_all_close((y[b : b + 1, mask[b]], of_row), expected, self.tolerance)

    def test_the_state_does_not_grow(self):
        layer = self.built()
        empty = layer.initial_state(BATCH_SIZE)
        kinds = {"float32", "int32"}
        assert all(keras.backend.standardize_dtype(leaf.dtype) in kinds for leaf in keras.tree.flatten(empty))
        for num_tokens in (1, LONGEST):
            _, state = compute(lambda x: layer(x), random_array((BATCH_SIZE, num_tokens, WIDTH), 90))
            assert shapes_and_dtypes(state) == shapes_and_dtypes(to_numpy(empty))
        assert all(leaf.shape[0] == BATCH_SIZE for leaf in keras.tree.flatten(state))


def perturb_weights(layer, seed=0):
    """Add a little to every weight."""
    for i, variable in enumerate(layer.weights):
        variable.assign(
            ops.convert_to_numpy(variable.value) + random_array(tuple(variable.shape), [seed, i], 0.1)
        )


def shapes_and_dtypes(state):
    """Path, shape and dtype of every leaf of a state."""
    return [
        ("/".join(map(str, path)), leaf.shape, str(leaf.dtype))
        for path, leaf in keras.tree.flatten_with_path(state)
    ]


def compute_many(function):
    """`compute` for a function that is called more than once with the same shapes."""
    from tests.tensors import compiled

    fast = compiled(function)
    return lambda *inputs: compute_with(fast, *inputs)


def compute_with(fast, *inputs):
    tensors = keras.tree.map_structure(lambda x: x if x is None else ops.convert_to_tensor(x), inputs)
    return to_numpy(fast(*tensors))
