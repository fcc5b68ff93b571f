"""D27 to D30, D34: data is guarded, versions are pinned and supported, names are our own."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.versions import KUBERNETES_VERSIONS
from tests.support.whole import CASES, Spoil, Whole, block, node, profile, resource, value, whole_of

if TYPE_CHECKING:
    from tests.support.synth import Synthesizer

DATA = ("aws_efs_file_system", "aws_efs_access_point", "aws_backup_vault")
# The day on which the support dates were looked up last.
LOOKED_UP = date(2026, 11, 20)
FIXED_CHART = (4, 4, 0)
# What is unique in the account, the region or the world, by its argument; the rest has
# its name inside of something else: a cluster, a pool of users, a zone.
NAMED = {
    "aws_backup_plan": "name",
    "aws_backup_selection": "name",
    "aws_backup_vault": "name",
    "aws_budgets_budget": "name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cognito_user_pool": "name",
    "aws_cognito_user_pool_domain": "domain",
    "aws_efs_file_system": "creation_token",
    "aws_eks_cluster": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_launch_template": "name",
    "aws_security_group": "name",
    "aws_sqs_queue": "name",
}
WITHIN = {"aws_cognito_user_group", "aws_cognito_user_pool_client", "aws_route53_record"}
WITHIN |= {"helm_release"}


def unguarded_data(whole: Whole) -> list[str]:
    """Return what users could lose by one command, and files that cost more than they must."""
    found = []
    for address, body in whole.resources(*DATA).items():
        if body.get("lifecycle", {}).get("prevent_destroy") is not True:
            found.append(f"{address} can be destroyed")
    (files,) = whole.resources("aws_efs_file_system").values()
    moves = [key for each in files.get("lifecycle_policy", []) for key in each]
    if "transition_to_ia" not in moves:
        found.append("old files stay where they are dear")
    rules = [rule for each in whole.resources("aws_backup_plan").values() for rule in each["rule"]]
    if not any(rule["lifecycle"]["delete_after"] for rule in rules):
        found.append("nothing is backed up")
    if not whole.resources("aws_backup_selection"):
        found.append("no files are chosen for backup")
    return found


@pytest.fixture(scope="module")
def protected(synthesizer: Synthesizer) -> Whole:
    """A deployment as it is deployed: its data is protected until a destroy may remove it."""
    deployment = CASES["quickstart"]()
    return whole_of(deployment, synthesizer(deployment, protect_data=True))


def test_d27_data_is_protected_and_backed_up(protected: Whole) -> None:
    """Terraform refuses to destroy files and backups, and each day makes one."""
    assert unguarded_data(protected) == []


@pytest.mark.parametrize(
    "mistake",
    [
        *(resource("storage", kind, "lifecycle") for kind in DATA),
        block("storage", "resource", "aws_backup_plan"),
        block("storage", "resource", "aws_backup_selection"),
        resource("storage", "aws_efs_file_system", "lifecycle_policy"),
    ],
)
def test_d27_is_noticed(protected: Whole, mistake: Spoil) -> None:
    """Files without protection, without backups and without a lifecycle are found."""
    assert unguarded_data(protected.spoilt(mistake)) != []


def unpinned(whole: Whole) -> list[str]:
    """Return what another day could bring in another version."""
    found = [
        f"chart {name} has version {body.get('version')}"
        for name, body in whole.releases().items()
        if not re.fullmatch(r"\d+\.\d+\.\d+", body.get("version", ""))
    ]
    for stack in whole.stacks.values():
        found += [f"{stack.name} has a module" for _ in stack.content.get("module", {})]
        providers = stack.content["terraform"]["required_providers"]
        for name, each in providers.items():
            if "<" not in each.get("version", "") and not each["version"][0].isdigit():
                found.append(f"{stack.name}: provider {name} has no upper bound")
    for name, spec in whole.nodes("EC2NodeClass").items():
        for term in spec["amiSelectorTerms"]:
            if not re.search(r"@v?\d", term["alias"]):
                found.append(f"machines of {name} have {term['alias']}")
    return found + [f"{each} floats" for each in _images(whole.profiles) if _floats(each)]


def _images(part: Any) -> list[str]:
    """Return every image that is named anywhere in the profiles."""
    if isinstance(part, list):
        return [image for each in part for image in _images(each)]
    if not isinstance(part, dict):
        return []
    own = [part["image"]] if isinstance(part.get("image"), str) else []
    return own + [image for each in part.values() for image in _images(each)]


def _floats(image: str) -> bool:
    name, _, tag = image.rpartition("/")[2].partition(":")
    return "@sha256:" not in image and (not name or tag in {"", "latest"})


def test_d28_versions_are_pinned(whole: Whole) -> None:
    """Charts and machine images are exact, providers bounded, notebook images tagged."""
    assert unpinned(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        block("platform", "resource", "helm_release", "Karpenter", "version"),
        block("platform", "resource", "helm_release", "Karpenter", "version", to="~> 1.14"),
        block("network", "module", "vpc", to={"source": "example/vpc/aws"}),
        block("network", "terraform", "required_providers", "aws", "version", to=">= 5.0"),
        node("EC2NodeClass", "gpu", "amiSelectorTerms", 0, "alias", to="al2023@latest"),
        profile("CPU", "kubespawner_override", "image", to="quay.io/jupyter/scipy:latest"),
        profile("CPU", "kubespawner_override", "image", to="quay.io/jupyter/scipy"),
    ],
)
def test_d28_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A range, no version, a module and a floating image are found."""
    assert unpinned(rich.spoilt(mistake)) != []


def unsupported(whole: Whole) -> list[str]:
    """Return what AWS or Karpenter no longer support, or would support for more money."""
    found = []
    dates = {each.minor: each.standard_support_ends for each in KUBERNETES_VERSIONS}
    for body in whole.resources("aws_eks_cluster").values():
        version = body["version"]
        # A version that is new has no date yet.
        if version not in dates or (dates[version] or date.max) <= LOOKED_UP:
            found.append(f"Kubernetes {version} is out of support")
        if body.get("upgrade_policy", {}).get("support_type") != "STANDARD":
            found.append("extended support is paid for")
    found += [
        f"system nodes run {body.get('ami_type')}"
        for body in whole.resources("aws_eks_node_group").values()
        if not body.get("ami_type", "AL2_").startswith(("AL2023", "BOTTLEROCKET"))
    ]
    for name, spec in whole.nodes("EC2NodeClass").items():
        aliases = [each["alias"].split("@")[0] for each in spec["amiSelectorTerms"]]
        found += [f"{name} runs {each}" for each in aliases if each not in FAMILIES]
    for each in whole.values["nodes"]["objects"]:
        if each["kind"] != "NodeOverlay" and not each["apiVersion"].endswith("/v1"):
            found.append(f"{each['kind']} is {each['apiVersion']}")
    return found


FAMILIES = {"al2023", "bottlerocket"}


def test_d29_everything_is_supported(whole: Whole) -> None:
    """Kubernetes, machine images and Karpenter's API are ones that get their fixes."""
    assert unsupported(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource("cluster", "aws_eks_cluster", "version", to="1.30"),
        resource("cluster", "aws_eks_cluster", "upgrade_policy"),
        resource("cluster", "aws_eks_node_group", "ami_type", to="AL2_x86_64"),
        node("EC2NodeClass", "gpu", "amiSelectorTerms", 0, "alias", to="al2@v20250101"),
        value("nodes", "objects", 0, "apiVersion", to="karpenter.k8s.aws/v1beta1"),
    ],
)
def test_d29_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """An old Kubernetes, image or API, and support that costs more, are found."""
    assert unsupported(rich.spoilt(mistake)) != []


def old_hub(whole: Whole) -> list[str]:
    """Return a hub chart that lacks security fixes."""
    version = whole.releases()["jupyterhub"]["version"]
    numbers = tuple(int(part) for part in version.split("."))
    return [f"chart {version}"] if numbers < FIXED_CHART else []


def test_d30_the_hub_has_its_fixes(whole: Whole) -> None:
    """The chart is not older than the last one with a security release."""
    assert old_hub(whole) == []
    old = block("hub", "resource", "helm_release", "JupyterHub", "version", to="3.2.1")
    assert old_hub(whole.spoilt(old)) == ["chart 3.2.1"]


def fixed_names(whole: Whole) -> list[str]:
    """Return names that a second deployment, or somebody else, has too."""
    found = []
    # A host name of the user's own is nobody else's.
    own = getattr(whole.deployment.settings.auth, "custom_domain", None)
    for address, body in whole.resources().items():
        kind = address.split(".")[1]
        if kind in NAMED:
            if body.get(NAMED[kind]) == own and "certificate_arn" in body:
                continue
            if whole.deployment.name not in str(body.get(NAMED[kind])):
                found.append(f"{address} is called {body.get(NAMED[kind])}")
        elif kind not in WITHIN and ("name" in body or "bucket" in body):
            found.append(f"{address}: nobody has said where its name must be unique")
    return found


def test_d34_names_carry_the_deployment(whole: Whole) -> None:
    """Whatever has to be unique in the account or the world has the deployment's name in it."""
    assert fixed_names(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource("cluster", "aws_iam_role", "name", to="EngineeringTeamRole"),
        resource("identity", "aws_cognito_user_pool_domain", "domain", to="eks"),
        resource("identity", "aws_cognito_user_pool", "name", to="jupyterhub-userpool"),
        block("storage", "resource", "aws_s3_bucket", "B", to={"bucket": json.dumps("files")}),
    ],
)
def test_d34_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A fixed role, pool and prefix, and a kind that nobody thought of, are found."""
    assert fixed_names(rich.spoilt(mistake)) != []
