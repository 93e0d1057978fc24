"""What a vocabulary saves and what it costs, by its size. Chapter 02.

A text of n bytes is n / b tokens, b the bytes of a token. Each token passes the body of the model once, and
its head, a product of D by W numbers. So a byte costs (body + 2 D W) / b floating-point operations: b grows
with W, and so does the head.
"""

from collections import Counter

from mof.machine.product_counts import forward_products
from mof.tokenizer.byte_pair_training import train_byte_pair_tokenizer

SIZES = (264, 300, 400, 600, 1000, 1500, 2000, 3000, 4000, 6000, 8000)
TEXT_TOKENS = 512  # of the text whose work is counted; a longer one costs the same by the token, nearly

# one tale four ways: written for the course
SIMPLIFIED = (
    "爷爷说，从前这条街上没有车，孩子们在路中间踢球。现在路边种满了树，风吹过来，叶子沙沙地响。"
    "我问他还记不记得那些一起玩的人，他想了很久，说名字忘了，笑声还听得见。"
)
TRADITIONAL = (
    "爺爺說，從前這條街上沒有車，孩子們在路中間踢球。現在路邊種滿了樹，風吹過來，葉子沙沙地響。"
    "我問他還記不記得那些一起玩的人，他想了很久，說名字忘了，笑聲還聽得見。"
)
ENGLISH = (
    "Grandfather says that once there were no cars in this street, and children played ball in the middle "
    "of the road. Now trees stand beside it, and when the wind comes the leaves rustle. I asked him whether "
    "he still remembers those he played with. He thought for a long time and said that the names are gone, "
    "but that he can still hear them laugh."
)
NUMBERS = "12+35=47; 128-99=29; 36*7=252; 1024/16=64; 3.14159; 2.71828; 10:45; 23:59; 2026-11-26"


def nested_tokenizers(texts, sizes=SIZES):
    """Byte-pair tokenizers of growing vocabularies, each the beginning of the next.

    Args:
        texts: list of str. sizes: vocabulary sizes, rising; those that the texts have too few pairs for are
            replaced by one, the largest that they have.

    Returns:
        dict from vocabulary size to BytePairTokenizer, rising.
    """
    largest = train_byte_pair_tokenizer(texts, max(sizes))
    reached = sorted({min(size, largest.vocabulary_size) for size in sizes})
    return {size: largest.smaller(size) for size in reached}


def bytes_per_token(tokenizer, texts):
    """How many bytes of these texts a token holds, on average.

    Args:
        tokenizer: Tokenizer. texts: list of str, not all empty.

    Returns:
        float.
    """
    num_bytes = sum(len(text.encode("utf-8")) for text in texts)
    return num_bytes / sum(len(ids) for ids in tokenizer.encode_batch(texts))


def token_rows(tokenizer, lines):
    """The tokens of some lines, as `mof.viz.token_figure` draws them.

    Args:
        tokenizer: Tokenizer. lines: list of str.

    Returns:
        list with a list of (bytes, id) for each line.
    """
    encoded = tokenizer.encode_batch(lines)
    return [[(tokenizer.token_bytes(int(i)), int(i)) for i in ids] for ids in encoded]


def compression_curves(tokenizers, texts_by_kind):
    """Bytes of a token by vocabulary size, for texts of several kinds.

    Args:
        tokenizers: dict from vocabulary size to Tokenizer. texts_by_kind: dict from a name to a list of str.

    Returns:
        dict from the name to a pair: (dict from size to bytes of a token, bytes of a character).
    """
    curves = {}
    for kind, texts in texts_by_kind.items():
        by_size = {size: bytes_per_token(tokenizer, texts) for size, tokenizer in tokenizers.items()}
        curves[kind] = by_size, sum(len(t.encode("utf-8")) for t in texts) / sum(map(len, texts))
    return curves


def work_per_byte(config, vocabulary_size, token_bytes):
    """Floating-point operations that reading one byte takes, in the body of a model and in its head.

    Args:
        config: ModelConfig. vocabulary_size: W in place of the config's. token_bytes: bytes of a token.

    Returns:
        (body, head), floats: operations of the products of a forward pass; training takes three times both.
    """
    products = forward_products(config.replace(vocabulary_size=vocabulary_size), 1, TEXT_TOKENS)
    head = sum(product.flops for product in products if product.part == "head")
    body = sum(product.flops for product in products) - head
    return body / TEXT_TOKENS / token_bytes, head / TEXT_TOKENS / token_bytes


def share_that_covers(tokenizer, texts, share=0.95):
    """How small a part of the vocabulary makes up most of the tokens of some texts.

    Args:
        tokenizer: Tokenizer. texts: list of str. share: of all tokens, from 0 to 1.

    Returns:
        float: the least number of ids that together make up this share, divided by W.
    """
    counts = Counter(int(i) for ids in tokenizer.encode_batch(texts) for i in ids)
    wanted, num_ids = share * counts.total(), 0
    for _token_id, count in counts.most_common():
        if wanted <= 0:
            break
        wanted -= count
        num_ids += 1
    return num_ids / tokenizer.vocabulary_size
