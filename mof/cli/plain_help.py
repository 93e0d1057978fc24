"""Help in plain lines: every flag in full whatever the width of the terminal, grouped by what it sets."""

from typer.core import TyperCommand


class PlainHelpCommand(TyperCommand):
    """A command whose help lists its flags under one heading for each config."""

    def format_options(self, ctx, formatter):
        """Write the flags; called by `--help`."""
        sections = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                title = getattr(parameter, "rich_help_panel", None) or "Options"
                sections.setdefault(title, []).append(record)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)
