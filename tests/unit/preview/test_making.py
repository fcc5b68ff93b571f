"""What the hub is told: values as a deploy renders them, claims as folders, wishes as asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jupyterhub_eks.cli.previewing import seconds_of
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import UsageError
from jupyterhub_eks.preview.document import Document
from jupyterhub_eks.preview.files import preview_files
from jupyterhub_eks.preview.making import (
    Login,
    Ports,
    Wishes,
    claims_of,
    hub_values,
    make_document,
    titles_of,
    with_slugs,
)

ROOT = Path(__file__).resolve().parents[3]
PORTS = Ports(public=8000, hub=8001, proxy_api=8002, token="token")


@pytest.mark.parametrize(
    "example", [path.parent.name for path in ROOT.glob("examples/*/jhub.yaml")]
)
def test_every_example_can_be_told(tmp_path: Path, example: str) -> None:
    """All that the contract names is there, and it can be written as JSON."""
    deployment = load(ConfigSources(files=(ROOT / "examples" / example / "jhub.yaml",))).deployment
    login = Login(values=hub_values(deployment), environment={"A": "b"})
    files = preview_files(tmp_path, 8000)

    document = make_document(deployment, login, PORTS, files, {}, Wishes(cull_after=60))

    assert set(document) == Document.__required_keys__
    assert json.loads(json.dumps(document)) == document
    assert document["url"] == "http://127.0.0.1:8000"
    assert document["claims"]["home"] == str(files.home / "homes")
    assert document["values"]["singleuser"]["profileList"]


def test_values_are_not_shared() -> None:
    """Whoever leads the login elsewhere changes no values of a deploy."""
    deployment = load(ConfigSources(files=(ROOT / "examples/quickstart/jhub.yaml",))).deployment

    hub_values(deployment)["hub"].clear()

    assert hub_values(deployment)["hub"]


def test_every_claim_has_a_folder(tmp_path: Path) -> None:
    """Also those that the user's own values name, wherever they stand."""
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "datasets"}}]
    values = {"singleuser": {"storage": {"static": {"pvcName": "home"}, "extraVolumes": volumes}}}

    assert claims_of(values) == ("home", "shared", "datasets")
    assert preview_files(tmp_path, 1).claim("datasets") == tmp_path / "preview/1/claims/datasets"


def test_a_profile_that_is_not_there_is_named() -> None:
    """With the one that was probably meant."""
    titles = {"data-science-cpu": "Data science (CPU)"}

    with pytest.raises(UsageError, match="--full data-science") as raised:
        with_slugs(Wishes(full=("data-science",)), titles)
    assert raised.value.hint == "did you mean `data-science-cpu`?"


def test_a_profile_is_named_by_its_slug_or_its_name() -> None:
    """Whichever of both is at hand; the hub is told of the slug."""
    deployment = load(ConfigSources(files=(ROOT / "examples/quickstart/jhub.yaml",))).deployment
    titles = titles_of(deployment)
    (slug, title), *_ = titles.items()
    assert title == deployment.profiles.profiles[0].name
    assert slug != title

    found = with_slugs(Wishes(unavailable=(title, slug), full=(title,), cull_after=7), titles)

    assert found == Wishes(unavailable=(slug, slug), full=(slug,), cull_after=7)


def test_secrets_are_not_shown() -> None:
    """A representation may reach a log."""
    login = Login(values={}, environment={"PASSWORD": "hidden"})

    assert "hidden" not in repr(login)
    assert "token=" not in repr(PORTS)


@pytest.mark.parametrize(
    ("typed", "seconds"), [("60", 60), ("60s", 60), ("5m", 300), (" 1H ", 3600), (None, None)]
)
def test_times_are_taken_as_typed(typed: str | None, seconds: int | None) -> None:
    """Seconds without a unit."""
    assert seconds_of(typed) == seconds


@pytest.mark.parametrize("typed", ["", "0", "0s", "-5", "1.5m", "an hour", "5 m", "9" * 8])
def test_what_is_no_time_is_refused(typed: str) -> None:
    """With an example of one."""
    with pytest.raises(UsageError, match="--cull-after") as raised:
        seconds_of(typed)
    assert "60s" in raised.value.hint
