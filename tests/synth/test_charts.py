"""Our own charts with the real Helm: what goes in as values comes out as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.node_classes import NodePlace
from jupyterhub_eks.releases.nodes import node_objects
from jupyterhub_eks.resources import data_root
from tests.support.helm import rendered, run_helm, text
from tests.support.pools import EVERY_KIND, deployment_with

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.releases.model import LocalChart

STORAGE_VALUES = {"name": "gp3", "tag": {"key": "jhub.deployment", "value": "demo"}}


def nodes(**settings: Any) -> list[dict[str, Any]]:
    deployment = deployment_with(EVERY_KIND, **settings)
    return node_objects(deployment.profiles, deployment.settings, NodePlace(instance_profile="p"))


@pytest.mark.parametrize(
    ("chart", "values"),
    [(catalog.NODES, {"objects": []}), (catalog.STORAGE_CLASSES, STORAGE_VALUES)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_charts_have_no_lint(tmp_path: Path, chart: LocalChart, values: dict[str, Any]) -> None:
    """Helm finds no error and no warning in a chart."""
    path = str(data_root() / chart.folder)
    done = run_helm(tmp_path, "lint", "--strict", path, values=text(values))
    assert done.returncode == 0, done.stdout + done.stderr


def test_node_objects_arrive_as_they_were_made(tmp_path: Path) -> None:
    """No field is lost or reread, user data of several lines and odd tags included."""
    made = nodes(tags={"odd": "{{ .Values.x }} ${y} %{z} 1e3: #no"})
    seen = rendered(tmp_path, catalog.NODES, {"objects": made})
    assert sorted(seen, key=repr) == sorted(made, key=repr)


def test_the_default_class_encrypts_and_waits_for_the_pod(tmp_path: Path) -> None:
    """Volumes of claims are gp3, encrypted, tagged, in the zone of their pod (L1, L2, P26)."""
    (made,) = rendered(tmp_path, catalog.STORAGE_CLASSES, STORAGE_VALUES)
    assert made["metadata"] == {
        "name": "gp3",
        "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
    }
    assert made["parameters"] == {
        "type": "gp3",
        "encrypted": "true",
        "tagSpecification_1": "jhub.deployment=demo",
    }
    assert made["provisioner"] == "ebs.csi.aws.com"
    assert made["volumeBindingMode"] == "WaitForFirstConsumer"


@pytest.mark.parametrize(
    ("chart", "values", "told"),
    [
        (catalog.STORAGE_CLASSES, {**STORAGE_VALUES, "name": ""}, "name"),
        (catalog.STORAGE_CLASSES, {**STORAGE_VALUES, "tags": {}}, "tags"),
        (catalog.NODES, {"objects": [{"kind": "Secret"}]}, "kind"),
    ],
)
def test_values_that_a_chart_does_not_know_are_refused(
    tmp_path: Path, chart: LocalChart, values: dict[str, Any], told: str
) -> None:
    """A chart holds its values against a schema and names the fault."""
    done = run_helm(
        tmp_path, "template", chart.name, str(data_root() / chart.folder), values=text(values)
    )
    assert done.returncode != 0
    assert told in done.stderr
