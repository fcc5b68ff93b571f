"""A plan tells of a release what is done and which values change, whoever carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.orchestration.changes import details_in
from jupyterhub_eks.orchestration.release_details import detail_of
from jupyterhub_eks.orchestration.release_plans import releases_in
from tests.support.plans import NAME, NAMESPACE, Side, carried, plan_of, provided

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.orchestration.release_details import ReleaseDetail


def _provided(before: Side | None, after: Side | None, **more: Any) -> dict[str, Any]:
    return plan_of(provided(before, after, **more))


def _carried(before: Side | None, after: Side | None, **more: Any) -> dict[str, Any]:
    return plan_of(*carried(before, after, **more))


def _detail(plan: dict[str, Any], *templates: str) -> ReleaseDetail:
    (release,) = releases_in(plan)
    return detail_of(release, templates)


def _told(detail: ReleaseDetail) -> list[tuple[str, str, Any, Any]]:
    return [(each.name, each.kind, each.before.value, each.after.value) for each in detail.values]


either = pytest.mark.parametrize("make", [_provided, _carried], ids=["provider", "carried"])


@either
@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        (None, Side(), "install"),
        (Side(), Side(values="a: 2\n"), "upgrade"),
        (Side(), Side(version="4.4.0"), "upgrade"),
        (Side(), None, "uninstall"),
    ],
)
def test_each_release_has_one_entry_with_its_action(
    make: Callable[..., dict[str, Any]], before: Side | None, after: Side | None, action: str
) -> None:
    """With its names as Helm knows them, under the address of the helm provider."""
    detail = _detail(make(before, after))
    assert (detail.address, detail.name, detail.namespace) == ("helm_release.Hub", NAME, NAMESPACE)
    assert detail.action == action
    assert detail.version_before == (before.version if before else "")
    assert detail.version_after == (after.version if after else "")


@either
def test_values_are_compared_by_key(make: Callable[..., dict[str, Any]]) -> None:
    """What changes, what comes and what goes, each with its path."""
    before = Side(values="hub: {admin_users: [alice]}\nmemory: {limit: 4G}\nold: 1\n")
    after = Side(values="hub: {admin_users: [bob]}\nmemory: {limit: 8G}\nnew: 2\n")
    assert _told(_detail(make(before, after))) == [
        ("hub.admin_users[0]", "changed", "alice", "bob"),
        ("memory.limit", "changed", "4G", "8G"),
        ("new", "added", None, 2),
        ("old", "removed", 1, None),
    ]


@either
def test_values_written_otherwise_are_no_change(make: Callable[..., dict[str, Any]]) -> None:
    """The text differs and means the same."""
    assert _told(_detail(make(Side(values="a: 1"), Side(values="# why\n'a': 1\n")))) == []


@either
def test_releases_are_no_resources_besides(make: Callable[..., dict[str, Any]]) -> None:
    """Neither the raw text nor a replacement is told a second time."""
    assert details_in(make(Side(), Side(values="a: 2"))) == ()


@either
def test_values_with_gaps_are_compared_as_they_stand_in_the_files(
    make: Callable[..., dict[str, Any]],
) -> None:
    """What Terraform will know is told so, and last; the rest exactly."""
    detail = _detail(
        make(Side(values="id: x\nm: 1\n"), Side(values=None)),
        "id: ${jsonencode(local.value_id)}\nm: 2\n",
    )
    assert [(each.name, each.after.state) for each in detail.values] == [
        ("m", "known"),
        ("id", "unknown"),
    ]


@either
def test_values_that_are_no_yaml_are_told_as_a_text(make: Callable[..., dict[str, Any]]) -> None:
    """Which is drawn by the line, without the secrets in it."""
    before, after = "a: [\npassword: abc\n", "b: [\npassword: abc\n"
    assert _told(_detail(make(Side(values=before), Side(values=after)))) == [
        ("text", "changed", "a: [\npassword: (sensitive)\n", "b: [\npassword: (sensitive)\n")
    ]


def test_values_that_terraform_marks_are_hidden_as_a_whole() -> None:
    """Which of them is the secret, nobody says."""
    sides = (Side(values="a: abc"), Side(values="a: def"))
    marks = {"triggers_replace": {"values_0": True}}
    for detail in (
        _detail(_provided(*sides, after_sensitive={"values": [True]})),
        _detail(_carried(*sides, after_sensitive=marks)),
    ):
        (change,) = detail.values
        assert (change.before.state, change.after.state) == ("sensitive", "sensitive")
        assert "abc" not in repr(detail)


def test_a_secret_of_another_resource_is_hidden_in_values() -> None:
    """Terraform marks it where it comes from."""
    client: dict[str, Any] = {
        "address": "aws_cognito_user_pool_client.c",
        "type": "aws_cognito_user_pool_client",
        "mode": "managed",
        "change": {
            "actions": ["no-op"],
            "before": {"client_secret": "correct horse"},
            "after": {"client_secret": "correct horse"},
            "after_sensitive": {"client_secret": True},
        },
    }
    change = provided(Side(values="x: none"), Side(values="x: is correct horse"))
    assert "correct" not in repr(_detail(plan_of(client, change)))


def test_a_chart_out_of_reach_is_not_said_to_be_installed() -> None:
    """Nothing is; once it is reached, it is an installation and no upgrade."""
    gone = Side(digest="not reachable")
    assert _detail(_carried(None, gone)).action == "skip"
    assert _detail(_carried(gone, Side())).action == "install"
    assert _detail(_carried(gone, Side())).version_before == ""
    assert _detail(_carried(gone, Side(values="a: 2", digest="not reachable"))).version_before == ""


def test_a_chart_that_changes_under_its_version_is_told() -> None:
    """It is an upgrade though neither version nor values differ."""
    detail = _detail(_carried(Side(), Side(digest="d2")))
    assert (detail.action, detail.chart_changes, detail.values) == ("upgrade", True, ())


def test_an_installation_that_was_cut_short_says_why_it_is_repeated() -> None:
    """Nothing else differs."""
    same = Side()
    detail = _detail(_carried(same, same, reason="replace_because_tainted"))
    assert detail.reason == "its last installation was cut short"


def test_our_own_charts_have_their_name_not_their_hash() -> None:
    """They lie in a folder named by content."""
    own = Side(chart="./assets/NodesChart/0123", version="1.0.0")
    assert _detail(_carried(None, own)).chart == "NodesChart"


def test_a_packaged_chart_is_the_one_of_the_repository() -> None:
    """Where it is taken from changes nothing of it."""
    packaged = Side(chart="/kept/jupyterhub-4.3.0.tgz")
    detail = _detail(_provided(Side(), packaged))
    assert (detail.chart, detail.chart_changes, detail.settings) == ("jupyterhub", False, ())


def test_other_arguments_that_change_are_told() -> None:
    """How long to wait is no reason for an upgrade, and a change all the same."""
    release, content = carried(Side(), Side())
    content["change"]["actions"] = ["no-op"]
    release["change"] = {
        "actions": ["update"],
        "before": {"input": {"name": NAME, "namespace": NAMESPACE, "timeout": "300"}},
        "after": {"input": {"name": NAME, "namespace": NAMESPACE, "timeout": "600"}},
    }
    detail = _detail(plan_of(release, content))
    assert [(each.name, each.after.value) for each in detail.settings] == [("timeout", "600")]
    assert detail.action == "upgrade"
