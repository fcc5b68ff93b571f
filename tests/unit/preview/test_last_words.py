"""A process that has ended is quoted with the one line that says why."""

from __future__ import annotations

import pytest

from jupyterhub_eks.preview.last_words import why

PYTHON = """\
[I 2026-11-22 16:00:00.000 JupyterHub app:3307] Running JupyterHub version 5.5.0
Traceback (most recent call last):
  File "<frozen runpy>", line 198, in _run_module_as_main
  File "hub/__main__.py", line 11, in <module>
    from jupyterhub.app import JupyterHub
ModuleNotFoundError: No module named 'jupyterhub'
"""
CHAINED = """\
[E 2026-11-22 16:00:00.000 JupyterHub app:3852]
    Traceback (most recent call last):
      File "app.py", line 3849, in launch_instance_async
        await self.initialize(argv)
    KeyError: 'first'

    During handling of the above exception, another exception occurred:

    Traceback (most recent call last):
      File "app.py", line 3849, in launch_instance_async

    ValueError: mended soon
      in two lines
[D 2026-11-22 16:00:00.000 JupyterHub application:1075] Exiting application: jupyterhub
"""
NODE = """\
node:internal/modules/esm/resolve:873
  throw new ERR_MODULE_NOT_FOUND(packageName, fileURLToPath(base), null);
        ^

Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'commander' imported from bin/proxy
    at packageResolve (node:internal/modules/esm/resolve:873:9)
    at ModuleJob._link (node:internal/modules/esm/module_job:168:49) {
  code: 'ERR_MODULE_NOT_FOUND'
}

Node.js v20.20.2
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PYTHON, "ModuleNotFoundError: No module named 'jupyterhub'"),
        (CHAINED, "ValueError: mended soon"),
        (
            NODE,
            "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'commander' imported from bin/proxy",
        ),
        ("TypeError: x is not a function\n    at main\n", "TypeError: x is not a function"),
    ],
)
def test_an_exception_is_told_by_its_own_line(text: str, line: str) -> None:
    """The last of several, without the calls that led to it."""
    assert why(text) == line


@pytest.mark.parametrize(
    "text", ["", "cannot bind\nended", "Traceback (most recent call last):\n  File 'cut off'"]
)
def test_without_an_exception_the_last_lines_are_told(text: str) -> None:
    """All there is, if that is little."""
    assert why(text) == text


def test_an_exception_that_was_survived_is_no_reason() -> None:
    """What was written long after it is nearer to the end."""
    lines = [f"line {n}" for n in range(40)]

    assert why(PYTHON + "\n".join(lines)) == "\n".join(lines[-12:])
