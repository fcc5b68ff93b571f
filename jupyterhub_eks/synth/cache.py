"""Remember synthesized files by the hash of everything they are made from."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.bindings.caching import read_checked, write_checked
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.told import told_of
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.synth.files import Tree

# Files of one synthesis are about 0.3 MB.
_KEPT: Final = 16
_DATA_FOLDERS: Final = ("helm_values", "karpenter")
_DISTRIBUTIONS: Final = (
    "cdktf",
    "cdktf-cdktf-provider-aws",
    "cdktf-cdktf-provider-helm",
    "cdktf-cdktf-provider-kubernetes",
    "constructs",
    "jsii",
)


def key(deployment: Deployment, sources: Iterable[Path], *, protect_data: bool) -> str:
    """Return the hash of all input of a synthesis, as 64 hexadecimal digits.

    Besides the configuration that is the code in ``sources``, this package (the
    whole of it, since a stack may use any module below it), the data files, and
    the versions of cdktf, jsii and the bindings, and what users are told of prices.
    """
    digest = hashlib.sha256()
    _feed(digest, deployment.model_dump_json().encode())
    _feed(digest, str(protect_data).encode())
    # Prices can be asked for anew, and users read them.
    _feed(digest, repr(told_of(deployment, catalog())).encode())
    for name in _DISTRIBUTIONS:
        _feed(digest, f"{name} {_version(name)}".encode())
    package = Path(__file__).parent.parent
    data = [data_root() / folder for folder in _DATA_FOLDERS]
    for root in (package, *data, *sources):
        for path in _files(root):
            _feed(digest, path.relative_to(root.parent).as_posix().encode())
            _feed(digest, path.read_bytes())
    return digest.hexdigest()


def read(root: Path, cache_key: str) -> Tree | None:
    """Return the files remembered under a key; ``None`` if none are, or not intact."""
    content = read_checked(_file(root, cache_key))
    if content is None:
        return None
    texts: dict[str, str] = json.loads(content)
    return {name: text.encode() for name, text in texts.items()}


def write(root: Path, cache_key: str, tree: Tree) -> None:
    """Remember files under a key, and forget the oldest.

    A cache that cannot be written only costs the next run its time, so that is not
    an error.
    """
    content = json.dumps({name: data.decode() for name, data in tree.items()}).encode()
    path = _file(root, cache_key)
    try:
        write_checked(path, content)
        _forget_oldest(path.parent)
    except OSError:
        return


def _forget_oldest(folder: Path) -> None:
    newest_first = sorted(
        folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in newest_first[_KEPT:]:
        for each in folder.glob(f"{path.name}*"):
            each.unlink(missing_ok=True)


def _file(root: Path, cache_key: str) -> Path:
    return root / "synth" / f"{cache_key}.json"


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _feed(digest: hashlib._Hash, part: bytes) -> None:
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    digest.update(len(part).to_bytes(8, "big"))
    digest.update(part)
