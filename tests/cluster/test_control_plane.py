"""The processes of a control plane: found, shared, repaired, stopped, emptied."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict
from lightkube.core.exceptions import ApiError
from lightkube.resources.core_v1 import ConfigMap, Namespace

from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.files import plane_files
from jupyterhub_eks.local.cluster.nodes import connect
from jupyterhub_eks.local.cluster.plan import API, ETCD, NAMES, TIERS
from jupyterhub_eks.local.cluster.running import ProcessRecord
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.workspace import cache_dir
from tests.cluster.planes import Plane
from tests.cluster.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.local.cluster.programs import Build


@pytest.fixture
def other(build: Build, tmp_path: Path) -> Iterator[Plane]:
    """A second control plane, in a work folder of its own."""
    found = Plane(tmp_path, build, name="other")
    try:
        found.start()
        yield found
    finally:
        control_plane.reset_all(tmp_path)


def processes_of(folder: Path) -> list[str]:
    """Command lines of all running processes that name a folder."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "command"], capture_output=True, text=True, check=True
    )
    return [line for line in listed.stdout.splitlines() if str(folder) in line]


def kill(plane: Plane, component: str) -> None:
    """End a component as a crash would, and wait until it is gone."""
    report = control_plane.status(plane.root, plane.name)
    (pid,) = [each.pid for each in report.components if each.name == component]
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: started_at(pid) is None, f"{component} has ended")


def remember(plane: Plane) -> tuple[str, str]:
    """Write something into the cluster that can be looked for later."""
    name, text = f"kept-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    document = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default"},
        "data": {"text": text},
    }
    with connect(plane.start().kubeconfig) as client:
        client.create(from_dict(document))
    return name, text


def remembered(plane: Plane, name: str) -> str:
    """What was written under a name."""
    with connect(plane.start().kubeconfig) as client:
        found = client.get(ConfigMap, name, namespace="default")
    assert found.data is not None
    return found.data["text"]


def test_the_api_has_the_pinned_version(plane: Plane) -> None:
    """The server says what it was built from, so that Helm and kubectl accept it."""
    assert plane.start().version == "v1.36.3"


def test_start_again_changes_nothing(plane: Plane) -> None:
    """The second start finds every process of the first."""
    before = control_plane.status(plane.root, plane.name)

    again = plane.start()

    after = control_plane.status(plane.root, plane.name)
    assert again == before.plane == after.plane
    assert [each.pid for each in before.components] == [each.pid for each in after.components]
    assert {each.state for each in after.components} == {"running"}


def test_starts_at_once_share_a_control_plane(plane: Plane) -> None:
    """Commands at the same moment get the same one."""
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: plane.start(), range(3)))

    assert found[0] == found[1] == found[2]


def test_components_belong_to_no_terminal(plane: Plane) -> None:
    """Each leads a session of its own: it survives the command that started it and Ctrl-C."""
    for each in control_plane.status(plane.root, plane.name).components:
        assert os.getsid(each.pid) == each.pid


def test_only_loopback_is_served(plane: Plane) -> None:
    """No port is open on another address of the machine."""
    for each in control_plane.status(plane.root, plane.name).components:
        with socket.socket() as other:
            other.settimeout(2)
            assert other.connect_ex(("127.0.0.2", each.port)) != 0, each.name


def test_files_are_private(plane: Plane) -> None:
    """Keys and the administrator's access are readable by their owner only."""
    home = plane.start().kubeconfig.parent

    assert (home.stat().st_mode & 0o777, (home / "pki").stat().st_mode & 0o777) == (0o700, 0o700)
    keys = [home / "kubeconfig", *(home / "pki").iterdir(), *(home / "config").iterdir()]
    assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}


def test_nobody_gets_in_without_a_certificate(plane: Plane) -> None:
    """An anonymous caller is told the version and may read nothing."""
    config = json.loads(plane.start().kubeconfig.read_text())
    config["users"][0]["user"] = {}
    bare = plane.root / "anonymous"
    bare.write_text(json.dumps(config))

    with connect(bare) as client, pytest.raises(ApiError) as refused:
        list(client.list(Namespace))

    assert refused.value.status.code == 403


@pytest.mark.parametrize("component", [name for name in NAMES if name != "authenticator"])
def test_a_killed_component_is_named_and_started_again(plane: Plane, component: str) -> None:
    """After SIGKILL status names it, and a start repairs it with the data it had."""
    name, text = remember(plane)

    kill(plane, component)

    report = control_plane.status(plane.root, plane.name)
    faults = {(each.name, each.state) for each in report.faults}
    # An API that has just lost its store may not answer in time.
    late = {(API, "silent")} if component == ETCD else set()
    assert faults - late == {(component, "ended")}
    assert control_plane.find(plane.root, plane.name) is None
    assert remembered(plane, name) == text
    assert not control_plane.status(plane.root, plane.name).faults


def test_everything_killed_is_started_again(plane: Plane) -> None:
    """A reboot leaves records and data: the next start works with both."""
    name, text = remember(plane)
    endpoint = plane.start().endpoint
    for tier in TIERS:
        for component in tier:
            if component != "authenticator":
                kill(plane, component)

    assert plane.start().endpoint == endpoint
    assert remembered(plane, name) == text


def test_a_stopped_component_is_silent(plane: Plane) -> None:
    """A process that hangs is told from one that runs, and replaced by a start."""
    plane.start()
    record = ProcessRecord.read(plane_files(plane.root, plane.name).process("kube-scheduler"))
    assert record is not None
    wait_for(lambda: time.time() > record.launched + 21, "it is no longer starting")
    report = control_plane.status(plane.root, plane.name)
    (pid,) = [each.pid for each in report.components if each.name == "kube-scheduler"]
    os.kill(pid, signal.SIGSTOP)

    faults = control_plane.status(plane.root, plane.name).faults
    assert [(each.name, each.state) for each in faults] == [("kube-scheduler", "silent")]
    plane.start()
    assert not control_plane.status(plane.root, plane.name).faults
    assert started_at(pid) is None


def test_control_planes_stand_side_by_side(plane: Plane, other: Plane) -> None:
    """Two deployments have two clusters that know nothing of each other."""
    name, _ = remember(other)

    assert plane.start().endpoint != other.start().endpoint
    with pytest.raises(ApiError) as absent:
        remembered(plane, name)
    assert absent.value.status.code == 404


def test_a_key_of_one_cluster_does_not_open_another(plane: Plane, other: Plane) -> None:
    """Every cluster has its own authority."""
    config = json.loads(plane.start().kubeconfig.read_text())
    config["users"] = json.loads(other.start().kubeconfig.read_text())["users"]
    config["contexts"][0]["context"]["user"] = config["users"][0]["name"]
    mixed = plane.root / "mixed"
    mixed.write_text(json.dumps(config))

    with connect(mixed) as client, pytest.raises(ApiError) as refused:
        list(client.list(Namespace))

    assert refused.value.status.code == 401


def test_stop_leaves_no_process_and_keeps_the_data(other: Plane) -> None:
    """All processes end, and what the cluster held is there at the next start."""
    name, text = remember(other)

    assert control_plane.stop(other.root, other.name) is True

    assert processes_of(other.root) == []
    assert control_plane.stop(other.root, other.name) is False
    report = control_plane.status(other.root, other.name)
    assert {each.state for each in report.components} == {"stopped"}
    assert remembered(other, name) == text


def test_reset_leaves_an_empty_cluster(other: Plane) -> None:
    """Nothing of it is left, neither process nor data."""
    name, _ = remember(other)

    assert control_plane.reset_all(other.root) == ("other",)

    assert processes_of(other.root) == []
    with pytest.raises(ApiError) as absent:
        remembered(other, name)
    assert absent.value.status.code == 404


def test_a_taken_port_is_left_alone(other: Plane) -> None:
    """When somebody else listens on a port of the last run, another one is taken."""
    name, text = remember(other)
    report = control_plane.status(other.root, other.name)
    ports = {each.name: each.port for each in report.components}
    control_plane.stop(other.root, other.name)

    with socket.socket() as etcd, socket.socket() as api:
        for taken, component in ((etcd, ETCD), (api, API)):
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", ports[component]))
            taken.listen()
        assert remembered(other, name) == text

    report = control_plane.status(other.root, other.name)
    moved = {each.name for each in report.components if each.port != ports[each.name]}
    assert moved == {ETCD, API}


def jhub(folder: Path, *arguments: str) -> tuple[int, Any]:
    """Run the command line in a folder; return its exit code and its JSON document."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "JHUB_"))}
    env |= {"JHUB_CACHE_DIR": str(cache_dir()), "CI": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "jupyterhub_eks", "local", "cluster", *arguments, "--json"],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 2, 16}, done.stderr
    return done.returncode, json.loads(done.stdout)


_START = """
import sys
from pathlib import Path
from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.model import PlaneSettings
from jupyterhub_eks.local.cluster.programs import Build
settings = PlaneSettings(root=Path(sys.argv[1]), deployment="other")
control_plane.start(settings, Build(Path(sys.argv[2])), lambda _: None)
"""


@pytest.mark.parametrize("begun", [ETCD, API])
def test_a_killed_start_is_finished_by_the_next(build: Build, tmp_path: Path, begun: str) -> None:
    """What the killed command had started is taken over: nothing runs twice or is left."""
    plane = Plane(tmp_path, build, name="other")
    record = tmp_path / "local-cluster" / "other" / "run" / f"{begun}.json"
    command = [sys.executable, "-c", _START, str(tmp_path), str(build.folder)]
    try:
        with subprocess.Popen(command) as starter:
            wait_for(record.exists, f"{begun} is started")
            starter.kill()
        (pid,) = [json.loads(record.read_text())["pid"]]

        plane.start()

        assert json.loads(record.read_text())["pid"] == pid
        assert len(processes_of(tmp_path)) == len(NAMES) - 1  # it has no authenticator
        control_plane.stop(tmp_path, "other")
        assert processes_of(tmp_path) == []
    finally:
        control_plane.reset_all(tmp_path)


def test_commands_see_what_others_started(plane: Plane) -> None:
    """A command of its own process finds the control plane, names a dead part and mends it."""
    where = ("--work-dir", str(plane.root), "--name", plane.name)
    endpoint = plane.start().endpoint

    assert jhub(plane.root, "status", *where)[1]["plane"]["endpoint"] == endpoint
    kill(plane, API)
    code, report = jhub(plane.root, "status", *where)
    assert (code, report["plane"]) == (16, None)
    states = {each["name"]: each["state"] for each in report["components"]}
    assert [name for name, state in states.items() if state != "running"] == [API]


def test_reset_asks_where_nobody_can_answer(plane: Plane) -> None:
    """Without a terminal a reset needs --yes, and nothing is touched."""
    plane.start()

    code, document = jhub(plane.root, "reset", "--work-dir", str(plane.root))

    assert code == 2
    assert "--yes" in document["error"]["hint"]
    assert control_plane.find(plane.root, plane.name) is not None
