"""D36: no page, script or message names a file, module, command or option that is not there."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.registry import ENTRIES, build_command, load_command
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROOT = data_root()
# What is made by running something, or is no part of a checkout.
MADE = {"terraform", "state", "out"}
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
MODULE = re.compile(r"python3? -m ([\w.]+)")
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


def tracked(*endings: str) -> list[Path]:
    """Return the files of the checkout with one of the endings."""
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in endings
        and path.is_file()
        and not any(
            part.startswith(".") or part in MADE for part in path.relative_to(ROOT).parts[:-1]
        )
    ]


def dangling(text: str, folder: Path) -> list[str]:
    """Return what a page names that is not there.

    Args:
        text: The page.
        folder: Where it lies; its links are relative to it.
    """
    found = [link for link in LINK.findall(text) if not (folder / link).exists()]
    for span in SPAN.findall(text):
        found += _missing_path(span, folder)
    lines = [
        *SPAN.findall(text),
        *(line for code in FENCE.findall(text) for line in code.split("\n")),
    ]
    for line in lines:
        found += _missing_command(line)
        found += [name for name in MODULE.findall(line) if not _is_module(name)]
    return found


def _missing_path(span: str, folder: Path) -> Iterator[str]:
    """Yield a path whose first folder is one of the project, and which is not there."""
    here = span.startswith("./")
    first, _, rest = span.partition("/")
    # `owner/name` is a repository of somebody: files have a dot, folders end in a slash.
    is_path = re.fullmatch(r"[\w.-]+/[\w./-]*", span) and ("." in rest or span.endswith("/"))
    homes = (ROOT, ROOT / "jupyterhub_eks", folder)
    ours = here or any((home / first).exists() for home in homes)
    if is_path and ours and not any((home / span).exists() for home in homes):
        yield span


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _missing_command(line: str) -> Iterator[str]:
    """Yield what is wrong with ``jhub …`` in a line of code."""
    match = re.match(r"(?:\$ )?jhub ([a-z][^#|&;]*)", line.strip())
    if not match:
        return
    words = match[1].split()
    known = commands().get(words[0])
    if known is None:
        yield f"jhub {words[0]}"
        return
    yield from (f"jhub {words[0]} {each}" for each in OPTION.findall(match[1]) if each not in known)


@cache
def commands() -> dict[str, set[str]]:
    """Return the options of each command; of a group, those of all that is in it."""
    build_command()
    return {entry.name: set(_options(load_command(entry.name))) for entry in ENTRIES}


def _options(command: Any) -> Iterator[str]:
    yield from ("--help", "-h")
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    for inner in getattr(command, "commands", {}).values():
        yield from _options(inner)


@pytest.mark.parametrize("page", tracked(".md"), ids=lambda path: str(path.relative_to(ROOT)))
def test_d36_pages_name_what_is_there(page: Path) -> None:
    """Every link, path, module, command and option of a page exists."""
    assert dangling(page.read_text(encoding="utf-8"), page.parent) == []


def test_d36_messages_name_commands_that_are_there() -> None:
    """Every command that an error, a hint or a comment proposes exists, with its options."""
    found = {
        f"{path.relative_to(ROOT)}: {each}"
        for path in tracked(".py", ".yaml", ".sh")
        if path.relative_to(ROOT).parts[0] != "tests"
        for span in SPAN.findall(path.read_text(encoding="utf-8"))
        for each in _missing_command(span)
    }
    assert found == set()


def test_d36_scripts_name_files_that_are_there() -> None:
    """What the scripts of the checkout run is part of it."""
    for script in tracked(".sh"):
        named = re.findall(r'"\$root/([\w./-]+)"', script.read_text(encoding="utf-8"))
        found = [each for each in named if not each.startswith(".venv")]
        assert [each for each in found if not (ROOT / each).exists()] == []
        assert named, script


@pytest.mark.parametrize(
    "text",
    [
        "see [the page](docs/absent.md)",
        "change `jupyterhub_eks/config/rules.py`",
        "run `./uninstall.sh`",
        "run `jhub remove`",
        "```sh\njhub deploy --absent\n```",
        "```\n$ jhub local cluster --nowhere\n```",
        "run `python -m jupyterhub_eks.absent`",
    ],
)
def test_d36_is_noticed(text: str) -> None:
    """A link, a path, a command, an option and a module that do not exist are found."""
    assert dangling(text, ROOT) != []
