"""Kubernetes' own OpenAPI, brought as jhub brings it, and the charts that the project owns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.orchestration.manifests import objects_of
from jupyterhub_eks.releases.model import LocalChart
from jupyterhub_eks.releases.object_checking import ObjectCheck
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.helm_template import HelmTemplate
from jupyterhub_eks.versions import DEFAULT_KUBERNETES, KUBERNETES_VERSIONS
from tests.support.helm import helm_or_skip
from tests.support.openapi import real_definitions

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment

EXAMPLES = sorted((data_root() / "examples").glob("*/jhub.yaml"))
MINORS = [each.minor for each in KUBERNETES_VERSIONS]
DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "d", "annotations": None, "creationTimestamp": None},
    "spec": {
        "selector": {"matchLabels": {"a": "b"}},
        "strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {
                "securityContext": None,
                "containers": [
                    {
                        "name": "c",
                        "image": "i",
                        "resources": {"limits": {"cpu": 1, "memory": "2Gi"}},
                        "livenessProbe": {"httpGet": {"path": "/", "port": "http"}},
                    }
                ],
            },
        },
    },
}


def held(deployment: Deployment, minor: str) -> ObjectCheck:
    """Return what is said of the objects of our own charts."""
    check = ObjectCheck(real_definitions(minor))
    template = HelmTemplate(helm=helm_or_skip(), kubernetes=minor)
    for release in all_releases(deployment):
        if isinstance(release.chart, LocalChart):
            made = template(release, data_root() / release.chart.folder, ())
            check.look(release, objects_of(made))
    return check


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.parent.name)
@pytest.mark.parametrize("minor", MINORS)
def test_own_charts_make_what_kubernetes_takes(file: Path, minor: str) -> None:
    """In each example and version that can be deployed; pools too, against Karpenter's."""
    check = held(load(ConfigSources(files=(file,))).deployment, minor)
    assert [each.fault.text for each in check.faults] == []
    assert check.held >= 8
    assert check.unheld == {}


@pytest.mark.parametrize("minor", MINORS)
def test_every_reference_of_the_definitions_is_in_the_same_file(minor: str) -> None:
    """So that one file per version is enough to keep, and no schema is left half heeded."""
    schemas = real_definitions(minor).schemas

    def references(tree: Any) -> set[str]:
        if isinstance(tree, dict):
            own = {tree["$ref"]} if isinstance(tree.get("$ref"), str) else set()
            return own.union(*(references(each) for each in tree.values()))
        return (
            set().union(*(references(each) for each in tree)) if isinstance(tree, list) else set()
        )

    known = {f"#/$defs/{name}" for name in schemas}
    assert references(schemas) <= known
    assert len(known) > 700


@pytest.mark.parametrize("minor", MINORS)
def test_what_every_api_server_takes_has_no_fault(minor: str) -> None:
    """Nulls, numbers and texts in the same place, and quantities of either form."""
    assert real_definitions(minor).faults(DEPLOYMENT) == []


def test_faults_of_a_real_kind() -> None:
    """A misspelt field, a wrong type deep inside, a missing field, and a removed API."""
    container = {"nam": "x", "resources": {"limits": {"memory": "2GB"}}, "args": "all"}
    spec = {**DEPLOYMENT["spec"], "replicas": "2"}
    spec["template"] = {"spec": {"containers": [container]}}
    definitions = real_definitions(DEFAULT_KUBERNETES)
    found = definitions.faults({**DEPLOYMENT, "spec": spec}) or []
    inside = "spec.template.spec.containers[0]"
    assert {each.text for each in found} == {
        "spec.replicas must be a whole number or null, and is text",
        f"{inside}.nam is an unknown key",
        f"{inside}.name is missing",
        f"{inside}.args must be a list or null, and is text",
        f"{inside}.resources.limits.memory must be a quantity, such as `500m` or `2Gi`",
    }
    for version, kind in (
        ("policy/v1beta1", "PodSecurityPolicy"),
        ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"),
        ("storage.k8s.io/v1beta1", "CSIDriver"),
    ):
        (fault,) = definitions.faults({"apiVersion": version, "kind": kind}) or []
        assert f"is not in Kubernetes {DEFAULT_KUBERNETES}" in fault.message
