"""A closing summary says what was done, what was real and what comes next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.console.reality import Fact, draw_reality
from jupyterhub_eks.cli.console.summaries import (
    draw_deploy,
    draw_destroy,
    draw_outputs,
    draw_status,
    draw_unapplied,
)
from jupyterhub_eks.cli.reality import load_balancer_facts, provider_version
from jupyterhub_eks.config.access import AccessConfig
from jupyterhub_eks.orchestration.rendering import RenderedRelease
from jupyterhub_eks.orchestration.reports import (
    DeployReport,
    DestroyReport,
    StackOutcome,
    StackStatus,
    StatusReport,
)
from jupyterhub_eks.ports import Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

NETWORK = StackOutcome(stack="network", result="created", added=26, seconds=14.0)
CLUSTER = StackOutcome(stack="cluster", result="changed", changed=2, seconds=70.0)


def _plain(lines: Iterable[Text]) -> list[str]:
    return [line.plain.rstrip() for line in lines]


def _deployed(*, with_stacks: bool = True) -> list[str]:
    report = DeployReport(
        deployment="lab",
        stacks=(NETWORK, CLUSTER),
        outputs={"network": {"vpc_id": "vpc-1", "other": "x"}},
        log_dir=Path("logs"),
        seconds=84.0,
    )
    return _plain(draw_deploy(report, with_stacks=with_stacks))


def test_a_deploy_sums_up_counts_and_time() -> None:
    """One line for all of it, one for each stack."""
    lines = _deployed()

    assert "deployed lab in 1 min 24 s: 26 created, 2 changed in 2 stacks" in lines
    assert any(line.startswith("  network  26 created") for line in lines)


def test_stacks_in_which_nothing_was_done_are_not_counted_as_changed() -> None:
    """One change is in one stack, of however many were looked at."""
    report = DeployReport(
        deployment="lab",
        stacks=(*(StackOutcome(stack=name, result="unchanged") for name in "abc"), CLUSTER),
        log_dir=Path("logs"),
        seconds=84.0,
    )
    lines = _plain(draw_deploy(report, with_stacks=False))

    assert "deployed lab in 1 min 24 s: 2 changed in 1 of 4 stacks" in lines


def test_a_status_counts_the_stacks_that_it_lists() -> None:
    """Also one without resources, but none that is not deployed."""
    stacks = (
        StackStatus(stack="hub", state="applied", resources=1),
        StackStatus(stack="dns", state="applied", resources=0),
        StackStatus(stack="budget", state="absent", resources=0),
    )
    report = StatusReport(deployment="lab", target="local", stacks=stacks)

    assert _plain(draw_status(report))[0] == "lab on the embedded AWS: 1 resource in 2 stacks"


def test_what_the_live_tree_has_shown_is_not_repeated() -> None:
    """The stacks appear once on a screen."""
    assert not any(line.startswith("  network  26") for line in _deployed(with_stacks=False))


def test_releases_that_are_not_installed_are_told_apart() -> None:
    """In the total and in the line of their stack; a stack of outputs makes no number up."""
    platform = StackOutcome(
        stack="platform", result="created", added=3, not_installed=("karpenter 1",), seconds=1.0
    )
    dns = StackOutcome(stack="dns", result="created", seconds=1.0)
    report = DeployReport(
        deployment="lab", stacks=(platform, dns), log_dir=Path("logs"), seconds=84.0
    )
    lines = _plain(draw_deploy(report, with_stacks=True))

    assert "deployed lab in 1 min 24 s: 3 created, 1 not installed in 2 stacks" in lines
    assert any(line.startswith("  platform  3 created, 1 not installed") for line in lines)
    assert any(line.startswith("  dns       nothing to create") for line in lines)


def test_a_deploy_of_no_stack_says_why() -> None:
    """With ``--changed``, when all files are as they were applied."""
    report = DeployReport(deployment="lab", stacks=(), log_dir=Path("l"), seconds=2.0)
    lines = _plain(draw_deploy(report, with_stacks=True))
    assert lines == ["", "deployed lab in 2 s: all files are those that were applied"]


def test_a_deploy_without_changes_names_what_is_still_missing() -> None:
    """That nothing had to change would be read as all being there."""
    platform = StackOutcome(
        stack="platform", result="unchanged", not_installed=("a 1", "b 1"), seconds=1.0
    )
    report = DeployReport(deployment="lab", stacks=(platform,), log_dir=Path("l"), seconds=2.0)

    assert (
        "deployed lab in 2 s: nothing had to change in 1 stack; 2 releases are still not installed"
        in _plain(draw_deploy(report, with_stacks=False))
    )


def test_important_outputs_are_shown() -> None:
    """Ids that people look for; the rest is one command away."""
    lines = _deployed()

    assert "  vpc id  vpc-1" in lines
    assert not any("other" in line for line in lines)


def test_what_was_real_is_said_line_by_line() -> None:
    """Nothing is called real that was not."""
    facts = (Fact("real", "Terraform 1.11.4"), Fact("stood in for", "the AWS API"))
    lines = _plain(draw_reality(facts))

    assert "  real          Terraform 1.11.4" in lines
    assert "  stood in for  the AWS API" in lines


def test_a_load_balancer_that_nobody_makes_is_named() -> None:
    """Where the hub should be reached from outside, what became of that is told."""
    access = AccessConfig(domain="hub.example.org", hosted_zone="example.org")

    (fact,) = load_balancer_facts(access, {"dns": {"load_balancer": ""}})
    assert fact.standing == "not there"
    assert fact.part.startswith("the hub's load balancer (nlb, public) and the record of hub.")
    assert "nothing answers on hub.example.org" in fact.part


def test_a_load_balancer_is_told_of_only_where_one_is_meant() -> None:
    """Not for a hub behind a forwarded port, nor before anybody has looked for it."""
    access = AccessConfig(domain="hub.example.org")

    assert list(load_balancer_facts(AccessConfig(), {"dns": {"load_balancer": ""}})) == []
    assert list(load_balancer_facts(access, {"network": {}})) == []
    (fact,) = load_balancer_facts(access, {"dns": {"load_balancer": "hub-1.elb.example"}})
    assert (fact.standing, "by hub-1.elb.example" in fact.part) == ("stood in for", True)


def test_stacks_left_out_for_one_reason_are_named_together() -> None:
    """What was not applied is said once, with what to do about it."""
    lines = _plain(draw_unapplied({"platform": "no cluster", "hub": "no cluster"}))

    assert lines == ["", "Not applied", "  platform, hub: no cluster"]
    assert list(draw_unapplied({})) == []


def test_what_was_rendered_instead_is_named() -> None:
    """Which releases have manifests, which values alone and why."""
    one = RenderedRelease(
        release="nodes", namespace="n", chart="nodes", version="1", files=(), objects=2
    )
    other = replace(one, release="jupyterhub", objects=0)
    lines = _plain(draw_unapplied({"hub": "no cluster"}, (one, other), "rendered"))

    assert lines[3:] == [
        "  rendered and checked against their schemas instead, in rendered:",
        "    manifests: nodes",
        "    values only, their charts are not at hand: jupyterhub",
    ]
    assert "there is no Helm: jupyterhub" in _plain(draw_unapplied({"hub": ""}, (other,)))[-1]


def test_a_clean_destroy_ends_with_0_left() -> None:
    """The promise of the command, in the same words every time."""
    report = DestroyReport(
        deployment="lab",
        stacks=(StackOutcome(stack="network", result="destroyed", removed=26),),
        kept=(),
        left=(),
        log_dir=Path("logs"),
        seconds=3.0,
    )

    assert _plain(draw_destroy(report, with_stacks=False))[-1] == "0 left"


def test_kept_and_left_are_listed_apart() -> None:
    """What stays on purpose is not mixed with what stays by accident."""
    report = DestroyReport(
        deployment="lab",
        stacks=(),
        kept=(Resource("efs", "file system", "fs-1"),),
        left=(Resource("ec2", "vpc", "vpc-1"),),
        log_dir=Path("logs"),
        seconds=3.0,
    )
    lines = _plain(draw_destroy(report, with_stacks=False))

    assert lines.index("  efs file system  fs-1") < lines.index("1 left")
    assert lines[lines.index("1 left") + 1] == "  ec2 vpc  vpc-1"


def test_each_left_over_has_its_command() -> None:
    """Who has to remove it by hand need not look up how; kept data has none."""
    report = DestroyReport(
        deployment="lab",
        stacks=(),
        kept=(Resource("efs", "file-system", "fs-1"),),
        left=(Resource("ec2", "vpc", "vpc-1"), Resource("other", "thing", "x")),
        log_dir=Path("logs"),
        seconds=3.0,
    )
    lines = _plain(draw_destroy(report, with_stacks=False))

    assert lines[-1] == "  aws ec2 delete-vpc --vpc-id vpc-1"
    assert not any("fs-1" in line for line in lines if "aws " in line)


def test_one_stack_is_one_stack() -> None:
    """The count is a word of English."""
    report = DeployReport(
        deployment="lab",
        stacks=(StackOutcome(stack="network", result="created", added=26),),
        log_dir=Path("logs"),
        seconds=3.0,
    )

    assert "deployed lab in 3 s: 26 created in 1 stack" in _plain(
        draw_deploy(report, with_stacks=False)
    )


def test_status_has_a_line_per_stack() -> None:
    """State, resources and time."""
    stack = StackStatus(
        stack="network", state="applied", resources=26, updated="2026-11-21T09:09:45+00:00"
    )
    lines = _plain(draw_status(StatusReport(deployment="lab", target="aws", stacks=(stack,))))

    assert lines[0] == "lab on AWS: 26 resources in 1 stack"
    assert lines[1] == "  network  applied   26   2026-11-21 09:09 UTC"


def test_an_interrupted_run_is_told_once() -> None:
    """Not in every line of a stack again; another reason stays where it belongs."""
    stacks = (
        StackStatus(stack="a", state="partial", resources=2, detail="has not finished"),
        StackStatus(stack="b", state="failed", resources=1, detail="no capacity"),
    )
    report = StatusReport(
        deployment="lab", target="aws", stacks=stacks, interrupted="deploy was interrupted"
    )

    assert _plain(draw_status(report))[1:] == [
        "  a  partial    2",
        "  b  failed     1   no capacity",
        "",
        "deploy was interrupted",
    ]


def test_nothing_deployed_is_said_plainly() -> None:
    """Not as a table of zeros."""
    report = StatusReport(deployment="lab", target="local", stacks=())

    assert _plain(draw_status(report)) == ["lab on the embedded AWS: nothing is deployed"]


def test_outputs_leave_out_the_plumbing_between_stacks() -> None:
    """What cdktf hands from stack to stack interests nobody."""
    outputs = {"network": {"vpc_id": "vpc-1", "cross-stack-output-aws_vpcVpcid": "vpc-1"}}

    assert _plain(draw_outputs(outputs)) == ["network", "  vpc_id  vpc-1"]


def test_the_provider_version_is_read_from_the_lock_file(tmp_path: Path) -> None:
    """The version that ran, not the one that was asked for."""
    lock = tmp_path / "stacks" / "network" / ".terraform.lock.hcl"
    lock.parent.mkdir(parents=True)
    lock.write_text(
        'provider "registry.terraform.io/hashicorp/aws" {\n  version     = "5.100.0"\n}\n'
    )

    assert provider_version(tmp_path) == "5.100.0"


def test_an_unknown_provider_version_is_not_made_up(tmp_path: Path) -> None:
    """Without a lock file nothing is claimed."""
    assert provider_version(tmp_path) == "(version unknown)"
