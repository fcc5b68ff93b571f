"""Ports on 127.0.0.1 for the components of a control plane."""

from __future__ import annotations

import random
import socket
import time
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import LocalClusterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Below the ports that systems hand out to outgoing connections (Linux 32768, others 49152),
# so that a port which is free now is still free when a component asks for it.
FIRST: Final = 20000
LAST: Final = 31999
_TRIES: Final = 500
_PATIENCE_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.02


def is_free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose_ports(
    names: Iterable[str], former: Mapping[str, int], held: frozenset[str]
) -> dict[str, int]:
    """Return a port for each name: its former one where possible, else a free one.

    Args:
        names: What needs a port.
        former: Ports of the last run.
        held: Names whose former port is in use by themselves.

    Raises:
        LocalClusterError: No port is free.
    """
    chosen: dict[str, int] = {}
    for name in names:
        port = former.get(name, 0)
        taken = set(chosen.values())
        if not port or port in taken or (name not in held and not _becomes_free(port)):
            port = _free_port(taken | set(former.values()))
        chosen[name] = port
    return chosen


def _becomes_free(port: int) -> bool:
    """Wait a moment for a port: of a killed process the last thread lets go of it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _free_port(taken: set[int]) -> int:
    for _ in range(_TRIES):
        port = random.randint(FIRST, LAST)  # noqa: S311 - spreads planes apart, guards nothing
        if port not in taken and is_free(port):
            return port
    raise LocalClusterError(
        "no port is free for the local Kubernetes",
        cause=f"{_TRIES} ports of 127.0.0.1 between {FIRST} and {LAST} are all in use",
        hint="end programs that listen there",
    )
