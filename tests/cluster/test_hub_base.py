"""Chart ``hub-base`` in a real API: passwords are made once, volumes find their claims."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from lightkube.codecs import from_dict
from lightkube.core.exceptions import ApiError
from lightkube.resources.core_v1 import (
    Namespace,
    PersistentVolume,
    PersistentVolumeClaim,
    Pod,
    Secret,
)

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.hub import hub_releases
from jupyterhub_eks.releases.merging import merge
from jupyterhub_eks.resources import data_root
from tests.cluster.waiting import wait_for
from tests.support.helm import helm_or_skip
from tests.support.hub import INPUTS, SECRET, deployment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lightkube import Client

    from tests.cluster.planes import Plane

NAMESPACE = "jhub-base-test"
ADMINS = {"auth": {"type": "dummy", "admins": ["root"]}}


class Helm:
    """The real Helm on the cluster of the session.

    Args:
        kubeconfig: How to reach it.
        folder: A home for Helm.
        client: Looks at the cluster.
    """

    def __init__(self, kubeconfig: Path, folder: Path, client: Client) -> None:
        self._client = client
        self._env = {**os.environ, "HOME": str(folder), "KUBECONFIG": str(kubeconfig)}
        self._folder = folder

    def install(self, given: dict[str, str] | None = None, **settings: Any) -> None:
        """Install or upgrade the chart for settings as in ``jhub.yaml``."""
        (base, _) = hub_releases(deployment(**settings), INPUTS)
        over: dict[str, Any] = {"namespace": {"name": NAMESPACE}, "login": {"given": given or {}}}
        path = self._folder / "values.json"
        path.write_text(json.dumps(merge(base.values, over)), encoding="utf-8")
        chart = str(data_root() / catalog.HUB_BASE.folder)
        self._run("upgrade", "--install", base.name, chart, "--wait", "-f", str(path))

    def uninstall(self) -> None:
        """Remove it and wait until its objects are gone."""
        self._run("uninstall", "hub-base", "--wait", "--ignore-not-found")
        # On a busy machine Helm ends while the namespace is still being emptied.
        wait_for(self._has_no_namespace, f"namespace {NAMESPACE} is gone")

    def _has_no_namespace(self) -> bool:
        return NAMESPACE not in {each.metadata.name for each in self._client.list(Namespace)}

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(helm_or_skip()), *arguments, "-n", "kube-system"],
            env=self._env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture
def helm(plane: Plane, client: Client, tmp_path: Path) -> Iterator[Helm]:
    """Helm, with nothing of the chart left afterwards."""
    made = Helm(plane.start().kubeconfig, tmp_path, client)
    try:
        yield made
    finally:
        made.uninstall()


def passwords(client: Client) -> dict[str, str]:
    """Return the contents of the login's Secret, as they are stored."""
    return dict(client.get(Secret, "hub-login", namespace=NAMESPACE).data or {})


def test_passwords_are_made_once(helm: Helm, client: Client) -> None:
    """An upgrade keeps them and adds what the new configuration needs."""
    helm.install(auth={"type": "dummy"})
    first = passwords(client)
    helm.install(**ADMINS)
    second = passwords(client)
    assert set(second) == {"user-password", "admin-password"}
    assert second["user-password"] == first["user-password"]
    helm.install(**ADMINS)
    assert passwords(client) == second


def test_a_given_password_is_not_passed_on_as_a_generated_one(helm: Helm, client: Client) -> None:
    """Whoever takes theirs out of the configuration gets one that nobody has chosen."""
    own = {"type": "dummy", "password": {"env": "OWN"}}
    helm.install({"user-password": "chosen by somebody"}, auth=own)
    given = passwords(client)
    helm.install({"user-password": ""}, auth=own)
    assert passwords(client) == given
    helm.install(auth={"type": "dummy"})
    generated = passwords(client)
    assert generated != given
    helm.install(auth={"type": "dummy"})
    assert passwords(client) == generated


def test_a_secret_that_is_not_given_again_is_kept(helm: Helm, client: Client) -> None:
    """An empty value leaves what is there, a new one replaces it."""
    helm.install({"client-secret": SECRET})
    kept = passwords(client)
    helm.install({"client-secret": ""})
    assert passwords(client) == kept
    helm.install({"client-secret": "another"})
    assert passwords(client) != kept


def test_d1b_each_claim_gets_its_own_volume(helm: Helm, client: Client) -> None:
    """Home is bound to home and shared to shared, also after everything was made anew."""
    for _ in range(2):
        helm.install()
        for name in ("home", "shared"):

            def bound(name: str = name) -> bool:
                claim = client.get(PersistentVolumeClaim, name, namespace=NAMESPACE)
                return bool(claim.status and claim.status.phase == "Bound")

            wait_for(bound, f"claim {name} is bound")
            volume = client.get(PersistentVolume, f"{NAMESPACE}-{name}")
            assert volume.spec is not None
            assert volume.spec.claimRef is not None
            assert volume.spec.claimRef.name == name
        helm.uninstall()


def test_d13_privileged_pods_are_refused(helm: Helm, client: Client) -> None:
    """What the namespace says about pods is enforced by the API itself."""
    helm.install()
    container = {"name": "c", "image": "i", "securityContext": {"privileged": True}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "privileged", "namespace": NAMESPACE},
        "spec": {"containers": [container]},
    }
    with pytest.raises(ApiError, match="violates PodSecurity"):
        client.create(from_dict(pod))
    assert not list(client.list(Pod, namespace=NAMESPACE))


def test_nothing_is_left(helm: Helm, client: Client) -> None:
    """Namespace and volumes go with the release, and no finalizer holds them."""
    helm.install()
    helm.uninstall()
    assert not [each for each in client.list(PersistentVolume) if _is_ours(each)]

    def gone() -> bool:
        return NAMESPACE not in [
            each.metadata.name for each in client.list(Namespace) if each.metadata
        ]

    wait_for(gone, "the namespace is gone")


def _is_ours(volume: PersistentVolume) -> bool:
    return bool(volume.metadata and str(volume.metadata.name).startswith(NAMESPACE))
