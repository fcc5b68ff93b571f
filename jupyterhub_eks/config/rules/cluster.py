"""Rules for ``cluster``: version, API access and system nodes."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.arns import kms_findings, principal_finding
from jupyterhub_eks.config.rules.blocks import block_fault, read_loosely
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.instances import architecture, instance_meant, is_type
from jupyterhub_eks.config.rules.offered import doubt
from jupyterhub_eks.versions import ALL_KUBERNETES, DEFAULT_KUBERNETES, KUBERNETES_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.cluster import ClusterConfig, SystemNodes
    from jupyterhub_eks.config.deployment import DeploymentFile

# End of EKS standard support of versions this release does not take any more.
_RETIRED: Final = {
    each.minor: each.standard_support_ends for each in ALL_KUBERNETES if not each.deployable
}
# Quota "Public endpoint access CIDR ranges per cluster" (EKS service quotas).
_MAX_PUBLIC_CIDRS: Final = 40
# Anything wider than a /8 is half the internet, however it is written.
_WIDEST_PREFIX: Final = 8
_PRIVATE: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
    )
)
_EXAMPLE: Final = "203.0.113.7/32"
_CIDRS: Path = ("cluster", "public_access_cidrs")


def cluster_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the EKS cluster."""
    cluster = settings.cluster
    yield from _version(cluster.version)
    yield from _public_access(cluster)
    yield from _admins(cluster.admins, settings.account)
    yield from _system_nodes(cluster.system_nodes)
    if cluster.kms_key_arn:
        yield from kms_findings(("cluster", "kms_key_arn"), cluster.kms_key_arn, settings)


def _version(version: str) -> Iterator[Finding]:
    known = [entry.minor for entry in KUBERNETES_VERSIONS]
    if version in known:
        return
    minor = ".".join(version.removeprefix("v").split(".")[:2])
    hint = f'write `version: "{minor if minor in known else DEFAULT_KUBERNETES}"`'
    if minor in _RETIRED:
        hint += f"; EKS standard support of {minor} ends on {_RETIRED[minor]}"
    yield Finding(
        path=("cluster", "version"),
        message=f"`version: {version}` is not one this release supports ({', '.join(known)})",
        hint=hint,
    )


def _public_access(cluster: ClusterConfig) -> Iterator[Finding]:
    cidrs = cluster.public_access_cidrs
    if len(cidrs) > _MAX_PUBLIC_CIDRS:
        yield Finding(
            path=_CIDRS,
            message=f"{len(cidrs)} networks; EKS takes at most {_MAX_PUBLIC_CIDRS}",
            hint="combine neighbouring networks into larger ones",
        )
    for index, text in enumerate(cidrs):
        path = (*_CIDRS, index)
        if fault := block_fault(text):
            yield Finding(path=path, message=fault, hint=f"write e.g. `{_network_meant(text)}`")
        else:
            block = ipaddress.IPv4Network(text)
            yield from _public_block(path, block, allowed=cluster.allow_public_api)


def _network_meant(text: str) -> str:
    """Return the block of one address, the one that begins properly, or one for documents."""
    loose = read_loosely(text)
    if loose is None:
        return _EXAMPLE
    if "/" not in text or loose.prefixlen < _WIDEST_PREFIX:
        loose = ipaddress.IPv4Network(f"{text.partition('/')[0]}/32")
    return _EXAMPLE if _is_private(loose) else str(loose)


def _is_private(block: ipaddress.IPv4Network) -> bool:
    return any(block.subnet_of(private) for private in _PRIVATE)


def _public_block(path: Path, block: ipaddress.IPv4Network, *, allowed: bool) -> Iterator[Finding]:
    if _is_private(block):
        yield Finding(
            path=path,
            message=f"`{block}` is private; EKS takes public addresses only",
            hint="write the address under which the internet sees your network, as in "
            f"`{_EXAMPLE}`",
        )
    elif block.prefixlen < _WIDEST_PREFIX and not allowed:
        yield Finding(
            path=path,
            message=f"`{block}` opens the cluster API to (nearly) everyone",
            hint="write your own networks; if everyone is meant, add `allow_public_api: true`",
            also=(("cluster", "allow_public_api"),),
        )


def _admins(admins: tuple[str, ...], account: str | None) -> Iterator[Finding]:
    for index, arn in enumerate(admins):
        path: Path = ("cluster", "admins", index)
        if finding := principal_finding(path, arn, account):
            yield finding
        elif arn in admins[:index]:
            yield Finding(
                path=path,
                message=f"`{arn}` is listed twice; EKS takes one access entry per principal",
                hint="remove one",
            )


def _system_nodes(nodes: SystemNodes) -> Iterator[Finding]:
    base: Path = ("cluster", "system_nodes")
    if nodes.min > nodes.max:
        yield Finding(
            path=(*base, "max"),
            message=f"`max: {nodes.max}` is less than `min: {nodes.min}`",
            hint=f"write `max: {nodes.min}` or more",
            also=((*base, "min"),),
        )
    types = nodes.instance_types
    for index, name in enumerate(types):
        if not is_type(name):
            yield Finding(
                path=(*base, "instance_types", index),
                message=f"`{name}` is not an EC2 instance type",
                hint=f"write family and size, e.g. `{_type_meant(name)}`",
            )
        elif found := doubt(name):
            message, hint = found
            yield Finding(
                path=(*base, "instance_types", index),
                message=message,
                hint=hint,
                severity="warning",
            )
    kinds = {architecture(name) for name in types if is_type(name)}
    if len(kinds) > 1:
        arm = ", ".join(name for name in types if architecture(name) == "arm64")
        yield Finding(
            path=(*base, "instance_types"),
            message=f"instance types of two CPU architectures ({arm} is arm64); a node group "
            "has one machine image",
            hint="keep either Graviton or Intel/AMD types",
        )


def _type_meant(name: str) -> str:
    meant = instance_meant(name)
    if meant is None:
        return "m7i.large"
    return meant if is_type(meant) else f"{meant}.large"
