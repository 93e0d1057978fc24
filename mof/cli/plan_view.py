"""Plans side by side in a terminal."""

from rich.console import Console
from rich.table import Table

ROWS = ("size", "tokens", "speed", "time", "memory", "disk", "pretraining", "chat", "loss")


def show_plans(recipes, written, console=None):
    """Print recipes beside each other, then how their sizes were chosen, and what to heed.

    Args:
        recipes: dict from a name to `mof.planning.recipes.Recipe`. written: dict from a name to its file.
        console: rich Console, or None for the standard output.
    """
    console = console or Console(highlight=False)

    def say(words="", style=None):
        console.print(words, style=style, markup=False, soft_wrap=True)

    made = {name: recipe for name, recipe in recipes.items() if recipe.made is not None}
    if made:
        table = Table(box=None, pad_edge=False)
        table.add_column("")
        for name in made:
            table.add_column("plan" if name == "own" else f"recipe {name}")
        for row in ROWS:
            cells = [recipe.made.facts.get(row, "") for recipe in made.values()]
            if any(cells):
                table.add_row(row, *cells)
        table.add_row("file", *(str(written.get(name, "")) for name in made))
        console.print(table, markup=False)
        say("In brackets 80% intervals: of five such forecasts, one may miss.")
    for name, recipe in recipes.items():
        if recipe.rule:
            say(f"{name}: {recipe.rule}")
        if recipe.made is None:
            say(f"No plan {name}: {recipe.refusal}", "yellow")
        else:
            for warning in recipe.made.warnings:
                say(warning, "yellow")
