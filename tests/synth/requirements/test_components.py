"""D35, D37, D38: nothing installs itself, nothing is idle, no setting is ignored."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import oauthenticator.auth0
import oauthenticator.azuread
import oauthenticator.generic
import pytest
from jupyterhub.app import JupyterHub
from jupyterhub.auth import Authenticator
from kubespawner import KubeSpawner
from nativeauthenticator import NativeAuthenticator

from jupyterhub_eks.resources import data_root
from tests.support.whole import Spoil, Whole, block, node, profile, resource, value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traitlets.config import Configurable

    from tests.synth.requirements.conftest import Case

INSTALLERS = {"subprocess", "pip", "ensurepip", "conda"}
# Images of Docker Hub's `jupyter` are as they were in October 2023.
FROZEN = ("jupyter/", "docker.io/jupyter/", "index.docker.io/jupyter/")
ALWAYS = {"karpenter-crd", "karpenter", "storage-classes", "nodes", "hub-base", "jupyterhub"}
GPU = "nvidia.com/gpu"
SMALL = ("medium", "large", "xlarge")
PROFILE_KEYS = {
    "slug",
    "display_name",
    "description",
    "default",
    "kubespawner_override",
    "profile_options",
    "allowed_groups",  # read by our own hook, helm_values/hub-config/profiles.py
    "jhub",  # read by our own template, helm_values/hub-templates/form.html
}
CONFIGURED: dict[str, type[Configurable]] = {
    "Authenticator": Authenticator,
    "Auth0OAuthenticator": oauthenticator.auth0.Auth0OAuthenticator,
    "AzureAdOAuthenticator": oauthenticator.azuread.AzureAdOAuthenticator,
    "GenericOAuthenticator": oauthenticator.generic.GenericOAuthenticator,
    "JupyterHub": JupyterHub,
    "KubeSpawner": KubeSpawner,
    "NativeAuthenticator": NativeAuthenticator,
}


def installs(whole: Whole) -> list[str]:
    """Return what the hub fetches when it starts, and images that get no fixes."""
    found = []
    for each in ast.walk(ast.parse(whole.hub_code())):
        names = [one.name for one in each.names] if isinstance(each, ast.Import) else []
        names += [each.module or ""] if isinstance(each, ast.ImportFrom) else []
        roots = {name.split(".")[0] for name in names}
        found += [f"the hub imports {name}" for name in sorted(roots & INSTALLERS)]
        if isinstance(each, ast.Attribute) and each.attr in {"system", "popen"}:
            found.append(f"the hub runs programs by {each.attr}")
    for key in ("command", "args", "lifecycle", "initContainers"):
        found += [f"hub.{key} is set"] if whole.hub["hub"].get(key) else []
    images = [each["kubespawner_override"].get("image", "") for each in whole.profiles]
    return found + [f"{image} is frozen" for image in images if image.startswith(FROZEN)]


def test_d35_nothing_is_installed_at_start(whole: Whole) -> None:
    """The hub runs what is in its image, and notebooks run images that are kept up."""
    assert installs(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "hub", "extraConfig", "z", to="import subprocess"),
        value("jupyterhub", "hub", "extraConfig", "z", to="os.system('pip install boto3')"),
        value("jupyterhub", "hub", "command", to=["sh", "-c", "pip install boto3"]),
        profile("CPU", "kubespawner_override", "image", to="jupyter/scipy-notebook:2023-10-20"),
    ],
)
def test_d35_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Three ways to install, and an image of the past, are found."""
    assert installs(rich.spoilt(mistake)) != []


def test_d35_values_have_no_copies() -> None:
    """One file of values per chart: whatever differs by login or pool is computed."""
    files = [path.stem for path in (data_root() / "helm_values").glob("*.yaml")]
    starts = [
        name for name in files if any(name != each and name.startswith(each) for each in files)
    ]
    # Two charts whose names begin alike, which is no copy.
    assert starts == ["karpenter-crd"]


def idle_components(whole: Whole) -> list[str]:
    """Return releases without a purpose, purposes without a release, and large nodes."""
    pools = whole.deployment.profiles.pools
    keys = {
        name: {taint["key"] for taint in spec["template"]["spec"]["taints"]}
        for name, spec in whole.nodes("NodePool").items()
    }
    shared = {name for name in keys if pools[name].gpu.sharing == "mig"}
    wanted = {
        "aws-load-balancer-controller": whole.exposed,
        "nvidia-device-plugin": any("nvidia.com/gpu" in keys[name] for name in set(keys) - shared),
        "neuron": any("aws.amazon.com/neuron" in each for each in keys.values()),
    }
    expected = ALWAYS | {name for name, needed in wanted.items() if needed}
    found = [f"{name} is not expected" for name in sorted(set(whole.releases()) - expected)]
    found += [f"{name} is missing" for name in sorted(expected - set(whole.releases()))]
    gate = whole.values["karpenter"]["settings"]["featureGates"]["nodeOverlay"]
    if gate != bool(whole.nodes("NodeOverlay")):
        found.append("the gate for overlays is not set as there are overlays")
    for body in whole.resources("aws_eks_node_group").values():
        asked = whole.deployment.settings.cluster.system_nodes
        size = body["scaling_config"]["desired_size"]
        sizes = {each.partition(".")[2] for each in body["instance_types"]}
        if size > asked.min or not sizes <= set(SMALL):
            found.append(f"{size} nodes of {body['instance_types']} are always on")
    return found


def test_d37_every_component_has_work(whole: Whole) -> None:
    """A controller or plugin is there exactly where something needs it; system nodes are small."""
    assert idle_components(whole) == []


CHART = {"name": "cluster-autoscaler", "version": "9.0.0", "values": ["{}"]}


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("accelerators", block("platform", "resource", "helm_release", "Scaler", to=CHART)),
        ("accelerators", block("platform", "resource", "helm_release", "NeuronDevicePlugin")),
        ("defaults", value("karpenter", "settings", "featureGates", "nodeOverlay", to=True)),
        (
            "defaults",
            resource("cluster", "aws_eks_node_group", "instance_types", to=["m5.4xlarge"]),
        ),
        (
            "defaults",
            resource("cluster", "aws_eks_node_group", "scaling_config", "desired_size", to=4),
        ),
        (
            "classroom",
            node("NodePool", "students", "template", "spec", "taints", to=[{"key": GPU}]),
        ),
    ],
)
def test_d37_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """A second autoscaler, devices that nobody serves and dear idle nodes are found."""
    assert idle_components(case(name).spoilt(mistake)) != []


def ignored_settings(whole: Whole) -> list[str]:
    """Return settings that nothing reads, and what a hub should not be without."""
    found = []
    for each in whole.profiles:
        found += [f"{key} of a profile" for key in sorted(set(each) - PROFILE_KEYS)]
        found += [f"KubeSpawner.{key}" for key in _unknown(KubeSpawner, _overrides(each))]
    for section, settings in whole.hub["hub"]["config"].items():
        found += [f"{section}.{key}" for key in _unknown(CONFIGURED[section], settings)]
    rules = whole.hub["hub"]["config"]["Authenticator"]
    administered = rules.get("admin_users") or whole.login.get("admin_groups")
    # Who tries it out alone behind a port-forward needs none.
    if whole.exposed and not administered:
        found.append("nobody administers the hub")
    if not whole.hub["singleuser"].get("defaultUrl"):
        found.append("no start page")
    if not whole.hub.get("cull", {}).get("enabled"):
        found.append("no idle time")
    return found


def _overrides(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from part.get("kubespawner_override", {})
        for key, each in part.items():
            yield from _overrides(each) if key != "kubespawner_override" else ()


def _unknown(owner: type[Configurable], keys: Any) -> list[str]:
    return sorted(set(keys) - set(owner.class_trait_names()))


def test_d38_every_setting_is_read(whole: Whole) -> None:
    """Each setting is a trait of the class that it is given to; somebody administers the hub."""
    assert ignored_settings(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        profile("CPU", "cmd", to=None),
        profile("CPU", "kubespawner_override", "memory_limit", to="4G"),
        value("jupyterhub", "hub", "config", "KubeSpawner", "slug", to="safe"),
        value("jupyterhub", "hub", "config", "GenericOAuthenticator", "login_url", to="x"),
        value("jupyterhub", "singleuser", "defaultUrl"),
        value("jupyterhub", "cull"),
    ],
)
def test_d38_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Keys at a place where nothing reads them, and missing ones, are found."""
    assert ignored_settings(rich.spoilt(mistake)) != []


def _leaderless(whole: Whole) -> None:
    whole.hub["hub"]["config"]["Authenticator"]["admin_users"] = []
    whole.login.pop("admin_groups", None)


@pytest.mark.parametrize("name", ["accelerators", "classroom", "existing-vpc", "gitlab"])
def test_d38_a_hub_without_administrator_is_noticed(case: Case, name: str) -> None:
    """With every login but that for trials, somebody opens the admin page."""
    assert ignored_settings(case(name).spoilt(_leaderless)) == ["nobody administers the hub"]
