"""Every version the deployer pins, with its support: the typed view of ``versions.toml``.

Dates are the last day of support. Comments on the choices stand beside the data.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

_DATA: Final[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("versions.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True, kw_only=True)
class KubernetesVersion:
    """An EKS minor version.

    Attributes:
        minor: As EKS spells it, e.g. ``1.36``.
        source: Where its dates stand.
        deployable: Whether this release is built for it.
        karpenter: Oldest Karpenter for it; empty while Karpenter's table has no row.
        standard_support_ends: Last day of standard support; None while AWS names none.
        extended_support_ends: Last day of extended support, which costs extra.
    """

    minor: str
    source: str
    deployable: bool
    karpenter: str = ""
    standard_support_ends: date | None = None
    extended_support_ends: date | None = None


@dataclass(frozen=True, kw_only=True)
class Support:
    """How long the versions of a product are supported.

    Attributes:
        source: Where that stands.
        minors: Last day of support by minor version.
    """

    source: str
    minors: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SecurityRelease:
    """A release that fixes known vulnerabilities.

    Attributes:
        version: Version of the JupyterHub chart; of JupyterHub where no chart has the fix.
        released: Day of the release.
        fixes: CVE or GHSA identifiers.
        source: Where they are described.
        concerns: Which installations are affected; empty: all.
    """

    version: str
    released: date
    fixes: tuple[str, ...]
    source: str
    concerns: str = ""


def _kubernetes() -> tuple[KubernetesVersion, ...]:
    data = _DATA["kubernetes"]
    return tuple(KubernetesVersion(**{"source": data["source"], **each}) for each in data["minors"])


def _support(data: Mapping[str, Any]) -> Support:
    return Support(source=data["source"], minors=data.get("supported", {}))


def _triple(text: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, text.split("."))
    return major, minor, patch


def _security(kind: str, version: str) -> tuple[SecurityRelease, ...]:
    return tuple(
        SecurityRelease(
            version=each[version],
            released=each["date"],
            fixes=tuple(each["fixes"]),
            source=each.get("source", _HUB["source"]),
            concerns=each.get("concerns", ""),
        )
        for each in _HUB[kind]
    )


_CHARTS: Final[dict[str, Any]] = _DATA["charts"]
_IMAGES: Final[dict[str, Any]] = _DATA["images"]
_HUB: Final[dict[str, Any]] = _CHARTS["jupyterhub"]

# Also those that are not deployed any more, oldest first.
ALL_KUBERNETES: Final = _kubernetes()
KUBERNETES_VERSIONS: Final = tuple(each for each in ALL_KUBERNETES if each.deployable)
DEFAULT_KUBERNETES: Final[str] = _DATA["kubernetes"]["default"]

AWS_PROVIDER_SOURCE: Final[str] = _DATA["providers"]["aws_source"]
AWS_PROVIDER_RANGE: Final[str] = _DATA["providers"]["aws"]
AWS_PROVIDER_RANGE_EKS_DELETION_PROTECTION: Final[str] = _DATA["providers"][
    "aws_eks_deletion_protection"
]
HELM_PROVIDER_SOURCE: Final[str] = _DATA["providers"]["helm_source"]
HELM_PROVIDER_RANGE: Final[str] = _DATA["providers"]["helm"]

TERRAFORM_MINIMUM: Final = _triple(_DATA["terraform"]["minimum"])
TERRAFORM_BUNDLED: Final[str] = _DATA["terraform"]["bundled"]
TERRAFORM_SUPPORT: Final = _support(_DATA["terraform"])
PYTHON_SUPPORT: Final = _support(_DATA["python"])

KARPENTER: Final[str] = _CHARTS["karpenter"]["version"]
KARPENTER_SUPPORT: Final = _support(_CHARTS["karpenter"])
LOAD_BALANCER_CONTROLLER_CHART: Final[str] = _CHARTS["aws-load-balancer-controller"]["version"]
NVIDIA_DEVICE_PLUGIN_CHART: Final[str] = _CHARTS["nvidia-device-plugin"]["version"]
NEURON_CHART: Final[str] = _CHARTS["neuron-helm-chart"]["version"]
JUPYTERHUB_CHART: Final[str] = _HUB["version"]
# The JupyterHub in that chart.
JUPYTERHUB: Final[str] = _HUB["hub"]
JUPYTERHUB_SECURITY: Final = _security("security", "version")
JUPYTERHUB_OPEN: Final = _security("open", "hub")
ADDONS_SOURCE: Final[str] = _DATA["addons"]["source"]
# By the name of the chart.
CHART_SOURCES: Final = {name: str(chart["source"]) for name, chart in _CHARTS.items()}

AL2023_IMAGE: Final[str] = _IMAGES["al2023"]["version"]
BOTTLEROCKET_IMAGE: Final[str] = _IMAGES["bottlerocket"]["version"]
IMAGES: Final = {name: str(image["version"]) for name, image in _IMAGES.items()}
IMAGE_SUPPORT_ENDS: Final[dict[str, date | None]] = {
    name: image.get("support_ends") for name, image in _IMAGES.items()
}
IMAGE_SOURCES: Final = {name: str(image["source"]) for name, image in _IMAGES.items()}

HELM_MINIMUM: Final = _triple(_DATA["helm"]["minimum"])
HELM_CARRIED: Final[str] = _DATA["helm"]["carried"]
HELM_PACKAGE: Final[str] = _DATA["helm"]["package"]
HELM_PACKAGE_VERSION: Final[str] = _DATA["helm"]["package_version"]
HELM_PACKAGE_SHA256: Final[str] = _DATA["helm"]["package_sha256"]

OPENAPI_PACKAGE: Final[str] = _DATA["openapi"]["package"]
OPENAPI_PACKAGE_VERSION: Final[str] = _DATA["openapi"]["package_version"]
OPENAPI_PACKAGE_SHA256: Final[str] = _DATA["openapi"]["package_sha256"]
