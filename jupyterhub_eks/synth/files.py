"""Bring synthesized files to the output folder without disturbing what else is there.

Besides ``manifest.json`` that is, for each stack, ``cdk.tf.json`` and what it refers to:
the Helm charts of our own below ``assets/``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Contents by path relative to the output folder, with forward slashes.
Tree = dict[str, bytes]

MANIFEST: Final = "manifest.json"
STACK_FILE: Final = "cdk.tf.json"
ASSETS: Final = "assets"
_OURS: Final = re.compile(rf"{MANIFEST}|stacks/[^/]+/({STACK_FILE}|{ASSETS}/.+)")


def collect(folder: Path) -> Tree:
    """Return the files that cdktf wrote into ``folder``.

    Raises:
        RuntimeError: There is a file that :func:`publish` would not bring along, one
            that names the temporary folder, or one that is not text; each is a bug in a
            stack.
    """
    tree: Tree = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(folder).as_posix()
        if not _OURS.fullmatch(name):
            raise RuntimeError(f"synthesis wrote the unexpected file {name!r}")
        tree[name] = path.read_bytes()
        if str(folder).encode() in tree[name]:
            raise RuntimeError(f"{name!r} names the folder in which it was synthesized")
        if not _is_text(tree[name]):
            raise RuntimeError(f"{name!r} is not text in UTF-8")
    return tree


def publish(tree: Tree, out: Path) -> None:
    """Make ``out`` hold the files of ``tree``.

    A stack's assets come before its ``cdk.tf.json``, which refers to them, and the
    manifest comes last. A file whose content is the same is not touched. What a former
    synthesis wrote and ``tree`` does not have is removed, with the folders that this
    empties.

    Raises:
        StateError: A file cannot be read or written.
    """
    try:
        for name in sorted(tree, key=_rank):
            _write_if_changed(out / name, tree[name])
        for path in _published(out):
            if path.relative_to(out).as_posix() not in tree:
                path.unlink()
                _remove_empty(path.parent, out / "stacks")
    except OSError as error:
        raise StateError(
            f"the synthesized stacks cannot be written to {str(out)!r}",
            cause=str(error),
            hint="make room or correct the permissions there, and run the command again",
        ) from error


def _rank(name: str) -> tuple[int, str]:
    if name == MANIFEST:
        return 2, name
    return int(name.endswith(f"/{STACK_FILE}") and name.count("/") == 2), name


def _published(out: Path) -> Iterator[Path]:
    for stack in sorted(out.glob("stacks/*")):
        # Read before the first is removed: assets first, so that their folders are empty.
        assets = sorted(path for path in (stack / ASSETS).rglob("*") if not path.is_dir())
        yield from assets
        if (stack / STACK_FILE).is_file():
            yield stack / STACK_FILE


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _write_if_changed(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
