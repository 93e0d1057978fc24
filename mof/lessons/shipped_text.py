"""The text that ships, divided as the chapters' short runs divide it: what is learned, what is held out."""

from mof.corpus.reading import read_documents
from mof.corpus.splitting import is_validation
from mof.lessons.records import ROOT

PROSE, DIALOGUES = ROOT / "data" / "prose", ROOT / "data" / "dialogues"
SHIPPED_TEXT = (PROSE, DIALOGUES)
VALIDATION_FRACTION = 0.05  # the text that ships is small: fewer documents would be a matter of luck


def divided_texts(corpus):
    """Texts of a corpus, without its conversations, divided as `short_run(corpus=corpus)` divides them.

    Args:
        corpus: list of files and folders.

    Returns:
        (texts to learn from, held-out texts), two lists of str.
    """
    learning, held_out = [], []
    for document in read_documents(corpus):
        if document.text is not None:
            part = held_out if is_validation(document, VALIDATION_FRACTION) else learning
            part.append(document.text)
    return learning, held_out


def shipped_prose():
    """`divided_texts` of the prose in `data/`."""
    return divided_texts([PROSE])
