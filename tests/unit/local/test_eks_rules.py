"""Rules of EKS that the gaps compute."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.local.emulator.gaps.eks_addon_versions import default_version, versions
from jupyterhub_eks.local.emulator.gaps.eks_cluster_changes import merged_logging


def setup(enabled: bool, *types: str) -> dict[str, Any]:  # noqa: FBT001 - reads as EKS writes it
    return {"types": list(types), "enabled": enabled}


def test_log_types_that_are_not_named_stay() -> None:
    """Switching one type off leaves the others on."""
    current = {"clusterLogging": [setup(True, "api", "audit")]}

    changed = merged_logging(current, {"clusterLogging": [setup(False, "api")]})

    assert changed == {"clusterLogging": [setup(True, "audit"), setup(False, "api")]}


def test_all_log_types_off() -> None:
    """With nothing on there is no enabled entry."""
    changed = merged_logging(
        {"clusterLogging": [setup(True, "api")]}, {"clusterLogging": [setup(False, "api")]}
    )

    assert changed == {"clusterLogging": [setup(False, "api")]}


def test_kube_proxy_follows_the_cluster() -> None:
    """The version of kube-proxy is the cluster's minor."""
    assert all(version.startswith("v1.36.") for version in versions("kube-proxy", "1.36"))


def test_default_version_is_not_the_newest() -> None:
    """EKS installs an older version than the newest one, so `most_recent` matters."""
    newest, *_ = versions("coredns", "1.36")

    assert default_version("coredns", "1.36") != newest
