"""What was real is said in full when it is news, and in a line when it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.app import run
from jupyterhub_eks.cli.console.reality import Fact, charts_hint
from jupyterhub_eks.cli.kept_reality import (
    completed,
    draw_news,
    forget_reality,
    known_reality,
    not_installed,
    read_reality,
)
from jupyterhub_eks.orchestration.deploy import deploy
from jupyterhub_eks.orchestration.reports import DeployRequest
from jupyterhub_eks.ports import Target
from jupyterhub_eks.workspace import Workspace
from tests.support.fakes import NAME, Bench, make_deployment

if TYPE_CHECKING:
    from pathlib import Path

TERRAFORM = Fact("real", "Terraform 1.11.4")
AWS = Fact("stood in for", "the AWS API, by ministack 1 on 127.0.0.1:4566")
NODES = Fact("stood in for", "the nodes and all that runs on them, by kwok: no pod really runs")
HUB = Fact("not installed", "jupyterhub 4.4.0: its chart cannot be reached", "jupyterhub 4.4.0")
BALANCER = Fact("not there", "the hub's load balancer (nlb, public): nothing makes it", "dns")
FACTS = (TERRAFORM, AWS, NODES, HUB, BALANCER)
IN_FULL = "jhub status --local"


def say(workspace: Workspace, facts: tuple[Fact, ...]) -> str:
    """Return what a deploy says that has found these facts."""
    return "\n".join(line.plain for line in draw_news(workspace, facts, IN_FULL))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A deployment of which nothing is there yet."""
    return Workspace(tmp_path, "local", NAME)


def test_the_first_deploy_says_it_in_full(workspace: Workspace) -> None:
    """Every fact has its line, and how charts are brought is said once."""
    said = say(workspace, (*FACTS, Fact("not installed", "karpenter 1: no chart", "karpenter 1")))

    assert "What was real" in said
    assert all(fact.part in said for fact in FACTS)
    assert said.count(charts_hint()) == 1
    assert "charts pull" in charts_hint()


def test_the_next_one_names_in_a_line_what_was_not_real(workspace: Workspace) -> None:
    """All that was stood in for, not installed or not there, and where the whole is."""
    say(workspace, FACTS)
    said = say(workspace, FACTS)

    assert said.strip() == (
        "what was real is as before; stood in for: the AWS API, the nodes and all that runs on "
        "them; not installed: jupyterhub 4.4.0; not there: the hub's load balancer (nlb, public); "
        f"in full: {IN_FULL}"
    )


@pytest.mark.parametrize("changed", [FACTS[:-1], (*FACTS[:-1], AWS), (FACTS[1], *FACTS[2:])])
def test_what_is_news_is_said_in_full_again(
    workspace: Workspace, changed: tuple[Fact, ...]
) -> None:
    """Also when less is stood in for than before."""
    say(workspace, FACTS)

    assert "What was real" in say(workspace, changed)
    assert read_reality(workspace) == changed


def test_after_a_destroy_it_is_news(workspace: Workspace) -> None:
    """The next deployment of that name is another one."""
    say(workspace, FACTS)
    forget_reality(workspace)

    assert "What was real" in say(workspace, FACTS)


@pytest.mark.parametrize("text", ["", "[", "{}", '[{"standing": 1}]', '["real"]', "7"])
def test_what_cannot_be_read_is_said_again(workspace: Workspace, text: str) -> None:
    """A damaged file makes no deploy fail, and hides nothing."""
    say(workspace, FACTS)
    (workspace.home / "reality.json").write_text(text)

    assert "What was real" in say(workspace, FACTS)
    assert read_reality(workspace) == FACTS


def test_a_part_that_was_left_alone_is_as_it_was() -> None:
    """A deploy of changed stacks has not looked for the charts of the others."""
    chart = Fact("stood in for", "the chart karpenter-crd 1, by its definitions", "karpenter-crd 1")
    kept = (TERRAFORM, AWS, chart, BALANCER)
    known = completed((TERRAFORM, AWS), kept, seen={"network"}, wanted={"dns", chart.about})

    assert known == kept


def test_what_is_not_installed_is_as_the_states_have_it() -> None:
    """A run knows it of every stack, so that an older word is not repeated."""
    assert completed((TERRAFORM,), FACTS, seen=(), wanted={HUB.about}) == (TERRAFORM,)
    assert list(not_installed([HUB.about, HUB.about])) == [HUB]


def test_status_has_what_is_not_installed_from_the_states(workspace: Workspace) -> None:
    """Whatever the last deploy said of it; of nothing deployed there is nothing to say."""
    assert known_reality(workspace, [HUB.about]) == ()
    say(workspace, (TERRAFORM, AWS, BALANCER))
    assert known_reality(workspace, [HUB.about]) == (TERRAFORM, AWS, HUB, BALANCER)
    say(workspace, FACTS)
    assert known_reality(workspace, []) == (TERRAFORM, AWS, NODES, BALANCER)


def test_a_part_that_was_looked_at_is_as_it_is_now() -> None:
    """The balancer may be there by now, and a stack that has gone is not told of."""
    for seen, wanted in (({"dns"}, {"dns"}), (set[str](), set[str]())):
        assert completed((TERRAFORM,), FACTS, seen=seen, wanted=wanted) == (TERRAFORM,)


def test_status_says_it_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """For people and for scripts; without a deployment there is nothing to say."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JHUB_WORK_DIR", str(tmp_path / "work"))
    (tmp_path / "jhub.yaml").write_text(f"name: {NAME}\n")
    bench = Bench(tmp_path)
    bench.workspace = Workspace(tmp_path / "work", "local", NAME)
    say(bench.workspace, FACTS)
    assert run(["status", "-f", "jhub.yaml", "--local"]) == 0
    assert "What of it is real" not in capsys.readouterr().out

    context = bench.context(target=Target(kind="local"))
    deploy(context, make_deployment(), DeployRequest(confirm=lambda _: True))
    assert run(["status", "-f", "jhub.yaml", "--local"]) == 0
    said = capsys.readouterr().out
    assert run(["status", "-f", "jhub.yaml", "--local", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)

    assert "What of it is real" in said
    assert all(fact.part in said for fact in FACTS if fact is not HUB)
    assert document["reality"][1] == {"standing": AWS.standing, "part": AWS.part}
