"""D9, D20: what a session runs as, and who may end it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.whole import Spoil, Whole, node, profile, value

POOL = "jhub/pool"


def roots(whole: Whole) -> list[str]:
    """Return by what a user could be root."""
    singleuser = whole.hub["singleuser"]
    context = whole.hub["hub"]["config"]["KubeSpawner"]["container_security_context"]
    found = []
    if not singleuser.get("uid") or singleuser.get("fsGid", 0) == 0:
        found.append(f"servers run as {singleuser.get('uid')}:{singleuser.get('fsGid')}")
    if singleuser.get("allowPrivilegeEscalation") is not False:
        found.append("a server may gain privileges")
    if context.get("runAsNonRoot") is not True or context["capabilities"] != {"drop": ["ALL"]}:
        found.append(f"containers have {context}")
    # Server, its profiles, and the code that could change both.
    everything = json.dumps([singleuser, whole.hub_code()])
    words = ("--allow-root", "GRANT_SUDO", "CHOWN_HOME", '"uid": 0', "allow_privilege_escalation")
    return found + [word for word in words if word in everything]


def test_d09_users_are_not_root(whole: Whole) -> None:
    """Servers run as a common user without capabilities and with no way to more."""
    assert roots(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "singleuser", "uid", to=0),
        value("jupyterhub", "singleuser", "fsGid"),
        value("jupyterhub", "singleuser", "allowPrivilegeEscalation"),
        value("jupyterhub", "singleuser", "extraEnv", "GRANT_SUDO", to="yes"),
        value("jupyterhub", "singleuser", "cmd", to=["start.sh", "--allow-root"]),
        profile("CPU", "kubespawner_override", "uid", to=0),
        value(
            "jupyterhub",
            *("hub", "config", "KubeSpawner", "container_security_context", "capabilities"),
            to={},
        ),
    ],
)
def test_d09_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Uid 0, sudo, escalation and capabilities are found, in a profile too."""
    assert roots(rich.spoilt(mistake)) != []


def evictions(whole: Whole) -> list[str]:
    """Return by what a running session could be ended without its user knowing of it."""
    found = []
    notes = whole.hub["singleuser"].get("extraAnnotations", {})
    if notes.get("karpenter.sh/do-not-disrupt") != "true":
        found.append("servers do not ask to be left alone")
    for name, spec in whole.nodes("NodePool").items():
        template, rules = spec["template"]["spec"], spec["disruption"]
        if template.get("expireAfter") != "Never" or "terminationGracePeriod" not in template:
            found.append(f"{name} expires, or drains for ever")
        if rules["consolidationPolicy"] != "WhenEmpty":
            found.append(f"{name} is consolidated {rules['consolidationPolicy']}")
        closed = [set(each["reasons"]) for each in rules.get("budgets", []) if each["nodes"] == "0"]
        if {"Drifted", "Underutilized"} not in closed:
            found.append(f"{name} drifts")
    return found + [
        f"{each['display_name']} does not say that it is on spot"
        for each in whole.profiles
        if _is_spot(whole, each) and "spot" not in each.get("description", "").lower()
    ]


def _is_spot(whole: Whole, profile_: dict[str, Any]) -> bool:
    pool = whole.nodes("NodePool")[profile_["kubespawner_override"]["node_selector"][POOL]]
    return any(
        each["key"] == "karpenter.sh/capacity-type" and "spot" in each["values"]
        for each in pool["template"]["spec"]["requirements"]
    )


def test_d20_sessions_are_not_evicted(whole: Whole) -> None:
    """No expiry, drift or consolidation ends a session, and spot is announced."""
    assert evictions(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "singleuser", "extraAnnotations"),
        node("NodePool", "gpu", "template", "spec", "expireAfter", to="720h"),
        node("NodePool", "gpu", "template", "spec", "terminationGracePeriod"),
        node(
            *("NodePool", "cpu", "disruption", "consolidationPolicy"),
            to="WhenEmptyOrUnderutilized",
        ),
        node("NodePool", "cpu", "disruption", "budgets"),
        node(
            *("NodePool", "gpu", "template", "spec", "requirements", 2, "values"),
            to=["spot", "on-demand"],
        ),
    ],
)
def test_d20_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Each way to lose a session is found."""
    assert evictions(rich.spoilt(mistake)) != []
