"""Which submodules of a binding some Python code imports, by its import statements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def used_submodules(sources: Iterable[Path], packages: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return, by package, the names of its direct submodules that ``sources`` import.

    ``import P.vpc``, ``from P.vpc import Vpc`` and ``from P import vpc`` count, at
    any depth of the code. Nothing is imported.

    Raises:
        SyntaxError: A file is not Python.
    """
    found: dict[str, set[str]] = {package: set() for package in packages}
    for path in sorted(_python_files(sources)):
        tree = ast.parse(path.read_bytes(), filename=str(path))
        for dotted in _imported_names(tree):
            package, _, rest = dotted.partition(".")
            if rest and package in found:
                found[package].add(rest.partition(".")[0])
    return {package: frozenset(names) for package, names in found.items()}


def _python_files(sources: Iterable[Path]) -> Iterator[Path]:
    for source in sources:
        if source.is_dir():
            yield from source.rglob("*.py")
        else:
            yield source


def _imported_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            if "." in node.module:
                yield node.module
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
