"""Secrets of the hub get new values once, what uses them restarts, and old keys stay readable."""

from __future__ import annotations

import base64
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.errors import PreflightError, RefusedError, UsageError
from jupyterhub_eks.orchestration.hub_objects import (
    SECRETS_OF,
    contents,
    find_secret,
    restart_for_login,
)
from jupyterhub_eks.orchestration.rotating import Vault, require_all
from tests.support.cluster import FakeCluster
from tests.support.secret_places import Places

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import AuthConfig

SPACE = "jupyterhub"
CHART = {
    "hub.config.JupyterHub.cookie_secret": "cookie",
    "hub.config.CryptKeeper.keys": "older;oldest",
    "hub.config.ConfigurableHTTPProxy.auth_token": "token",
    "hub.services.jhub.apiToken": "service",
    "values.yaml": "all of it",
}
BORN = "2026-01-01T00:00:00Z"


def auth_of(**auth: Any) -> AuthConfig:
    """Return a login."""
    return DeploymentFile.model_validate({"auth": auth}).auth


DUMMY = auth_of(type="dummy", admins=["root"])
OAUTH = auth_of(
    type="oauth", provider="gitlab", client_id="c", admins=["r"], client_secret={"env": "MINE"}
)


def secret(name: str, data: dict[str, str], **metadata: Any) -> ClusterObject:
    """Return a Secret as the API does."""
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
    body = {"metadata": {"creationTimestamp": BORN, **metadata}, "data": encoded}
    return ClusterObject(name=name, namespace=SPACE, body=body)


def cluster(**login: str) -> FakeCluster:
    """Return a cluster with a running hub."""
    made = FakeCluster()
    made.put("secrets", secret("hub", CHART))
    made.put("secrets", secret("hub-login", login))
    for name in ("hub", "proxy"):
        made.put("deployments", ClusterObject(name=name, namespace=SPACE, body={"spec": {}}))
    return made


def vault(api: FakeCluster, auth: AuthConfig = DUMMY) -> Vault:
    """Return the secrets, with a clock that ticks."""
    ticks = count(1)
    return Vault(api, auth, lambda: f"2026-02-01T00:00:00.{next(ticks):06}+00:00")


def rotate(api: FakeCluster, *names: str, auth: AuthConfig = DUMMY, **places: str) -> list[str]:
    """Rotate and return the results."""
    found = vault(api, auth)
    done = found.rotate(found.choose(names), Places(variables=places))
    return [each.result for each in done]


def held(api: FakeCluster, name: str = "hub") -> dict[str, str]:
    """Return what a Secret holds."""
    return contents(find_secret(api, name))


def restarts(api: FakeCluster) -> list[str]:
    """Return which Deployments were written, in order."""
    return [call.split("/")[-1] for call in api.calls if call.startswith("merge deployments")]


def test_what_is_there_is_listed_without_values() -> None:
    """With the service's token and the passwords that this login has."""
    known = vault(cluster(**{"user-password": "u", "admin-password": "a"})).known()

    assert [each.secret.name for each in known] == [
        *("cookie-secret", "crypt-keys", "proxy-token", "token-jhub"),
        *("user-password", "admin-password"),
    ]
    assert {each.made for each in known} == {BORN}
    assert not any(value in repr(known) for value in ("older", "'token'", "all of it"))


def test_a_cookie_secret_is_made_anew_and_the_hub_restarts() -> None:
    """Nothing else changes, and the proxy goes on."""
    api = cluster()

    assert rotate(api, "cookie-secret") == ["rotated"]

    new = held(api)
    assert len(bytes.fromhex(new.pop("hub.config.JupyterHub.cookie_secret"))) == 32
    assert new.items() <= CHART.items()
    assert restarts(api) == ["hub"]


def test_a_new_crypt_key_comes_first_and_the_others_stay() -> None:
    """So that what was encrypted before can be read."""
    api = cluster()
    rotate(api, "crypt-keys")
    rotate(api, "crypt-keys")

    newest, newer, *rest = held(api)["hub.config.CryptKeeper.keys"].split(";")

    assert rest == ["older", "oldest"]
    assert len({newest, newer}) == 2
    assert all(len(bytes.fromhex(each)) == 32 for each in (newest, newer))


def test_a_new_proxy_token_restarts_both_sides() -> None:
    """They would not understand each other otherwise."""
    api = cluster()
    rotate(api, "proxy-token")
    assert sorted(restarts(api)) == ["hub", "proxy"]


def test_all_are_rotated_without_a_name_by_one_restart() -> None:
    """One write for each Secret, one restart for each Deployment."""
    api = cluster(**{"user-password": "u", "admin-password": "a"})

    assert rotate(api) == ["rotated"] * 6

    assert len(held(api, "hub-login")["user-password"]) == 32
    assert api.calls == [
        *("merge secrets jupyterhub/hub", "merge secrets jupyterhub/hub-login"),
        *("merge deployments jupyterhub/proxy", "merge deployments jupyterhub/hub"),
    ]


@pytest.mark.parametrize("dies_at", range(1, 5))
def test_a_killed_rotation_is_finished_by_the_same_command(dies_at: int) -> None:
    """What was written is not made twice, and whatever runs with an old value restarts."""
    api = cluster(**{"user-password": "u", "admin-password": "a"})

    class Dying(FakeCluster):
        def merge(self, kind: Any, found: Any, changes: Any) -> None:
            if len(api.calls) + 1 == dies_at:
                raise KeyboardInterrupt
            api.merge(kind, found, changes)

    with pytest.raises(KeyboardInterrupt):
        rotate(Dying(objects=api.objects))
    between = held(api) | held(api, "hub-login")

    rotate(api)

    after = held(api) | held(api, "hub-login")
    everything = after.keys() - {"values.yaml"}
    written = [set(), CHART.keys(), everything, everything][dies_at - 1]
    assert {key for key in after if between[key] != after[key]} == everything - written
    assert not any(each.is_pending for each in vault(api).known())
    assert sorted(restarts(api)) == ["hub", "proxy"]


def test_a_second_run_right_after_is_a_rotation_of_its_own() -> None:
    """Nothing was left to finish."""
    api = cluster()
    rotate(api, "cookie-secret")
    first = held(api)
    assert rotate(api, "cookie-secret") == ["rotated"]
    assert held(api) != first


def test_nothing_changes_in_a_dry_run() -> None:
    """But what would is told."""
    api, before = cluster(), cluster()
    found = vault(api)

    done = found.rotate(found.choose(()), Places(), dry_run=True)

    assert {each.result for each in done} == {"rotated"}
    assert api.objects == before.objects


@pytest.mark.parametrize(
    ("places", "result", "holds"),
    [
        ({"MINE": "new-secret"}, "rotated", "new-secret"),
        ({"MINE": "old-secret"}, "unchanged", "old-secret"),
        ({}, "left", "old-secret"),
        ({"MINE": " blank"}, "left", "old-secret"),
        ({"MINE": "\udcff\udcfe"}, "left", "old-secret"),
        ({"MINE": "ChangeMe"}, "left", "old-secret"),
    ],
)
def test_a_client_secret_is_read_again_from_its_place(
    places: dict[str, str], result: str, holds: str
) -> None:
    """What is not to be had there stays as it is, and nothing restarts for it."""
    api = cluster(**{"client-secret": "old-secret"})

    assert rotate(api, "client-secret", auth=OAUTH, **places) == [result]

    assert held(api, "hub-login") == {"client-secret": holds}
    assert restarts(api) == (["hub"] if result == "rotated" else [])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "the environment variable MINE is not set"),
        ({"MINE": "two\nlines"}, "has a line break"),
        ({"MINE": "\udcff"}, "is no text in UTF-8"),
        ({"MINE": "CHANGEME"}, "is still CHANGEME"),
    ],
)
def test_what_would_be_left_is_refused_with_its_reason(given: dict[str, str], said: str) -> None:
    """Whoever names a secret is not told that all is well when it was left as it is."""
    found = vault(cluster(**{"client-secret": "old-secret"}), OAUTH)
    planned = found.rotate(found.choose(["client-secret"]), Places(variables=given), dry_run=True)

    with pytest.raises(PreflightError, match="1 secret cannot be rotated") as caught:
        require_all(planned)

    assert said in caught.value.cause


def test_what_helm_applies_on_the_server_stays_helms() -> None:
    """Else its next change of the value would be refused as a conflict with ours."""
    api = cluster()
    fields = [{"manager": "helm", "operation": "Apply", "fieldsV1": {"f:data": {}}, "time": BORN}]
    api.put("secrets", secret("hub", CHART, managedFields=fields))

    rotate(api, "cookie-secret")

    assert api.calls[:2] == [
        "apply secrets jupyterhub/hub as helm",
        "merge secrets jupyterhub/hub",
    ]
    assert held(api)["values.yaml"] == "all of it"


def test_unknown_names_and_a_missing_hub_are_refused() -> None:
    """With what there is."""
    with pytest.raises(UsageError, match="no secret 'cookies'") as caught:
        vault(cluster()).choose(["cookies"])
    assert "cookie-secret" in caught.value.hint
    with pytest.raises(RefusedError, match="no secrets yet"):
        vault(FakeCluster())


@pytest.mark.parametrize(
    ("started", "restarted"), [("2026-03-01T00:00:00Z", True), ("2026-05-01T00:00:00Z", False)]
)
def test_a_hub_older_than_its_login_is_restarted(started: str, restarted: bool) -> None:  # noqa: FBT001
    """It has read the Secret of before; one that started after the change has read this one."""
    api = cluster()
    changed = "2026-04-01T00:00:00Z"
    fields = [{"manager": "helm", "operation": "Apply", "fieldsV1": {"f:data": {}}}]
    fields[0]["time"] = changed
    api.put("secrets", secret("hub-login", {"client-secret": "n"}, managedFields=fields))
    pod = {"metadata": {"creationTimestamp": started}}
    labels = {"app": "jupyterhub", "component": "hub"}
    api.put("pods", ClusterObject(name="hub-1", namespace=SPACE, labels=labels, body=pod))

    assert restart_for_login(api) is restarted
    assert restart_for_login(api) is False
    assert restarts(api) == (["hub"] if restarted else [])
    hub = next(each for each in api.of("deployments") if each.name == "hub")
    assert (SECRETS_OF in str(hub.body)) is restarted
