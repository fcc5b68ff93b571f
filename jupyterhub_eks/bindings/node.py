"""The Node child that jsii talks to: which binary, which settings, when it ends.

jsii starts it when the first assembly is loaded and ends it at the interpreter's
exit. A command like ``jhub deploy`` runs Terraform for many minutes after
synthesis, so a child (about 120 MB) of our own takes its place for the synthesis
only, and a later synthesis in the same process starts another.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.packaged_node import packaged_node
from jupyterhub_eks.workspace import require_temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# cdktf takes these from the environment, so that equal input could give other output.
_IGNORED: Final = (
    "CDKTF_CONTEXT_JSON",
    "CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS",
    "CDKTF_TARGET_STACK_ID",
    "SYNTH_HCL_OUTPUT",
)
# In this order: an assembly is loaded after those it depends on.
_FOUNDATIONS: Final = ("constructs", "cdktf")
# Variables by which Node lets itself be changed, or jsii another Node be chosen.
_BLAMED: Final = ("NODE_OPTIONS", "JSII_NODE", "NODE_PATH")


@contextlib.contextmanager
def node_process(cache: Path) -> Iterator[None]:
    """Let jsii use a Node child inside the block, which ends with it.

    Objects of cdktf belong to the child, so they are dead after the block.

    Args:
        cache: Writable folder in which jsii keeps unpacked npm packages (its own
            default refuses to work in a home that others may write to; without any
            the unpacking of cdktf costs 0.3 s each time).

    Raises:
        PreflightError: ``TMPDIR``, where jsii unpacks itself, cannot be used.
        ToolError: Node cannot be started, or ended before its time.
    """
    require_temporary_folder(os.environ)
    hint = _hint(os.environ)
    with node_environment(cache):
        node = os.environ.get("JSII_NODE", "node")
        if shutil.which(node) is None:
            raise ToolError(f"Node cannot be started from {node!r}", hint=hint)
        try:
            with _own_child():
                yield
        except (BrokenPipeError, json.JSONDecodeError) as error:
            # jsii reads an empty answer, or cannot write, when the child is gone.
            if getattr(error, "doc", ""):
                raise
            raise ToolError(f"Node ({node}) ended unexpectedly", hint=hint) from error


def _hint(environ: Mapping[str, str]) -> str:
    """Return what to do when Node fails, from what the user has set."""
    blamed = [f"{name} (it is {environ[name]!r})" for name in _BLAMED if environ.get(name)]
    if blamed:
        return f"unset {' and '.join(blamed)} and run the same command again"
    return "run the same command again; if Node ends again, is there memory left for it?"


def _settings(cache: Path) -> dict[str, str]:
    settings = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii")}
    binary = packaged_node()
    if binary is not None:
        settings["JSII_NODE"] = str(binary)
        # Which Node is packaged is our choice, so neither its age nor what its age
        # makes of cdktf's own JavaScript (DEP0044) is news to the user.
        settings["NODE_NO_WARNINGS"] = "1"
        settings["JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION"] = "1"
        settings["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    return {name: value for name, value in settings.items() if not os.environ.get(name)}


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


@contextlib.contextmanager
def _own_child() -> Iterator[None]:
    """Put a child of our own behind jsii's kernel for the block."""
    try:
        import jsii  # noqa: PLC0415 - 0.08 s, and not needed when the cache answers
        from jsii._kernel.providers.process import ProcessProvider, _NodeProcess  # noqa: PLC0415
        from jsii._reference_map import _refs  # noqa: PLC0415
        from jsii._runtime import kernel  # noqa: PLC0415
    except ImportError:
        # Another jsii than the one in the lock file may name its parts otherwise;
        # then the child lives until the process ends, as jsii has it.
        yield
        return
    make_child: Any = _NodeProcess  # jsii has no annotations there
    child = make_child()

    class OwnProvider(ProcessProvider):
        _process = child

    provider, references = kernel.provider, dict(_refs._refs)  # noqa: SLF001 - no public way
    try:
        child.start()
        kernel.provider = OwnProvider()
        # References count from the start again in each child.
        _refs._refs.clear()  # noqa: SLF001
        for assembly in _loaded_assemblies():
            jsii.JSIIAssembly.load(
                assembly.name, assembly.version, assembly.module, assembly.filename
            )
        yield
    finally:
        kernel.provider = provider
        _refs._refs.clear()  # noqa: SLF001
        _refs._refs.update(references)  # noqa: SLF001
        _end(child)


def _loaded_assemblies() -> list[Any]:
    """Return the assemblies that modules imported so far rely on, in loading order."""
    loaded = {
        name.removesuffix("._jsii"): module.__jsii_assembly__
        for name, module in list(sys.modules.items())
        if name.endswith("._jsii") and hasattr(module, "__jsii_assembly__")
    }
    last = len(_FOUNDATIONS)
    ranks = {name: rank for rank, name in enumerate(_FOUNDATIONS)}
    return [loaded[name] for name in sorted(loaded, key=lambda name: (ranks.get(name, last), name))]


def _end(child: Any) -> None:
    """End a child in good order, or by force if it no longer listens."""
    try:
        child.stop()
    except OSError:
        child._process.kill()  # noqa: SLF001 - no public way
        child._process.wait()  # noqa: SLF001
