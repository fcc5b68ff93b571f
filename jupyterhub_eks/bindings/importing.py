"""A finder that imports a binding without its root and with a trimmed assembly.

It uses nothing but Python's import protocol: the root package gets a loader that
runs no code; ``_jsii`` gets the usual loader with another resource reader, through
which jsii's own ``importlib.resources`` look-up of the npm package ends at the
trimmed one; every other submodule goes to Python's own finder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.resources.abc import TraversableResources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType


@dataclass(frozen=True, kw_only=True)
class _Entry:
    root: Path
    submodules: frozenset[str]
    resources: Path


class _ShellLoader(Loader):
    """Leaves the root package empty."""

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""


class _Resources(TraversableResources):
    """The folder with the trimmed npm package, as the resources of ``_jsii``."""

    def __init__(self, package: str) -> None:
        self._package = package

    def files(self) -> Path:
        """Return the folder; looked up late, so that a larger set replaces a smaller."""
        return _finder.entries[self._package].resources


class _JsiiLoader(SourceFileLoader):
    """The usual loader of ``_jsii``, with the trimmed npm package as its resource."""

    def get_resource_reader(self, name: str | None = None) -> _Resources:  # type: ignore[override]
        """Return the reader that ``importlib.resources`` asks for."""
        return _Resources((name or self.name).partition(".")[0])


class _Finder(MetaPathFinder):
    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return specs for the roots and ``_jsii`` of registered bindings."""
        package, _, rest = fullname.partition(".")
        entry = self.entries.get(package)
        if entry is None:
            return None
        if not rest:
            spec = ModuleSpec(fullname, _ShellLoader(), is_package=True)
            spec.submodule_search_locations = [str(entry.root)]
            return spec
        if rest == "_jsii":
            found = PathFinder.find_spec(fullname, path, target)
            if found is not None and found.origin is not None:
                found.loader = _JsiiLoader(fullname, found.origin)
            return found
        if rest.partition(".")[0] not in entry.submodules:
            raise ModuleNotFoundError(
                f"{fullname} is not in the trimmed assembly, because no import statement in the"
                " stacks names it; import it there by name",
                name=fullname,
            )
        return None


_finder: Final = _Finder()


def register(package: str, root: Path, submodules: frozenset[str], resources: Path) -> None:
    """Import ``package`` the fast way from now on.

    Args:
        package: Import name of the binding.
        root: Its folder.
        submodules: Those that its trimmed assembly describes.
        resources: Folder with the trimmed npm package.
    """
    _finder.entries[package] = _Entry(root=root, submodules=submodules, resources=resources)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def is_fast(package: str) -> bool:
    """Return whether ``package`` is imported the fast way."""
    return package in _finder.entries


def submodules_of(package: str) -> frozenset[str]:
    """Return the submodules for which ``package`` has been registered so far."""
    entry = _finder.entries.get(package)
    return entry.submodules if entry else frozenset()


def uninstall() -> None:
    """Forget every registration and leave Python's import system."""
    _finder.entries.clear()
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
