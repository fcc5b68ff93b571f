"""What this machine can do to keep servers apart: found out by a server that does nothing."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.hub.enclosed import PLAIN, ROOT, USER
from jupyterhub_eks.preview.hub.server_process import ServerProcess

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.hub.enclosed import Enclosure

_LOG: Final = "walls.log"


@dataclass(frozen=True)
class Apart:
    """How servers are kept apart.

    Attributes:
        kind: As :class:`Enclosure` has it.
        why: Why not better; empty if they are apart.
    """

    kind: str
    why: str = ""


async def apart_here(tried: Enclosure, state: Path) -> Apart:
    """Return how servers can be kept apart here.

    Args:
        tried: A server, whose file system is tried with a program that ends at once.
        state: Where a log may be written.
    """
    if sys.platform != "linux":
        return Apart(PLAIN, "only Linux can do more")
    why = ""
    for kind in (ROOT, USER) if os.geteuid() == 0 else (USER,):
        nothing: Enclosure = {**tried, "kind": kind, "argv": [tried["argv"][0], "-c", ""]}
        process = ServerProcess(nothing, state / "logs" / _LOG)
        await process.start()
        if await process.ended() == 0:
            return Apart(kind)
        why = process.last_words().splitlines()[-1]
    return Apart(PLAIN, why)
