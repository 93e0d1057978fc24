"""The peers' models in PyTorch, by the classes of `transformers`: shapes only, weights new.

"minimind-512x7" and "minimind-256x6": the shape of minimind (github.com/jingyaogong/minimind) as a Llama,
width x layers: 8 query heads and 4 key-value heads, a gated feed-forward of the width times pi, rounded up to
64, tied embedding, rotary positions with base 1e6. Its norms of queries and keys are left out (2 x 64
parameters a layer). "gpt2-512x7": GPT-2's block at about the same size, without dropout.
"""

import math

import torch

SHAPES = {"minimind-512x7": (512, 7), "minimind-256x6": (256, 6), "gpt2-512x7": (512, 7)}
NUM_HEADS, NUM_KEY_VALUE_HEADS = 8, 4


def make_model(shape, vocabulary_size, num_positions, seed=0):
    """The model of that shape.

    Args:
        shape: one of SHAPES. vocabulary_size: W. num_positions: longest row, tokens. seed: of the weights.

    Returns:
        a causal language model of `transformers`, float32, in training mode.

    Raises:
        ValueError: for another shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"shape is {shape!r}, expected one of {sorted(SHAPES)}.")
    import transformers

    transformers.logging.set_verbosity_error()
    torch.manual_seed(seed)
    width, layers = SHAPES[shape]
    ends = {"bos_token_id": None, "eos_token_id": None}
    if shape.startswith("gpt2"):
        config = transformers.GPT2Config(
            vocab_size=vocabulary_size,
            n_positions=num_positions,
            n_embd=width,
            n_layer=layers,
            n_head=NUM_HEADS,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            **ends,
        )
        return transformers.GPT2LMHeadModel(config).train()
    config = transformers.LlamaConfig(
        vocab_size=vocabulary_size,
        hidden_size=width,
        intermediate_size=feed_forward_width(width),
        num_hidden_layers=layers,
        num_attention_heads=NUM_HEADS,
        num_key_value_heads=NUM_KEY_VALUE_HEADS,
        max_position_embeddings=num_positions,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        **ends,
    )
    return transformers.LlamaForCausalLM(config).train()


def feed_forward_width(width):
    """minimind's: pi times the width, rounded up to a multiple of 64."""
    return math.ceil(width * math.pi / 64) * 64


def summed_nats(model, token_ids, targets, dtype):
    """Summed cross entropy of a batch, in nats; targets of -100 do not count.

    Args:
        token_ids, targets: [B, T] int64 tensors. dtype: "float32", or "bfloat16" for autocast.

    Returns:
        scalar float32 tensor.
    """
    with torch.autocast(token_ids.device.type, torch.bfloat16, enabled=dtype == "bfloat16"):
        logits = model(input_ids=token_ids, use_cache=False).logits
    logits = logits.float().flatten(0, 1)
    return torch.nn.functional.cross_entropy(logits, targets.flatten(), ignore_index=-100, reduction="sum")
