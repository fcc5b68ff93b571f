"""Turn a deployment into Terraform JSON: ``manifest.json`` and one folder a stack.

Synthesis runs in a temporary folder and its files are then brought to the output
folder, each in one step and only where it changed, so Terraform's own files there
(``.terraform``, the lock file, ``state/``) stay, and an interrupted synthesis
leaves the former files. The same input gives the same bytes; nothing in them
depends on the machine, the folder or the time. The files are cached under the hash
of everything they are made from, so an unchanged deployment needs neither cdktf
nor Node.

Importing this module imports neither the stacks nor cdktf.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jupyterhub_eks.synth import cache, files
from jupyterhub_eks.synth.manifest import SynthesizedStack, read_stacks
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable

    from cdktf import App

    from jupyterhub_eks.config.deployment import Deployment

__all__ = ["Build", "Composition", "SynthResult", "SynthesizedStack", "synthesize"]


class Build(Protocol):
    """Makes the stacks of a deployment in a CDKTF app."""

    def __call__(self, app: App, deployment: Deployment, *, protect_data: bool) -> object:
        """Add every stack to ``app``; what is returned is not used."""


def _load_registry() -> Build:
    from stacks import registry  # noqa: PLC0415 - imports cdktf; bindings must be prepared

    build: Build = registry.build
    return build


def _stacks_folder() -> Path:
    import stacks  # noqa: PLC0415 - beside _load_registry

    return Path(stacks.__path__[0])


@dataclass(frozen=True, kw_only=True)
class Composition:
    """What is synthesized.

    Attributes:
        load: Imports the code and returns its entry point; called after the
            bindings have been prepared, and not at all when the cache answers.
        sources: Files or folders that hold the code.
    """

    load: Callable[[], Build] = _load_registry
    sources: tuple[Path, ...] = field(default_factory=lambda: (_stacks_folder(),))


@dataclass(frozen=True, kw_only=True)
class SynthResult:
    """What a synthesis did.

    Attributes:
        stacks: The stacks, upstream first.
        cached: Whether the cache had the files, so that no stack code ran.
        seconds: Wall time.
    """

    stacks: tuple[SynthesizedStack, ...]
    cached: bool
    seconds: float


def synthesize(
    deployment: Deployment,
    out: Path,
    *,
    protect_data: bool,
    use_cache: bool = True,
    composition: Composition | None = None,
) -> SynthResult:
    """Write the stacks of ``deployment`` as Terraform JSON into ``out``.

    Args:
        deployment: Checked configuration.
        out: Folder for ``manifest.json`` and ``stacks/<stack>/cdk.tf.json``.
        protect_data: Set ``prevent_destroy`` on what holds users' data.
        use_cache: Use the files of an earlier synthesis of the same input, if there
            are any. They are remembered either way.
        composition: Other stacks than the project's own.

    Raises:
        StateError: ``out`` cannot be written.
        ToolError: Node cannot be started.
        DeployerError: Stacks depend on each other in a circle.
    """
    started = time.perf_counter()
    composition = composition or Composition()
    key = cache.key(deployment, composition.sources, protect_data=protect_data)
    root = cache_dir()
    tree = cache.read(root, key) if use_cache else None
    cached = tree is not None
    if tree is None:
        tree = _run(composition, deployment, root, protect_data=protect_data)
        cache.write(root, key, tree)
    stacks = read_stacks(tree, out)
    files.publish(tree, out)
    return SynthResult(stacks=stacks, cached=cached, seconds=time.perf_counter() - started)


def _run(
    composition: Composition, deployment: Deployment, cache_root: Path, *, protect_data: bool
) -> files.Tree:
    """Run cdktf and return the files it wrote."""
    from jupyterhub_eks import bindings  # noqa: PLC0415 - not needed when the cache answers

    usable = bindings.usable_cache(cache_root)
    bindings.install(composition.sources, usable)
    with tempfile.TemporaryDirectory(prefix="jhub-synth-") as folder:
        with bindings.node_process(usable):
            build = composition.load()
            from cdktf import App  # noqa: PLC0415 - starts Node

            app = App(outdir=folder)
            build(app, deployment, protect_data=protect_data)
            app.synth()
        return files.collect(Path(folder))
