"""Command-line flags generated from config fields, so that help and config cannot drift apart."""

import dataclasses
import inspect
import types
import typing

import typer

_METAVARS = {int: "NUMBER", float: "NUMBER", str: "TEXT"}


def with_config_flags(**panels):
    """Give a command one optional flag for each field of some configs.

    Args:
        panels: keyword -> (config class, title in the help); the command gets a dict of the fields set.

    Returns: a decorator for a typer command. Tuples are written with commas: `--lengths 128,256`.
    """

    def decorate(command):
        signature = inspect.signature(command)
        parameters = [p for name, p in signature.parameters.items() if name not in panels]
        owner = {}
        for keyword, (config, title) in panels.items():
            hints = typing.get_type_hints(config)
            for field in dataclasses.fields(config):
                owner[field.name] = (keyword, hints[field.name])
                parameters.append(_flag(field, hints[field.name], title))

        def run(**values):
            groups = {keyword: {} for keyword in panels}
            for name, (keyword, hint) in owner.items():
                value = values.pop(name)
                if value is not None:
                    groups[keyword][name] = _parse(value, hint, name)
            return command(**values, **groups)

        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.__signature__ = signature.replace(parameters=parameters)
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate


def _flag(field, hint, title):
    is_list = typing.get_origin(hint) is tuple
    kind = next((option for option in typing.get_args(hint) if option is not types.NoneType), hint)
    reason, choices = field.metadata["help"], field.metadata.get("choices")
    metavar = "|".join(choices) if choices else _METAVARS.get(kind)
    option = typer.Option(
        help=f"{reason[0].upper()}{reason[1:]}. Default: {_shown(field.default)}.",
        metavar=f"{metavar},..." if is_list else metavar,
        rich_help_panel=title,
        show_default=False,
    )
    annotation = typing.Annotated[(str if is_list else kind) | None, option]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _shown(default):
    if isinstance(default, bool):
        return "on" if default else "off"
    items = default if isinstance(default, tuple) else (default,)
    return ",".join(f"{item:g}" if isinstance(item, float) else str(item) for item in items) or "none"


def _parse(value, hint, name):
    if typing.get_origin(hint) is not tuple:
        return value
    kind = typing.get_args(hint)[0]
    if kind is str:
        # a blank or a line end may be meant, as a text to stop at; Windows can type a line end as \n alone
        return tuple(item.strip() or item for item in value.replace("\\n", "\n").split(",") if item)
    try:
        return tuple(kind(item.strip()) for item in value.split(",") if item.strip())
    except ValueError as error:
        flag = "--" + name.replace("_", "-")
        raise ValueError(
            f"{flag} is {value!r}, expected whole numbers with commas, such as 128,256."
        ) from error
