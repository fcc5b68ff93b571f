"""Profiles become pods that KubeSpawner itself makes, on the nodes of their pool."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from kubernetes_asyncio.client import ApiClient
from tornado.web import HTTPError

from jupyterhub_eks.config.access import IdleConfig
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.nodes import node_pool
from jupyterhub_eks.releases.z2jh.idle import age_text, idle_text
from jupyterhub_eks.releases.z2jh.slugs import slugs
from tests.support.hub import deployment, values
from tests.support.hub_configuration import configuration
from tests.support.running_hub import spawner
from tests.support.spawned import Hub

PROFILES: dict[str, Any] = {
    "pools": {
        "cpu": {"instances": ["m7i"], "sizes": ["xlarge"]},
        "gpu": {"instances": ["g6.xlarge"]},
        "trainium": {"instances": ["trn1.2xlarge"]},
    },
    "profiles": [
        {
            "name": "Small (CPU)",
            "default": True,
            "pool": "cpu",
            "cpu": {"guarantee": 0.5, "limit": 2},
            "memory": {"guarantee": "4G", "limit": "8Gi"},
            "images": {"R": "quay.io/jupyter/r:1", "Python": "quay.io/jupyter/scipy:1"},
        },
        {"name": "GPU", "pool": "gpu", "gpu": 1, "groups": ["ml"], "images": {"T": "q/torch:1"}},
        {"name": "Trainium", "pool": "trainium", "neuron": 1, "groups": ["ml", "hw"]},
        {"name": "No device", "pool": "gpu"},
    ],
}


def start(
    choice: dict[str, str], settings: dict[str, Any] | None = None, **about: Any
) -> dict[str, Any]:
    """Choose on the server page; return the pod that KubeSpawner would create."""

    async def make() -> dict[str, Any]:
        made = spawner(configuration(values(PROFILES, **(settings or {}))), **about)
        if made.pre_spawn_hook:
            made.pre_spawn_hook(made)
        made.user_options = choice
        await made.load_user_options()
        client = ApiClient()
        pod: dict[str, Any] = client.sanitize_for_serialization(await made.get_pod_manifest())
        await client.close()
        return pod

    return asyncio.run(make())


def page(profiles: dict[str, Any], **about: Any) -> str:
    """Return the form of the server page as a user gets it."""

    async def make() -> str:
        made = spawner(configuration(values(profiles)), **about)
        form = made.options_form
        return str(await form(made)) if callable(form) else str(form)

    return asyncio.run(make())


def container(pod: dict[str, Any]) -> dict[str, Any]:
    """Return the notebook's container."""
    found: dict[str, Any] = pod["spec"]["containers"][0]
    return found


@pytest.mark.parametrize(
    ("slug", "pool"), [("small-cpu", "cpu"), ("gpu", "gpu"), ("trainium", "trainium")]
)
def test_d14_d16_pod_fits_the_nodes_of_its_pool(slug: str, pool: str) -> None:
    """The selector is a label of the pool's nodes, and every taint of theirs is tolerated."""
    pod = start({"profile": slug}, groups=["ml"])
    config = deployment(PROFILES).profiles.pools[pool]
    template = node_pool(pool, config, 1)["spec"]["template"]
    assert pod["spec"]["nodeSelector"].items() <= template["metadata"]["labels"].items()
    tolerated = {(each["key"], each["value"]) for each in pod["spec"]["tolerations"]}
    assert {(each["key"], each["value"]) for each in template["spec"]["taints"]} <= tolerated


@pytest.mark.parametrize(("slug", "device"), [("gpu", labels.GPU), ("trainium", labels.NEURON)])
def test_d14_devices_are_limits(slug: str, device: str) -> None:
    """Kubernetes takes extended resources as limits, and the same as request."""
    resources = container(start({"profile": slug}, groups=["ml"]))["resources"]
    assert str(resources["limits"][device]) == "1"
    assert str(resources["requests"][device]) == "1"


def test_d15_no_device_without_asking() -> None:
    """On a GPU node a server that asked for none sees none, whatever its image says."""
    variables = {
        each["name"]: each.get("value")
        for each in container(start({"profile": "no-device"}))["env"]
    }
    assert variables["NVIDIA_VISIBLE_DEVICES"] == "void"


def test_resources_are_exactly_the_configured_ones() -> None:
    """`4G` are 4·10⁹ bytes and `8Gi` 8·2³⁰, unlike the spawner's own reading of units."""
    resources = container(start({"profile": "small-cpu"}))["resources"]
    assert int(resources["requests"]["memory"]) == 4 * 10**9
    assert int(resources["limits"]["memory"]) == 8 * 2**30
    assert float(resources["requests"]["cpu"]) == 0.5
    assert float(resources["limits"]["cpu"]) == 2


def test_image_is_chosen_or_the_first() -> None:
    """The first image is the default, another one can be chosen, a single one is used."""
    assert container(start({"profile": "small-cpu"}))["image"] == "quay.io/jupyter/r:1"
    chosen = start({"profile": "small-cpu", "image": "python"})
    assert container(chosen)["image"] == "quay.io/jupyter/scipy:1"
    assert container(start({"profile": "gpu"}, groups=["ml"]))["image"] == "q/torch:1"


def test_d18_nothing_chosen_is_the_default_profile() -> None:
    """A server started without the page runs on the default profile."""
    assert start({})["spec"]["nodeSelector"] == {labels.POOL: "cpu"}


def descriptions(**settings: Any) -> list[str]:
    """Return what users read below the titles of a profile with text and one without."""
    profiles = {
        "pools": {"spot": {"instances": ["m7i"], "sizes": ["xlarge"], "capacity": "spot"}},
        "profiles": [
            {"name": "A", "default": True, "pool": "spot", "description": "Cheap"},
            {"name": "B", "pool": "spot"},
        ],
    }
    entries = values(profiles, **settings)["singleuser"]["profileList"]
    return [each.get("description", "") for each in entries]


def test_d20_spot_is_announced() -> None:
    """Whoever chooses a profile on spot machines reads so, after the profile's own text."""
    spot = "On a spot machine, which AWS may take back at two minutes&#x27; notice."
    assert descriptions(hub_values={"cull": {}}) == [f"Cheap. {spot}", spot]


def test_d20_spot_is_announced_where_it_is_one_of_several_ways() -> None:
    """A session may be on a spot machine, so it is said."""
    profiles = {
        "pools": {"mixed": {"instances": ["m7i"], "capacity": ["spot", "on-demand"]}},
        "profiles": [{"name": "A", "default": True, "pool": "mixed"}],
    }
    (entry,) = values(profiles, hub_values={"cull": {}})["singleuser"]["profileList"]
    assert "spot machine" in entry["description"]


def pod_in(pool: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the pod of a server in a pool, as the real spawner makes it."""
    profile = {"name": "A", "default": True, "pool": "p", **more}
    profiles = ProfilesFile.model_validate({"pools": {"p": pool}, "profiles": [profile]})
    hub = Hub(Deployment(settings=DeploymentFile(), profiles=profiles))
    return hub.pod(hub.choices()[0])


def test_c1_a_dedicated_machine_takes_no_second_server() -> None:
    """The pod refuses nodes with a pod that has the labels of servers, its own kind among them."""
    pod = pod_in({"instances": ["t3.small"], "dedicated": True})
    (term,) = pod["spec"]["affinity"]["podAntiAffinity"][
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]
    assert term["topologyKey"] == "kubernetes.io/hostname"
    assert term["namespaceSelector"] == {}
    (selector,) = term["labelSelector"]["matchExpressions"]
    assert selector["operator"] == "In"
    assert pod["metadata"]["labels"][selector["key"]] in selector["values"]
    assert "podAntiAffinity" not in (pod_in({"instances": ["m7i"]})["spec"].get("affinity") or {})


def test_a_dedicated_machine_stays_so_beside_terms_of_the_users_own() -> None:
    """What keeps other servers off is joined with what the profile says, not replaced by it."""
    own = {"labelSelector": {"matchLabels": {"a": "b"}}, "topologyKey": "kubernetes.io/hostname"}
    pool = {"instances": ["t3.small"], "dedicated": True}
    (alone,) = _never_beside(pod_in(pool))
    beside = pod_in(pool, kubespawner_override={"pod_anti_affinity_required": [own]})
    assert _never_beside(beside) == [alone, own]


def _never_beside(pod: dict[str, Any]) -> list[dict[str, Any]]:
    terms: list[dict[str, Any]] = pod["spec"]["affinity"]["podAntiAffinity"][
        "requiredDuringSchedulingIgnoredDuringExecution"
    ]
    return terms


def test_mps_has_the_shared_memory_of_its_node() -> None:
    """The device plugin mounts `/dev/shm`, so the pod has no volume of its own there."""
    shared = pod_in({"instances": ["g6.xlarge"], "gpu": {"sharing": "mps", "slices": 4}})
    sliced = pod_in({"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 4}})
    mounts = [
        {each["mountPath"] for each in container(pod)["volumeMounts"]} for pod in (shared, sliced)
    ]
    assert mounts[1] - mounts[0] == {"/dev/shm"}  # noqa: S108 - a path in the container
    assert mounts[0]


def test_taints_of_the_users_own_are_tolerated() -> None:
    """With their effect; nobody has to write them twice."""
    taints = [{"key": "team", "value": "x", "effect": "NoExecute"}, {"key": "plain"}]
    tolerations = pod_in({"instances": ["m7i"], "taints": taints})["spec"]["tolerations"]
    found = {(each["key"], each.get("value", ""), each["effect"]) for each in tolerations}
    assert {("team", "x", "NoExecute"), ("plain", "", "NoSchedule")} <= found


def test_p20_times_are_told() -> None:
    """The configured times stand with each profile, and no age where there is none."""
    idle = {"server_minutes": 90, "kernel_minutes": 20, "max_age_hours": 1}
    text = "Idle kernels stop after 20 minutes, idle servers after 90 minutes"
    assert all(
        each.endswith(f"{text}, any server after 1 hour; files stay.")
        for each in descriptions(idle=idle)
    )
    assert all(
        each.endswith(f"{text}; files stay.")
        for each in descriptions(idle={**idle, "max_age_hours": 0})
    )


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "1 hour"), (23, "23 hours"), (24, "1 day"), (36, "36 hours"), (168, "7 days")],
)
def test_p20_whole_days_are_told_as_days(hours: int, said: str) -> None:
    """Nobody has to divide by 24."""
    idle = IdleConfig(max_age_hours=hours)
    assert idle_text(idle).endswith(f", any server after {said}; files stay.")
    assert age_text(hours) == f"Servers stop after {said}; files stay."
    assert "any server" not in idle_text(IdleConfig(max_age_hours=0))


def test_p20_times_of_the_users_own_are_not_described() -> None:
    """Where `hub_values` says how idle servers are stopped, nothing wrong is said of it."""
    told = descriptions(hub_values={"cull": {"enabled": False}})
    assert not any("Idle" in each for each in told)


def test_d9_pod_is_restricted() -> None:
    """The pod that is created satisfies the strictest pod security standard."""
    context = container(start({}))["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] == 1000
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "initContainers" not in start({})["spec"]


def test_d20_pod_carries_the_annotation() -> None:
    """Karpenter leaves the node of a running server alone, from the pod's creation on."""
    assert start({})["metadata"]["annotations"][labels.DO_NOT_DISRUPT] == "true"


def test_d1_homes_are_apart() -> None:
    """Two users whose names differ in a character only get two folders, none with a slash."""
    names = ["a.b@example.org", "a-b@example.org", "../alice", "alice"]
    folders = []
    for name in names:
        mounts = {
            each["mountPath"]: each for each in container(start({}, name=name))["volumeMounts"]
        }
        folders.append(mounts["/home/jovyan"]["subPath"])
        assert "subPath" not in mounts["/home/shared"]
    assert len(set(folders)) == len(names)
    assert not [folder for folder in folders if "/" in folder or "." in folder]


@pytest.mark.parametrize(
    ("write", "admin", "read_only"),
    [
        ("everyone", False, False),
        ("admins", False, True),
        ("admins", True, False),
        ("nobody", True, True),
    ],
)
def test_shared_folder_is_writable_for_whom_it_says(
    write: str,
    admin: bool,  # noqa: FBT001 - a table of cases
    read_only: bool,  # noqa: FBT001 - a table of cases
) -> None:
    """The mount in the created pod is read-only for everybody else."""
    pod = start({}, {"storage": {"shared": {"write": write}}}, admin=admin)
    mounts = {each["mountPath"]: each for each in container(pod)["volumeMounts"]}
    assert mounts["/home/shared"].get("readOnly", False) is read_only


def test_profiles_are_for_their_groups() -> None:
    """A profile with groups is offered to their members and to administrators only."""

    def offered(**about: Any) -> list[str]:
        form = page(PROFILES, **about)
        return [name for name in ("Small (CPU)", "GPU", "Trainium") if f"<h3>{name}</h3>" in form]

    assert offered() == ["Small (CPU)"]
    assert offered(groups=["hw"]) == ["Small (CPU)", "Trainium"]
    assert offered(groups=["ml"]) == ["Small (CPU)", "GPU", "Trainium"]
    assert offered(admin=True) == ["Small (CPU)", "GPU", "Trainium"]


def test_profile_of_others_cannot_be_asked_for() -> None:
    """Naming the profile in a request, past the page, does not start it."""
    with pytest.raises(ValueError, match="No such profile: gpu"):
        start({"profile": "gpu"}, groups=["hw"])


def test_without_any_profile_nothing_starts() -> None:
    """Whom no profile is offered to gets an answer, not a server outside every pool."""
    only = {**PROFILES, "profiles": [{**PROFILES["profiles"][1], "default": True}]}
    with pytest.raises(HTTPError) as caught:
        page(only)
    assert caught.value.status_code == 403


def test_titles_are_shown_as_they_are() -> None:
    """What looks like HTML or a template in a title is text on the page."""
    named = {
        "name": "<b>{{ 7*7 }}</b>",
        "description": "{% raw %} & more",
        "default": True,
        "pool": "cpu",
    }
    form = page({**PROFILES, "profiles": [named]})
    assert "<b>" not in form
    assert "{{" not in form
    assert "{%" not in form
    assert "&lt;b&gt;&#123;&#123; 7*7 &#125;&#125;&lt;/b&gt;" in form


def test_own_tolerations_hold_for_every_profile() -> None:
    """A toleration of `hub_values` is not lost to that of a profile."""
    mine = {"key": "mine", "operator": "Exists"}
    pod = start({}, {"hub_values": {"singleuser": {"extraTolerations": [mine]}}})
    assert mine in pod["spec"]["tolerations"]


def test_slugs_are_stable_and_apart() -> None:
    """Equal remains get a hash of their title; the order of titles changes nothing."""
    titles = ["Data (CPU)", "data cpu", "数据", "GPU"]
    made = dict(zip(titles, slugs(titles), strict=True))
    assert len(set(made.values())) == 4
    assert made["GPU"] == "gpu"
    assert made["数据"].startswith("choice-")
    assert dict(zip(titles[::-1], slugs(titles[::-1]), strict=True)) == made
