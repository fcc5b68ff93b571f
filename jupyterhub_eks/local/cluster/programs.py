"""Which programs the control plane consists of, and where a build of them is kept.

Their versions stand in the ``go.mod`` files under ``modules/`` and nowhere else.
"""

from __future__ import annotations

import hashlib
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MODULES: Final = Path(__file__).resolve().parent / "modules"
_VERSION_PACKAGE: Final = "k8s.io/component-base/version"
# Changed when the way of building changes, so that old builds are not taken for new ones.
_RECIPE: Final = "1"


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that is built here.

    Attributes:
        name: File name of the binary.
        module: Folder under ``modules/`` whose go.mod pins it.
        package: Import path of its main package.
    """

    name: str
    module: str
    package: str

    @property
    def folder(self) -> Path:
        """Folder of the Go module that the build runs in."""
        return MODULES / self.module


# The quick ones first: whoever watches sees that it works.
PROGRAMS: Final = (
    Program(name="etcd", module="etcd", package="go.etcd.io/etcd/server/v3"),
    Program(name="kwok", module="kwok", package="sigs.k8s.io/kwok/cmd/kwok"),
    Program(
        name="kube-apiserver", module="kubernetes", package="k8s.io/kubernetes/cmd/kube-apiserver"
    ),
    Program(
        name="kube-controller-manager",
        module="kubernetes",
        package="k8s.io/kubernetes/cmd/kube-controller-manager",
    ),
    Program(
        name="kube-scheduler", module="kubernetes", package="k8s.io/kubernetes/cmd/kube-scheduler"
    ),
)


def required_version(module: str, requirement: str) -> str:
    """Return the version that a go.mod requires, with its leading ``v``.

    Raises:
        LookupError: ``requirement`` is not in the go.mod of ``module``.
    """
    text = (MODULES / module / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"^\s*(?:require )?{re.escape(requirement)} (v\S+)", text, re.MULTILINE)
    if found is None:
        raise LookupError(f"{requirement} is not required by {module}/go.mod")
    return found.group(1)


def go_version() -> tuple[int, ...]:
    """Return the oldest Go release that all modules accept, e.g. ``(1, 26, 0)``."""
    return max(
        tuple(int(part) for part in found.group(1).split("."))
        for path in MODULES.glob("*/go.mod")
        if (found := re.search(r"^go (\d+(?:\.\d+)+)", path.read_text("utf-8"), re.MULTILINE))
    )


def kubernetes_version() -> str:
    """Return the version of the API server, e.g. ``v1.36.3``."""
    return required_version("kubernetes", "k8s.io/kubernetes")


def linker_flags(program: Program) -> str:
    """Return ``-ldflags`` for a program: no debug tables, and Kubernetes with its version.

    Without the stamp it calls itself ``v0.0.0-master``, which Helm and kubectl refuse.
    """
    flags = ["-s", "-w"]
    if program.module == "kubernetes":
        version = kubernetes_version()
        major, minor, _ = version.removeprefix("v").split(".")
        stamps = {"gitVersion": version, "gitMajor": major, "gitMinor": minor}
        flags += [f"-X {_VERSION_PACKAGE}.{name}={value}" for name, value in stamps.items()]
    return " ".join(flags)


@dataclass(frozen=True)
class Build:
    """A folder with built programs; nothing says that all of them are there yet."""

    folder: Path

    @property
    def bin(self) -> Path:
        """Folder of the binaries."""
        return self.folder / "bin"

    @property
    def crds(self) -> Path:
        """Folder of Karpenter's resource definitions, YAML."""
        return self.folder / "crds"

    @property
    def logs(self) -> Path:
        """Folder of the compilers' output, one file per program."""
        return self.folder / "logs"

    @property
    def lock(self) -> Path:
        """Held by the one command that builds."""
        return self.folder / "lock"

    def path(self, program: str) -> Path:
        """Return where the binary of ``program`` is, or will be."""
        return self.bin / program

    def missing(self) -> tuple[Program, ...]:
        """Return the programs that are not built yet; a file appears only when it is whole."""
        return tuple(each for each in PROGRAMS if not self.path(each.name).is_file())

    @property
    def complete(self) -> bool:
        """Whether nothing has to be built any more."""
        return not self.missing() and self.crds.is_dir()


def build_in(cache: Path) -> Build:
    """Return the build of this release under a cache folder."""
    return Build(cache / "cluster" / fingerprint())


def fingerprint() -> str:
    """Return a short hash of everything that decides what is built."""
    digest = hashlib.sha256(f"{_RECIPE}\0{platform.system()}\0{platform.machine()}".encode())
    for path in sorted(MODULES.glob("*/go.*")):
        digest.update(f"{path.relative_to(MODULES).as_posix()}\0".encode() + path.read_bytes())
    for program in PROGRAMS:
        digest.update(f"{program.package} {linker_flags(program)}\0".encode())
    return f"{kubernetes_version()}-{digest.hexdigest()[:12]}"
