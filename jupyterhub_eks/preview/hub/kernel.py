"""Calls of Linux that Python 3.11 has no name for."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

# <sched.h>
CLONE_NEWNS: Final = 0x00020000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
# <sys/mount.h>
MS_RDONLY: Final = 1
MS_NOSUID: Final = 2
MS_NODEV: Final = 4
MS_NOEXEC: Final = 8
MS_REMOUNT: Final = 32
MS_NOATIME: Final = 1024
MS_BIND: Final = 4096
MS_REC: Final = 16384
MS_PRIVATE: Final = 1 << 18
MS_RELATIME: Final = 1 << 21
# <sys/prctl.h>
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_PR_SET_NO_NEW_PRIVS: Final = 38

# Elsewhere there is none of all that, and servers run without walls.
_IS_LINUX: Final = sys.platform == "linux"
# Flags of a mount that whoever mounts it once more may not take away (statvfs's names for them).
_KEPT: Final = {
    2: MS_NOSUID,
    4: MS_NODEV,
    8: MS_NOEXEC,
    1024: MS_NOATIME,
    4096: MS_RELATIME,
}


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave what is shared with the parent.

    Raises:
        OSError: It is not allowed.
    """
    _call("unshare", flags)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount something.

    Raises:
        OSError: It is not allowed, or not there; names the target.
    """
    places = (os.fsencode(source), os.fsencode(target), kind.encode())
    try:
        _call("mount", *places, ctypes.c_ulong(flags), options.encode())
    except OSError as error:
        raise OSError(error.errno, error.strerror, target) from None


def bind(source: str, target: str, *, read_only: bool) -> None:
    """Show a folder or file, with what is mounted below it, at another place too.

    Raises:
        OSError: It is not allowed, or not there.
    """
    mount(source, target, flags=MS_BIND | MS_REC)
    if read_only:
        found = os.statvfs(target).f_flag
        kept = sum(flag for told, flag in _KEPT.items() if found & told)
        mount("none", target, flags=MS_REMOUNT | MS_BIND | MS_RDONLY | kept)


def die_with_parent() -> None:
    """Ask for SIGKILL when the parent ends; a change of user after it takes that back."""
    if _IS_LINUX:
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def gain_nothing() -> None:
    """Let no program that is executed from now on give any right."""
    if _IS_LINUX:
        _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of whatever descendants lose theirs."""
    if _IS_LINUX:
        _call("prctl", _PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
