"""What attention has to keep in order to go on: bytes of a memory of fixed size, and of all keys and values.
Chapter 05."""

BYTES_PER_NUMBER = 4  # float32, in which the memory is kept whatever format the products have


def memory_bytes(config):
    """Bytes of linear attention's memory in one block: S and z of every head, whatever the text's length.

    Args:
        config: ModelConfig.

    Returns:
        int.

    Example:
        memory_bytes(preset("tiny").model)
    """
    head_width = config.width // config.num_heads
    return config.num_heads * (head_width * head_width + head_width) * BYTES_PER_NUMBER


def kept_bytes(config, num_tokens):
    """Bytes of the keys and values of all tokens, which softmax attention keeps in one block.

    Args:
        config: ModelConfig. num_tokens: length of the text read so far.

    Returns:
        int.
    """
    return 2 * num_tokens * config.width * BYTES_PER_NUMBER
