"""Wherever a run is killed, the same command again brings it to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.destroy import destroy
from jupyterhub_eks.orchestration.plan import plan
from jupyterhub_eks.orchestration.reports import DeployRequest, DestroyRequest
from tests.support.fakes import Bench, Killed, make_deployment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEPLOY = DeployRequest(confirm=lambda _: True)
DEPLOYED = 7


def _destroy(*, keep_data: bool) -> DestroyRequest:
    return DestroyRequest(confirm=lambda _: True, keep_data=keep_data)


def _kill_everywhere(
    root: Path,
    prepare: Callable[[Bench], object],
    command: Callable[[Bench], object],
    check: Callable[[Bench], None],
    *,
    stride: int = 1,
) -> int:
    """Kill ``command`` at its steps in turn, run it again, check; return the steps.

    With a ``stride`` of 2 every other step is left out, which saves time where the steps
    come in pairs (before and after one write).
    """
    kill_at = 1 - stride
    while True:
        kill_at += stride
        bench = Bench(root / str(kill_at))
        prepare(bench)
        bench.world.revive(kill_at)
        try:
            command(bench)
        except Killed:
            bench.world.revive()
            command(bench)
            check(bench)
        else:
            return kill_at


def test_deploy_converges_after_a_kill_at_any_step(tmp_path: Path) -> None:
    """After any kill the next deploy completes, and a plan then has no changes."""
    deployment = make_deployment()

    def check(bench: Bench) -> None:
        assert len(bench.world.resources) == DEPLOYED
        assert not plan(bench.context(), deployment).has_changes

    steps = _kill_everywhere(
        tmp_path,
        lambda _: None,
        lambda bench: deploy(bench.context(parallelism=2), deployment, DEPLOY),
        check,
    )
    assert steps > 30


def test_change_converges_after_a_kill_at_any_step(tmp_path: Path) -> None:
    """A change and a removed stack survive a kill at any step."""
    after = make_deployment(backup_days=7)

    def check(bench: Bench) -> None:
        assert not plan(bench.context(), after).has_changes
        assert len(bench.world.resources) == DEPLOYED

    steps = _kill_everywhere(
        tmp_path,
        lambda bench: deploy(bench.context(), make_deployment(cognito=True), DEPLOY),
        lambda bench: deploy(bench.context(parallelism=2), after, DEPLOY),
        check,
    )
    assert steps > 10


@pytest.mark.parametrize("with_configuration", [True, False])
def test_destroy_converges_after_a_kill_at_any_step(
    tmp_path: Path, *, with_configuration: bool
) -> None:
    """After any kill the next destroy leaves nothing, with and without a configuration."""
    deployment = make_deployment()

    def check(bench: Bench) -> None:
        assert bench.world.resources == {}
        assert not bench.workspace.record.exists()

    steps = _kill_everywhere(
        tmp_path,
        lambda bench: deploy(bench.context(), deployment, DEPLOY),
        lambda bench: destroy(
            bench.context(parallelism=2),
            deployment if with_configuration else None,
            _destroy(keep_data=False),
        ),
        check,
        stride=2,
    )
    assert steps > 20


def test_kept_data_survives_a_kill_at_any_step(tmp_path: Path) -> None:
    """Data is neither destroyed nor forgotten, and the next deploy adopts it."""
    deployment = make_deployment()

    def check(bench: Bench) -> None:
        assert set(bench.world.resources) == {
            "aws_efs_file_system-files",
            "aws_backup_vault-vault",
        }
        deploy(bench.context(), deployment, DEPLOY)
        assert len(bench.world.resources) == DEPLOYED

    _kill_everywhere(
        tmp_path,
        lambda bench: deploy(bench.context(), deployment, DEPLOY),
        lambda bench: destroy(bench.context(), deployment, _destroy(keep_data=True)),
        check,
        stride=2,
    )


def test_deploy_after_a_killed_keeping_destroy_converges(tmp_path: Path) -> None:
    """Changing one's mind after a kill of destroy works too: deploy brings all back."""
    deployment = make_deployment()
    kill_at = 0
    while True:
        kill_at += 2
        bench = Bench(tmp_path / str(kill_at))
        deploy(bench.context(), deployment, DEPLOY)
        bench.world.revive(kill_at)
        try:
            destroy(bench.context(), deployment, _destroy(keep_data=True))
            break
        except Killed:
            bench.world.revive()
            deploy(bench.context(), deployment, DEPLOY)
            assert len(bench.world.resources) == DEPLOYED
            assert not plan(bench.context(), deployment).has_changes
    assert kill_at > 15


def test_removal_of_kept_data_converges_after_a_kill_at_any_step(tmp_path: Path) -> None:
    """Data that was kept once is gone after a later destroy that does not keep it."""
    deployment = make_deployment()

    def prepare(bench: Bench) -> None:
        deploy(bench.context(), deployment, DEPLOY)
        destroy(bench.context(), deployment, _destroy(keep_data=True))

    def check(bench: Bench) -> None:
        assert bench.world.resources == {}
        assert not bench.workspace.record.exists()

    _kill_everywhere(
        tmp_path,
        prepare,
        lambda bench: destroy(bench.context(), None, _destroy(keep_data=False)),
        check,
    )
