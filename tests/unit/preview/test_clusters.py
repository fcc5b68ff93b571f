"""Which cluster is wished for, and what users' pods find there."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.console.preview import draw_ready
from jupyterhub_eks.cli.preview_cluster import ClusterWish
from jupyterhub_eks.errors import LeftoverError, UsageError
from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.local.cluster.pool_nodes import pool_nodes
from jupyterhub_eks.preview.clusters import start_seconds, user_objects
from jupyterhub_eks.preview.files import PreviewFiles
from jupyterhub_eks.preview.kube_context import clear_context
from jupyterhub_eks.preview.making import Wishes
from tests.support.hub import deployment

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("wish", "wishes", "words"),
    [
        (ClusterWish(local=True, context="prod"), Wishes(), "exclude each other"),
        (ClusterWish(yes=True), Wishes(), "--yes goes with --kube-context"),
        (ClusterWish(local=True), Wishes(full=("cpu",)), "without a cluster"),
        (ClusterWish(context="prod"), Wishes(unavailable=("cpu",)), "without a cluster"),
    ],
)
def test_what_contradicts_itself_is_refused(wish: ClusterWish, wishes: Wishes, words: str) -> None:
    """Before anything is installed or started."""
    with pytest.raises(UsageError, match=words):
        wish.check(wishes)


def test_what_goes_together_is_taken() -> None:
    """Also without any cluster."""
    for wish in (ClusterWish(), ClusterWish(local=True), ClusterWish(context="prod", yes=True)):
        wish.check(Wishes(real_time=True))


def test_files_and_the_account_of_servers_are_made() -> None:
    """As the chart makes them: a Secret by this name, with the content of each file."""
    values: Mapping[str, Any] = {
        "singleuser": {
            "serviceAccountName": "servers",
            "extraFiles": {"motd": {"mountPath": "/etc/motd", "stringData": "hello"}},
        }
    }

    secret, account = user_objects(values, "ns")

    assert secret["metadata"] == {"name": "singleuser", "namespace": "ns"}
    assert base64.b64decode(secret["data"]["motd"]) == b"hello"
    assert (account["kind"], account["metadata"]["name"]) == ("ServiceAccount", "servers")
    assert list(user_objects({"singleuser": {}}, "ns")) == []


def test_a_start_may_take_as_long_as_configured() -> None:
    """Or as long as the chart allows."""
    assert start_seconds({"singleuser": {"startTimeout": 900}}) == 900
    assert start_seconds({}) == 300


def test_nodes_are_those_that_profiles_would_be_started_on() -> None:
    """One kind for each pool and machine, so many of each; none for what no region has."""
    made = deployment(
        {
            "pools": {
                "cpu": {"instances": ["m7i.xlarge"]},
                "gpu": {"instances": ["g6.xlarge"]},
            },
            "profiles": [
                {"name": "A", "pool": "cpu", "default": True},
                {"name": "B", "pool": "cpu"},
                {"name": "C", "pool": "cpu", "cpu": 40},
                {"name": "D", "pool": "gpu", "gpu": 1},
            ],
        }
    )

    nodes = pool_nodes(made, catalog(), 2)

    assert [each.name for each in nodes] == [
        "cpu-m7i-xlarge-1",
        "cpu-m7i-xlarge-2",
        "gpu-g6-xlarge-1",
        "gpu-g6-xlarge-2",
    ]
    assert {each.labels["jhub/pool"] for each in nodes} == {"cpu", "gpu"}
    assert nodes[-1].capacity["nvidia.com/gpu"] == "1"
    assert "nvidia.com/gpu" not in nodes[0].capacity
    # What DaemonSets take is not there.
    assert float(nodes[0].capacity["cpu"].removesuffix("m")) < 4000


def test_a_cluster_tells_what_is_real() -> None:
    """In place of the lines that would be wrong."""
    lines = draw_ready(
        name="demo",
        url="http://127.0.0.1:8000",
        seconds=1,
        how_to_log_in=(),
        refused=(),
        not_real=("Passwords are made up.",),
        state=Path("/s"),
        cluster=("pods are really made",),
    )
    text = "\n".join(map(str, lines))

    assert "In the cluster\n  - pods are really made" in text
    assert "http://127.0.0.1:8000/preview/pods" in text
    assert "there are no nodes" not in text
    assert "Passwords are made up." in text


def test_what_cannot_be_removed_is_said_and_kept_in_mind(tmp_path: Path) -> None:
    """With the command that removes it by hand; the next `stop` tries again."""
    files = PreviewFiles(tmp_path)
    record = tmp_path / "cluster.json"
    record.write_text('{"context": "prod", "namespace": "jhub-preview-1", "owner": "1"}')

    with pytest.raises(LeftoverError) as caught:
        clear_context(files)

    assert "jhub-preview-1" in caught.value.message
    assert "kubectl --context prod delete namespace jhub-preview-1" in caught.value.hint
    assert record.exists()


def test_without_a_record_there_is_nothing_to_remove(tmp_path: Path) -> None:
    """Nor with one that is no record."""
    assert clear_context(PreviewFiles(tmp_path)) == ""
    (tmp_path / "cluster.json").write_text("[]")
    assert clear_context(PreviewFiles(tmp_path)) == ""
