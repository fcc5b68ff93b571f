"""P and R codes that a synthesized document answers, and no other test does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.support.whole import Spoil, Whole, block, node, profile, resource, value

if TYPE_CHECKING:
    from tests.synth.requirements.conftest import Case

EFS_TAINT = "efs.csi.aws.com/agent-not-ready"
NOTE = "service.beta.kubernetes.io/aws-load-balancer-"


def upstream(whole: Whole, name: str) -> set[str]:
    """Return the stacks without which a stack is not applied."""
    direct = set(whole.stacks[name].stack.depends_on)
    return direct.union(*(upstream(whole, each) for each in direct))


def test_p06_p09_access_and_roles_outlive_what_uses_them(whole: Whole) -> None:
    """Destroy goes the other way: entries, roles and queue are there until releases are gone."""
    places = {
        "aws_eks_access_entry": {"cluster", "karpenter"},
        "aws_iam_instance_profile": {"karpenter"},
        "aws_sqs_queue": {"interruption"},
        "aws_eks_pod_identity_association": {"cluster", "karpenter"},
    }
    for kind, stacks in places.items():
        assert {address.split(".")[0] for address in whole.resources(kind)} <= stacks
        assert stacks <= upstream(whole, "platform")
    assert "platform" in upstream(whole, "hub")
    assert "platform" not in upstream(whole, "karpenter")


def greedy_slices(whole: Whole) -> list[str]:
    """Return sharing configurations under which one server takes two slices."""
    found = []
    for name, text in (
        whole.values.get("nvidia-device-plugin", {}).get("config", {}).get("map", {}).items()
    ):
        slicing = YAML(typ="safe", pure=True).load(text).get("sharing", {}).get("timeSlicing")
        if slicing and slicing.get("failRequestsGreaterThanOne") is not True:
            found.append(name)
    return found


def test_p11_one_slice_is_all_that_can_be_asked_for(whole: Whole) -> None:
    """The plugin refuses two slices, which could be of one GPU."""
    assert greedy_slices(whole) == []


def test_p11_is_noticed(rich: Whole) -> None:
    """A configuration that gives two is found."""
    text = "sharing: {timeSlicing: {resources: []}}"
    spoil = value("nvidia-device-plugin", "config", "map", "time-slicing-4", to=text)
    assert greedy_slices(rich.spoilt(spoil)) == ["time-slicing-4"]


def owners(whole: Whole) -> list[str]:
    """Return folders that the user of the notebooks could not write to without root."""
    found = []
    uid, gid = whole.hub["singleuser"]["uid"], whole.hub["singleuser"]["fsGid"]
    for address, body in whole.resources("aws_efs_access_point").items():
        made = body["root_directory"]["creation_info"]
        acts = body["posix_user"]
        ids = {(acts["uid"], acts["gid"]), (made["owner_uid"], made["owner_gid"])}
        if ids != {(uid, gid)}:
            found.append(f"{address} is of {ids}")
    return found


def test_p15_first_login_needs_no_root(whole: Whole) -> None:
    """Folders are made by and for the very user that notebooks run as."""
    assert owners(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "singleuser", "uid", to=1001),
        resource("storage", "aws_efs_access_point", "posix_user", "gid", to=1000),
    ],
)
def test_p15_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Another user on either side is found."""
    assert owners(rich.spoilt(mistake)) != []


def early_pods(whole: Whole) -> list[str]:
    """Return pools whose nodes take servers before files can be mounted there."""
    return [
        name
        for name, spec in whole.nodes("NodePool").items()
        if EFS_TAINT not in [each["key"] for each in spec["template"]["spec"]["startupTaints"]]
    ]


def test_p18_servers_wait_for_the_file_driver(whole: Whole) -> None:
    """A new node takes a server once it can mount a home."""
    assert early_pods(whole) == []
    name = next(iter(whole.nodes("NodePool")))
    spoil = node("NodePool", name, "template", "spec", "startupTaints", to=[])
    assert early_pods(whole.spoilt(spoil)) == [name]


def untold_times(whole: Whole) -> list[str]:
    """Return profiles that do not say when a server stops, and culling that does not work."""
    idle = whole.deployment.settings.idle
    wanted = (f"after {idle.kernel_minutes} minutes", f"servers after {idle.server_minutes} minute")
    found = [
        each["display_name"]
        for each in whole.profiles
        if not all(part in each.get("description", "") for part in wanted)
    ]
    files = whole.hub["singleuser"]["extraFiles"]["jupyter_server_config.json"]["data"]
    kernels = files["MappingKernelManager"]
    if kernels["cull_busy"] or not kernels["cull_connected"]:
        found.append("a busy kernel is stopped, or an open tab keeps one")
    if not whole.hub["cull"].get("maxAge"):
        found.append("a forgotten server goes on for ever")
    return found


def test_p20_users_know_when_servers_stop(whole: Whole) -> None:
    """Kernels, servers and their age have an end, and each profile says when."""
    assert untold_times(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        profile("CPU", "description"),
        value("jupyterhub", "cull", "maxAge"),
        value(
            "jupyterhub",
            *("singleuser", "extraFiles", "jupyter_server_config.json", "data"),
            *("MappingKernelManager", "cull_busy"),
            to=True,
        ),
    ],
)
def test_p20_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Silence, a server without an end and culled work are found."""
    assert untold_times(rich.spoilt(mistake)) != []


def unbounded(whole: Whole) -> list[str]:
    """Return waits without an end, and names that outlive a destroy."""
    found = [
        f"{name} is waited for without end"
        for name, body in whole.releases().items()
        if not 0 < body.get("timeout", 0) <= 1200
    ]
    return found + sorted(whole.kinds() & {"aws_kms_alias", "aws_kms_key"})


def test_p28_waits_end_and_no_alias_is_left(whole: Whole) -> None:
    """Every release has its time; keys and aliases, which outlive a destroy, are not made."""
    assert unbounded(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        block("platform", "resource", "helm_release", "Karpenter", "timeout"),
        block("cluster", "resource", "aws_kms_alias", "A", to={"name": "alias/eks/x"}),
    ],
)
def test_p28_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A wait for ever and an alias are found."""
    assert unbounded(rich.spoilt(mistake)) != []


def clear_text(whole: Whole) -> list[str]:
    """Return by what a login could travel without TLS."""
    if not whole.exposed:
        return []
    service, ingress = whole.hub["proxy"]["service"], whole.hub.get("ingress", {})
    notes = {**service.get("annotations", {}), **ingress.get("annotations", {})}
    if whole.deployment.settings.access.load_balancer == "alb":
        wanted = (
            "alb.ingress.kubernetes.io/certificate-arn",
            "alb.ingress.kubernetes.io/ssl-redirect",
        )
    else:
        wanted = (f"{NOTE}ssl-cert", f"{NOTE}ssl-ports")
    found = [key for key in wanted if not notes.get(key)]
    if service["type"] == "LoadBalancer" and not service.get("disableHttpPort"):
        found.append("http is open beside https")
    return found


def test_r20_exposed_hubs_speak_tls(whole: Whole) -> None:
    """Wherever there is a load balancer, it has a certificate and no way around it."""
    assert clear_text(whole) == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("accelerators", value("jupyterhub", "proxy", "service", "disableHttpPort")),
        ("accelerators", value("jupyterhub", "proxy", "service", "annotations", f"{NOTE}ssl-cert")),
        (
            "cognito-team",
            value("jupyterhub", "ingress", "annotations", "alb.ingress.kubernetes.io/ssl-redirect"),
        ),
    ],
)
def test_r20_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """An open port, no certificate and no redirect are found."""
    assert clear_text(case(name).spoilt(mistake)) != []


def nameless(whole: Whole) -> list[str]:
    """Return what is missing for the URL to lead to the hub after the same run."""
    access = whole.deployment.settings.access
    if not (whole.exposed and access.hosted_zone):
        return []
    records = whole.stacks["dns"].resources("aws_route53_record").values()
    found = [] if access.domain in [each["name"] for each in records] else ["no record"]
    url: Any = whole.stacks["hub"].outputs.get("url", {}).get("value")
    return found + ([] if url == f"https://{access.domain}/" else [f"the URL is {json.dumps(url)}"])


def test_r21_record_is_part_of_the_run(whole: Whole) -> None:
    """With a hosted zone, stack `dns` makes the record of the hub's domain after the hub."""
    assert nameless(whole) == []
    if whole.exposed:
        assert "hub" in upstream(whole, "dns")


@pytest.mark.parametrize(
    "mistake",
    [
        block("dns", "resource", "aws_route53_record", "Record", "name", to="other.example.org"),
        block("hub", "output", "url", "value", to="http://localhost/"),
    ],
)
def test_r21_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A record of another name, and another URL, are found."""
    assert nameless(rich.spoilt(mistake)) != []
