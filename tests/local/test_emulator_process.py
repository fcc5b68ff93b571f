"""The process of the embedded AWS: found again, shared, replaced, stopped, and durable."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.aws.cloud import AwsCloud
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.errors import LocalAwsError
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.local.emulator.layer import HEALTH_PATH
from jupyterhub_eks.local.processes import started_at
from jupyterhub_eks.local.record import LocalPaths, ServerRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-west-2"
TAGS = [{"Key": "jhub.deployment", "Value": "demo"}]


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Path]:
    """A work folder whose process is stopped at the end."""
    yield tmp_path
    supervisor.stop(tmp_path)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while started_at(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.01)


def test_next_command_finds_the_process(work: Path) -> None:
    """A second start returns the process of the first."""
    first = supervisor.ensure_running(work)

    assert supervisor.ensure_running(work) == first
    assert supervisor.find(work) == first


def test_commands_at_once_share_a_process(work: Path) -> None:
    """Commands that start at the same time get the same process."""
    code = (
        "import sys; from pathlib import Path; from jupyterhub_eks.local import supervisor; "
        "print(supervisor.ensure_running(Path(sys.argv[1])).pid)"
    )

    def start(_: int) -> str:
        command = [sys.executable, "-c", code, str(work)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(4) as pool:
        pids = set(pool.map(start, range(4)))

    assert len(pids) == 1


def test_process_belongs_to_no_terminal(work: Path) -> None:
    """It leads a session of its own, so that Ctrl-C in a terminal does not reach it."""
    aws = supervisor.ensure_running(work)

    assert os.getsid(aws.pid) == aws.pid
    assert os.getsid(aws.pid) != os.getsid(0)


def test_only_loopback_is_served(work: Path) -> None:
    """The port is not open on another address of the machine."""
    aws = supervisor.ensure_running(work)

    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex(("127.0.0.2", aws.port)) != 0


def test_answers_do_not_wait_for_acknowledgements(work: Path) -> None:
    """Head and body of an answer come at once; otherwise each call takes 40 ms and more."""
    aws = supervisor.ensure_running(work)
    connection = http.client.HTTPConnection("127.0.0.1", aws.port)
    seconds = []
    for _ in range(20):
        began = time.monotonic()
        connection.request("GET", HEALTH_PATH)
        connection.getresponse().read()
        seconds.append(time.monotonic() - began)
    connection.close()

    assert min(seconds) < 0.02


def test_confirmed_state_outlives_sigkill(work: Path) -> None:
    """What was answered is there after SIGKILL, with the same identity and port."""
    first = supervisor.ensure_running(work)
    vpc = (
        Clients(REGION, first.env)
        .get("ec2")
        .create_vpc(
            CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": TAGS}]
        )["Vpc"]["VpcId"]
    )

    kill(first.pid)
    assert supervisor.find(work) is None
    second = supervisor.ensure_running(work)

    assert (second.instance_id, second.port) == (first.instance_id, first.port)
    found = AwsCloud(REGION, second.env).find_resources("demo")
    assert [item.identifier for item in found] == [vpc]


def test_state_is_its_owners_alone(work: Path) -> None:
    """It holds the secrets that AWS would hold."""
    old = os.umask(0o022)
    try:
        env = supervisor.ensure_running(work).env
    finally:
        os.umask(old)
    store = Clients(REGION, env).get("secretsmanager")
    store.create_secret(Name="s", SecretString="swordfish")
    files = [path for path in work.rglob("state/*") if path.is_file()]
    assert any("swordfish" in path.read_text() for path in files)
    assert not [path for path in files if path.stat().st_mode & 0o077]


def test_state_outlives_stop_but_not_reset(work: Path) -> None:
    """Stop keeps the account; reset makes a new one that can be told apart."""
    first = supervisor.ensure_running(work)
    Clients(REGION, first.env).get("sqs").create_queue(
        QueueName="demo-queue", tags={"jhub.deployment": "demo"}
    )

    assert supervisor.stop(work)
    second = supervisor.ensure_running(work)
    assert second.instance_id == first.instance_id
    assert len(AwsCloud(REGION, second.env).find_resources("demo")) == 1
    supervisor.reset(work)
    third = supervisor.ensure_running(work)
    assert third.instance_id != first.instance_id
    assert AwsCloud(REGION, third.env).find_resources("demo") == ()


def test_lost_state_changes_the_identity(work: Path) -> None:
    """When a state file is damaged the account is a new one, and the old files are kept."""
    first = supervisor.ensure_running(work)
    Clients(REGION, first.env).get("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    supervisor.stop(work)
    damaged = LocalPaths(work / "local-aws").state / "ec2.json"
    damaged.write_bytes(damaged.read_bytes()[:100])

    second = supervisor.ensure_running(work)

    assert second.instance_id != first.instance_id
    assert list((work / "local-aws").glob("state-damaged-*/ec2.json"))


def test_port_taken_by_another_program(work: Path) -> None:
    """When the former port is taken, another one is used."""
    first = supervisor.ensure_running(work)
    supervisor.stop(work)

    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", first.port))
        other.listen()
        second = supervisor.ensure_running(work)

    assert second.port != first.port
    assert second.instance_id == first.instance_id


def test_pid_of_another_program_is_left_alone(work: Path) -> None:
    """A record whose pid now belongs to someone else stops nobody."""
    paths = LocalPaths(work / "local-aws")
    paths.home.mkdir()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        try:
            ServerRecord(
                pid=other.pid, process_started="long ago", port=1, instance_id="x", launched=0
            ).write(paths.record)

            assert supervisor.find(work) is None
            assert supervisor.stop(work) is False
            assert other.poll() is None
        finally:
            other.kill()


def test_a_process_whose_record_was_lost_is_found(work: Path) -> None:
    """Status names it, and the next start replaces it instead of failing for ever."""
    first = supervisor.ensure_running(work)
    LocalPaths(work / "local-aws").record.unlink()

    status = supervisor.status(work)
    assert (status.aws, status.silent_pid) == (None, first.pid)
    second = supervisor.ensure_running(work)

    assert started_at(first.pid) is None
    assert second.instance_id == first.instance_id
    assert supervisor.status(work).silent_pid is None


def test_a_process_that_hangs_is_named_and_can_be_stopped(work: Path) -> None:
    """It is not called gone while it is there."""
    aws = supervisor.ensure_running(work)
    os.kill(aws.pid, signal.SIGSTOP)

    assert supervisor.status(work).silent_pid == aws.pid
    assert supervisor.stop(work)
    assert started_at(aws.pid) is None


def test_failed_start_shows_the_log(work: Path) -> None:
    """A process that cannot start gives one error with the end of its log."""
    home = work / "local-aws"
    home.mkdir()
    (home / "state").write_text("a file where a folder belongs")

    with pytest.raises(LocalAwsError, match="ended while it started") as caught:
        supervisor.ensure_running(work, start_seconds=20)

    assert "FileExistsError" in caught.value.cause
    assert "jhub local reset" in caught.value.hint
    (home / "state").unlink()


def test_status_counts_resources_of_deployments(work: Path) -> None:
    """Status asks the emulator's own APIs and counts what deployments have."""
    aws = supervisor.ensure_running(work)
    clients = Clients(REGION, aws.env)
    clients.get("sqs").create_queue(QueueName="demo-q", tags={"jhub.deployment": "demo"})
    clients.get("sqs").create_queue(QueueName="not-ours")
    clients.get("iam").create_role(
        RoleName="demo-role", AssumeRolePolicyDocument=json.dumps({}), Tags=TAGS
    )

    status = supervisor.status(work)

    assert status.aws == aws
    assert status.resources == {"iam": 1, "sqs": 1}
    assert status.resident_mib > 1
    supervisor.stop(work)
    assert supervisor.status(work).aws is None
    assert supervisor.status(work).has_state


def test_state_bucket_can_be_prepared_twice(work: Path) -> None:
    """The bucket of the s3 backend is made once and stays versioned and private."""
    aws = supervisor.ensure_running(work)
    cloud = AwsCloud(REGION, aws.env)

    cloud.ensure_state_bucket("demo-state-000000000000", REGION)
    cloud.ensure_state_bucket("demo-state-000000000000", REGION)

    s3 = Clients(REGION, aws.env).get("s3")
    bucket = {"Bucket": "demo-state-000000000000"}
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    blocked = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert all(blocked.values())
    policy = json.loads(s3.get_bucket_policy(**bucket)["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["JhubTlsOnly"]
