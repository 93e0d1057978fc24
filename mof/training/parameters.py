"""Which optimiser each parameter gets, and what a new optimiser state looks like."""

from typing import NamedTuple

import numpy as np

from mof.layers.projection import Projection


class ParameterPlan(NamedTuple):
    """How one parameter is updated.

    path: its stable name in the model.
    is_muon: True for Muon, False for AdamW.
    parts: for Muon, the widths of the matrices that stand side by side in it.
    weight_decay: 0 for vectors and scalars: norms, biases and factors have no size to keep small.
    slot_names: the tensors of its shape that the optimiser keeps.
    step_share: its step size, as a share of what the config gives its kind. A rule that scales steps with the
        width sets it (`mof.lessons.width_rules`).
    """

    path: str
    is_muon: bool
    parts: tuple
    weight_decay: float
    slot_names: tuple
    step_share: float = 1.0


def plan_parameters(model, config):
    """A ParameterPlan for each of `model.trainable_variables`, in their order.

    With "muon", the matrices of all `Projection` layers get Muon; embeddings, tables, filters, vectors and
    scalars get AdamW, as its authors advise.

    Args:
        model: MixtureLanguageModel. config: TrainingConfig.
    """
    parts = {}
    for layer in model._flatten_layers():
        if isinstance(layer, Projection):
            parts[id(layer.kernel)] = layer.parts
    plans = []
    for variable in model.trainable_variables:
        is_muon = config.optimizer == "muon" and id(variable) in parts
        plans.append(
            ParameterPlan(
                path=variable.path,
                is_muon=is_muon,
                parts=tuple(parts.get(id(variable), ())),
                weight_decay=config.weight_decay if len(variable.shape) > 1 else 0.0,
                slot_names=("mean",) if is_muon else ("mean", "square"),
            )
        )
    return plans


def step_sizes(plans, config, factors):
    """The learning rate of every parameter.

    Args:
        plans: list of ParameterPlan. config: TrainingConfig.
        factors: list of floats, the schedule's factor for each parameter.

    Returns:
        [P] float32 array.
    """
    top = [config.muon_learning_rate if plan.is_muon else config.learning_rate for plan in plans]
    shares = [plan.step_share for plan in plans]
    return np.asarray(top, "float32") * np.asarray(shares, "float32") * np.asarray(factors, "float32")
