"""D1, D1b, D1c, D1d: nobody gets at a home of somebody else, by whatever way in."""

from __future__ import annotations

import json
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.render import all_releases
from tests.support.helm import rendered
from tests.support.whole import Spoil, Whole, block, resource, value

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.requirements.conftest import Case

NFS = 2049
CLIENT = {f"elasticfilesystem:Client{what}" for what in ("Mount", "RootAccess", "Write")}
STORAGE = ("singleuser", "storage")
# Where a VPC can be, the node's own services among them.
INSIDE = ("10.0.0.9", "100.64.0.9", "169.254.1.1", "172.31.0.9", "192.168.0.9", "198.19.0.9")


def shared_homes(whole: Whole) -> list[str]:
    """Return the ways by which a mount of one user shows the home of another."""
    points = whole.resources("aws_efs_access_point")
    roots = [f"{body['root_directory']['path'].rstrip('/')}/" for body in points.values()]
    found = [f"{root} is the root of the file system" for root in roots if root == "/"]
    found += [
        f"{root} lies in {other}"
        for index, root in enumerate(roots)
        for other in (*roots[:index], *roots[index + 1 :])
        if root.startswith(other)
    ]
    doors = [each.get("accessPointId") for each in whole.values["hub-base"]["volumes"].values()]
    if not all(doors) or len(set(doors)) != len(doors):
        found.append(f"volumes have the access points {doors}")
    storage = whole.hub["singleuser"]["storage"]
    home = storage["static"]["pvcName"]
    if "{" not in storage["static"].get("subPath", ""):
        found.append("the home volume is mounted as a whole")
    for name, mount in storage["extraVolumeMounts"].items():
        volume = storage["extraVolumes"][mount["name"]]
        if volume.get("persistentVolumeClaim", {}).get("claimName") == home:
            found.append(f"{name} mounts the claim of the homes")
    return found


def test_d01_homes_are_isolated(whole: Whole) -> None:
    """Homes and shared folder have roots apart, and of the homes each server mounts one."""
    assert shared_homes(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource("storage", "aws_efs_access_point", "root_directory", "path", to="/"),
        resource("storage", "aws_efs_access_point", "root_directory", "path", to="/shared/home"),
        value("hub-base", "volumes", "shared", "accessPointId", to="local.value_accessPointId"),
        value("hub-base", "volumes", "home", "accessPointId"),
        value("jupyterhub", *STORAGE, "static", "subPath", to="home"),
        value("jupyterhub", *STORAGE, "static", "subPath"),
        value(
            "jupyterhub",
            *(*STORAGE, "extraVolumes", "shared", "persistentVolumeClaim", "claimName"),
            to="home",
        ),
    ],
)
def test_d01_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """One root, one door, a mount without a folder or of the wrong claim is found."""
    assert shared_homes(rich.spoilt(mistake)) != []


def loose_claims(objects: list[dict[str, Any]]) -> list[str]:
    """Return the claims and volumes of which a binder could make other pairs."""
    claims = [each for each in objects if each["kind"] == "PersistentVolumeClaim"]
    volumes = [each for each in objects if each["kind"] == "PersistentVolume"]
    wanted = {
        each["spec"].get("volumeName"): (each["metadata"]["namespace"], each["metadata"]["name"])
        for each in claims
    }
    given = {
        each["metadata"]["name"]: (
            each["spec"].get("claimRef", {}).get("namespace"),
            each["spec"].get("claimRef", {}).get("name"),
        )
        for each in volumes
    }
    if wanted == given and len(given) == len(claims) == len(volumes) > 0:
        return []
    return [f"claims want {wanted}, volumes are for {given}"]


@pytest.mark.parametrize("name", ["accelerators", "classroom", "defaults", "existing-vpc"])
def test_d01b_claims_name_their_volumes(case: Case, tmp_path: Path, name: str) -> None:
    """Each claim names its volume and each volume its claim, so that none is swapped."""
    releases = all_releases(case(name).deployment)
    base = next(each for each in releases if each.name == "hub-base")
    objects = rendered(tmp_path, catalog.HUB_BASE, dict(base.values))
    assert loose_claims(objects) == []
    for spoil in ("volumeName", "claimRef"):
        copy = json.loads(json.dumps(objects))
        for each in copy:
            each.get("spec", {}).pop(spoil, None)
        assert loose_claims(copy) != []


def acts_as_root(whole: Whole) -> list[str]:
    """Return the access points that act as root, or make folders that belong to it."""
    found = []
    for address, body in whole.resources("aws_efs_access_point").items():
        user = body.get("posix_user", {"uid": 0, "gid": 0})
        owner = body["root_directory"]["creation_info"]
        ids = (user["uid"], user["gid"], owner["owner_uid"], owner["owner_gid"])
        if 0 in ids:
            found.append(f"{address}: {ids}")
    return found


def test_d01c_access_points_are_not_root(whole: Whole) -> None:
    """The file system sees a common user and group, whoever a client says it is."""
    assert acts_as_root(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource("storage", "aws_efs_access_point", "posix_user", "uid", to=0),
        resource("storage", "aws_efs_access_point", "posix_user", "gid", to=0),
        resource("storage", "aws_efs_access_point", "posix_user"),
    ],
)
def test_d01c_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """Uid 0, gid 0, and no identity at all are found."""
    assert acts_as_root(rich.spoilt(mistake)) != []


def ways_to_speak_nfs(whole: Whole) -> list[str]:
    """Return what lets a notebook mount the file system by itself."""
    found = []
    for address, body in whole.resources("aws_vpc_security_group_ingress_rule").items():
        ports = range(body.get("from_port", 0), body.get("to_port", 65535) + 1)
        if NFS in ports and "referenced_security_group_id" not in body:
            found.append(f"{address} opens NFS to addresses")
    groups = whole.resources("aws_security_group")
    targets = [each for name, each in groups.items() if name.startswith("storage.")]
    found += ["mount targets admit by rules of their own" for each in targets if "ingress" in each]
    found += _open_policy(whole)
    volumes = whole.hub["singleuser"]["storage"]["extraVolumes"].values()
    found += ["a volume is plain NFS" for volume in volumes if "nfs" in volume]
    return found + _reachable(whole)


def _open_policy(whole: Whole) -> list[str]:
    (body,) = whole.resources("aws_efs_file_system_policy").values()
    denied = [
        set(each["Condition"])
        for each in json.loads(body["policy"])["Statement"]
        if each["Effect"] == "Deny"
        and each["Principal"] == {"AWS": "*"}
        and set(each["Action"]) == CLIENT
    ]
    wanted = ({"ArnNotEquals"}, {"Bool"})
    return [f"nothing is denied by {each}" for each in wanted if each not in denied]


def _reachable(whole: Whole) -> list[str]:
    policy = whole.hub["singleuser"]["networkPolicy"]
    found = [] if policy.get("enabled", True) else ["user servers have no network policy"]
    rules = policy["egressAllowRules"]
    found += [key for key in ("privateIPs", "nonPrivateIPs") if rules.get(key, True)]
    blocks = [to["ipBlock"] for rule in policy["egress"] for to in rule["to"]]
    for inside in (*INSIDE, *_subnets(whole)):
        address = ip_address(inside)
        for each in blocks:
            closed = any(address in ip_network(cidr) for cidr in each.get("except", ()))
            if address in ip_network(each["cidr"]) and not closed:
                found.append(f"{inside} is in reach")
    return found


def _subnets(whole: Whole) -> list[str]:
    cidrs = [body["cidr_block"] for body in whole.resources("aws_subnet").values()]
    return [str(ip_network(cidr)[4]) for cidr in cidrs]


def test_d01d_notebooks_cannot_speak_nfs(whole: Whole) -> None:
    """NFS is for nodes, with TLS, by one of two doors; servers reach nothing in the VPC."""
    assert ways_to_speak_nfs(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource(
            "karpenter", "aws_vpc_security_group_ingress_rule", "referenced_security_group_id"
        ),
        resource("storage", "aws_security_group", "ingress", to=[{"cidr_blocks": ["10.0.0.0/8"]}]),
        resource("storage", "aws_efs_file_system_policy", "policy", to='{"Statement": []}'),
        value("jupyterhub", "singleuser", "networkPolicy", "enabled", to=False),
        value("jupyterhub", "singleuser", "networkPolicy", "egressAllowRules", "privateIPs"),
        value(
            "jupyterhub",
            *("singleuser", "networkPolicy", "egress", 0, "to", 0, "ipBlock", "except"),
            to=["10.0.0.0/8"],
        ),
        value("jupyterhub", *STORAGE, "extraVolumes", "shared", to={"nfs": {"path": "/"}}),
        block("network", "resource", "aws_subnet", "Other", to={"cidr_block": "11.0.0.0/24"}),
    ],
)
def test_d01d_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """An address range, a door without a lock and a hole in the network policy are found."""
    assert ways_to_speak_nfs(rich.spoilt(mistake)) != []
