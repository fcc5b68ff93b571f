"""A valid configuration and a synthesis as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.blocks import pairs
from jupyterhub_eks.cli.console.errors import draw_problem
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.auth import Auth
    from jupyterhub_eks.config.cluster import ClusterConfig
    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.load import LoadedConfig
    from jupyterhub_eks.releases.value_checking import ValuesCheck
    from jupyterhub_eks.synth import SynthResult


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
        "login": f"{settings.auth.type}: {_login(settings.auth)}",
        "address": _address(settings.access),
        "cluster API": _api(settings.cluster),
        "pools": ", ".join(deployment.profiles.pools) or "none",
        "profiles": ", ".join(profile.name for profile in deployment.profiles.profiles) or "none",
        "state": "in S3" if settings.state.backend == "s3" else "on this machine",
    }


def _login(auth: Auth) -> str:
    """Return the login in words, with the provider that it goes by."""
    if isinstance(auth, OAuthAuth):
        title = PRESETS[auth.provider].title if auth.provider != "oidc" else "OpenID Connect"
        # Google's is known, so that another one is not used.
        return f"{title}, {auth.issuer}" if auth.issuer and auth.provider != "google" else title
    if isinstance(auth, CognitoAuth):
        pool = f"user pool {auth.existing.user_pool_id}" if auth.existing else "a pool of its own"
        behind = ", ".join(auth.identity_providers)
        return f"{pool}, and behind it {behind}" if behind else pool
    if isinstance(auth, CustomAuth):
        return f"class {auth.authenticator}"
    if isinstance(auth, DummyAuth):
        return "one password for everybody, for trials"
    return "users sign up, an administrator approves"


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


def describe_providers(asked: Sequence[str] | None) -> dict[str, str]:
    """Return which identity providers were asked; nothing where none was to be.

    Args:
        asked: Their issuers; None: without ``--online``.
    """
    if asked is None:
        return {}
    return {"providers": f"asked: {', '.join(asked)}" if asked else "none with a document to ask"}


def draw_validation(
    loaded: LoadedConfig, values: ValuesCheck, asked: Sequence[str] | None = None
) -> Iterator[Text]:
    """Yield that the configuration is valid, what it comes to, and the warnings.

    Args:
        loaded: The configuration.
        values: Which charts took the values made for them.
        asked: Issuers that were asked; None: that was not wanted.
    """
    files = ", ".join(str(path) for path in loaded.files) or "defaults and flags"
    yield Text.assemble(("valid", "bold green"), f"  {files}")
    summary = {**resolved_summary(loaded.deployment), "chart values": describe_values(values)}
    summary |= describe_providers(asked)
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
