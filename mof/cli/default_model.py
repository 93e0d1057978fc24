"""Which model writes when no folder is named: a run of the reader's own, else the one that ships."""

from pathlib import Path

from mof.cli.engine import tell
from mof.inference.exported_folder import is_export

MODELS = Path(__file__).resolve().parents[2] / "data" / "models"
OWN_RUNS = {"base": "runs/first", "chat": "runs/chat"}
NOTICE = (
    "A small model, trained for this course: what it says of facts is often wrong, and it gives no advice. "
    f"Its card: {Path('data') / 'models' / 'README.md'}"
)


def shipped_model(kind, models=MODELS):
    """The folder of the model that ships, a pathlib.Path as short as it goes; None where none lies there.

    Args:
        kind: "base" or "chat". models: pathlib.Path of the shipped models.
    """
    path = models / kind
    if not is_export(path):
        return None
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def default_model(kind, models=MODELS):
    """The folder of the model to write with.

    Args:
        kind: "base" for one that goes on with a text, "chat" for one that answers.
        models: pathlib.Path of the shipped models.

    Returns:
        str, the reader's own run where there is one, else the shipped model, of which a notice goes to the
        standard error. Where there is neither, the name of the own run: opening it says what to do.
    """
    own, shipped = OWN_RUNS[kind], shipped_model(kind, models)
    if Path(own).exists() or shipped is None:
        return own
    tell(f"There is no {own} here, so this is the model that ships, {shipped}. {NOTICE}")
    return str(shipped)


def place_of_caches(path, models=MODELS):
    """The folder beside which the tokens of a text are kept for a model: its own, but for a model that ships
    the reader's first run, for nothing is to be written among the course's data.

    Args:
        path: of the model's folder. models: pathlib.Path of the shipped models.
    """
    is_shipped = Path(path).resolve().is_relative_to(models.resolve())
    return OWN_RUNS["base"] if is_shipped else path
