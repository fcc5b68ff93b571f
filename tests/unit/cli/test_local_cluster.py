"""``jhub local cluster``: which control plane is meant, and what is said about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.cluster_choice import ClusterChoice, forget_choice
from jupyterhub_eks.cli.console.local_cluster import Narrator, draw_plane, draw_plane_status
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.local_cluster import existing_plane, wanted_plane, what_goes_with
from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.local.cluster.building import BuildStarted, Compiled, Compiling
from jupyterhub_eks.local.cluster.model import (
    ComponentStatus,
    ControlPlane,
    PlaneSettings,
    PlaneStatus,
)
from jupyterhub_eks.local.cluster.starting import ComponentReady, ComponentStarted
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.reports import DeployRequest
from jupyterhub_eks.ports import Target
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import NAME, Bench, make_deployment

if TYPE_CHECKING:
    from collections.abc import Iterable

PLANE = ControlPlane(
    deployment="demo",
    endpoint="https://127.0.0.1:20001",
    certificate_authority="Q0E=",
    kubeconfig=Path("/lab/kubeconfig"),
    audit_log=Path("/lab/audit.log"),
    version="v1.36.3",
    launched=1.0,
)
RUNNING = ComponentStatus(
    name="etcd", state="running", pid=7, port=20002, resident_mib=41.6, log=Path("/lab/etcd.log")
)


def text(lines: Iterable[object]) -> str:
    return "\n".join(str(line) for line in lines)


def make_plane(root: Path, name: str) -> None:
    """Leave what a control plane leaves."""
    home = root / "local-cluster" / name
    home.mkdir(parents=True)
    (home / "plane.json").write_text("{}")


def test_the_only_one_is_meant(tmp_path: Path) -> None:
    """It needs no name, and with none there is none."""
    assert existing_plane(tmp_path, None) is None
    make_plane(tmp_path, "demo")
    assert existing_plane(tmp_path, None) == "demo"
    assert existing_plane(tmp_path, "demo") == "demo"


def test_several_have_to_be_named(tmp_path: Path) -> None:
    """None is taken at random."""
    make_plane(tmp_path, "one")
    make_plane(tmp_path, "two")

    with pytest.raises(UsageError, match="There are one, two") as refused:
        existing_plane(tmp_path, None)
    assert refused.value.hint == "name it, for example --name one"
    assert existing_plane(tmp_path, "two") == "two"


def test_an_unknown_name_is_an_error(tmp_path: Path) -> None:
    """A misspelt name is not taken for one that holds nothing."""
    make_plane(tmp_path, "demo")

    with pytest.raises(UsageError, match="no local Kubernetes named dmeo") as refused:
        existing_plane(tmp_path, "dmeo")
    assert refused.value.cause == "there are demo"


def test_a_start_takes_name_and_region_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster is that of the deployment, whose tokens it will be shown."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jhub.yaml").write_text("name: course\nregion: eu-west-1\n")

    assert wanted_plane(Screen(), tmp_path / "work", None) == PlaneSettings(
        root=tmp_path / "work", deployment="course", region="eu-west-1"
    )


def test_a_start_with_a_name_is_of_that_deployment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flag wins over the file, as in every command."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jhub.yaml").write_text("name: course\nregion: eu-west-1\n")

    assert wanted_plane(Screen(), tmp_path / "work", "other").deployment == "other"


def test_a_build_tells_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each program, and one in half a minute while one compiles."""
    tell = Narrator(Screen()).build
    tell(BuildStarted(programs=("etcd",), go="go1.26.8"))
    for seconds in (0.0, 10.0, 20.0, 31.0, 40.0, 62.0):
        tell(Compiling(program="etcd", packages=int(seconds) * 2, seconds=seconds))
    tell(Compiled(program="etcd", seconds=70.0))

    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == [
        "  etcd ...",
        "  etcd: 62 packages compiled, 31 s",
        "  etcd: 124 packages compiled, 1 min 2 s",
        "  etcd built after 1 min 10 s",
    ]


def test_a_repair_says_what_was_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    """A component that is started again is told from one that was not there."""
    tell = Narrator(Screen()).start
    tell(ComponentStarted(component="etcd"))
    tell(ComponentReady(component="etcd", seconds=1.0))
    tell(ComponentStarted(component="kwok", reason="it had ended"))

    assert capsys.readouterr().err.splitlines() == [
        "  starting etcd",
        "  etcd ready after 1 s",
        "  starting kwok again: it had ended",
    ]


def test_what_runs_is_called_what_it_is() -> None:
    """Nobody takes simulated nodes for machines."""
    shown = text(draw_plane(PLANE))

    assert "Kubernetes v1.36.3 on https://127.0.0.1:20001" in shown
    assert "nodes are simulated" in shown
    assert "export KUBECONFIG=/lab/kubeconfig" in shown


def test_a_dead_component_is_named_with_its_log() -> None:
    """And the command that mends it."""
    dead = replace(RUNNING, name="kwok", state="ended", pid=0, log=Path("/lab/kwok.log"))
    shown = text(
        draw_plane_status(PlaneStatus(deployment="demo", plane=None, components=(RUNNING, dead)))
    )

    assert "broken demo: kwok has ended by itself" in shown
    assert "process 7, port 20002, 42 MiB" in shown
    assert "log of kwok: /lab/kwok.log" in shown
    assert "jhub local cluster start" in shown


def test_one_that_hangs_is_broken_too() -> None:
    """Though every process is there, and some of it would answer."""
    hanging = replace(RUNNING, state="silent")
    shown = text(
        draw_plane_status(PlaneStatus(deployment="demo", plane=PLANE, components=(hanging,)))
    )

    assert "broken demo: etcd does not answer" in shown


def test_one_that_starts_is_not_broken() -> None:
    """Somebody who looks while a deploy starts it has nothing to mend."""
    silent = replace(RUNNING, state="silent")
    report = PlaneStatus(deployment="demo", plane=None, components=(silent,), is_moving=True)
    shown = text(draw_plane_status(report))

    assert "not ready demo: a command is starting or stopping it" in shown
    assert "broken" not in shown
    assert "cluster start" not in shown


def test_one_that_was_stopped_is_not_broken() -> None:
    """Its data is kept, and nothing has to be mended."""
    stopped = replace(RUNNING, state="stopped", pid=0)
    report = PlaneStatus(deployment="demo", plane=None, components=(stopped,))

    assert report.faults == ()
    assert "not running demo; its data is kept" in text(draw_plane_status(report))


def test_status_without_one_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0, and a document that says so."""
    assert run(["local", "cluster", "status", "--work-dir", str(tmp_path)]) == 0
    assert "not running" in capsys.readouterr().out


def test_a_control_plane_of_the_record_that_is_gone_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A damaged record says nothing about processes, and a reset clears it."""
    make_plane(tmp_path, "demo")

    assert run(["local", "cluster", "status", "--work-dir", str(tmp_path)]) == 0
    assert "not running demo" in capsys.readouterr().out
    assert run(["local", "cluster", "reset", "--yes", "--work-dir", str(tmp_path)]) == 0
    assert existing_plane(tmp_path, None) is None


@pytest.fixture
def inhabited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work folder whose only deployment has its releases in the local Kubernetes."""
    monkeypatch.chdir(tmp_path)
    bench = Bench(tmp_path)
    bench.workspace = Workspace(tmp_path / "work", "local", NAME)
    deploy(
        bench.context(target=Target(kind="local")),
        make_deployment(),
        DeployRequest(confirm=lambda _: True),
    )
    ClusterChoice(carries=True).write(bench.workspace)
    make_plane(tmp_path / "work", NAME)
    return tmp_path / "work"


RESET = ["local", "cluster", "reset", "--work-dir"]


def test_a_reset_says_what_goes_with_it(
    inhabited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before it asks, and also where nobody is asked."""
    assert run([*RESET, str(inhabited)]) == UsageError.exit_code
    assert f"the deployment {NAME} lives in it" in capsys.readouterr().err
    assert run([*RESET, str(inhabited), "--yes"]) == 0
    assert f"the deployment {NAME} lives in it" in capsys.readouterr().err
    assert existing_plane(inhabited, None) is None


def test_a_reset_warns_of_nothing_where_nothing_lives(
    inhabited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deployment whose releases are in a cluster of the user's own loses nothing."""
    workspace = Workspace(inhabited, "local", NAME)
    ClusterChoice(carries=True, context="kind-lab").write(workspace)
    assert what_goes_with(inhabited, NAME) == ""
    forget_choice(workspace)
    assert what_goes_with(inhabited, NAME) == ""
    assert what_goes_with(inhabited, "other") == ""
    assert run([*RESET, str(inhabited), "--yes"]) == 0
    assert "lives in it" not in capsys.readouterr().err


def test_a_damaged_record_does_not_keep_a_cluster(
    inhabited: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said that nobody can tell what goes, and a reset is what clears up."""
    Workspace(inhabited, "local", NAME).record.write_text("{")

    assert run([*RESET, str(inhabited), "--yes"]) == 0
    assert "cannot be told" in capsys.readouterr().err
