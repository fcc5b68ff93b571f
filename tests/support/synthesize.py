"""Synthesize in a process of its own.

``python -m tests.support.synthesize [--use-cache] WAY OUT...``

``WAY`` is ``stock`` for cdktf alone, or ``fast`` for the project's own synthesis.
Each ``OUT`` folder gets what its name says: ``project`` the stacks of a deployment
with Cognito login, ``bindings`` those of :mod:`tests.support.every_binding`. A line
of JSON ends the output: wall time (s), peak memory of this process and of Node (MiB).
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jupyterhub_eks.bindings import usable_cache
from jupyterhub_eks.bindings.node import node_environment
from jupyterhub_eks.config.access import AccessConfig
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.synth import Composition, synthesize
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from jupyterhub_eks.synth import Build

_ROOT = Path(__file__).resolve().parents[2]
_MODULES = {
    "project": ("stacks.registry", _ROOT / "stacks"),
    "bindings": ("tests.support.every_binding", _ROOT / "tests/support/every_binding.py"),
}


def _deployment() -> Deployment:
    settings = DeploymentFile(
        auth=CognitoAuth(type="cognito"), access=AccessConfig(domain="hub.example.org")
    )
    return Deployment(settings=settings, profiles=ProfilesFile())


def _load(module: str) -> Build:
    return cast("Build", importlib.import_module(module).build)


def _stock(out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    with node_environment(usable_cache(cache_dir())):  # the same Node, and no more than that
        build = _load(_MODULES[out.name][0])
        from cdktf import App  # noqa: PLC0415 - the fast way must come before it

        app = App(outdir=str(out))
        build(app, _deployment(), protect_data=True)
        app.synth()


def _fast(out: Path, *, use_cache: bool = False) -> None:
    module, source = _MODULES[out.name]
    composition = Composition(load=lambda: _load(module), sources=(source,))
    synthesize(_deployment(), out, protect_data=True, use_cache=use_cache, composition=composition)


def _main(arguments: list[str]) -> None:
    use_cache = arguments[0] == "--use-cache"
    way, *folders = arguments[use_cache:]
    started = time.perf_counter()
    for folder in folders:
        if way == "stock":
            _stock(Path(folder))
        else:
            _fast(Path(folder), use_cache=use_cache)
    if way == "stock":  # a child's peak is known once it has ended
        importlib.import_module("jsii._runtime").kernel.provider._process.stop()
    figures = {
        "seconds": time.perf_counter() - started,
        "python_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "node_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
