"""Charts rendered and fetched by the real Helm."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.coalescing import coalesce
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.orchestration.rendering import ChartAt, render
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.carried_schema import carried_facts
from jupyterhub_eks.releases.model import LocalChart, Release, RemoteChart
from jupyterhub_eks.releases.render import all_releases
from jupyterhub_eks.releases.values_schema import faults
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.tools.chart_archive import read_chart
from jupyterhub_eks.tools.chart_pulling import pull_all
from jupyterhub_eks.tools.charts import pull_chart
from jupyterhub_eks.tools.helm_template import HelmTemplate
from tests.support.helm import helm_or_skip, run_helm

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "not-to-be-found"
CHART = RemoteChart(name="thing", repository="", version="1.2.3")
FILES = {
    "Chart.yaml": "apiVersion: v2\nname: thing\nversion: 1.2.3\nkubeVersion: '>=1.36.0-0'\n",
    "crds/c.yaml": "kind: CustomResourceDefinition\napiVersion: x/v1\nmetadata: {name: c}\n",
    "templates/a.yaml": "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}\n"
    "  namespace: {{ .Release.Namespace }}\ndata:\n"
    "  version: {{ .Capabilities.KubeVersion.Version }}\n"
    "  given: {{ required .Values.apiToken .Values.given | quote }}\n",
}
RELEASE = Release(
    name="mine",
    namespace="place",
    chart=CHART,
    values={"given": "{{ x }} ${y}", "apiToken": SECRET},
    construct_id="Mine",
)


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    """A chart packaged by Helm itself."""
    for name, text in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "charts").mkdir()
    done = run_helm(tmp_path, "package", str(tmp_path / "source"), "-d", str(tmp_path / "charts"))
    assert done.returncode == 0, done.stderr
    return tmp_path / "charts" / CHART.archive


def template(kubernetes: str = "1.36") -> HelmTemplate:
    return HelmTemplate(helm=helm_or_skip(), kubernetes=kubernetes)


def test_a_chart_is_rendered_for_the_kubernetes_of_the_cluster(packaged: Path) -> None:
    """With name, namespace and values of the release; a value is not a template."""
    made = template()(RELEASE, packaged, ())
    assert "name: mine\n  namespace: place" in made
    assert "version: v1.36" in made
    assert 'given: "{{ x }} ${y}"' in made


def test_definitions_come_unless_another_release_owns_them(packaged: Path) -> None:
    """As in the stack."""
    assert "CustomResourceDefinition" in template()(RELEASE, packaged, ())
    assert "CustomResourceDefinition" not in template()(
        replace(RELEASE, skip_crds=True), packaged, ()
    )


def test_a_chart_for_another_kubernetes_is_an_error(packaged: Path) -> None:
    """Helm's own words say which."""
    with pytest.raises(ToolError, match="release mine") as caught:
        template("1.35")(RELEASE, packaged, ())
    assert "1.36.0" in caught.value.cause


def test_an_error_shows_no_secret(packaged: Path) -> None:
    """Also where the chart puts one into its message."""
    wrong = replace(RELEASE, values={"apiToken": SECRET})
    with pytest.raises(ToolError) as caught:
        template()(wrong, packaged, (SECRET,))
    assert "(secret)" in caught.value.cause
    assert SECRET not in caught.value.cause


@pytest.fixture
def repository(packaged: Path) -> Iterator[str]:
    """A chart repository on this machine."""
    done = run_helm(packaged.parent, "repo", "index", str(packaged.parent))
    assert done.returncode == 0, done.stderr
    handler = partial(SimpleHTTPRequestHandler, directory=str(packaged.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_charts_are_fetched_from_a_repository(
    tmp_path: Path, packaged: Path, repository: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive is that of the repository; a version that it lacks is told."""
    monkeypatch.setenv("HOME", str(tmp_path))
    here = replace(CHART, repository=repository)
    helm = helm_or_skip()
    charts = (here, replace(here, version="9.9.9"))

    found, absent = pull_all(
        charts, tmp_path / "out", lambda: partial(pull_chart, helm), lambda _: None
    )

    assert found.state == "fetched"
    assert (tmp_path / "out" / CHART.archive).read_bytes() == packaged.read_bytes()
    assert absent.state == "failed"
    assert "9.9.9" in absent.problem
    assert {path.name for path in (tmp_path / "out").iterdir()} == {CHART.archive, "charts.json"}


def test_all_charts_of_our_own_are_rendered(tmp_path: Path) -> None:
    """A default deployment: objects of each, Karpenter's checked, no password in them."""
    deployment = load(ConfigSources()).deployment
    releases = [each for each in all_releases(deployment) if isinstance(each.chart, LocalChart)]
    charts = {
        each.name: ChartAt(version="1.0.0", path=data_root() / each.chart.folder)
        for each in releases
        if isinstance(each.chart, LocalChart)
    }

    done = render("demo", releases, charts, template(), tmp_path / "out")

    assert {each.release: bool(each.objects) for each in done} == {
        "storage-classes": True,
        "nodes": True,
        "hub-base": True,
    }
    text = (tmp_path / "out" / "hub-base" / "manifests.yaml").read_text()
    assert "user-password: (masked)" in text


@pytest.fixture(scope="module")
def hub_chart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart with schema and values of JupyterHub's, and no templates."""
    facts = carried_facts(catalog.JUPYTERHUB)
    assert facts is not None
    folder = tmp_path_factory.mktemp("hub")
    about = f"apiVersion: v2\nname: {facts.name}\nversion: {facts.version}\n"
    (folder / "Chart.yaml").write_text(about)
    (folder / "values.yaml").write_text(json.dumps(facts.values))
    (folder / "values.schema.json").write_text(json.dumps(facts.schema))
    return folder


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"hub": {"baseUrl": None}},
        {"hub": {"nodeSelector": None}},
        {"hub": {"foo": None}},
        {"hub": None},
        {"hub": 3},
        {"custom": {"a": None}},
        {"hub": {"livenessProbe": {"enabled": None}}},
        {"hub": {"extraFiles": {"a": {"mountPath": "/x", "data": {}, "stringData": "s"}}}},
        {"hub": {"config": {"lower": {}}}},
        {"cull": {"every": 600.0}},
        {"cull": {"every": 1.5}},
        {"imagePullSecret": {"create": True}},
        {"singleuser": {"profileList": [{"x": 1}]}},
    ],
    ids=json.dumps,
)
def test_helm_refuses_what_jhub_refuses(hub_chart: Path, given: dict[str, Any]) -> None:
    """Nulls, whole numbers and choices are read as Helm reads them."""
    release = replace(RELEASE, chart=catalog.JUPYTERHUB, values=given)
    facts = read_chart(hub_chart)
    refused = bool(facts.schema and faults(facts.schema, coalesce(facts.values, given)))
    if not refused:
        template()(release, hub_chart, ())
        return
    with pytest.raises(ToolError) as caught:
        template()(release, hub_chart, ())
    assert "specifications of the schema" in caught.value.cause
