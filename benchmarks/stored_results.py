"""Results that a study writes after each training, and goes on from."""

import json
import os


def read_results(path, settings):
    """What is there already, or an empty beginning.

    Args:
        path: pathlib.Path of the file. settings: dict, what all trainings of the study share.

    Returns:
        dict with "settings" and "trainings", a list of rows, and what else the study has put there.

    Raises:
        SystemExit: the file holds a study with other settings.
    """
    if not path.is_file():
        return {"settings": settings, "trainings": []}
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["settings"] != settings:
        raise SystemExit(
            f"{path} holds a study with {found['settings']}, not with {settings}: give the same settings, or "
            "another --output."
        )
    return found


def write_results(path, results):
    """Write a JSON value whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.partial")
    text = json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False)
    unfinished.write_text(text + "\n", encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
