"""The proxy before the hub: configurable-http-proxy of npm, as in the chart, from a lock file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.preview.installing import (
    STAMP,
    Installed,
    Installing,
    follow,
    installing,
    not_writable,
)
from jupyterhub_eks.tools.packaged_node import packaged_node, packaged_npm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.preview.installing import InstallSink

WHAT: Final = "configurable-http-proxy"
_LOCKED: Final = Path(__file__).with_name("proxy")
_FILES: Final = ("package.json", "package-lock.json")
_SCRIPT: Final = "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
_DIGITS: Final = 12
_HINT: Final = "install Node 20 or newer with npm, or install the project again with ./install.sh"


@dataclass(frozen=True)
class ProxyProgram:
    """A Node and the proxy's script for it."""

    node: Path
    script: Path


def ensure_proxy(
    cache: Path, emit: InstallSink, environ: Mapping[str, str] | None = None
) -> ProxyProgram:
    """Return the proxy, installing it if need be.

    Args:
        cache: The cache folder of ``jhub``.
        emit: Told what happens.
        environ: The caller's environment; by default that of this process.

    Raises:
        ToolError: There is no Node or npm, or npm cannot install it.
    """
    env = os.environ if environ is None else environ
    content = b"\0".join((_LOCKED / name).read_bytes() for name in _FILES)
    folder = cache / "preview" / f"proxy-{hashlib.sha256(content).hexdigest()[:_DIGITS]}"
    node = _node(env)
    with installing(folder, _SCRIPT, WHAT, emit) as is_missing:
        if is_missing:
            _install(folder, _npm(node, env), env, emit)
    return ProxyProgram(node, folder / _SCRIPT)


def folder_of(program: ProxyProgram) -> Path:
    """Return the folder into which the proxy was installed."""
    return program.script.parents[len(Path(_SCRIPT).parts) - 1]


def _node(environ: Mapping[str, str]) -> Path:
    """Return the Node that came with us, of a version that is known to do; else the machine's."""
    if packaged := packaged_node():
        return packaged
    if found := shutil.which("node", path=environ.get("PATH")):
        return Path(found)
    raise ToolError(f"there is no Node for {WHAT}", hint=_HINT)


def _npm(node: Path, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the machine's npm, which knows from where packages are fetched here; else ours."""
    path = environ.get("PATH")
    if (found := shutil.which("npm", path=path)) and shutil.which("node", path=path):
        return (found,)
    if script := packaged_npm():
        return (str(node), str(script))
    raise ToolError(f"there is no npm to install {WHAT}", hint=_HINT)


def _install(
    folder: Path, npm: tuple[str, ...], environ: Mapping[str, str], emit: InstallSink
) -> None:
    started = time.monotonic()
    emit(Installing(WHAT, 0, 0))
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".proxy-") as name:
            draft = Path(name) / folder.name
            draft.mkdir()
            for file in _FILES:
                shutil.copy(_LOCKED / file, draft / file)
            _run_npm(npm, draft, environ)
            (draft / STAMP).touch()
            shutil.rmtree(folder, ignore_errors=True)
            draft.replace(folder)
    except OSError as error:
        raise not_writable(folder, error) from error
    emit(Installed(WHAT, time.monotonic() - started))


def _run_npm(npm: tuple[str, ...], folder: Path, environ: Mapping[str, str]) -> None:
    options = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    code, said = follow([*npm, "ci", *options], cwd=folder, env=environ, on_line=lambda _line: None)
    if code or not (folder / _SCRIPT).is_file():
        raise ToolError(
            f"npm could not install {WHAT}",
            cause=said,
            hint="mend it (no network, a proxy, a full disk?) and run the same command again",
        )
