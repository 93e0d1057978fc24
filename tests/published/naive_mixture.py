"""The article's model in float64 NumPy loops, one sequence at a time: as printed, and in causal form.

`Naive(model)` takes the weights of a `PublishedMixture` and shares no code with it. With `is_sound=True` each
formula that looks ahead is replaced by its causal form: in the attention one index and sums that stop at the
position, over the last `trans_window` tokens; the mean over the past; router weights at each position; no
crop, so no padding. BatchNorm is computed with its moving averages, as at inference.
"""

import math

import numpy as np
from keras import ops


def to_numpy(tensor):
    """float64 NumPy copy of a tensor or variable."""
    return ops.convert_to_numpy(tensor).astype("float64")


def sigmoid(u):
    return 1 / (1 + np.exp(-u))


def softmax(u):
    return np.exp(u - u.max()) / np.exp(u - u.max()).sum()


def exact_features(u):
    """elu(u) + 1 without the rounding near -1."""
    return np.where(u > 0, u + 1, np.exp(np.minimum(u, 0)))


def naive_attention(query, key, value, epsilon=1e-6, is_sound=False, window=None):
    """[T, K] features and [T, V] values of one head to [T, V]; sound: one index, i in (t - window, t]."""
    num_tokens = len(query)
    output = np.zeros_like(value)
    for t in range(num_tokens):
        numerator, denominator = 0.0, epsilon
        first = 0 if window is None else max(0, t - window + 1)
        for i in range(first, t + 1) if is_sound else range(num_tokens):
            score = query[t] @ key[i]
            denominator = denominator + score
            for j in [i] if is_sound else range(num_tokens):
                numerator = numerator + score * value[j]
        output[t] = numerator / denominator
    return output


class Naive:
    """The model's formulas on one sequence, from its weights; the faults corrected where `is_sound`."""

    def __init__(self, model, is_sound=False):
        self.model, self.is_sound = model, is_sound

    @staticmethod
    def dense(layer, x):
        return x @ to_numpy(layer.kernel) + to_numpy(layer.bias)

    @staticmethod
    def norm(layer, x):
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + layer.epsilon)
        return scaled * to_numpy(layer.gamma) + to_numpy(layer.beta)

    @staticmethod
    def gru(layer, x):
        kernel, recurrent_kernel, bias = (to_numpy(weight) for weight in layer.cell.weights)
        state, states = np.zeros(layer.units), []
        for x_t in x:
            from_input = np.split(x_t @ kernel + bias[0], 3)
            from_state = np.split(state @ recurrent_kernel + bias[1], 3)
            update, reset = (sigmoid(from_input[gate] + from_state[gate]) for gate in (0, 1))
            candidate = np.tanh(from_input[2] + reset * from_state[2])
            state = update * state + (1 - update) * candidate
            states.append(state)
        return np.array(states)

    def gelu_pair(self, sequential, x):
        first, second = sequential.layers
        hidden = self.dense(first, x)
        hidden = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
        return self.dense(second, hidden)

    def front(self, token_ids):
        front = self.model.front
        embedded = to_numpy(front.embedding.embeddings)[token_ids]
        hidden = np.maximum(self.dense(front.dense, self.gru(front.recurrence, embedded)), 0)
        norm = front.batch_norm
        scale = to_numpy(norm.gamma) / np.sqrt(to_numpy(norm.moving_variance) + norm.epsilon)
        return embedded + (hidden - to_numpy(norm.moving_mean)) * scale + to_numpy(norm.beta)

    def attention(self, layer, x):
        query, key, value = (
            np.split(self.dense(projection, x), layer.num_heads, axis=-1)
            for projection in (layer.query_projection, layer.key_projection, layer.value_projection)
        )
        heads = [
            naive_attention(
                exact_features(query[h]),
                exact_features(key[h]),
                value[h],
                is_sound=self.is_sound,
                window=self.model.transformer_expert.trans_window,
            )
            for h in range(layer.num_heads)
        ]
        return self.dense(layer.output_projection, np.concatenate(heads, axis=-1))

    def thought_space(self, layer, x):
        alpha = float(np.clip(to_numpy(layer.alpha), 0, 1))
        output = np.empty_like(x)
        for t in range(len(x)):
            context = (x[: t + 1] if self.is_sound else x).mean(axis=0)
            output[t] = x[t] + alpha * self.gelu_pair(layer.thought_processor, context)
        return output

    def block(self, block, x):
        attended = self.dense(block.attention_dense, self.attention(block.attention, x))
        y = self.thought_space(block.thought_space, self.norm(block.attention_norm, x + attended))
        return self.norm(block.feed_forward_norm, y + self.gelu_pair(block.feed_forward, y))

    def transformer_expert(self, x):
        expert = self.model.transformer_expert
        x = x + to_numpy(expert.position_table.embeddings)[: len(x)]
        if not self.is_sound:
            x = x[max(0, len(x) - expert.trans_window) :]
        for block in expert.blocks:
            x = self.block(block, x)
        return self.dense(expert.output_dense, x)

    def router(self, x):
        router = self.model.router
        states = self.gru(router.router_gru, x)
        weights = [softmax(self.dense(router.router_dense, self.norm(router.router_norm, h))) for h in states]
        return np.array(weights if self.is_sound else [weights[-1]] * len(x))  # [T, E]

    def logits(self, token_ids):
        model = self.model
        x = self.front(token_ids)
        weights = self.router(x)
        recurrent = self.norm(model.recurrent_expert.norm, self.gru(model.recurrent_expert.recurrence, x))
        mixed = np.zeros_like(recurrent)
        for e, output in enumerate((recurrent, self.transformer_expert(x))):
            output = self.norm(model.expert_norms[e], output)
            mixed[: len(output)] += weights[: len(output), e : e + 1] * output
        return self.dense(model.head, self.norm(model.mixture_norm, mixed))
