"""Turn a stack's ``helm_release`` resources into ones that Terraform has built in. Pure.

Where the helm provider cannot be had, the same stack still runs through Terraform:
each release becomes two ``terraform_data`` resources with the release's resolved
arguments, whose provisioners call the real Helm.

``<id>``
    The release as such. Made without doing anything; destroying it uninstalls.
``<id>_content``
    What the release holds: chart and values. Any change replaces it, and making it
    installs or upgrades. Destroying it does nothing, so a change is an upgrade in place.

What waits for a release waits for its content, and is gone before it goes.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RELEASE_TYPE: Final = "helm_release"
CARRIER_TYPE: Final = "terraform_data"
# Types of the resources that stand for what is in a cluster.
RELEASE_TYPES: Final = (RELEASE_TYPE, CARRIER_TYPE)
# Stands for the digest of a chart that was nowhere to be had: the release is not installed.
UNREACHABLE: Final = "not reachable"
CONTENT: Final = "_content"
_VALUES: Final = "values_"
_ENVIRONMENT: Final = "JHUB_RELEASE_"
_CARRY: Final = 'exec "$${JHUB_PYTHON:-python3}" -m jupyterhub_eks.tools.carrier'


@dataclass(frozen=True, kw_only=True)
class ChartFile:
    """Where the chart of a release is, on this machine.

    Attributes:
        path: Archive or folder; empty when the chart cannot be reached.
        digest: SHA-256 of its content; a changed chart is an upgrade.
    """

    path: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a carrier holds, as plans and states have it.

    Attributes:
        chart: Name of the chart, or its path relative to the stack.
        version: Version of the chart; empty for one of the stack's own.
        digest: SHA-256 of the chart, or ``UNREACHABLE``.
        values: YAML texts, the later ones laid over.
    """

    chart: str
    version: str
    digest: str
    values: tuple[str, ...]


def content_of(triggers: Mapping[str, Any]) -> Content:
    """Return what ``triggers_replace`` of a carrier says; see ``_content``, which writes it."""
    chart, _, version = str(triggers.get("wanted", "")).partition(" ")
    keys = sorted(
        (key for key in triggers if key.startswith(_VALUES)),
        key=lambda key: int(key.removeprefix(_VALUES)),
    )
    return Content(
        chart=chart,
        version=version,
        digest=str(triggers.get("chart", "")),
        values=tuple(str(triggers[key]) for key in keys),
    )


def content_in_state(attributes: Mapping[str, Any]) -> Content:
    """Return what a carrier holds, from its attributes in a state."""
    # Terraform keeps a value of any type together with its type.
    return content_of((attributes.get("triggers_replace") or {}).get("value") or {})


def identity_in_state(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return name, namespace and connection of a release, from its carrier in a state."""
    found: dict[str, Any] = (attributes.get("input") or {}).get("value") or {}
    return found


def has_releases(document: Mapping[str, Any]) -> bool:
    """Return whether a stack needs the helm provider."""
    return bool(document.get("resource", {}).get(RELEASE_TYPE))


def releases_of(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield construct id and arguments of each release of a synthesized stack."""
    yield from document.get("resource", {}).get(RELEASE_TYPE, {}).items()


def carried(
    document: Mapping[str, Any], charts: Mapping[str, ChartFile], *, context: str = ""
) -> dict[str, Any]:
    """Return the document with every release carried by ``terraform_data``.

    Args:
        document: A synthesized stack.
        charts: Chart file by construct id.
        context: Context of the user's kubeconfig that stands for the stack's cluster;
            empty: the cluster that the stack's provider block names.

    Raises:
        KeyError: A release is not in ``charts``.
    """
    result: dict[str, Any] = copy.deepcopy(dict(document))
    releases: dict[str, Any] = result["resource"].pop(RELEASE_TYPE, {})
    connection = _connection(result.get("provider", {}).pop("helm", []), context)
    result["terraform"]["required_providers"].pop("helm", None)
    if not result.get("provider"):
        result.pop("provider", None)  # Terraform refuses an empty one
    carriers = result["resource"].setdefault(CARRIER_TYPE, {})
    for name, arguments in releases.items():
        carriers[name] = _release(arguments, connection)
        carriers[name + CONTENT] = _content(name, arguments, connection, charts[name])
    for instances in result["resource"].values():
        for resource in instances.values():
            if "depends_on" in resource:
                resource["depends_on"] = [_renamed(each) for each in resource["depends_on"]]
    return result


def with_packaged(document: Mapping[str, Any], charts: Mapping[str, ChartFile]) -> dict[str, Any]:
    """Return the document with packaged charts in the place of their repositories.

    Args:
        document: A synthesized stack.
        charts: Chart file by construct id; one without a path is left to its repository.
    """
    result: dict[str, Any] = copy.deepcopy(dict(document))
    for name, arguments in releases_of(result):
        if arguments.get("repository") and charts[name].path:
            del arguments["repository"]
            arguments["chart"] = charts[name].path
    return result


def _connection(provider: Any, context: str) -> dict[str, str]:
    """Return how to reach the cluster: by a context, or as the provider block says."""
    if context:
        return {"context": context}
    block = provider[0] if isinstance(provider, list) else provider
    kubernetes = block["kubernetes"]
    credentials = kubernetes["exec"]
    return {
        "host": kubernetes["host"],
        "ca": kubernetes["cluster_ca_certificate"],
        "token_command": credentials["command"],
        "token_arguments": "\n".join(credentials["args"]),
    }


def _release(arguments: Mapping[str, Any], connection: Mapping[str, str]) -> dict[str, Any]:
    identity = {
        "name": arguments["name"],
        "namespace": arguments["namespace"],
        "timeout": str(arguments["timeout"]),
        **connection,
    }
    # A provisioner that runs on destroy may refer to its own resource only.
    own = {key: f"${{self.input.{key}}}" for key in identity}
    return {
        "input": identity,
        "depends_on": arguments.get("depends_on", []),
        "provisioner": [_provisioner("uninstall", own, when="destroy")],
    }


def _content(
    name: str, arguments: Mapping[str, Any], connection: Mapping[str, str], chart: ChartFile
) -> dict[str, Any]:
    values = {f"{_VALUES}{index}": text for index, text in enumerate(arguments.get("values", []))}
    asked = {
        "name": arguments["name"],
        "namespace": arguments["namespace"],
        "timeout": str(arguments["timeout"]),
        "chart": chart.path,
        "wanted": _wanted(arguments),
        "skip_crds": str(bool(arguments.get("skip_crds"))).lower(),
    }
    # Neither where the chart lies nor how long to wait is a reason for an upgrade.
    seen = {key: asked[key] for key in ("wanted", "skip_crds")} | values
    return {
        "triggers_replace": {**seen, "chart": chart.digest or UNREACHABLE},
        "depends_on": [*arguments.get("depends_on", []), f"{CARRIER_TYPE}.{name}"],
        "provisioner": [_provisioner("install", {**asked, **values, **connection})],
    }


def _wanted(arguments: Mapping[str, Any]) -> str:
    return f"{arguments['chart']} {arguments.get('version', '')}".strip()


def _provisioner(action: str, environment: Mapping[str, str], **more: str) -> dict[str, Any]:
    variables = {f"{_ENVIRONMENT}{key.upper()}": text for key, text in environment.items()}
    return {
        "local-exec": {"command": f"{_CARRY} {action}", "environment": variables, **more},
    }


def _renamed(address: str) -> str:
    kind, _, name = address.partition(".")
    return f"{CARRIER_TYPE}.{name}{CONTENT}" if kind == RELEASE_TYPE else address
