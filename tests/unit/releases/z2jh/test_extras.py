"""Variables, volumes, images of one's own, ages and last words, in pods that KubeSpawner makes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kubernetes_asyncio.client import ApiClient

from jupyterhub_eks.config.rules.overrides import POOL_LABEL
from jupyterhub_eks.releases import labels
from tests.support.hub import values
from tests.support.hub_configuration import configuration
from tests.support.running_hub import spawner

POOLS = {"cpu": {"instances": ["m7i.xlarge"]}}


def pod(
    choice: dict[str, str] | None = None, settings: dict[str, Any] | None = None, **profile: Any
) -> dict[str, Any]:
    """Return the pod of a profile."""
    entry = {"name": "P", "default": True, "pool": "cpu", **profile}
    rendered = values({"pools": POOLS, "profiles": [entry]}, **(settings or {}))

    async def make() -> dict[str, Any]:
        made = spawner(configuration(rendered))
        if made.pre_spawn_hook:
            made.pre_spawn_hook(made)
        made.user_options = {"profile": "p", **(choice or {})}
        await made.load_user_options()
        client = ApiClient()
        found: dict[str, Any] = client.sanitize_for_serialization(await made.get_pod_manifest())
        await client.close()
        return found

    return asyncio.run(make())


def variables(found: dict[str, Any]) -> dict[str, str]:
    """Return the variables of the notebook's container."""
    return {each["name"]: each.get("value") for each in found["spec"]["containers"][0]["env"]}


def mounts(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the mounts of the notebook's container, by folder."""
    return {each["mountPath"]: each for each in found["spec"]["containers"][0]["volumeMounts"]}


@pytest.mark.parametrize("value", ["4", '{"a": {"b": 1}}', "{username}", "{{x}}", "a-", "$HOME"])
def test_variables_are_what_is_written(value: str) -> None:
    """Neither a template of KubeSpawner nor anything else is filled in."""
    assert variables(pod(environment={"A": value}))["A"] == value


def test_volumes_of_every_kind() -> None:
    """Home, shared folder and /dev/shm stay; texts of the cluster are never written to."""
    found = pod(
        volumes=[
            {"name": "home", "mount": "/data", "claim": "datasets"},
            {"name": "old", "mount": "/old", "claim": "old", "read_only": True},
            {"name": "login", "mount": "/secrets/login", "secret": "db"},
            {"name": "settings", "mount": "/opt/settings", "config_map": "course"},
            {"name": "course", "mount": "/home/jovyan/course", "shared": "course-1"},
        ]
    )
    seen = mounts(found)
    sources = {each["name"]: each for each in found["spec"]["volumes"]}

    assert {"/home/jovyan", "/home/shared", "/dev/shm"} <= seen.keys()  # noqa: S108 - a mount
    claims = {path: sources[seen[path]["name"]] for path in ("/data", "/old", "/home/jovyan")}
    assert [e["persistentVolumeClaim"]["claimName"] for e in claims.values()] == [
        "datasets",
        "old",
        "home",
    ]
    assert sources[seen["/secrets/login"]["name"]]["secret"] == {"secretName": "db"}
    assert sources[seen["/opt/settings"]["name"]]["configMap"] == {"name": "course"}
    course = seen["/home/jovyan/course"]
    assert (course["name"], course["subPath"]) == ("shared", "course-1")
    read_only = {path for path, each in seen.items() if each.get("readOnly")}
    assert read_only == {"/old", "/secrets/login", "/opt/settings"}


@pytest.mark.parametrize("write", ["admins", "nobody"])
def test_a_part_of_the_shared_folder_is_no_way_around_it(write: str) -> None:
    """Who may not write to the whole may not write to a part."""
    volumes = [{"name": "c", "mount": "/course", "shared": "course-1"}]
    found = pod(volumes=volumes, settings={"storage": {"shared": {"write": write}}})
    assert mounts(found)["/course"]["readOnly"] is True


def test_a_server_has_an_end() -> None:
    """Kubernetes ends it after so many seconds, and users read after how many hours."""
    assert pod(max_age_hours=12)["spec"]["activeDeadlineSeconds"] == 12 * 3600
    entry = {"name": "P", "default": True, "pool": "cpu", "max_age_hours": 12}

    def told(**settings: Any) -> str:
        profiles = {"pools": POOLS, "profiles": [entry]}
        (found,) = values(profiles, **settings)["singleuser"]["profileList"]
        return str(found["description"])

    assert "any server after 12 hours; files stay." in told()
    assert "any server after 6 hours; files stay." in told(idle={"max_age_hours": 6})
    assert told(hub_values={"cull": {}}) == "Servers stop after 12 hours; files stay."


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ({"containerStatuses": [{"name": "notebook", "state": {"terminated": {"exitCode": 143}}}]},
         143),
        ({}, 1),
    ],
    ids=["a container that was ended", "no container any more"],
)  # fmt: skip
def test_the_hub_sees_that_a_server_was_ended(status: dict[str, Any], code: int) -> None:
    """KubeSpawner takes a pod past its deadline for a server that has ended."""

    class Reflector:
        def __init__(self, found: dict[str, Any]) -> None:
            self.pods = found
            self.first_load_future: asyncio.Future[None] = asyncio.Future()
            self.first_load_future.set_result(None)

    async def poll() -> int | None:
        made = spawner(configuration(values({"pools": POOLS, "profiles": [
            {"name": "P", "default": True, "pool": "cpu"}]})))  # fmt: skip
        made.delete_stopped_pods = False
        reason = {"phase": "Failed", "reason": "DeadlineExceeded", **status}
        known = {f"{made.namespace}/{made.pod_name}": {"status": reason}}
        key = made._get_reflector_key("pods")
        made.reflectors[key] = Reflector(known)
        try:
            found: int | None = await made.poll()
        finally:
            del made.reflectors[key]
        return found

    assert asyncio.run(poll()) == code


def image_of(choice: dict[str, str], unlisted: object) -> str:
    """Return the image of a server for what is entered on the page."""
    images = {"A": "q/a:1", "B": "q/b:1"}
    found = pod(choice, images=images, unlisted_image=unlisted)
    return str(found["spec"]["containers"][0]["image"])


def test_r25_an_image_of_ones_own() -> None:
    """Where it is allowed and has the form that is asked for; else the first of the list."""
    own = {"image--unlisted-choice": "quay.io/jupyter/scipy-notebook:2025-11-10"}
    digest = {"image--unlisted-choice": "q/a@sha256:" + "0" * 64}

    assert image_of(own, unlisted=True) == own["image--unlisted-choice"]
    assert image_of(own, unlisted=r"quay[.]io/jupyter/.+:.+") == own["image--unlisted-choice"]
    assert image_of(digest, unlisted=True) == digest["image--unlisted-choice"]
    assert image_of({}, unlisted=True) == "q/a:1"
    assert image_of({"image": "b"}, unlisted=True) == "q/b:1"


@pytest.mark.parametrize(
    ("entered", "unlisted"),
    [
        ("q/a:1", False),
        ("q/a", True),
        ("q/a:1 --privileged", True),
        ("evil.io/quay.io/jupyter/x:1", r"quay[.]io/jupyter/.+:.+"),
        ("quay.io/jupyter/x:1 y", r"quay[.]io/jupyter/[a-z]+:[0-9]+"),
    ],
)
def test_an_image_that_is_not_allowed(entered: str, unlisted: object) -> None:
    """Nothing is started; the pattern has to match from the first letter to the last."""
    with pytest.raises(ValueError, match=r"unlisted_choice for image"):
        image_of({"image--unlisted-choice": entered}, unlisted)


def test_the_last_word() -> None:
    """It goes over everything, merges mappings, and takes keys away."""
    found = pod(
        choice={"size": "large"},
        cpu={"guarantee": 1, "limit": 2},
        options={"Small": {}, "Large": {"cpu": 3}},
        images={"A": "q/a:1", "B": "q/b:1"},
        environment={"A": "1", "B": "2"},
        kubespawner_override={
            "cpu_limit": 3.5,
            "image": "q/last:1",
            "environment": {"A": "{username}", "B": None, "C": "3"},
            "node_selector": {"example.org/team": "physics"},
            "extra_labels": {"course": "1"},
        },
    )
    resources = found["spec"]["containers"][0]["resources"]

    assert (float(resources["requests"]["cpu"]), float(resources["limits"]["cpu"])) == (3, 3.5)
    assert found["spec"]["containers"][0]["image"] == "q/last:1"
    assert variables(found)["A"] == "alice"
    assert "B" not in variables(found)
    assert variables(found)["C"] == "3"
    assert found["spec"]["nodeSelector"] == {labels.POOL: "cpu", "example.org/team": "physics"}
    assert found["metadata"]["labels"]["course"] == "1"


def test_the_label_of_pools_has_one_name() -> None:
    """The rules know the one by which pods select."""
    assert POOL_LABEL == labels.POOL


def test_nothing_is_added_for_what_is_not_asked_for() -> None:
    """Without a limit no hook counts, and no value of the chart names one."""
    rendered = values({"pools": POOLS, "profiles": [{"name": "P", "default": True, "pool": "cpu"}]})
    assert "max_servers" not in rendered["hub"]["extraConfig"]
    assert rendered["custom"].keys() == {"login"}
