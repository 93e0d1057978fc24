"""Definitions that the answers of chapter 01 are compared with. Its wrong answers are single expressions and
stand with their words in `mof.course.chapter_01`."""

import math


def training_operations(num_inputs, num_outputs):
    """Operations of a token in training, in a product with a matrix [num_inputs, num_outputs]."""
    forward = num_inputs * num_outputs * 2  # a multiplication and an addition for each weight
    return forward + 2 * forward  # backward: for the token's row, and for the matrix


def tokens_per_parameter(parameters, rate, hours):
    """Tokens for each parameter that a training reads at `rate` operations a second."""
    operations = rate * 3600.0 * hours
    return operations / (6.0 * parameters) / parameters


def training_bytes(parameters, optimizer_numbers, batch_tokens, kept_bytes):
    """Bytes of weights, gradients, optimiser, and of what a batch keeps for the way back; float32.

    Args:
        parameters: numbers trained. optimizer_numbers: that the optimiser keeps for each.
        batch_tokens: tokens of a batch. kept_bytes: for each of them.
    """
    return 4.0 * parameters * (1 + 1 + optimizer_numbers) + batch_tokens * kept_bytes


def best_size(operations, mark):
    """Parameters N that leave `mark` tokens for each: operations = 6 N (mark N)."""
    return math.sqrt(operations / (6.0 * mark))


def break_even_share(operations, gpu_rate, rent, laptop_cost):
    """The share of its rate at which a rented GPU costs as much as the laptop's electricity.

    Args:
        operations: of the training. gpu_rate: operations a second. rent: for an hour. laptop_cost: in the
            same money.
    """
    hours_at_full_rate = operations / gpu_rate / 3600.0
    return hours_at_full_rate * rent / laptop_cost
