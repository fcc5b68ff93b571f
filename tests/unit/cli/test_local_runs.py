"""``jhub local`` says what is held, and disturbs no command that is at work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.local_aws import (
    describe_holdings,
    describe_state,
    draw_local_status,
)
from jupyterhub_eks.cli.local_runs import Holding, holdings
from jupyterhub_eks.local.supervisor import LocalAws, LocalStatus
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.lock import held
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from jupyterhub_eks.ports import Target
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import NAME, Bench, make_deployment

if TYPE_CHECKING:
    from pathlib import Path

AWS = LocalAws(
    endpoint="http://127.0.0.1:4566", port=4566, pid=17, instance_id="i", launched=0.0, env={}
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A bench whose deployment is on the embedded AWS of the work folder."""
    made = Bench(tmp_path)
    made.workspace = Workspace(tmp_path, "local", NAME)
    return made


def _deploy(bench: Bench) -> None:
    context = bench.context(target=Target(kind="local"))
    deploy(context, make_deployment(), DeployRequest(confirm=lambda _: True))


def _plain(status: LocalStatus, *held: Holding) -> list[str]:
    return [line.plain for line in draw_local_status(status, held)]


def test_a_deployment_is_held_with_its_resources(bench: Bench) -> None:
    """The number is that of `jhub status`: what Terraform's states hold."""
    _deploy(bench)
    root = bench.workspace.root

    assert holdings(root) == (Holding(deployment=NAME, resources=7),)
    assert describe_state(holdings(root)) == f"it holds {NAME} (7 resources) for the next start"


def test_after_a_destroy_nothing_is_said_to_be_held(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """`0 left` and "it holds state" would contradict each other."""
    _deploy(bench)
    request = DestroyRequest(confirm=lambda _: True, keep_data=False)
    destroy(bench.context(target=Target(kind="local")), make_deployment(), request)

    assert run(["local", "status", "--work-dir", str(bench.workspace.root)]) == 0
    assert capsys.readouterr().out == "not running; it holds no deployment\n"


def test_kept_data_is_held(bench: Bench) -> None:
    """What a destroy kept on purpose is there for the next deploy."""
    _deploy(bench)
    request = DestroyRequest(confirm=lambda _: True, keep_data=True)
    destroy(bench.context(target=Target(kind="local")), make_deployment(), request)

    (holding,) = holdings(bench.workspace.root)
    assert (holding.resources, holding.kept > 0) == (0, True)
    assert describe_holdings([holding]) == f"{NAME} ({holding.kept} kept by the last destroy)"


def test_a_damaged_record_does_not_hide_the_deployment(bench: Bench) -> None:
    """Somebody who looks around is told that there is one, and what is wrong with it."""
    _deploy(bench)
    bench.workspace.record.write_text("{")

    assert describe_holdings(holdings(bench.workspace.root)) == (
        f"{NAME} (its record cannot be read)"
    )


@pytest.mark.parametrize("command", [["stop"], ["reset", "--yes"]])
def test_a_running_command_is_not_disturbed(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 12 and the name of the command, also while a first deploy has no record yet."""
    with held(Workspace(tmp_path, "local", "lab").lock, "deploy"):
        assert run(["local", *command, "--work-dir", str(tmp_path)]) == 12

    assert "in use by `jhub deploy`" in capsys.readouterr().err


def test_force_stops_it_all_the_same(tmp_path: Path) -> None:
    """For somebody who knows; the refusal names the option."""
    with held(Workspace(tmp_path, "local", "lab").lock, "deploy"):
        assert run(["local", "stop", "--force", "--work-dir", str(tmp_path)]) == 0


def test_stop_without_a_process_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wanted is the case already."""
    assert run(["local", "stop", "--json", "--work-dir", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out) == {"stopped": False, "deployments": []}


def test_a_process_that_does_not_answer_is_named() -> None:
    """It is neither running nor gone, and the line says how to end it."""
    (line,) = _plain(LocalStatus(aws=None, silent_pid=17))

    assert line == "not answering: process 17; jhub local stop ends it and keeps its state"


def test_two_ways_to_count_are_explained() -> None:
    """Terraform has more resources than AWS lists; nobody should look for the difference."""
    status = LocalStatus(aws=AWS, resources={"ec2": 2, "sqs": 0})
    lines = _plain(status, Holding(deployment="lab", resources=7))

    assert "  holds    lab (7 resources)" in lines
    assert lines[-3:] == [
        "2 resources by service",
        "  ec2     2",
        "  Terraform's 7 include each attachment, route, rule and release.",
    ]


def test_equal_counts_need_no_explanation() -> None:
    """Nor does an empty account, which is told in one line."""
    status = LocalStatus(aws=AWS, resources={"ec2": 2})
    lines = _plain(status, Holding(deployment="lab", resources=2))

    assert not any("Terraform" in line for line in lines)
    assert _plain(LocalStatus(aws=AWS))[-1] == "  holds    no deployment"
