"""A valid configuration and a synthesis as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import pairs
from jupyterhub_eks.cli.console.errors import draw_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.cluster import ClusterConfig
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.load import LoadedConfig
    from jupyterhub_eks.releases.value_checking import ValuesCheck
    from jupyterhub_eks.synth import SynthResult


_LOGINS: Final = {
    "dummy": "dummy: one password for everybody, for trials",
    "cognito": "cognito: a user pool of its own",
    "oauth": "oauth: your identity provider",
    "native": "native: users sign up, an administrator approves",
}


def resolved_summary(deployment: Deployment) -> dict[str, str]:
    """Return what the configuration comes to, as a few facts."""
    settings = deployment.settings
    network = settings.network
    return {
        "name": settings.name,
        "region": settings.region,
        "network": f"existing {network.existing.vpc_id}"
        if network.existing
        else f"{network.cidr}, {network.zones} zones, NAT {network.nat}",
        "cluster": f"EKS {settings.cluster.version}, "
        f"{settings.cluster.system_nodes.min} to {settings.cluster.system_nodes.max} system nodes "
        f"({', '.join(settings.cluster.system_nodes.instance_types)})",
        "login": _LOGINS[settings.auth.type],
        "address": _address(settings.access),
        "cluster API": _api(settings.cluster),
        "pools": ", ".join(deployment.profiles.pools) or "none",
        "profiles": ", ".join(profile.name for profile in deployment.profiles.profiles) or "none",
        "state": "in S3" if settings.state.backend == "s3" else "on this machine",
    }


def _address(access: AccessConfig) -> str:
    visibility = access.effective_visibility
    if visibility == "port-forward":
        return "none; the hub is opened through `kubectl port-forward`"
    where = "the internet" if visibility == "public" else "inside the network only"
    return f"https://{access.domain}, from {where}"


def _api(cluster: ClusterConfig) -> str:
    if cluster.public_access_cidrs:
        return f"from {', '.join(cluster.public_access_cidrs)} and from inside the VPC"
    return "from inside the VPC only; `cluster.public_access_cidrs` opens it to your network"


def describe_values(values: ValuesCheck) -> str:
    """Return which charts take the values made for them, and which were not asked."""
    reasons: dict[str, list[str]] = {}
    for name, reason in values.unchecked.items():
        reasons.setdefault(reason, []).append(name)
    skipped = (f"; not {', '.join(names)} ({why})" for why, names in reasons.items())
    return f"checked: {', '.join(values.checked) or 'none'}{''.join(skipped)}"


def draw_validation(loaded: LoadedConfig, values: ValuesCheck) -> Iterator[Text]:
    """Yield that the configuration is valid, what it comes to, and the warnings."""
    files = ", ".join(str(path) for path in loaded.files) or "defaults and flags"
    yield Text.assemble(("valid", "bold green"), f"  {files}")
    summary = {**resolved_summary(loaded.deployment), "chart values": describe_values(values)}
    yield from pairs(summary.items())
    for problem in loaded.warnings:
        yield Text("")
        yield from draw_problem(problem)


def draw_synthesis(result: SynthResult, folder: Path) -> Iterator[Text]:
    """Yield one line per stack: resources, folder and upstream stacks."""
    total = sum(stack.resources for stack in result.stacks)
    how = "from the cache" if result.cached else "made anew"
    yield Text.assemble(
        (f"{total} resources", "bold"),
        f" in {len(result.stacks)} stacks, {how} in {result.seconds:.1f} s: {folder}",
    )
    names = max(len(stack.name) for stack in result.stacks)
    for stack in result.stacks:
        after = f"after {', '.join(stack.depends_on)}" if stack.depends_on else ""
        yield Text.assemble(f"  {stack.name:<{names}} {stack.resources:>4}  ", (after, "dim"))


def synthesis_document(result: SynthResult, folder: Path) -> dict[str, Any]:
    """Return stacks, files and resource counts for ``--json``."""
    return {
        "directory": folder,
        "cached": result.cached,
        "seconds": round(result.seconds, 3),
        "resources": sum(stack.resources for stack in result.stacks),
        "stacks": [
            {
                "name": stack.name,
                "file": stack.directory / "cdk.tf.json",
                "depends_on": stack.depends_on,
                "resources": stack.resources,
            }
            for stack in result.stacks
        ],
    }
