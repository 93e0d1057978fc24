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
        SystemExit: the file holds a study with other settings. A setting that an older version of the study
            did not note is no other one; see `unknown_settings`.
    """
    if not path.is_file():
        return {"settings": settings, "trainings": []}
    found = json.loads(path.read_text(encoding="utf-8"))
    if found["settings"] != {name: settings[name] for name in settings if name in found["settings"]}:
        raise SystemExit(
            f"{path} holds a study with {found['settings']}, not with {settings}: give the same settings, or "
            "another --output."
        )
    return found


def unknown_settings(results, settings):
    """Names of the settings that the results, as `read_results` gives them, do not tell."""
    return [name for name in settings if name not in results["settings"]]


def check_settings(folder, settings, is_plan=False):
    """Note the settings of a study in its folder; stop where it holds trainings with others.

    Args:
        folder: pathlib.Path, for settings.json. settings: dict of JSON values.
        is_plan: look only, and write nothing.

    Raises:
        SystemExit: with a sentence.
    """
    file = folder / "settings.json"
    if file.is_file():
        before = json.loads(file.read_text(encoding="utf-8"))
        if before != settings:
            raise SystemExit(
                f"{folder} holds a study with {before}, not with {settings}: give the same settings, or "
                "another --folder."
            )
    elif not is_plan:
        write_results(file, settings)


def write_results(path, results):
    """Write a JSON value whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.partial")
    text = json.dumps(results, ensure_ascii=False, indent=1, allow_nan=False)
    unfinished.write_text(text + "\n", encoding="utf-8", newline="\n")
    os.replace(unfinished, path)
