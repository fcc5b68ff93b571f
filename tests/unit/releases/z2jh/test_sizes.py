"""Sizes of a profile become pods that KubeSpawner itself makes, with nothing of another size."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.nodes import node_pool
from tests.support.hub import deployment, values
from tests.support.spawned import Choice, Hub

PROFILES: dict[str, Any] = {
    "pools": {
        "cpu": {"instances": ["m7i.xlarge"], "capacity": "spot"},
        "gpu": {"instances": ["g6.12xlarge"]},
    },
    "profiles": [
        {
            "name": "Lab",
            "default": True,
            "pool": "gpu",
            "gpu": 1,
            "cpu": 2,
            "memory": {"guarantee": "4G", "limit": "8G"},
            "images": {"R": "q/r:1", "Torch": "q/torch:1"},
            "options": {
                "One": {},
                "Four GPUs": {"gpu": 4, "cpu": 8, "description": "for {{ big }} models"},
                "Look": {"gpu": 0, "default": True},
                "Plain": {"pool": "cpu", "gpu": 0, "cpu": "500m", "memory": "512Mi"},
            },
        },
    ],
}
SHM = {"name": "shm", "emptyDir": {"medium": "Memory"}}


def pods() -> dict[tuple[str, str], dict[str, Any]]:
    """Return the pod of every size and image."""
    hub = Hub(deployment(PROFILES))
    return {(each.options["size"], each.options["image"]): hub.pod(each) for each in hub.choices()}


@pytest.fixture(scope="module")
def made() -> dict[tuple[str, str], dict[str, Any]]:
    """Every size with every image."""
    return pods()


def test_every_size_comes_with_every_image(made: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Four sizes and two images are eight pods, each with the image that was chosen."""
    assert len(made) == 8
    for (_, image), pod in made.items():
        assert pod["spec"]["containers"][0]["image"] == f"q/{image}:1"


@pytest.mark.parametrize(
    ("size", "gpus", "cores", "memory"),
    [
        ("one", "1", (2, 2), (4 * 10**9, 8 * 10**9)),
        ("four-gpus", "4", (8, 8), (4 * 10**9, 8 * 10**9)),
        ("look", None, (2, 2), (4 * 10**9, 8 * 10**9)),
        ("plain", None, (0.5, 0.5), (512 * 2**20, 512 * 2**20)),
    ],
)
def test_a_size_says_what_is_different(
    made: dict[tuple[str, str], dict[str, Any]],
    size: str,
    gpus: str | None,
    cores: tuple[float, float],
    memory: tuple[int, int],
) -> None:
    """The rest is as the profile says; devices are the same as request and as limit."""
    resources = made[size, "r"]["spec"]["containers"][0]["resources"]
    sides = (resources["requests"], resources["limits"])
    assert [side.get(labels.GPU) for side in sides] == [gpus, gpus]
    assert tuple(float(side["cpu"]) for side in sides) == cores
    assert tuple(int(side["memory"]) for side in sides) == memory


def test_d15_a_size_without_a_gpu_sees_none(made: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Only where there is one to be hidden, and never from a size that has asked for it."""
    seen = {
        size: {e["name"]: e.get("value") for e in pod["spec"]["containers"][0]["env"]}.get(
            "NVIDIA_VISIBLE_DEVICES"
        )
        for (size, _), pod in made.items()
    }
    assert seen == {"one": None, "four-gpus": None, "look": "void", "plain": None}


def test_every_size_gets_past_the_taints_of_its_pool(
    made: dict[tuple[str, str], dict[str, Any]],
) -> None:
    """The pool may be another one; its selector and its tolerations go together."""
    pools = deployment(PROFILES).profiles.pools
    for (size, _), pod in made.items():
        name = "cpu" if size == "plain" else "gpu"
        assert pod["spec"]["nodeSelector"] == {labels.POOL: name}
        taints = node_pool(name, pools[name], 1)["spec"]["template"]["spec"]["taints"]
        tolerated = {(each["key"], each["value"]) for each in pod["spec"]["tolerations"]}
        assert {(each["key"], each["value"]) for each in taints} <= tolerated


def test_shared_memory_is_the_servers_own(made: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Every size has /dev/shm in memory without a size of its own: the memory limit holds."""
    for pod in made.values():
        mounts = {e["mountPath"]: e for e in pod["spec"]["containers"][0]["volumeMounts"]}
        assert mounts["/dev/shm"]["name"] == "shm"  # noqa: S108 - what is mounted
        assert [each for each in pod["spec"]["volumes"] if each["name"] == "shm"] == [SHM]


def test_the_preselected_size_starts_when_none_is_chosen() -> None:
    """The one that says so; else the first."""
    hub = Hub(deployment(PROFILES))
    pod = hub.pod(Choice(index=0, profile="Lab", slug="lab"))
    assert labels.GPU not in pod["spec"]["containers"][0]["resources"]["limits"]

    first = {**PROFILES["profiles"][0], "options": {"B": {"gpu": 2}, "A": {}}}
    hub = Hub(deployment({**PROFILES, "profiles": [first]}))
    pod = hub.pod(Choice(index=0, profile="Lab", slug="lab"))
    assert pod["spec"]["containers"][0]["resources"]["limits"][labels.GPU] == "2"


def test_titles_and_texts_are_shown_as_they_are() -> None:
    """A size has its description behind it; braces begin no template."""
    (entry,) = values(PROFILES)["singleuser"]["profileList"]
    shown = [each["display_name"] for each in entry["profile_options"]["size"]["choices"].values()]
    big = "Four GPUs: for &#123;&#123; big &#125;&#125; models"
    assert shown == ["One", big, "Look", "Plain"]


def test_d20_sizes_on_spot_machines_are_named() -> None:
    """Who chooses one of them reads that AWS may take it back; the others need not."""
    (entry,) = values(PROFILES)["singleuser"]["profileList"]
    assert entry["description"].startswith("Plain: on a spot machine")


def test_profiles_without_sizes_are_as_they_were() -> None:
    """Key by key, so that an upgrade of this program changes no hub."""
    profiles = {
        "pools": {"gpu": {"instances": ["g6.xlarge"]}},
        "profiles": [
            {
                "name": "T",
                "default": True,
                "pool": "gpu",
                "gpu": 1,
                "cpu": {"guarantee": 1, "limit": 2},
                "memory": {"guarantee": "4G", "limit": "8Gi"},
                "images": {"A": "q/a:1", "B": "q/b:1"},
                "groups": ["ml"],
            }
        ],
    }
    rendered = values(profiles, hub_values={"cull": {}})["singleuser"]["profileList"]
    for each in rendered:
        del each["jhub"]  # what the page shows, see test_cards.py
    user = {"key": "hub.jupyter.org/dedicated", "value": "user", "effect": "NoSchedule"}
    device = {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}
    assert rendered == [
        {
            "slug": "t",
            "display_name": "T",
            "default": True,
            "allowed_groups": ["ml"],
            "kubespawner_override": {
                "node_selector": {"jhub/pool": "gpu"},
                "tolerations": [{**user, "operator": "Equal"}, {**device, "operator": "Equal"}],
                "cpu_guarantee": 1.0,
                "cpu_limit": 2.0,
                "mem_guarantee": 4 * 10**9,
                "mem_limit": 8 * 2**30,
                "extra_resource_limits": {"nvidia.com/gpu": "1"},
                "extra_resource_guarantees": {"nvidia.com/gpu": "1"},
            },
            "profile_options": {
                "image": {
                    "display_name": "Image",
                    "choices": {
                        "a": {
                            "display_name": "A",
                            "kubespawner_override": {"image": "q/a:1"},
                            "default": True,
                        },
                        "b": {"display_name": "B", "kubespawner_override": {"image": "q/b:1"}},
                    },
                }
            },
        }
    ]
