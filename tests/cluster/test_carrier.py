"""Releases that an earlier try left unfinished, with the real Helm on a real API."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from lightkube.core.exceptions import ApiError
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import ConfigMap
from ruamel.yaml import YAML

from tests.cluster.stuck import stuck_namespace
from tests.cluster.waiting import wait_for
from tests.support.helm import helm_or_skip

if TYPE_CHECKING:
    from pathlib import Path

    from lightkube import Client

    from tests.cluster.planes import Plane

RELEASE = "unfinished"
# Its hook is a Job that no node can run, so Helm waits for it.
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: content}
data: {text: {{ .Values.text | quote }}}
{{- if .Values.blocks }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: hook
  annotations: {helm.sh/hook: "post-install,post-upgrade"}
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {no-such: node}
      containers: [{name: main, image: "example.invalid/nothing:1"}]
{{- end }}
"""


@dataclass(frozen=True)
class Carrier:
    """The carrier, called as Terraform calls it.

    Attributes:
        chart: Folder of the chart.
        namespace: Where the release lives.
        kubeconfig: Of the cluster.
    """

    chart: Path
    namespace: str
    kubeconfig: Path

    def start(self, action: str, values: str = "", seconds: int = 60) -> subprocess.Popen[str]:
        """Start it, in a process group of its own."""
        given = {
            "NAME": RELEASE,
            "NAMESPACE": self.namespace,
            "TIMEOUT": str(seconds),
            "CONTEXT": "demo",
            "CHART": str(self.chart),
            "VALUES_0": values,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_eks.tools.carrier", action],
            env={
                **os.environ,
                "KUBECONFIG": str(self.kubeconfig),
                "HOME": str(self.chart.parent),
                "JHUB_HELM": str(helm_or_skip()),
                **{f"JHUB_RELEASE_{name}": text for name, text in given.items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, action: str, values: str = "", *, seconds: int = 60, code: int = 0) -> str:
        """Run it to its end and return what it said."""
        process = self.start(action, values, seconds)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, out + err
        return err

    def kill_in_hook(self, client: Client, values: str) -> None:
        """Install, and end it with Helm while the hook runs."""
        process = self.start("install", values)
        wait_for(lambda: is_there(client, Job, "hook", self.namespace), "the hook has begun")
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def carrier(plane: Plane, namespace: str, tmp_path: Path) -> Carrier:
    """The carrier for a chart that can be made to wait."""
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(f"{{apiVersion: v2, name: {RELEASE}, version: 1.0.0}}\n")
    (chart / "templates" / "all.yaml").write_text(TEMPLATE)
    return Carrier(chart, namespace, plane.start().kubeconfig)


def is_there(client: Client, kind: type, name: str, namespace: str) -> bool:
    """Return whether an object exists."""
    try:
        client.get(kind, name, namespace=namespace)
    except ApiError as error:
        if error.status.code != 404:
            raise
        return False
    return True


def content(client: Client, carrier: Carrier) -> str:
    """Return what the release has in the cluster."""
    found = client.get(ConfigMap, "content", namespace=carrier.namespace)
    return (found.data or {})["text"]


def test_a_killed_install_is_begun_anew(carrier: Carrier, client: Client) -> None:
    """Helm refuses to go on from ``pending-install``; what was half there is removed first."""
    carrier.kill_in_hook(client, "{text: one, blocks: true}")

    carrier.run("install", "{text: two}")

    assert content(client, carrier) == "two"


def test_a_killed_upgrade_is_taken_back(carrier: Carrier, client: Client) -> None:
    """Without a removal: the release goes on being there."""
    carrier.run("install", "{text: one}")
    before = client.get(ConfigMap, "content", namespace=carrier.namespace).metadata
    carrier.kill_in_hook(client, "{text: two, blocks: true}")

    carrier.run("install", "{text: three}")

    assert content(client, carrier) == "three"
    after = client.get(ConfigMap, "content", namespace=carrier.namespace).metadata
    assert before is not None
    assert after is not None
    assert after.uid == before.uid


def test_a_killed_install_can_be_uninstalled(carrier: Carrier, client: Client) -> None:
    """Destroy needs no deploy that succeeds before it."""
    carrier.kill_in_hook(client, "{text: one, blocks: true}")

    carrier.run("uninstall")

    assert not is_there(client, ConfigMap, "content", carrier.namespace)
    carrier.run("uninstall")


@pytest.mark.parametrize("before", ["", "{text: zero}"], ids=["install", "upgrade"])
def test_a_failed_hook_is_named_and_can_be_repeated(
    carrier: Carrier, client: Client, before: str
) -> None:
    """The error names what is not ready, without Helm's log, and the next try is an upgrade."""
    if before:
        carrier.run("install", before)

    said = carrier.run("install", "{text: one, blocks: true}", seconds=3, code=1)

    assert f"Job/{carrier.namespace}/hook not ready" in said
    assert "level=" not in said
    carrier.run("install", "{text: two}")
    assert content(client, carrier) == "two"


def test_a_kind_that_the_cluster_does_not_know_is_named(carrier: Carrier) -> None:
    """As after somebody deleted Karpenter's definitions; and with them back it goes on."""
    path = carrier.chart / "templates" / "all.yaml"
    path.write_text("{apiVersion: example.org/v1, kind: Missing, metadata: {name: a}}\n")
    assert 'no matches for kind "Missing"' in carrier.run("install", code=1)

    path.write_text(TEMPLATE)
    carrier.run("install", "{text: two}")


def test_a_namespace_that_is_going_is_named(carrier: Carrier, client: Client) -> None:
    """Nothing can be put into it, and Helm's answer says so."""
    with stuck_namespace(client) as name:
        into = Carrier(carrier.chart, name, carrier.kubeconfig)
        said = into.run("install", "{text: one}", seconds=5, code=1)

    assert name in said
    assert "being terminated" in said


def test_an_api_that_is_away_is_named(carrier: Carrier, tmp_path: Path) -> None:
    """With its address, so that it is not mistaken for AWS."""
    document = YAML(typ="safe", pure=True).load(carrier.kubeconfig.read_text())
    document["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    away = tmp_path / "away"
    away.write_text(json.dumps(document))

    said = Carrier(carrier.chart, carrier.namespace, away).run("install", code=1)

    assert "127.0.0.1:1" in said
    assert "refused" in said
