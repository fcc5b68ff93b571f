"""Run a preview: two processes that live and end with this one."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.children import PROXY, start_hub, start_proxy
from jupyterhub_eks.preview.document import LOOPBACK, SIGN, sign_of
from jupyterhub_eks.preview.ending import end_processes, kill_processes
from jupyterhub_eks.preview.files import unwritable
from jupyterhub_eks.preview.mending import mend_hub, mend_proxy
from jupyterhub_eks.preview.ports import listener, require_free
from jupyterhub_eks.preview.record import RunRecord, recorded
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyterhub_eks.preview.children import Child
    from jupyterhub_eks.preview.document import Document
    from jupyterhub_eks.preview.files import PreviewFiles
    from jupyterhub_eks.preview.making import Ports
    from jupyterhub_eks.preview.proxy_program import ProxyProgram

LOGIN_PAGE: Final = "/hub/login"
_READY_SECONDS: Final = 90.0
_READY_POLL_SECONDS: Final = 0.05
_WATCH_SECONDS: Final = 0.25
_ANSWER_SECONDS: Final = 10.0
_REAP_SECONDS: Final = 5.0
# The page itself, or the way to the identity provider.
_ANSWERS: Final = frozenset({200, 302})
# In the words of Node.
_NO_PORT: Final = "EADDRINUSE"


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What is run.

    Attributes:
        files: Where the state lies.
        ports: Where things listen.
        python: Of the hub's environment.
        proxy: The proxy.
        document: What the hub is told.
    """

    files: PreviewFiles
    ports: Ports
    python: Path
    proxy: ProxyProgram
    document: Document = field(repr=False)


def serve(what: Serving, on_ready: Callable[[float], bool]) -> None:
    """Run the preview until it is interrupted, or done; then nothing of it runs any more.

    Args:
        what: What is run. The caller holds its state.
        on_ready: Called once, when the login page answers, with the seconds that it took;
            returns whether the preview is to go on.

    Raises:
        PreviewError: A process cannot be started, or has ended by itself.
        StateError: The state cannot be written.
        KeyboardInterrupt: The user has had enough.
    """
    started = time.monotonic()
    children: list[Child] = []
    _write(what.files.document, json.dumps(what.document))
    try:
        _note(what.files, children)
        # Minutes may have passed since it was free: an installation, a question.
        require_free(what.ports.public)
        children.append(start_proxy(what.files, what.proxy, what.ports))
        _note(what.files, children)
        children.append(start_hub(what.files, what.python))
        _note(what.files, children)
        _await_ready(what, children)
        goes_on = on_ready(time.monotonic() - started)
        while goes_on:
            _require_alive(children)
            time.sleep(_WATCH_SECONDS)
    finally:
        _end(what.files, children)


@dataclass(frozen=True)
class Answer:
    """What answers on a port.

    Attributes:
        status: That of the login page; 0 if nothing answers.
        sign: By which the hub of a preview is known; empty if it is none.
    """

    status: int = 0
    sign: str = ""


def answer(port: int) -> Answer:
    """Ask for the login page."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", LOGIN_PAGE)
        response = connection.getresponse()
        return Answer(response.status, response.headers.get(SIGN, ""))
    except (OSError, http.client.HTTPException):
        return Answer()
    finally:
        connection.close()


def _await_ready(what: Serving, children: list[Child]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    found, sign = Answer(), sign_of(what.document)
    while time.monotonic() < deadline:
        _require_alive(children, what)
        _require_port(what.ports.public, children[0])
        found = answer(what.ports.public)
        if found.status in _ANSWERS:
            if found.sign != sign:
                raise _taken(what.ports.public, children[0])
            return
        time.sleep(_READY_POLL_SECONDS)
    hub = children[-1]
    raise PreviewError(
        f"the login page answers with {found.status}"
        if found.status
        else f"the hub does not answer within {_READY_SECONDS:g} s",
        cause=hub.why_it_ended(),
        hint="run the same command again; its log has the whole story",
        log=str(hub.log),
    )


def _require_port(port: int, proxy: Child) -> None:
    """Check that the proxy, which lives on without its port, has it."""
    if _NO_PORT in proxy.words():
        raise _taken(port, proxy)


def _taken(port: int, proxy: Child) -> PreviewError:
    who = listener(port)
    return PreviewError(
        f"another program took port {port} of this machine while the preview started",
        cause=f"{who} listens there" if who else "something else answers there",
        hint="end it, or choose another port with --port",
        log=str(proxy.log),
    )


def _require_alive(children: list[Child], starting: Serving | None = None) -> None:
    for each in children:
        if each.process.poll() is not None:
            hint = _mended(each, starting) if starting else ""
            raise PreviewError(
                f"the {each.name} of the preview {each.how_it_ended()}",
                cause=each.why_it_ended(),
                hint=hint or "everything else was ended too; run the same command again",
                log=str(each.log),
            )


def _mended(child: Child, what: Serving) -> str:
    """Return what to do if a process has ended because something of it is gone."""
    if child.name == PROXY:
        return mend_proxy(what.proxy, child.words())
    return mend_hub(what.python)


def _end(files: PreviewFiles, children: list[Child]) -> None:
    """End all; without patience when the user asks again."""
    records = [each.record for each in children]
    try:
        end_processes(files, records)
    except KeyboardInterrupt:
        kill_processes(files, records)
    for each in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            each.process.wait(_REAP_SECONDS)


def _note(files: PreviewFiles, children: list[Child]) -> None:
    record = RunRecord(recorded("jhub", os.getpid()), tuple(each.record for each in children))
    _write(files.record, record.text())


def _write(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise unwritable(path, error) from error
