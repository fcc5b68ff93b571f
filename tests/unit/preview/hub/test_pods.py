"""The pods that are kept and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from jupyterhub_eks.preview.hub.pods import MASK, PodRecord, read, without_secrets, write
from jupyterhub_eks.preview.hub.pods_page import shown, titles_of
from tests.support.preview_document import document, facts

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.preview.document import SizeFacts


def pod(*variables: tuple[str, str]) -> dict[str, Any]:
    """Return a pod whose container has variables."""
    env = [{"name": name, "value": value} for name, value in variables]
    return {"spec": {"containers": [{"name": "notebook", "env": env}], "initContainers": None}}


def record(user: str, server: str = "", known: SizeFacts | None = None) -> PodRecord:
    """Return what is kept of a server."""
    return {
        "user": user,
        "server": server,
        "profile": "small",
        "size": "",
        "pod": pod(("A", "1")),
        "facts": known,
        "notes": ["nothing"],
    }


@pytest.mark.parametrize(
    "name", ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN", "MY_SECRET", "db_password", "AWS_CREDENTIALS"]
)
def test_secrets_are_not_kept(tmp_path: Path, name: str) -> None:
    """Neither on disk nor on the page; the pod that is made of it is not changed."""
    made = {**record("alice"), "pod": pod((name, "s3cr3t"), ("A", "1"))}

    write(tmp_path, made)  # type: ignore[arg-type]

    (path,) = (tmp_path / "pods").iterdir()
    assert "s3cr3t" not in path.read_text(encoding="utf-8")
    (kept,) = read(tmp_path)
    assert kept["pod"] == pod((name, MASK), ("A", "1"))
    assert made["pod"] == pod((name, "s3cr3t"), ("A", "1"))


def test_secrets_of_other_containers_are_masked_too() -> None:
    """Also those that run before the server."""
    before = {"name": "before", "env": [{"name": "TOKEN", "value": "x"}]}

    masked = without_secrets({"spec": {"containers": [], "initContainers": [before]}})

    assert masked["spec"]["initContainers"][0]["env"][0]["value"] == MASK


def test_users_get_their_own_pods_and_administrators_all(tmp_path: Path) -> None:
    """Whatever they and their servers are called."""
    for user, server in (("alice", ""), ("a/../b", "x y"), ("alice", "second")):
        write(tmp_path, record(user, server))

    assert [each["server"] for each in read(tmp_path, "alice")] == ["", "second"]
    assert {each["user"] for each in read(tmp_path)} == {"alice", "a/../b"}
    assert {each.parent for each in tmp_path.rglob("*.json")} == {tmp_path / "pods"}


def test_a_user_whose_name_begins_another_s_sees_only_their_own(tmp_path: Path) -> None:
    """`ann` is not `ann--b`, though files of both begin alike."""
    write(tmp_path, record("ann--b"))

    assert not list(read(tmp_path, "ann"))


def test_the_page_tells_what_the_proof_says() -> None:
    """Pool, machines, users on each, and prices of both."""
    told = dict(shown(record("alice", known=facts()), {"small": "Small <CPU>"})["facts"])

    assert told == {
        "Profile": "Small <CPU> (small)",
        "Node pool": "cpu",
        "Instance types, cheapest first": "m7i.xlarge",
        "Users on the first of them": "3",
        "Per user and hour, on a full machine": "$0.067",
        "The machine per hour": "$0.202",
        "First start on a new machine": "about 3 minutes",
    }


def test_what_is_not_known_is_said_to_be_so() -> None:
    """A price that nobody has told is not zero."""
    unknown = facts(usd_per_hour=None, node_usd_per_hour=None, instances=[], reason="too large")

    page = shown(record("alice", known=unknown), {})

    told = dict(page["facts"])
    assert told["The machine per hour"] == "unknown"
    assert told["Instance types, cheapest first"] == "none"
    assert page["reason"] == "too large"


def test_the_pod_is_yaml_that_can_be_read_again() -> None:
    """So that it can be taken to a cluster."""
    made = record("alice")

    assert yaml.safe_load(shown(made, {})["yaml"]) == made["pod"]


def test_a_profile_without_a_title_is_named_by_its_slug() -> None:
    """As one that is not there any more, or none at all; a size is told with it."""
    made = record("alice")

    assert dict(shown(made, {})["facts"])["Profile"] == "small"
    assert dict(shown({**made, "profile": ""}, {})["facts"])["Profile"] == "none"
    sized: PodRecord = {**made, "size": "large"}
    assert dict(shown(sized, {"small": "S"})["facts"])["Profile"] == "S (small), size large"


def test_titles_are_those_of_the_hub_s_values(tmp_path: Path) -> None:
    """Entries of the user's own may have no slug."""
    told = document(tmp_path)
    told["values"]["singleuser"]["profileList"] = [
        {"slug": "a", "display_name": "A <b>"},
        {"display_name": "Own"},
    ]

    assert titles_of(told) == {"a": "A <b>"}
    del told["values"]["singleuser"]["profileList"]
    assert titles_of(told) == {}
