"""The rendered folder is whole, without secrets, and replaces nothing but itself."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import RefusedError, StateError, ToolError
from jupyterhub_eks.orchestration.manifests import manifests_of
from jupyterhub_eks.orchestration.rendering import ChartAt, RenderedRelease, render
from jupyterhub_eks.releases.model import LocalChart, Release, RemoteChart

if TYPE_CHECKING:
    from collections.abc import Iterable

SECRET = "not-to-be-found"
AWAY = RemoteChart(name="away", repository="https://charts.example.org", version="1.2.3")
RELEASES = (
    Release(
        name="one",
        namespace="kube-system",
        chart=LocalChart(name="own", folder="karpenter/nodes"),
        values={"apiToken": SECRET, "text": "a\nb\n"},
        construct_id="One",
    ),
    Release(name="two", namespace="jupyterhub", chart=AWAY, values={"a": 1}, construct_id="Two"),
)
CHARTS = {
    "one": ChartAt(version="1.0.0", path=Path("/charts/own")),
    "two": ChartAt(version="1.2.3", problem="not at hand"),
}
MADE = f"""---
# Source: own/templates/a.yaml
kind: ConfigMap
data: {{a: "1"}}  # kept
---
# Source: own/templates/empty.yaml
---
# Source: own/templates/b.yaml
kind: Secret
data:
  token: {SECRET}
"""


@dataclass
class FakeTemplate:
    """Makes the same objects of everything; remembers what it was given."""

    made: str = MADE
    error: ToolError | None = None
    given: list[dict[str, Any]] = field(default_factory=list)

    def __call__(
        self,
        release: Release,
        chart: Path,  # noqa: ARG002 - the protocol's
        secrets: Iterable[str],  # noqa: ARG002 - the protocol's
    ) -> str:
        """Return the objects, or fail."""
        self.given.append(dict(release.values))
        if self.error:
            raise self.error
        return self.made


def rendered(out: Path, template: FakeTemplate | None = None) -> tuple[RenderedRelease, ...]:
    return render("demo", RELEASES, CHARTS, template or FakeTemplate(), out)


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_each_release_has_its_values_and_its_objects_if_its_chart_is_at_hand(
    tmp_path: Path,
) -> None:
    """The one without says why, and has its values all the same."""
    one, two = rendered(tmp_path / "out")
    assert contents(tmp_path / "out").keys() == {
        "render.json",
        "one/values.yaml",
        "one/manifests.yaml",
        "two/values.yaml",
    }
    assert (one.objects, one.problem) == (2, "")
    assert (two.objects, two.problem) == (0, "not at hand")


def test_the_head_of_each_file_says_what_it_is(tmp_path: Path) -> None:
    """Nobody takes placeholders for what will be applied."""
    rendered(tmp_path / "out")
    for name, text in contents(tmp_path / "out").items():
        if name != "render.json":
            head = text[: text.index("masked.")]
            assert "of deployment demo" in head
            assert "placeholder" in head
    assert (
        "away 1.2.3 of https://charts.example.org" in contents(tmp_path / "out")["two/values.yaml"]
    )


def test_no_secret_is_written_and_helm_gets_it_all_the_same(tmp_path: Path) -> None:
    """Masking comes after Helm, which may refuse a masked value."""
    template = FakeTemplate()
    rendered(tmp_path / "out", template)
    assert template.given[0]["apiToken"] == SECRET
    assert SECRET not in json.dumps(contents(tmp_path / "out"))
    assert "token: (masked)" in contents(tmp_path / "out")["one/manifests.yaml"]


def test_what_needs_no_masking_stays_as_helm_wrote_it(tmp_path: Path) -> None:
    """Comments too; a document without an object is left out."""
    rendered(tmp_path / "out")
    text = contents(tmp_path / "out")["one/manifests.yaml"]
    assert '# Source: own/templates/a.yaml\nkind: ConfigMap\ndata: {a: "1"}  # kept\n' in text
    assert "empty.yaml" not in text
    assert "# Source: own/templates/b.yaml\nkind: Secret" in text


def test_texts_of_several_lines_read_as_they_are(tmp_path: Path) -> None:
    """Scripts in values are to be reviewed."""
    rendered(tmp_path / "out")
    assert "text: |\n  a\n  b\n" in contents(tmp_path / "out")["one/values.yaml"]


def test_without_helm_there_are_values(tmp_path: Path) -> None:
    """And each release says why there is no more."""
    done = render("demo", RELEASES, CHARTS, None, tmp_path / "out")
    assert [each.problem for each in done] == ["there is no Helm on this machine", "not at hand"]
    assert contents(tmp_path / "out").keys() == {
        "render.json",
        "one/values.yaml",
        "two/values.yaml",
    }


def test_rendering_again_replaces_all_of_it(tmp_path: Path) -> None:
    """A file of a release that is gone goes; twice the same gives the same."""
    rendered(tmp_path / "out")
    before = contents(tmp_path / "out")
    rendered(tmp_path / "out")
    assert contents(tmp_path / "out") == before
    render("demo", RELEASES[1:], CHARTS, None, tmp_path / "out")
    assert contents(tmp_path / "out").keys() == {"render.json", "two/values.yaml"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_former_folder(tmp_path: Path) -> None:
    """No half-written folder, beside it or in its place."""
    rendered(tmp_path / "out")
    before = contents(tmp_path / "out")
    with pytest.raises(ToolError):
        rendered(tmp_path / "out", FakeTemplate(error=ToolError("refused")))
    assert contents(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("own", [True, False])
def test_a_file_of_somebody_else_is_never_removed(tmp_path: Path, *, own: bool) -> None:
    """Neither in a folder of another purpose nor in one that was rendered."""
    if own:
        rendered(tmp_path / "out")
    (tmp_path / "out" / "sub").mkdir(parents=True)
    (tmp_path / "out" / "sub" / "mine").write_text("x")
    template = FakeTemplate()
    with pytest.raises(RefusedError, match="sub/mine"):
        rendered(tmp_path / "out", template)
    assert template.given == []
    assert (tmp_path / "out" / "sub" / "mine").read_text() == "x"


def test_a_link_to_a_folder_stays_one(tmp_path: Path) -> None:
    """What it leads to is replaced."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    rendered(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "render.json").is_file()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file stands where its parent would be."""
    (tmp_path / "file").write_text("")
    with pytest.raises((StateError, RefusedError)):
        rendered(tmp_path / "file" / "out")
    with pytest.raises(RefusedError, match="is a file"):
        rendered(tmp_path / "file")


def test_an_object_that_karpenter_would_refuse_is_an_error() -> None:
    """Kubernetes would drop a field it does not know in silence."""
    pool = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: a}\nspec: {oops: 1}\n"
    with pytest.raises(ToolError, match="Karpenter would refuse the NodePool a") as caught:
        manifests_of(pool, frozenset())
    assert "spec.oops" in caught.value.cause
    other = pool.replace("karpenter.sh/v1", "example.org/v1")
    made = manifests_of(other, frozenset())
    assert (made.text, len(made.objects)) == (f"---\n{other}", 1)
