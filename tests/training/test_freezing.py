"""Freezing: what entries say, what a frozen group keeps, what it no longer costs, and how it thaws."""

import re
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mof.training.freezing import (
    GROUP_NAMES,
    FrozenStretch,
    change_updates,
    check_freezing,
    frozen_groups,
    parse_freezing,
    trainable_flags,
)
from tests.training.small_run import LONG, SHORT, all_trainable, numbers, random_batch


def test_entries_are_groups_and_stretches():
    entries = ("rnn", "transformer.deep@0-0.5", "head@0.25-1")
    expected = (
        FrozenStretch("rnn", 0, 1),
        FrozenStretch("transformer.deep", 0, 0.5),
        FrozenStretch("head", 0.25, 1),
    )
    assert parse_freezing(entries) == expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("lstm", "freeze names the group 'lstm', expected one of ('embedding',"),
        ("rnn@half", "freeze has the stretch 'half', expected two shares of the run such as 0-0.5"),
        ("rnn@0.5", "freeze has the stretch '0.5'"),
        ("rnn@0.5-0.2", "freeze has the stretch '0.5-0.2'"),
        ("rnn@0-2", "freeze has the stretch '0-2'"),
        ("rnn@a-b", "freeze has the stretch 'a-b'"),
        ("rnn@nan-1", "freeze has the stretch 'nan-1'"),
    ],
)
def test_refuses_entries_that_mean_nothing(entry, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_freezing((entry,))


def test_groups_are_frozen_from_start_up_to_end():
    stretches = parse_freezing(("rnn@0-0.5", "head@0.25-0.75", "rnn@0.4-0.6"))
    shares = (0.0, 0.25, 0.5, 0.6, 0.75)
    expected = [("rnn",), ("head", "rnn"), ("head", "rnn"), ("head",), ()]
    assert [frozen_groups(stretches, share) for share in shares] == expected


@given(st.integers(1, 99), st.integers(2, 700))
def test_changes_come_at_the_updates_at_which_the_training_makes_them(hundredths, num_updates):
    stretches = parse_freezing((f"rnn@0-{hundredths / 100}", "head"))
    frozen = [frozen_groups(stretches, update / num_updates) for update in range(num_updates)]
    expected = [u for u in range(1, num_updates) if frozen[u] != frozen[u - 1]]
    assert [u for u in change_updates(stretches, num_updates) if u < num_updates] == expected


def test_flags_follow_the_models_groups(engine):
    model = engine.model
    flags = trainable_flags(model, ("rnn", "embedding"))
    for variable, flag in zip(model.trainable_variables, flags, strict=True):
        assert flag == (
            variable is not model.embedding
            and "expert_0" not in variable.path
            and "norm_0" not in variable.path
        )
    assert trainable_flags(model, ()) == list(all_trainable(engine))


def test_nothing_left_to_train_is_refused(engine):
    groups = ("embedding", "router", "rnn", "transformer", "head")
    with pytest.raises(
        ValueError, match="freeze fixes embedding, .*: nothing is left to train. Leave at least one"
    ):
        trainable_flags(engine.model, groups)


def test_a_run_that_comes_to_have_nothing_to_train_is_refused_before_it_begins(engine):
    later = parse_freezing(
        ("embedding", "router@0.5-1", "rnn@0.2-1", "transformer@0.3-1", "head@0.5-1")
    )  # all at once from half on
    with pytest.raises(ValueError, match="freeze fixes embedding, .*: nothing is left to train"):
        check_freezing(engine.model, later)
    check_freezing(engine.model, later[:-1])


def test_a_group_that_the_model_lacks_is_named():
    model = SimpleNamespace(parameter_groups=lambda: dict.fromkeys(GROUP_NAMES, ()) | {"head": (1,)})
    with pytest.raises(ValueError, match="freeze names rnn, of which this model has nothing. It has: head"):
        check_freezing(model, parse_freezing(("rnn@0-0.5",)))


FROZEN = ("embedding", "transformer")


@pytest.fixture
def thawing(make_training):
    """A run whose largest groups are frozen for its first half: six updates, three frozen."""
    return make_training(
        freeze=tuple(f"{group}@0-0.5" for group in FROZEN), learning_rate=1e-2, lengths=(SHORT,)
    )


def test_frozen_groups_stand_still_and_then_start_anew(thawing):
    model, engine = thawing.model, thawing.engine
    flags = trainable_flags(model, FROZEN)
    fixed = [variable for variable, flag in zip(model.trainable_variables, flags, strict=True) if not flag]
    free = [variable for variable, flag in zip(model.trainable_variables, flags, strict=True) if flag]
    before, free_before = numbers([v.value for v in fixed]), numbers([v.value for v in free])
    for _ in range(3):
        thawing.update()
    assert numbers([v.value for v in fixed]) == before  # no update, and no weight decay
    moved = sum(a != b for a, b in zip(numbers([v.value for v in free]), free_before, strict=True))
    assert moved == len(free)
    slots = [engine.slots[i] for i, flag in enumerate(flags) if not flag]
    assert not any(np.any(keras.ops.convert_to_numpy(x)) for x in keras.tree.flatten(slots))
    assert [age for age, flag in zip(thawing.progress.ages, flags, strict=True) if not flag] == [0] * len(
        fixed
    )

    factors = []
    apply = engine.apply

    def spy(weight, learning_rates, steps, trainable):
        factors.append((learning_rates, steps))
        return apply(weight, learning_rates, steps, trainable)

    engine.apply = spy
    try:
        thawing.update()
        after_first = numbers([v.value for v in fixed])
        thawing.update()
    finally:
        del engine.apply
    assert all(a != b for a, b in zip(after_first, before, strict=True))
    # the thawed step sizes rise from 1/4 in 4 updates, on top of the run's own schedule; the others' do not
    config, factor = thawing.config, thawing.last_entry["factor"]
    rates, steps = factors[1]
    for i, (plan, flag) in enumerate(zip(thawing.plans, flags, strict=True)):
        top = config.muon_learning_rate if plan.is_muon else config.learning_rate
        assert rates[i] == pytest.approx(top * factor * (1.0 if flag else 0.5))
        assert steps[i] == (5 if flag else 2)


def test_thawing_forgets_what_the_optimiser_held(make_training):
    """A group frozen in the middle of the run comes back with empty slots, not with those of before."""
    training = make_training(freeze=tuple(f"{group}@0.3-0.6" for group in FROZEN), lengths=(SHORT,))
    frozen = [i for i, flag in enumerate(trainable_flags(training.model, FROZEN)) if not flag]
    index = frozen[0]
    emptied = []
    training.engine.empty_slots, empty_slots = (
        lambda i: (emptied.append(i), empty_slots(i)),
        training.engine.empty_slots,
    )
    try:
        for _ in range(5):
            training.update()
            if training.progress.update == 2:
                held = numbers(training.engine.slots[index])
            if training.progress.update in (3, 4):
                assert numbers(training.engine.slots[index]) == held
    finally:
        del training.engine.empty_slots
    assert emptied == frozen
    assert training.progress.ages[index] == 1 and training.progress.thawed_at[index] == 4
    assert not np.any(keras.ops.convert_to_numpy(next(iter(training.engine.sums))))


def test_empty_slots_empties_one_parameter_alone(engine):
    flags = all_trainable(engine)
    engine.accumulate(random_batch(LONG, 0), engine.model.initial_state(2), flags)
    engine.apply(50.0, np.full(len(flags), 1e-3, "float32"), np.ones(len(flags)), flags)
    before = [numbers(slots) for slots in engine.slots]
    engine.empty_slots(3)
    after = [numbers(slots) for slots in engine.slots]
    assert [a == b for a, b in zip(after, before, strict=True)] == [i != 3 for i in range(len(flags))]
    assert not any(np.any(keras.ops.convert_to_numpy(x)) for x in engine.slots[3].values())


def test_the_backward_pass_of_a_frozen_group_is_not_computed(engine):
    """Each frozen matrix saves at least the product that its gradient would cost, in the graph that runs."""
    flags = trainable_flags(engine.model, FROZEN)
    frozen_matrices = [
        plan.path
        for plan, flag in zip(engine.plans, flags, strict=True)
        if not flag and plan.path.endswith("kernel")
    ]
    assert len(frozen_matrices) >= 5
    batch = random_batch(SHORT, 0)
    products = count_products(engine, batch, all_trainable(engine))
    fewer = count_products(engine, batch, tuple(flags))
    assert fewer <= products - len(frozen_matrices)


def count_products(engine, batch, flags):
    """Matrix products that one run of `accumulate` does."""
    if keras.backend.backend() == "jax":
        arrays = (batch.token_ids, batch.targets, batch.resets, batch.loss_weights)
        memory = engine.model.initial_state(len(batch.token_ids))
        lowered = engine._accumulate_jit.lower(flags, engine.parameters, engine.sums, arrays, memory)
        return len(re.findall(r" dot\(|__onednn\$matmul|__cublas", lowered.compile().as_text()))
    import tensorflow as tf

    engine.accumulate(batch, engine.model.initial_state(len(batch.token_ids)), flags)
    tensors = map(tf.convert_to_tensor, (batch.token_ids, batch.targets, batch.resets, batch.loss_weights))
    graph = engine._graphs["accumulate", flags]
    graph = graph.get_concrete_function(*tensors, engine.model.initial_state(len(batch.token_ids))).graph
    waiting, seen = [tensor.op for tensor in graph.outputs] + list(graph.control_outputs), set()
    while waiting:  # what no result depends on is left out when the graph runs
        operation = waiting.pop()
        if operation not in seen:
            seen.add(operation)
            waiting += [tensor.op for tensor in operation.inputs] + list(operation.control_inputs)
    return sum(operation.type in ("MatMul", "BatchMatMulV2", "Einsum") for operation in seen)
