"""The reference of the package: `{api-modules} ops` shows mof.ops, `{api-modules} .` those of mof itself.

It is read from the sources, which are parsed and not imported: no backend starts, and it takes seconds.
"""

import ast
from pathlib import Path

from docstring_nodes import docstring_nodes
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import mof
from mof.course.translation import _
from mof.launcher.site_address import read_site_address

PROJECT = Path(mof.__file__).resolve().parents[1]  # the sources, also where a sample of the book is built
LEFT_OUT = ("cli", "launcher")  # commands, which have a --help
Definition = ast.FunctionDef | ast.ClassDef


class ApiModules(SphinxDirective):
    """`{api-modules} NAME`: the modules of a package, with all that is public in them."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        address = read_site_address(Path(self.env.srcdir))
        made = []
        for path in module_files(PROJECT, self.arguments[0]):
            self.env.note_dependency(str(path))
            source = address.source(path.relative_to(PROJECT).as_posix())
            made.append(module_nodes(path, PROJECT, source))
        return [part for parts in made for part in parts]


def packages(root: Path) -> list[str]:
    """Names of the packages inside mof that have a reference."""
    found = sorted(path.parent.name for path in (root / "mof").glob("*/__init__.py"))
    return [name for name in found if name not in LEFT_OUT]


def module_files(root: Path, package: str) -> list[Path]:
    """The sources of a package, its own docstring first; "." for the modules of mof itself."""
    folder = root / "mof" if package == "." else root / "mof" / package
    return sorted(
        (path for path in folder.glob("*.py") if not path.stem.startswith("_") or path.stem == "__init__"),
        key=lambda path: (path.stem != "__init__", path.stem),
    )


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module_nodes(path: Path, root: Path, source: str) -> list[nodes.Node]:
    """A section for a module, named by its last part; a package's own words stand above all sections."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    definitions = public_definitions(tree)
    text = ast.get_docstring(tree) or ""
    if not text and not definitions:
        return []
    name = module_name(path, root)
    if path.stem == "__init__" and not definitions:
        return docstring_nodes(text)
    section = nodes.section("", nodes.title("", path.stem), ids=[name.replace(".", "-")], names=[name])
    section += nodes.paragraph("", "", nodes.literal("", name), classes=["mof-api-module"])
    section += docstring_nodes(text)
    if source:
        link = nodes.reference("", _("source"), refuri=source)
        section += nodes.paragraph("", "", link, classes=["mof-soft"])
    for definition in definitions:
        section += definition_nodes(definition, name)
        if isinstance(definition, ast.ClassDef):
            for method in public_definitions(definition):
                if ast.get_docstring(method):
                    section += definition_nodes(method, f"{name}.{definition.name}", is_method=True)
    return [section]


def public_definitions(tree: ast.Module | ast.ClassDef) -> list[Definition]:
    return [
        node
        for node in tree.body
        if isinstance(node, Definition) and (not node.name.startswith("_") or node.name == "__call__")
    ]


def definition_nodes(definition: Definition, owner: str, is_method: bool = False) -> nodes.container:
    """A function, a class or a method: its name with its arguments, and its docstring."""
    classes = ["mof-api", *(["mof-api-method"] if is_method else [])]
    entry = nodes.container("", classes=classes, ids=[f"{owner}.{definition.name}".replace(".", "-")])
    head = nodes.paragraph("", "", classes=["mof-api-name"])
    kind = "class " if isinstance(definition, ast.ClassDef) else ""
    head += nodes.literal("", f"{kind}{definition.name}{signature(definition)}")
    entry += head
    text = ast.get_docstring(definition)
    entry += docstring_nodes(text) if text else []
    return entry


def signature(definition: Definition) -> str:
    """ "(x, state=None)"; for a class the fields of a dataclass, or what its constructor takes."""
    if isinstance(definition, ast.FunctionDef):
        arguments = ast.parse(f"def f({ast.unparse(definition.args)}): pass").body[0].args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            argument.annotation = None
        for argument in filter(None, (arguments.vararg, arguments.kwarg)):
            argument.annotation = None
        if arguments.args and arguments.args[0].arg in ("self", "cls"):
            del arguments.args[0]
        return f"({ast.unparse(arguments)})"
    for node in definition.body:
        if isinstance(node, ast.FunctionDef) and node.name == "__init__":
            return signature(node)
    if any("dataclass" in ast.unparse(decorator) for decorator in definition.decorator_list):
        fields = [node.target.id for node in definition.body if isinstance(node, ast.AnnAssign)]
        return f"({', '.join(fields)})"
    return ""
