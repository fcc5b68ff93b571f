"""Chart ``hub-base`` with the real Helm: namespace, volumes and the login's secret."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.hub import hub_releases
from jupyterhub_eks.resources import data_root
from tests.support.helm import rendered, run_helm, text
from tests.support.hub import COGNITO, DOMAIN, INPUTS, NATIVE, SECRET, deployment

if TYPE_CHECKING:
    from pathlib import Path


def base_values(**settings: Any) -> dict[str, Any]:
    """Return what the chart is given for settings as in ``jhub.yaml``."""
    (base, _) = hub_releases(deployment(**settings), INPUTS)
    return dict(base.values)


def objects(folder: Path, **settings: Any) -> dict[str, dict[str, Any]]:
    """Return the chart's objects by kind and name."""
    made = rendered(folder, catalog.HUB_BASE, base_values(**settings))
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in made}


def test_everything_that_the_hub_needs(tmp_path: Path) -> None:
    """A namespace, two volumes with their claims, a secret; nothing without a purpose."""
    assert set(objects(tmp_path)) == {
        "Namespace/jupyterhub",
        "PersistentVolume/jupyterhub-home",
        "PersistentVolume/jupyterhub-shared",
        "PersistentVolumeClaim/home",
        "PersistentVolumeClaim/shared",
        "Secret/hub-login",
    }


def test_pod_security_is_enforced(tmp_path: Path) -> None:
    """Privileged pods are refused, and what is not restricted is pointed out."""
    labels = objects(tmp_path)["Namespace/jupyterhub"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    assert labels["pod-security.kubernetes.io/warn"] == "restricted"


@pytest.mark.parametrize(("name", "door"), [("home", "fsap-1"), ("shared", "fsap-2")])
def test_d1_d1d_volume_is_an_access_point_over_tls(tmp_path: Path, name: str, door: str) -> None:
    """Through the EFS driver and one door; kept when its objects go."""
    spec = objects(tmp_path)[f"PersistentVolume/jupyterhub-{name}"]["spec"]
    assert spec["csi"] == {"driver": "efs.csi.aws.com", "volumeHandle": f"fs-1::{door}"}
    assert spec["mountOptions"] == ["tls"]
    assert spec["persistentVolumeReclaimPolicy"] == "Retain"
    assert spec["accessModes"] == ["ReadWriteMany"]
    assert "nfs" not in spec


@pytest.mark.parametrize("name", ["home", "shared"])
def test_d1b_volume_and_claim_name_each_other(tmp_path: Path, name: str) -> None:
    """No binder has a choice: each names the other, and no class is involved."""
    made = objects(tmp_path)
    volume = made[f"PersistentVolume/jupyterhub-{name}"]["spec"]
    claim = made[f"PersistentVolumeClaim/{name}"]
    assert volume["claimRef"]["name"] == claim["metadata"]["name"]
    assert volume["claimRef"]["namespace"] == claim["metadata"]["namespace"] == "jupyterhub"
    assert claim["spec"]["volumeName"] == f"jupyterhub-{name}"
    assert claim["spec"]["storageClassName"] == volume["storageClassName"] == ""


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        ({"auth": {"type": "dummy"}}, {"user-password"}),
        ({"auth": {"type": "dummy", "admins": ["a"]}}, {"user-password", "admin-password"}),
        ({"auth": NATIVE, "access": DOMAIN}, {"admin-password"}),
        ({"auth": COGNITO, "access": DOMAIN}, {"client-secret"}),
    ],
)
def test_secret_has_what_the_login_needs(
    tmp_path: Path, settings: dict[str, Any], keys: set[str]
) -> None:
    """Passwords are made where the chart is installed; only the client's secret is given."""
    assert set(objects(tmp_path, **settings)["Secret/hub-login"]["data"]) == keys
    values = str(base_values(**settings))
    assert (SECRET in values) is ("client-secret" in keys)


def test_generated_passwords_are_long_and_by_chance(tmp_path: Path) -> None:
    """32 letters and digits, or as many as the login demands, never the same twice."""
    seen = set()
    for _ in range(2):
        data = objects(tmp_path)["Secret/hub-login"]["data"]
        password = base64.b64decode(data["user-password"]).decode()
        assert len(password) == 32
        assert password.isalnum()
        seen.add(password)
    assert len(seen) == 2
    long = objects(tmp_path, auth={**NATIVE, "password_min_length": 64}, access=DOMAIN)
    assert len(base64.b64decode(long["Secret/hub-login"]["data"]["admin-password"])) == 64


def test_volume_at_the_root_of_the_file_system_is_refused(tmp_path: Path) -> None:
    """Without an access point there is no volume, but an error of Helm."""
    (base, _) = hub_releases(deployment(), replace(INPUTS, home_access_point_id=""))
    chart = str(data_root() / catalog.HUB_BASE.folder)
    done = run_helm(tmp_path, "template", "hub-base", chart, values=text(dict(base.values)))
    assert done.returncode != 0
    assert "accessPointId" in done.stderr


def test_chart_has_no_lint(tmp_path: Path) -> None:
    """Helm finds neither an error nor a warning."""
    chart = str(data_root() / catalog.HUB_BASE.folder)
    done = run_helm(tmp_path, "lint", "--strict", chart, values=text(base_values()))
    assert done.returncode == 0, done.stdout
    assert "[WARNING]" not in done.stdout
