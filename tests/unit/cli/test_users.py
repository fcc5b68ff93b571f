"""What `jhub users` refuses, asks the cluster, and says."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.adding_people import carry_out, check_invitation
from jupyterhub_eks.cli.asked_people import Request, who
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.users import PeopleProgress, draw_groups, draw_outcome
from jupyterhub_eks.cli.home_archive import archive_home
from jupyterhub_eks.cli.people import People, service_token
from jupyterhub_eks.cli.people_runs import failure_of
from jupyterhub_eks.cli.removing_people import still_let_in
from jupyterhub_eks.cluster_port import ClusterObject
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.errors import (
    ClusterError,
    DeployerError,
    PreflightError,
    RefusedError,
    UsageError,
)
from jupyterhub_eks.people.model import Addition
from jupyterhub_eks.people.names import NameRules
from jupyterhub_eks.people.running import Failure, Outcome
from jupyterhub_eks.releases.z2jh.login import own_groups
from tests.support.cluster import FakeCluster
from tests.support.nobody import Nobody

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jupyterhub_eks.cluster_port import Kind

SPACE = "jupyterhub"
COGNITO: dict[str, Any] = {"type": "cognito", "allow": {"groups": ["users"]}}
DUMMY: dict[str, Any] = {"type": "dummy", "groups": ["students"]}
NATIVE: dict[str, Any] = {"type": "native", "admins": ["teacher"], "allow": {"everyone": True}}
GITHUB: dict[str, Any] = {
    "type": "oauth",
    "provider": "github",
    "client_id": "c",
    "allow": {"groups": ["org"]},
}


def people(section: dict[str, Any], **more: Any) -> People:
    """Return the users of a deployment with this ``auth`` section."""
    auth = DeploymentFile.model_validate({"auth": section}).auth
    is_pool = auth.type == "cognito"
    return People(
        auth=auth,
        directory=Nobody(),
        rules=NameRules(auth.type, are_addresses=is_pool),
        typed="jhub {} --local".format,
        groups=("users", "admins") if is_pool else own_groups(auth),
        joins=() if is_pool else ("invited",),
        otherwise=("users",) if is_pool else (),
        gives_passwords=auth.type in {"cognito", "native"},
        **{"e_mails_a_day": 50 if is_pool else 0, **more},
    )


# --- who, and into which groups -------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "name", "given", "groups"),
    [
        (COGNITO, "a@x.org", {}, ("users",)),
        (COGNITO, "a@x.org", {"groups": ("admins",)}, ("admins",)),
        (COGNITO, "a@x.org", {"admin": True}, ()),
        (DUMMY, "ann", {}, ("invited",)),
        (DUMMY, "ann", {"groups": ("students",)}, ("students", "invited")),
        (NATIVE, "ann", {}, ("invited",)),
        (GITHUB, "ann", {}, ("invited",)),
    ],
)
def test_groups_of_whoever_is_added(
    section: dict[str, Any], name: str, given: dict[str, Any], groups: tuple[str, ...]
) -> None:
    """Everybody is put where the login lets people in, besides the groups that were asked for."""
    (person,) = who(people(section), Request(names=(name,), **given), Screen())
    assert person.groups == groups


@pytest.mark.parametrize(
    ("section", "part"),
    [
        (DUMMY, "a password of their own"),
        ({**COGNITO, "admin_groups": []}, "names no group"),
    ],
)
def test_administrators_that_something_else_decides_on(section: dict[str, Any], part: str) -> None:
    """`--admin` is refused where the next login would undo it, or where it opens a hole."""
    with pytest.raises(UsageError) as error:
        who(people(section), Request(names=("a@x.org",), admin=True), Screen())
    assert part in error.value.cause
    assert "auth.admins" in error.value.hint
    assert "jhub deploy --local" in error.value.hint


def test_blocked_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever is blocked stays out, in a group or not; so that nobody wonders, it is said."""
    who(people({**DUMMY, "block": ["Ann"]}), Request(names=("ann", "bob")), Screen())
    assert capsys.readouterr().err.splitlines() == ["ann is in auth.block, and stays out"]


def test_request_that_contradicts_itself(tmp_path: Path) -> None:
    """Nobody, names beside a file, and e-mails beside a file of passwords are refused."""
    for request in (
        Request(),
        Request(names=("ann",), csv=tmp_path),
        Request(names=("ann",), invite=True, passwords=tmp_path),
    ):
        with pytest.raises(UsageError):
            request.check()


# --- invitations ----------------------------------------------------------------------


def news(count: int) -> tuple[Addition, ...]:
    """Return so many people who are new."""
    return tuple(Addition(name=f"p{number}", create=True) for number in range(count))


@pytest.mark.parametrize(
    ("section", "most", "count", "given", "refused"),
    [
        (COGNITO, 50, 50, {}, ""),
        (COGNITO, 50, 51, {}, "51 people are new"),
        (COGNITO, None, 500, {}, ""),
        (COGNITO, 50, 500, {"passwords": True}, ""),
        (NATIVE, 0, 1, {}, "how do new people get a password"),
        (NATIVE, 0, 0, {}, ""),
        (NATIVE, 0, 500, {"passwords": True}, ""),
        (DUMMY, 0, 500, {}, ""),
        (DUMMY, 0, 1, {"passwords": True}, "gives nobody a password"),
        (GITHUB, 0, 1, {"invite": True}, "gives nobody a password"),
    ],
)
def test_ways_to_invite(
    tmp_path: Path,
    section: dict[str, Any],
    most: int | None,
    count: int,
    given: dict[str, Any],
    refused: str,
) -> None:
    """Each login has its own; what it cannot do is refused before anything is done."""
    how = {key: tmp_path / "p" if key == "passwords" else value for key, value in given.items()}
    checked = (people(section, e_mails_a_day=most), Request(names=("p",), **how), news(count))
    if not refused:
        check_invitation(*checked)
        return
    with pytest.raises(DeployerError) as error:
        check_invitation(*checked)
    assert refused in error.value.message


def test_nobody_new_makes_no_file(tmp_path: Path) -> None:
    """A file of passwords that would be empty is not made."""

    class Known(Nobody):
        """In which everybody may join groups."""

        def add(self, addition: Addition, password: str | None) -> None:
            """Take no password."""
            assert (addition.join, password) == (("users",), None)

    file = tmp_path / "p.csv"
    request = Request(names=("a@x.org",), passwords=file)
    pool = replace(people(COGNITO), directory=Known())
    persons = who(pool, request, Screen())
    for wanted in (Addition(name="a@x.org"), Addition(name="a@x.org", join=("users",))):
        added = carry_out(pool, request, (wanted,), persons, Screen(), tmp_path / "users")
        assert (added.passwords, added.e_mails, added.outcome.failures) == ("", 0, [])
        assert not file.exists()


# --- what is said ---------------------------------------------------------------------


def test_failures_are_one_error_with_the_code_of_the_first() -> None:
    """Each is named with its cause; many are cut."""
    failures = [
        Failure(name=f"p{number}", error=PreflightError("no", cause="denied", hint="grant it"))
        for number in range(12)
    ]
    error = failure_of(Outcome(failures=failures))
    assert error is not None
    assert error.exit_code == PreflightError.exit_code
    assert error.message == "12 people could not be added"
    assert error.cause.splitlines()[0] == "p0: no: denied"
    assert error.cause.splitlines()[-1] == "and 2 more"
    assert error.hint.splitlines()[0] == "grant it"
    assert failure_of(Outcome()) is None
    assert RefusedError.exit_code == 10


def test_many_are_counted_and_few_are_named() -> None:
    """Five hundred names are no summary."""
    few = Outcome(done={"ann": "new"}, unchanged=("bob",), left=("eve",))
    assert list(draw_outcome(few))[:2] == ["ann: new", "1 there already"]
    many = Outcome(done={f"p{number}": "new" for number in range(500)})
    assert list(draw_outcome(many)) == ["500 people added"]


def test_members_of_a_group_are_in_columns() -> None:
    """Forty addresses can be read on 80 columns, and one that is too long has a line."""
    assert list(draw_groups({"b": ["x", "y"], "a": []}, 80)) == ["a (0)", "b (2)", "  x  y"]
    members = [f"student{number:02}@example.org" for number in range(40)]
    head, *rows = draw_groups({"class": members}, 80)
    assert (head, len(rows)) == ("class (40)", 14)
    assert rows[0].split() == [members[0], members[14], members[28]]
    assert all(len(row) <= 80 for row in rows)
    assert sorted(" ".join(rows).split()) == members
    long = ["a" * 90, "b"]
    assert list(draw_groups({"c": long}, 80)) == ["c (2)", f"  {long[0]}", "  b"]


def test_progress_without_a_terminal_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A log of a build gets some lines, and no name of anybody."""
    times = iter([0.0, 1.0, 6.0, 7.0, 8.0])
    with PeopleProgress(Screen(), "adding", clock=lambda: next(times)) as progress:
        for count in range(1, 5):
            progress.told(f"student{count}", count, 4)
    assert capsys.readouterr().err.splitlines() == ["2 of 4", "4 of 4"]


# --- removed people -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "name", "rule"),
    [
        (NATIVE, "teacher", "auth.admins"),
        (NATIVE, "ann", "auth.allow.everyone"),
        (DUMMY, "ann", "auth.allow.everyone"),
        ({**DUMMY, "allow": {"users": ["Ann"]}}, "ann", "auth.allow.users"),
        ({**DUMMY, "allow": {"pattern": "s[0-9]+"}}, "s12", "auth.allow.pattern"),
        ({**DUMMY, "allow": {"pattern": "s[0-9]+"}}, "ann", ""),
        ({**DUMMY, "block": ["ann"]}, "ann", ""),
        (COGNITO, "a@x.org", ""),
        ({**GITHUB, "allow": {"domains": ["x.org"]}}, "a@x.org", "auth.allow.domains"),
    ],
)
def test_rule_that_lets_a_removed_person_in(section: dict[str, Any], name: str, rule: str) -> None:
    """A removal that a rule of the file undoes is not passed over."""
    assert still_let_in(people(section), name) == rule


def hub_pod() -> dict[str, Any]:
    """Return the pod of a hub, as its Deployment has it."""
    return {"containers": [{"image": "hub:1"}], "tolerations": [{"key": "core"}]}


class JobCluster(FakeCluster):
    """A cluster that runs jobs: to an end that is told beforehand."""

    end = "succeeded"

    def create(self, kind: Kind, body: Mapping[str, Any]) -> None:
        """Have a job that has ended at once."""
        metadata = body["metadata"]
        self.calls.append(f"create {kind.plural} {metadata['name']}")
        done = ClusterObject(
            name=metadata["name"],
            namespace=metadata["namespace"],
            body={**body, "status": {self.end: 1}},
        )
        self.put(kind.plural, done)


def job_cluster(end: str = "succeeded", **servers: str) -> JobCluster:
    """Return a cluster with a hub, and servers of users by the names of their pods."""
    cluster = JobCluster()
    cluster.end = end
    body = {"spec": {"template": {"spec": hub_pod()}}}
    cluster.put("deployments", ClusterObject(name="hub", namespace=SPACE, body=body))
    for pod, user in servers.items():
        cluster.put(
            "pods",
            ClusterObject(
                name=pod,
                namespace=SPACE,
                labels={"component": "singleuser-server"},
                annotations={"hub.jupyter.org/username": user},
            ),
        )
    return cluster


def test_home_is_put_away_once_the_server_has_ended() -> None:
    """The job begins after the last pod of that user is gone, on machines where the hub runs."""
    cluster = job_cluster(one="ann", two="bob")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        assert not cluster.of("jobs")
        cluster.objects.pop(("pods", f"{SPACE}/one"))

    assert archive_home(cluster, "ann", pause=pause).startswith(".archive/ann-")
    assert len(pauses) == 1
    (job,) = cluster.of("jobs")
    spec = job.body["spec"]["template"]["spec"]
    assert spec["tolerations"] == [{"key": "core"}]
    assert spec["containers"][0]["image"] == "hub:1"


@pytest.mark.parametrize(
    ("cluster", "part"),
    [
        (job_cluster("failed"), "could not be put away"),
        (job_cluster(one="ann"), "does not end"),
        (JobCluster(), "no Deployment"),
    ],
)
def test_home_that_cannot_be_put_away(cluster: JobCluster, part: str) -> None:
    """It is said that the home is where it was, and what can be done."""
    with pytest.raises(ClusterError, match=part) as error:
        archive_home(cluster, "ann", pause=lambda _: None)
    assert error.value.hint


# --- the token ------------------------------------------------------------------------


def secret(**data: str) -> FakeCluster:
    """Return a cluster with the Secret of the hub."""
    cluster = FakeCluster()
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
    cluster.put(
        "secrets",
        ClusterObject(
            name="hub", namespace=SPACE, labels={"component": "hub"}, body={"data": encoded}
        ),
    )
    return cluster


def test_token_is_read_from_the_secret_of_the_chart() -> None:
    """It stands there under the key that the chart gives it."""
    assert service_token(secret(**{"hub.services.jhub.apiToken": "abc"}), "jhub deploy") == "abc"


def test_hub_of_an_earlier_version_has_no_token() -> None:
    """Then a deploy makes one."""
    with pytest.raises(ClusterError, match="no token") as error:
        service_token(secret(other="abc"), "jhub deploy --local")
    assert "jhub deploy --local" in error.value.hint
