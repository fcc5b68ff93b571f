"""Find Kubernetes' own OpenAPI in the cache, or bring it out of the package that carries it.

The package holds schemas of many versions in some 17,000 files. One file per version is
kept: it has all definitions of that version, which refer to nothing outside of it.
"""

from __future__ import annotations

import fcntl
import json
import tempfile
import time
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.replacing import replace_file
from jupyterhub_eks.tools.pinned_package import PinnedPackage, fetch_package
from jupyterhub_eks.versions import (
    KUBERNETES_VERSIONS,
    OPENAPI_PACKAGE,
    OPENAPI_PACKAGE_SHA256,
    OPENAPI_PACKAGE_VERSION,
)
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE: Final = PinnedPackage(OPENAPI_PACKAGE, OPENAPI_PACKAGE_VERSION, OPENAPI_PACKAGE_SHA256)
# `strict`: closed against fields that are not listed, as Kubernetes refuses them to Helm.
_MEMBER: Final = (
    "kubernetes_validate/kubernetes-json-schema/v{minor}.0-local-strict/_definitions.json"
)
_MINORS: Final = tuple(each.minor for each in KUBERNETES_VERSIONS)
_CARRIES: Final = "the OpenAPI of Kubernetes"
_WAYS: Final = (
    "let pip reach its package index, or copy the folder `openapi` of the cache "
    "(~/.cache/jhub, or JHUB_CACHE_DIR) from a machine where it does"
)
_PATIENCE_SECONDS: Final = 10
# How long a command that can do without does not ask again.
_PAUSE_SECONDS: Final = 24 * 3600


def _tell_nobody(_: str) -> None:
    """Say nothing."""


class SchemaStore:
    """Definitions by minor version of Kubernetes, in the cache.

    Any number of processes may use it at the same time: a file is there as a whole or not
    at all, and of several that bring one the first does it for all.
    """

    def __init__(
        self,
        root: Path | None = None,
        *,
        fetch: Callable[[Path], Path] | None = None,
        minors: tuple[str, ...] = _MINORS,
        clock: Callable[[], float] = time.time,
        tell: Callable[[str], None] = _tell_nobody,
    ) -> None:
        """Look into ``root``; ``fetch`` puts the wheel into a folder, ``tell`` says so before."""
        self._folder = (root or cache_dir()) / "openapi" / PACKAGE.version
        self._fetch = fetch or _pip
        self._minors = minors
        self._clock = clock
        self._tell = tell

    def find(self, minor: str) -> dict[str, Any] | None:
        """Return the definitions of a version, or ``None`` if they are not in the cache."""
        try:
            found: dict[str, Any] = json.loads(self._file(minor).read_bytes())
        except (OSError, ValueError):  # a damaged file is brought again
            return None
        return found

    def bring(self, minor: str) -> dict[str, Any]:
        """Return the definitions of a version, brought if they are not in the cache.

        Raises:
            ToolError: They cannot be had, or not be kept.
        """
        found = self.find(minor)
        if found is None:
            try:
                with self._alone():
                    found = self.find(minor) or self._bring(minor)
            except OSError as error:
                raise ToolError(
                    f"cannot write {self._folder}",
                    cause=str(error),
                    hint="make room, or name another folder in JHUB_CACHE_DIR",
                ) from error
        return found

    def bring_unless_refused(self, minor: str) -> dict[str, Any]:
        """As :meth:`bring`, but for a day not again where that has failed.

        Raises:
            ToolError: They cannot be had now, or could not be before.
        """
        found = self.find(minor)
        if found is not None:
            return found
        failed = self._failed_at()
        if failed and 0 <= self._clock() - failed < _PAUSE_SECONDS:
            raise ToolError(
                f"{_CARRIES} could not be fetched", hint="jhub render --check tells why"
            )
        return self.bring(minor)

    def at_hand(self, minor: str) -> dict[str, Any]:
        """Return the definitions of a version from the cache.

        Raises:
            ToolError: They are not there.
        """
        found = self.find(minor)
        if found is None:
            raise ToolError(
                f"{_CARRIES} {minor} is not at hand",
                cause=f"it is not in {self._folder}",
                hint="leave out --no-fetch, which brings it",
            )
        return found

    def _bring(self, minor: str) -> dict[str, Any]:
        for draft in self._folder.glob(".*.json.*"):  # of a run that was killed
            draft.unlink(missing_ok=True)
        self._tell(f"fetching {_CARRIES}, once")
        try:
            with tempfile.TemporaryDirectory(prefix="jhub-openapi-") as folder:
                self._unpack(self._fetch(Path(folder)))
        except ToolError:
            self._mark.touch()
            raise
        self._mark.unlink(missing_ok=True)
        found = self.find(minor)
        if found is None:
            raise ToolError(
                f"{PACKAGE.name} {PACKAGE.version} does not hold {_CARRIES} {minor}",
                hint="deploy one of " + ", ".join(self._minors),
            )
        return found

    def _unpack(self, wheel: Path) -> None:
        try:
            with zipfile.ZipFile(wheel) as packed:
                for each in self._minors:
                    replace_file(self._file(each), packed.read(_MEMBER.format(minor=each)))
        except (KeyError, zipfile.BadZipFile) as error:
            raise ToolError(
                f"{wheel.name} does not hold {_CARRIES}", cause=str(error), hint=_WAYS
            ) from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        # The kernel lets go of it however the process ends.
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _file(self, minor: str) -> Path:
        return self._folder / f"{minor}.json"

    @property
    def _mark(self) -> Path:
        return self._folder / "failed"

    def _failed_at(self) -> float:
        try:
            return self._mark.stat().st_mtime
        except OSError:
            return 0.0


_pip = partial(
    fetch_package, PACKAGE, carries=_CARRIES, ways=_WAYS, patience_seconds=_PATIENCE_SECONDS
)
