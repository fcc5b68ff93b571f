"""What a preview has installed and lost since: it is found out, and installed anew the next time.

Nobody looks through thousands of files at every start, so the stamp of a folder is believed
until a process ends at its start.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.environment import WHAT as ENVIRONMENT
from jupyterhub_eks.preview.environment import forget_environment, packages_of_all
from jupyterhub_eks.preview.installing import STAMP
from jupyterhub_eks.preview.proxy_program import WHAT as PROXY_WHAT
from jupyterhub_eks.preview.proxy_program import folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.proxy_program import ProxyProgram

_LOOK_SECONDS: Final = 60.0
# Says which package, or which file of one, is not there; modules that were compiled do not count.
_LOOK: Final = """\
import sys
from importlib.metadata import PackageNotFoundError, distribution
for name in sys.argv[1:]:
    try:
        files = distribution(name).files or ()
    except PackageNotFoundError:
        sys.exit(name)
    for each in files:
        if each.suffix != ".pyc" and not each.locate().exists():
            sys.exit(str(each))
"""
_NODE_LACKS: Final = re.compile(
    r"^Error(?: \[\w+\])?: Cannot find (?:module|package) ", re.MULTILINE
)


def mend_hub(python: Path) -> str:
    """Return what to do where the hub's environment is no longer whole; empty: it is.

    Args:
        python: Of the environment, which is made anew by the next command if need be.
    """
    if not _has_lost(python):
        return ""
    with contextlib.suppress(OSError):
        forget_environment(python)
        return _hint(ENVIRONMENT)
    return f"remove {python.parent.parent} and run the same command again"


def mend_proxy(program: ProxyProgram, said: str) -> str:
    """Return what to do where the proxy is no longer whole; empty: it is.

    Args:
        program: The proxy, which is installed anew by the next command if need be.
        said: What it has said.
    """
    if not _NODE_LACKS.search(said):
        return ""
    folder = folder_of(program)
    with contextlib.suppress(OSError):
        (folder / STAMP).unlink(missing_ok=True)
        return _hint(PROXY_WHAT)
    return f"remove {folder} and run the same command again"


def _has_lost(python: Path) -> bool:
    argv = [str(python), "-I", "-c", _LOOK, *packages_of_all()]
    try:
        done = subprocess.run(argv, capture_output=True, check=False, timeout=_LOOK_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    except OSError:
        return True
    return done.returncode != 0


def _hint(what: str) -> str:
    return (
        f"files of {what} are gone from the cache: run the same command again, "
        "which installs it anew"
    )
