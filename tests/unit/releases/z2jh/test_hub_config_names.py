"""What runs in the hub shares its names: the chart executes all files in one scope."""

from __future__ import annotations

import ast
from collections import Counter

from jupyterhub_eks.resources import data_root


def test_no_file_takes_the_name_of_another_ones_function() -> None:
    """A function or class of one file, called later, is not that of a file after it."""
    names = Counter(
        node.name
        for path in (data_root() / "helm_values" / "hub-config").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
    assert len(names) > 20
    assert [name for name, count in names.items() if count > 1] == []
