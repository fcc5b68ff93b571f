"""Make the pre-built provider bindings cheap to import.

The stock way to import one class of ``cdktf_cdktf_provider_aws`` runs the package's
``__init__``, which imports all of its 2,212 submodules (about 8 s, 600 MB), and
hands jsii an assembly that describes all of them (131 MB of JSON, about 4 s in
Node). A deployment uses some forty of them, so both are avoided:

1. :mod:`.importing` puts a finder in front of Python's own. It makes the root
   package an empty shell with the right ``__path__``, so that only ``_jsii`` and
   the submodules that are named get loaded.
2. :mod:`.trimming` cuts the npm package inside the binding down to those
   submodules, once, and keeps it in the user's cache. The same finder lets the
   binding's ``_jsii`` package find the small file as its own resource; jsii
   itself is neither patched nor told.

Which submodules those are is read from the import statements of the stacks'
source (:mod:`.scanning`). :mod:`.node` starts and stops the Node child that jsii
talks to. A binding that is laid out in another way than expected is imported the
stock way, with a :class:`BindingsWarning`. The synthesized output is the same,
byte for byte, either way.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.bindings import importing
from jupyterhub_eks.bindings.caching import usable_cache
from jupyterhub_eks.bindings.layout import LayoutError, find_layout
from jupyterhub_eks.bindings.node import node_process
from jupyterhub_eks.bindings.scanning import used_submodules
from jupyterhub_eks.bindings.trimming import ensure_trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["PACKAGES", "BindingsWarning", "install", "node_process", "uninstall", "usable_cache"]

PACKAGES: Final = (
    "cdktf_cdktf_provider_aws",
    "cdktf_cdktf_provider_helm",
    "cdktf_cdktf_provider_kubernetes",
)


class BindingsWarning(UserWarning):
    """A binding is imported the stock way, which is slow but gives the same output."""


def install(
    sources: Iterable[Path], cache: Path, *, packages: Iterable[str] = PACKAGES
) -> tuple[str, ...]:
    """Prepare the fast import of ``packages`` for the code in ``sources``.

    Call it before that code is imported and while no :func:`node_process` runs. It
    may be called again with other sources.

    Args:
        sources: Files or folders of Python code whose imports say what is in use.
        cache: Writable folder (see :func:`usable_cache`) for the trimmed assemblies.
        packages: Import names of the bindings.

    Returns:
        The packages that will be imported the fast way. One that is not used, has
        been imported the stock way before, or has an unexpected layout is not among
        them; the last comes with a :class:`BindingsWarning`.
    """
    used = used_submodules(sources, packages)
    return tuple(name for name in packages if _install_one(name, used[name], cache))


def uninstall() -> None:
    """Take the finder out again; what has been imported stays imported."""
    importing.uninstall()


def _install_one(package: str, submodules: frozenset[str], cache: Path) -> bool:
    submodules |= importing.submodules_of(package)
    if not submodules or (package in sys.modules and not importing.is_fast(package)):
        return False
    try:
        layout = find_layout(package)
        folder = ensure_trimmed(layout, submodules, cache)
    except (LayoutError, OSError) as error:
        warnings.warn(f"{package} is imported the slow way: {error}", BindingsWarning, stacklevel=3)
        return False
    importing.register(package, layout.root, submodules, folder)
    return True
