"""Command-line flags generated from config fields, so that help and config cannot drift apart."""

import dataclasses
import inspect
import types
import typing

import typer


def with_config_flags(**panels):
    """Give a command one optional flag for each field of some configs.

    Args:
        panels: keyword -> config class. The command gets each keyword as a dict of the fields that were set on the command line.

    Returns:
        A decorator for a typer command. Tuples are written with commas, for example `--lengths 128,256`.
    """

    def decorate(command):
        signature = inspect.signature(command)
        parameters = [p for name, p in signature.parameters.items() if name not in panels]
        owner = {}
        for keyword, config in panels.items():
            hints = typing.get_type_hints(config)
            for field in dataclasses.fields(config):
                owner[field.name] = (keyword, hints[field.name])
                parameters.append(_flag(field, hints[field.name], config.__name__))

        def run(**values):
            groups = {keyword: {} for keyword in panels}
            for name, (keyword, hint) in owner.items():
                value = values.pop(name)
                if value is not None:
                    groups[keyword][name] = _parse(value, hint)
            return command(**values, **groups)

        run.__name__, run.__doc__ = command.__name__, command.__doc__
        run.__signature__ = signature.replace(parameters=parameters)
        run.__annotations__ = {p.name: p.annotation for p in parameters}
        return run

    return decorate


def _flag(field, hint, panel):
    text = field.metadata["help"]
    if field.metadata.get("choices"):
        text += f" [{', '.join(field.metadata['choices'])}]"
    shown = ",".join(map(str, field.default)) if isinstance(field.default, tuple) else field.default
    option = typer.Option(
        help=f"{text}. Default: {shown if shown != '' else 'none'}",
        rich_help_panel=panel.replace("Config", " settings"),
        show_default=False,
    )
    kind = str if typing.get_origin(hint) is tuple else _plain(hint)
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=typing.Annotated[kind | None, option]
    )


def _plain(hint):
    if isinstance(hint, types.UnionType):
        return next(option for option in typing.get_args(hint) if option is not types.NoneType)
    return hint


def _parse(value, hint):
    if typing.get_origin(hint) is not tuple:
        return value
    items = [item for item in value.split(",") if item]
    kind = typing.get_args(hint)[0]
    try:
        return tuple(kind(item) for item in items)
    except ValueError as error:
        raise ValueError(f"{value!r} is no list of {kind.__name__} separated by commas, such as 128,256.") from error
