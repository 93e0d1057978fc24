"""The exercises of chapter 02, text into tokens: their words and their checks."""

from mof.course.chapter_02_answers import (
    UNKNOWN_SIGN,
    bits_per_byte,
    encode_with_fallback,
    join,
    join_overlapping,
    push,
    push_again,
    run_stream,
    wrong_bits,
    wrong_fallback,
    wrong_join,
    wrong_push,
)
from mof.course.exact import expect_exact
from mof.course.exercise import Exercise, WrongAnswer
from mof.course.predictions import expect_number
from mof.course.translation import _, marked
from mof.course.values import expect_values

SENTENCE = "今天28度，真热！🌞"  # "28 degrees today, really hot!", as in the chapter
NUM_BYTES = len(SENTENCE.encode("utf-8"))

BYTES_MISTAKES = (
    WrongAnswer(
        len(SENTENCE),
        marked("That is the number of characters. How many bytes has each?"),
    ),
    WrongAnswer(
        3 * len(SENTENCE),
        marked("Not every character has three bytes: look at the digits, and at the sun."),
    ),
    WrongAnswer(
        NUM_BYTES - 4,
        marked(
            "You take ， and ！ for ASCII. They are the wide marks of Chinese, U+FF0C and U+FF01, of three "
            "bytes each."
        ),
    ),
    WrongAnswer(
        NUM_BYTES - 1,
        marked("The sun, U+1F31E, lies beyond U+FFFF: sixteen bits do not hold it, nor do three bytes."),
    ),
    WrongAnswer(
        NUM_BYTES + 4,
        marked("The digits are ASCII: one byte each."),
    ),
    WrongAnswer(
        len(SENTENCE.encode("utf-16-le")),
        marked("That is the length in UTF-16. In UTF-8 digits take one byte, Chinese three."),
    ),
)
FALLBACK_MISTAKES = (
    WrongAnswer(
        wrong_fallback(unknown="sign"),
        marked(
            "Every unknown character becomes the same sign, and which one it was is lost: give its bytes."
        ),
    ),
    WrongAnswer(
        wrong_fallback(unknown="nothing"),
        marked("Unknown characters are gone from the text: give their bytes."),
    ),
    WrongAnswer(
        wrong_fallback(offset=0),
        marked("You give the bytes themselves. The ids 0 to 7 are special; the byte b has the id 8 + b."),
    ),
    WrongAnswer(
        wrong_fallback(unknown="code point"),
        marked("You give the number of the character, which has an id of its own or none. Give its bytes."),
    ),
    WrongAnswer(
        wrong_fallback(unknown="utf-16"),
        marked("Those are the bytes of UTF-16; the ids 8 to 263 stand for those of UTF-8."),
    ),
    WrongAnswer(
        wrong_fallback(known=False),
        marked("You give the bytes of every character: one that has an id should be one token."),
    ),
)
JOIN_MISTAKES = (
    WrongAnswer(
        lambda tokens, pair, new: list(tokens),
        marked(
            "No pair is joined. If you compare `tokens[i : i + 2]` with `pair`: a list and a tuple, "
            "which Python never calls equal. `tuple(tokens[i : i + 2])` is a tuple too."
        ),
    ),
    WrongAnswer(
        wrong_join(stop=True),
        marked("Only the first pair is joined. Go on to the end of the tokens."),
    ),
    WrongAnswer(
        wrong_join(direction=-1),
        marked("You join from right to left; where pairs overlap, as in a a a, the left one comes first."),
    ),
    WrongAnswer(
        join_overlapping,
        marked("In a a a you use the middle token twice. After a pair, go on behind both of its tokens."),
    ),
    WrongAnswer(
        wrong_join(skip=1),
        marked("The right half of each pair is still there. After a pair, skip both of its tokens."),
    ),
    WrongAnswer(
        wrong_join(end=False),
        marked("The last token is gone where it belongs to no pair."),
    ),
    WrongAnswer(
        wrong_join(order=False),
        marked("You also join the two the other way round: (b, a) is another pair than (a, b)."),
    ),
)
BITS_MISTAKES = (
    WrongAnswer(
        wrong_bits(logarithm="none"),
        marked("Those are nats per byte. A bit is ln 2 nats, so there are more bits than nats."),
    ),
    WrongAnswer(
        wrong_bits(logarithm="multiply"),
        marked("You multiply by ln 2. A bit is ln 2 nats, less than one: nats divided by ln 2 are bits."),
    ),
    WrongAnswer(
        wrong_bits(length="characters"),
        marked("You divide by the characters. `text.encode()` has the bytes."),
    ),
    WrongAnswer(
        wrong_bits(length="tokens"),
        marked("Those are bits per token: how the text is cut is still in them. Divide by its bytes."),
    ),
    WrongAnswer(
        wrong_bits(tokens=False),
        marked("You divide one token's loss by the bytes of all: multiply by the number of tokens first."),
    ),
)
PUSH_MISTAKES = (
    WrongAnswer(
        wrong_push(together=False, errors="replace"),
        marked(
            "You decode each piece alone, so a character in two pieces becomes �. Put what waited before "
            "what is new."
        ),
    ),
    WrongAnswer(
        wrong_push(together=False, errors="ignore"),
        marked('A character that comes in two pieces is lost: `errors="ignore"` drops both halves.'),
    ),
    WrongAnswer(
        wrong_push(partly=False),
        marked("You hold back whole characters too, where a piece ends in an unfinished one."),
    ),
    WrongAnswer(
        wrong_push(keep=False),
        marked("The unfinished bytes are thrown away: return them, so that they come back as `waiting`."),
    ),
    WrongAnswer(
        push_again,
        marked("What was given out comes again: only the unfinished bytes may wait on."),
    ),
)
# characters of one to four bytes, known and unknown ones
IDS = {character: 264 + i for i, character in enumerate(UNKNOWN_SIGN + "的一吃了饭天é")}
TEXTS = ("吃饭了", "a的", "饕餮吃了一碗饭", "天é½🌞", "", "龘")


def check_bytes(answer):
    """02.1: how many bytes a sentence has."""
    expect_number(answer, NUM_BYTES, relative=1e-9, mistakes=BYTES_MISTAKES)
    return _("Right: seven times three, twice one, and four for the sun.")


def check_fallback(attempt):
    """02.2: characters, with bytes for those that have no id."""
    expect_exact(attempt, encode_with_fallback, [(text, IDS) for text in TEXTS], FALLBACK_MISTAKES)
    return _("Right: nothing is lost any more, and `CharacterTokenizer` of the package does the same.")


def check_join(attempt):
    """02.3: one pair, joined wherever it stands."""
    lists = ([5, 1, 2, 9], [1, 2, 1, 2], [2, 1, 7], [1, 2, 2, 1, 1, 2], [7], [], [1, 2])
    cases = [(tokens, (1, 2), 300) for tokens in lists]
    cases += [([4] * length, (4, 4), 301) for length in (2, 3, 4, 5)]
    expect_exact(attempt, join, cases, JOIN_MISTAKES)
    return _("Right, also where pairs overlap.")


def check_bits(attempt):
    """02.4: bits per byte from the loss of a token."""
    cases = [(1.5, 2, "春天"), (5.25, 7, "I like 苹果。"), (0.7, 31, "一二三四五六七八九十🌞")]
    expect_values(attempt, bits_per_byte, cases, BITS_MISTAKES)
    return _("Right: the number of tokens cancels, whatever the tokenizer.")


def check_push(attempt):
    """02.5: text out of pieces that end anywhere."""
    data = "a天é🌞了".encode()
    whole = "今天".encode()
    cases = [
        (b"ab", b"c"),
        (whole[:1], whole[1:2], whole[2:3]),
        (whole[:4], whole[4:]),
        tuple(data[i : i + 1] for i in range(len(data))),
        (data[:3], data[3:8], b"", data[8:]),
    ]
    expect_exact(attempt, push, cases, PUSH_MISTAKES, run_stream)
    return _("Right. `StreamDecoder` of the package does this while a model writes.")


EXERCISES = (
    Exercise(
        id="02.1",
        title=marked("how many bytes?"),
        kind="predict",
        minutes=3,
        name="num_bytes",
        arguments=(),
        hints=(
            marked("Go through it character by character. ASCII has one byte."),
            marked("The marks ， and ！ are not those of ASCII: they are as wide as a Chinese character."),
            marked("From U+0800 to U+FFFF three bytes, beyond it four."),
        ),
        wrong_answers=BYTES_MISTAKES,
        checker=check_bytes,
    ),
    Exercise(
        id="02.2",
        title=marked("byte fallback"),
        kind="change",
        minutes=10,
        name="my_encode",
        arguments=("text", "ids"),
        hints=(
            marked("`if character in ids` there is one id to append. Else there are several."),
            marked("`character.encode()` gives the bytes; going through them gives numbers from 0 to 255."),
            marked("`found.extend(8 + byte for byte in character.encode())`"),
        ),
        wrong_answers=FALLBACK_MISTAKES,
        checker=check_fallback,
    ),
    Exercise(
        id="02.3",
        title=marked("join a pair"),
        kind="build",
        minutes=10,
        name="my_join",
        arguments=("tokens", "pair", "new"),
        hints=(
            marked("A `for` over the tokens cannot skip one. Use `while`, with a place `i` of your own."),
            marked("Does `(tokens[i], tokens[i + 1])` equal the pair? At the last token there is no i + 1."),
            marked("After a pair append `new` and go on by 2; else append the token and go on by 1."),
        ),
        wrong_answers=JOIN_MISTAKES,
        checker=check_join,
    ),
    Exercise(
        id="02.4",
        title=marked("bits per byte"),
        kind="build",
        minutes=5,
        name="my_bits_per_byte",
        arguments=("nats_per_token", "num_tokens", "text"),
        hints=(
            marked("First the loss of the whole text, in nats. Then in bits. Then for each byte."),
            marked("One bit is ln 2 nats: divide by `math.log(2)`."),
            marked("The bytes are `len(text.encode())`."),
        ),
        wrong_answers=BITS_MISTAKES,
        checker=check_bits,
    ),
    Exercise(
        id="02.5",
        title=marked("text that arrives in pieces"),
        kind="build",
        minutes=15,
        name="my_push",
        arguments=("waiting", "new"),
        hints=(
            marked("Put `waiting` and `new` together. The longest beginning that decodes is whole."),
            marked("`data[:end].decode()` raises UnicodeDecodeError where it ends inside a character."),
            marked("Try `end = len(data)`, then one less, down to 0; return at the first that works."),
        ),
        wrong_answers=PUSH_MISTAKES,
        checker=check_push,
    ),
)
