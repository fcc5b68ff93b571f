"""Bring synthesized files to the output folder without disturbing what else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from pathlib import Path

# Contents by path relative to the output folder, with forward slashes.
Tree = dict[str, bytes]

MANIFEST: Final = "manifest.json"
STACK_FILE: Final = "cdk.tf.json"


def collect(folder: Path) -> Tree:
    """Return the files that cdktf wrote into ``folder``.

    Raises:
        RuntimeError: There is a file that :func:`publish` would not bring along, or
            one that names the temporary folder; either is a bug in a stack.
    """
    tree: Tree = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(folder).as_posix()
        if name != MANIFEST and (path.name != STACK_FILE or not name.startswith("stacks/")):
            raise RuntimeError(f"synthesis wrote the unexpected file {name!r}")
        tree[name] = path.read_bytes()
        if str(folder).encode() in tree[name]:
            raise RuntimeError(f"{name!r} names the folder in which it was synthesized")
    return tree


def publish(tree: Tree, out: Path) -> None:
    """Make ``out`` hold the files of ``tree``; the manifest comes last.

    A file whose content is the same is not touched. ``cdk.tf.json`` of a stack that
    is no longer in ``tree`` is removed, and its folder if nothing else is in it.

    Raises:
        StateError: A file cannot be read or written.
    """
    try:
        for name in sorted(tree, key=lambda name: (name == MANIFEST, name)):
            _write_if_changed(out / name, tree[name])
        for path in out.glob(f"stacks/*/{STACK_FILE}"):
            if path.relative_to(out).as_posix() not in tree:
                path.unlink()
                if not any(path.parent.iterdir()):
                    path.parent.rmdir()
    except OSError as error:
        raise StateError(
            f"the synthesized stacks cannot be written to {str(out)!r}",
            cause=str(error),
            hint="make room or correct the permissions there, and run the command again",
        ) from error


def _write_if_changed(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
