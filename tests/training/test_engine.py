"""Sums of gradients and updates: against other batchings, and against NumPy loops."""

import keras
import numpy as np
import pytest

from mof.training.parameters import step_sizes
from tests.tensors import Tolerance, assert_all_close, to_numpy
from tests.training.small_run import (
    LONG,
    NUM_STREAMS,
    SHORT,
    TRAINING,
    all_trainable,
    arrays_of,
    columns,
    numbers,
    plain_nats,
    random_batch,
)
from tests.training.test_optimizer import naive_orthogonalize

# sums of 64 tokens' float32 gradients in another order, relative to the largest
SUM_TOLERANCE = 2e-5


def sums_of(engine, batches, memory=None, carry=False):
    """(loss, weight, {path: sum of gradients}, memory) after some batches; empties the sums."""
    flags = all_trainable(engine)
    fresh = engine.model.initial_state(NUM_STREAMS)
    memory = fresh if memory is None else memory
    total, count = 0.0, 0.0
    for batch in batches:
        loss, weight, after = engine.accumulate(batch, memory, flags)
        memory = after if carry else fresh
        total, count = total + float(loss), count + float(weight)
    arrays = arrays_of(engine, with_sums=True)
    engine.load({**arrays, "sums": {path: np.zeros_like(x) for path, x in arrays["sums"].items()}})
    return total, count, arrays["sums"], after


def assert_same_sums(actual, expected):
    largest = max(np.abs(x).max() for x in expected.values())
    assert_all_close(actual, expected, Tolerance(0.0, SUM_TOLERANCE * largest))


def rows_that_start_anew():
    """A long batch in which a document starts every SHORT tokens, so that no memory crosses."""
    batch = random_batch(LONG, 0)
    batch.resets[:, ::SHORT] = True
    return batch, [columns(batch, start, start + SHORT) for start in range(0, LONG, SHORT)]


def test_four_small_batches_are_one_big_batch(engine):
    batch, pieces = rows_that_start_anew()
    loss, weight, sums, _ = sums_of(engine, [batch])
    small_loss, small_weight, small_sums, _ = sums_of(engine, pieces)
    assert small_loss == pytest.approx(loss, rel=1e-5)
    assert small_weight == weight == batch.loss_weights.sum()
    assert_same_sums(small_sums, sums)
    assert max(np.abs(x).max() for x in sums.values()) > 0.1


def test_the_sum_is_of_the_weighted_losses_of_the_plain_model(engine):
    batch = random_batch(SHORT, 1)
    loss, _, _, _ = sums_of(engine, [batch])
    nats = plain_nats(engine.model, batch)
    assert loss == pytest.approx((nats * batch.loss_weights).sum(), rel=1e-5)


def test_carried_memory_makes_short_rows_one_long_row_but_holds_no_gradient(engine):
    batch = random_batch(LONG, 2)
    batch.resets[:, 1:] = False  # one document each: all that is known of its start comes through the memory
    pieces = [columns(batch, start, start + SHORT) for start in range(0, LONG, SHORT)]
    loss, _, sums, memory = sums_of(engine, [batch])
    carried_loss, _, carried_sums, carried_memory = sums_of(engine, pieces, carry=True)
    forgotten_loss, _, _, _ = sums_of(engine, pieces, carry=False)
    assert carried_loss == pytest.approx(loss, rel=1e-5)
    assert abs(forgotten_loss - loss) > 1e-3 * loss
    assert_all_close(to_numpy(carried_memory), to_numpy(memory), Tolerance(2e-4, 2e-5))
    # the gradient ends where a row ends: that of the last piece is the same if its memory comes from a file
    difference = max(np.abs(carried_sums[path] - sums[path]).max() for path in sums)
    assert difference > 1e-3
    memory = engine.model.initial_state(NUM_STREAMS)
    by_hand = 0
    for piece in pieces:
        _, _, part, after = sums_of(engine, [piece], memory)
        memory = keras.tree.map_structure(keras.ops.convert_to_tensor, to_numpy(after))
        by_hand = keras.tree.map_structure(lambda x, y: x + y, part, by_hand) if by_hand else part
    assert_same_sums(carried_sums, by_hand)


def naive_update(plan, parameter, total, slots, scale, rate, step, config=TRAINING):
    """(parameter, slots) after one update, in float64."""
    w, gradient = np.array(parameter, "float64"), np.array(total, "float64") * scale
    if plan.is_muon:
        mean = config.momentum * np.array(slots["mean"], "float64") + gradient
        lookahead, directions, start = gradient + config.momentum * mean, [], 0
        for width in plan.parts:
            scale = max(1.0, width / len(w)) ** 0.5
            directions.append(scale * naive_orthogonalize(lookahead[:, start : start + width]))
            start += width
        return w - rate * (np.concatenate(directions, axis=1) + plan.weight_decay * w), {"mean": mean}
    b1, b2 = config.first_decay_rate, config.second_decay_rate
    mean = b1 * slots["mean"].astype("float64") + (1 - b1) * gradient
    square = b2 * slots["square"].astype("float64") + (1 - b2) * gradient**2
    direction = mean / (1 - b1**step) / (np.sqrt(square / (1 - b2**step)) + 1e-8)
    return w - rate * (direction + plan.weight_decay * w), {"mean": mean, "square": square}


def test_an_update_equals_numpy_with_clipping_and_without(engine):
    """Three updates: the first two clipped (a mean over few targets is long), the last one not."""
    flags = all_trainable(engine)
    rates = step_sizes(engine.plans, TRAINING, np.linspace(0.5, 1.0, len(flags)))
    assert {plan.is_muon for plan in engine.plans} == {True, False}
    weights, slots = None, {plan.path: dict.fromkeys(plan.slot_names, 0.0) for plan in engine.plans}
    lengths = []
    for step, total_weight in enumerate((1.0, 4.0, 500.0), start=1):
        engine.accumulate(random_batch(LONG, step), engine.model.initial_state(NUM_STREAMS), flags)
        before = arrays_of(engine, with_sums=True)
        weights = before["weights"] if weights is None else weights
        length = (
            np.sqrt(sum((x.astype("float64") ** 2).sum() for x in before["sums"].values())) / total_weight
        )
        lengths.append(length)
        assert float(engine.apply(total_weight, rates, np.full(len(flags), step), flags)) == pytest.approx(
            length, rel=1e-5
        )
        scale = min(1.0, TRAINING.clip_norm / length) / total_weight
        after = arrays_of(engine, with_sums=True)
        for i, plan in enumerate(engine.plans):
            start = {name: before["optimizer"][f"{plan.path}/{name}"] for name in plan.slot_names}
            total = before["sums"][plan.path]
            expected, slots = naive_update(
                plan, before["weights"][plan.path], total, start, scale, float(rates[i]), step
            )
            # each step of Newton-Schulz triples errors
            tolerance = {"rtol": 2e-3, "atol": 1e-4 if plan.is_muon else 2e-6}
            np.testing.assert_allclose(after["weights"][plan.path], expected, **tolerance, err_msg=plan.path)
            for name in plan.slot_names:
                actual = after["optimizer"][f"{plan.path}/{name}"]
                np.testing.assert_allclose(actual, slots[name], 1e-3, 1e-7, err_msg=f"{plan.path}/{name}")
            assert not after["sums"][plan.path].any()
    assert lengths[0] > lengths[1] > TRAINING.clip_norm > lengths[2]


def test_vectors_do_not_decay(engine):
    """With an empty gradient only weight decay is left, and that touches matrices alone."""
    flags = all_trainable(engine)
    before = arrays_of(engine, with_sums=False)["weights"]
    engine.apply(1.0, np.full(len(flags), 0.5, "float32"), np.ones(len(flags)), flags)
    after = arrays_of(engine, with_sums=False)["weights"]
    for plan in engine.plans:
        w = before[plan.path]
        factor = 1.0 if w.ndim < 2 else 1 - 0.5 * TRAINING.weight_decay
        assert plan.weight_decay == (0.0 if w.ndim < 2 else TRAINING.weight_decay)
        np.testing.assert_allclose(after[plan.path], factor * w, 1e-6, err_msg=plan.path)


def test_muon_takes_the_matrices_inside_and_adamw_the_rest(engine):
    filters = ("convolution", "embedding", "position")  # rows that stand alone: no matrix between two layers
    for plan, variable in zip(engine.plans, engine.model.trainable_variables, strict=True):
        is_inside = len(variable.shape) == 2 and not any(name in plan.path for name in filters)
        assert plan.is_muon == is_inside, plan.path
        assert plan.slot_names == (("mean",) if plan.is_muon else ("mean", "square"))
    parts = {plan.path: plan.parts for plan in engine.plans if len(plan.parts) > 1}
    assert parts  # queries, keys and values side by side
    for plan, variable in zip(engine.plans, engine.model.trainable_variables, strict=True):
        assert not plan.parts or sum(plan.parts) == variable.shape[-1]


def test_arrays_and_load_are_each_others_opposite(engine):
    flags = all_trainable(engine)
    memory = engine.model.initial_state(NUM_STREAMS)
    for seed in (0, 1):
        engine.accumulate(random_batch(LONG, seed), memory, flags)
        if seed == 0:
            engine.apply(60.0, np.full(len(flags), 1e-3, "float32"), np.ones(len(flags)), flags)
    held = arrays_of(engine, with_sums=True)
    held = keras.tree.map_structure(np.array, held)
    engine.apply(60.0, np.full(len(flags), 1e-3, "float32"), np.ones(len(flags)), flags)
    assert numbers(arrays_of(engine, with_sums=True)) != numbers(held)
    engine.load(held)
    assert numbers(arrays_of(engine, with_sums=True)) == numbers(held)
    assert numbers([v.value for v in engine.model.trainable_variables]) == numbers(
        list(held["weights"].values())
    )
    engine.load({name: held[name] for name in ("weights", "optimizer")})  # taken between two updates: no sums
    assert not any(x.any() for x in arrays_of(engine, with_sums=True)["sums"].values())


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX orders its own programs")
def test_no_more_than_two_parameters_are_updated_at_once(engine):
    """Every write of a parameter or its slots comes after all writes of the one two before: by the graph."""
    import tensorflow as tf

    from mof.training.engine_tensorflow import UPDATES_AT_ONCE

    flags = all_trainable(engine)
    inputs = np.ones((), "float32"), np.ones(len(flags), "float32"), np.ones(len(flags), "float32")
    engine.apply(*inputs, flags)
    graph = engine._graphs["apply", flags].get_concrete_function(*map(tf.constant, inputs)).graph
    names = {id(inner): outer for outer, inner in graph.captures}
    writes = {}  # of each variable's handle, the operations that write it
    for operation in graph.get_operations():
        if operation.type in ("AssignVariableOp", "AssignSubVariableOp"):
            writes.setdefault(id(names[id(operation.inputs[0])]), []).append(operation)

    def written(i):
        variables = [engine.parameters[i], engine.sums[i], *engine.slots[i].values()]
        return [operation for variable in variables for operation in writes[id(variable.handle)]]

    for i in range(UPDATES_AT_ONCE, len(flags)):
        for operation in written(i):
            assert set(written(i - UPDATES_AT_ONCE)) <= ancestors(operation), engine.plans[i].path
    # and two may run side by side
    assert not all(set(written(i - 1)) <= ancestors(op) for i in range(1, len(flags)) for op in written(i))


def ancestors(operation):
    """All operations that must be done before this one."""
    found, waiting = set(), [operation]
    while waiting:
        current = waiting.pop()
        for before in [*(x.op for x in current.inputs), *current.control_inputs]:
            if before not in found:
                found.add(before)
                waiting.append(before)
    return found


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="for TensorFlow's graphs alone")
@pytest.mark.parametrize(("changes", "expected"), [({}, 0), ({"recompute": True}, 1)])
def test_freed_memory_goes_back_after_an_update_where_memory_is_saved(engine, monkeypatch, changes, expected):
    from mof.training import engine_tensorflow

    flags = all_trainable(engine)
    inputs = 1.0, np.ones(len(flags), "float32"), np.ones(len(flags), "float32"), flags
    engine.apply(*inputs)  # traced now, if it was not before
    returned = []
    monkeypatch.setattr(engine_tensorflow, "return_freed_memory", lambda: returned.append(1))
    monkeypatch.setattr(engine.model, "config", engine.model.config.replace(**changes))
    engine.apply(*inputs)
    assert len(returned) == expected


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="for TensorFlow's graphs alone")
def test_sums_are_emptied_where_they_lie(engine):
    """Zeros made for it would be constants of the graph, as large as all weights, and kept for good."""
    import tensorflow as tf

    def places():
        held = [_Held(tf.experimental.dlpack.to_dlpack(total.read_value())) for total in engine.sums]
        return [np.from_dlpack(x).ctypes.data for x in held]

    flags = all_trainable(engine)
    memory = engine.model.initial_state(NUM_STREAMS)
    engine.accumulate(random_batch(SHORT, 6), memory, flags)
    before = places()
    assert any(x.numpy().any() for x in engine.sums)
    engine.apply(1.0, np.ones(len(flags), "float32"), np.ones(len(flags), "float32"), flags)
    assert not any(x.numpy().any() for x in engine.sums)
    engine.accumulate(random_batch(SHORT, 7), memory, flags)
    assert places() == before


class _Held:
    """What NumPy asks of an object that shows its memory."""

    def __init__(self, capsule):
        self.capsule = capsule

    def __dlpack__(self, **_):
        return self.capsule

    def __dlpack_device__(self):
        return 1, 0  # the processor's memory
