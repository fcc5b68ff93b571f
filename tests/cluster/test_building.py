"""Building: only what is missing, one at a time, whole or not at all.

A script stands in for the Go command, so these tests need no Go and compile nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import LocalClusterError
from jupyterhub_eks.local.cluster.building import (
    BuildAwaited,
    BuildStarted,
    Compiled,
    available_memory_gib,
    ensure_built,
)
from jupyterhub_eks.local.cluster.programs import PROGRAMS, build_in
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from jupyterhub_eks.local.cluster.building import BuildEvent

NAMES = tuple(each.name for each in PROGRAMS)


@dataclass
class FakeGo:
    """A cache folder, a Go command that obeys files in a folder, and what was told."""

    folder: Path
    events: list[BuildEvent] = field(default_factory=list)

    @property
    def cache(self) -> Path:
        """The cache folder of jhub."""
        return self.folder / "cache"

    def write(self, *, version: str = "go1.99.0", build: str = "") -> None:
        """Let the command tell a version and do ``build`` before it writes a program."""
        script = f"""\
            #!/bin/sh
            case "$1" in
            env) echo {version}; exit 0 ;;
            mod) echo '{{"Dir": "{self.folder}/module"}}'; exit 0 ;;
            esac
            echo "$*" >> {self.folder}/calls
            while [ "$1" != -o ]; do shift; done
            {build}
            echo program > "$2"
            """
        path = self.folder / "go"
        path.write_text(textwrap.dedent(script))
        path.chmod(0o755)

    @property
    def environ(self) -> dict[str, str]:
        """Environment in which this Go is found."""
        return {"PATH": os.defpath, "JHUB_GO": str(self.folder / "go")}

    def build(self) -> None:
        """Build what is missing."""
        ensure_built(self.cache, self.events.append, self.environ)

    def calls(self) -> list[str]:
        """Packages that were built, in order."""
        path = self.folder / "calls"
        return [line.split()[-1] for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def go(tmp_path: Path) -> FakeGo:
    """A Go that builds everything at once."""
    crds = tmp_path / "module" / "pkg" / "apis" / "crds"
    crds.mkdir(parents=True)
    (crds / "karpenter.sh_nodepools.yaml").write_text("kind: CustomResourceDefinition\n")
    found = FakeGo(tmp_path)
    found.write()
    return found


def test_everything_is_built_once(go: FakeGo) -> None:
    """The second time nothing is built, and Go is not even looked for."""
    go.build()
    (go.folder / "go").unlink()
    go.build()

    assert go.calls() == [each.package for each in PROGRAMS]
    assert [each.program for each in go.events if isinstance(each, Compiled)] == list(NAMES)
    built = build_in(go.cache)
    assert built.complete
    assert [path.name for path in built.crds.iterdir()] == ["karpenter.sh_nodepools.yaml"]
    assert sorted(path.name for path in built.bin.iterdir()) == sorted(NAMES)


def test_only_what_is_missing_is_built(go: FakeGo) -> None:
    """A lost program comes back alone."""
    go.build()
    (go.folder / "calls").unlink()
    build_in(go.cache).path("kwok").unlink()

    go.build()

    assert go.calls() == ["sigs.k8s.io/kwok/cmd/kwok"]
    assert BuildStarted(programs=("kwok",), go="go1.99.0") in go.events


def test_a_failed_build_says_why_and_goes_on_later(go: FakeGo) -> None:
    """The compiler's last lines are the cause; what was built before is kept."""
    go.write(build='case "$*" in *kube-apiserver) echo "no such host" >&2; exit 1;; esac')

    with pytest.raises(LocalClusterError, match="kube-apiserver cannot be built") as failed:
        go.build()
    assert failed.value.cause == "no such host"
    assert "no such host" in Path(failed.value.log).read_text()
    assert sorted(path.name for path in build_in(go.cache).bin.iterdir()) == ["etcd", "kwok"]

    go.write()
    (go.folder / "calls").unlink()
    go.build()
    assert len(go.calls()) == 3


def test_an_interrupted_build_leaves_no_half_program(go: FakeGo) -> None:
    """Ctrl-C ends the compilers too; the next build begins where it stopped."""
    go.write(build=f'echo half > "$2"; echo $$ > {go.folder}/pid; sleep 60')
    code = (
        "import sys; from pathlib import Path; "
        "from jupyterhub_eks.local.cluster.building import ensure_built; "
        "ensure_built(Path(sys.argv[1]), lambda _: None)"
    )
    command = [sys.executable, "-c", code, str(go.cache)]
    with subprocess.Popen(
        command, env={**os.environ, **go.environ}, stderr=subprocess.DEVNULL
    ) as builder:
        wait_for((go.folder / "pid").exists, "the compiler runs")
        builder.send_signal(signal.SIGINT)
        builder.wait(20)

    assert list(build_in(go.cache).bin.iterdir()) == []
    compiler = int((go.folder / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(compiler, 0)
    go.write()
    go.build()
    assert build_in(go.cache).complete


def test_a_killed_builder_is_waited_for(go: FakeGo) -> None:
    """Its compiler still runs and keeps others away until it has ended."""
    go.write(
        build=f"echo $$ > {go.folder}/pid; while [ ! -e {go.folder}/go-on ]; do sleep .1; done"
    )
    code = (
        "import sys; from pathlib import Path; "
        "from jupyterhub_eks.local.cluster.building import ensure_built; "
        "ensure_built(Path(sys.argv[1]), lambda _: None)"
    )
    command = [sys.executable, "-c", code, str(go.cache)]
    with subprocess.Popen(command, env={**os.environ, **go.environ}) as builder:
        wait_for((go.folder / "pid").exists, "the compiler runs")
        builder.kill()
    go.write()

    waiting = threading.Thread(target=go.build)
    waiting.start()
    wait_for(lambda: BuildAwaited() in go.events, "the second build waits")
    assert go.events == [BuildAwaited()]
    (go.folder / "go-on").touch()
    waiting.join(60)

    assert build_in(go.cache).complete
    assert sorted(path.name for path in build_in(go.cache).bin.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize(
    ("version", "cause"), [("go1.25.9", "it is go1.25.9"), ("devel", "it is devel")]
)
def test_an_old_go_is_refused(go: FakeGo, version: str, cause: str) -> None:
    """Before minutes of compiling, with the version that is needed."""
    go.write(version=version)

    with pytest.raises(LocalClusterError, match="cannot build the local Kubernetes") as refused:
        go.build()

    assert cause in refused.value.cause
    assert "Go 1.26" in refused.value.hint


def test_a_go_that_cannot_run_is_refused(go: FakeGo) -> None:
    """JHUB_GO may name anything."""
    (go.folder / "go").unlink()

    with pytest.raises(LocalClusterError, match="cannot build the local Kubernetes"):
        go.build()


def test_a_cache_that_cannot_be_written_is_an_error(go: FakeGo) -> None:
    """The error names the folder and the variable that chooses another."""
    go.cache.write_text("a file where a folder belongs")

    with pytest.raises(LocalClusterError, match="cannot make the folder") as refused:
        go.build()

    assert "JHUB_CACHE_DIR" in refused.value.hint


def test_available_memory_is_what_linux_says(tmp_path: Path) -> None:
    """In GiB; where it is not told, nobody is kept from building."""
    meminfo = tmp_path / "meminfo"
    assert available_memory_gib(meminfo) is None
    meminfo.write_text("MemTotal: 8388608 kB\nMemAvailable:    3145728 kB\n")
    assert available_memory_gib(meminfo) == 3.0
    meminfo.write_text("MemTotal: 8388608 kB\n")
    assert available_memory_gib(meminfo) is None
