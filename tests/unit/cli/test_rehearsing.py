"""`jhub users add --dry-run` checks a list wherever it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from jupyterhub_eks.cli.asked_people import Request
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.console.users import draw_rehearsal, rehearsal_document, said_of_e_mails
from jupyterhub_eks.cli.login_rules import login_of
from jupyterhub_eks.cli.options import Place, Sources
from jupyterhub_eks.cli.people import People
from jupyterhub_eks.cli.project import Project, open_project
from jupyterhub_eks.cli.rehearsing import Rehearsal, rehearse, rehearsed
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth, made_groups
from jupyterhub_eks.errors import ConfigError, PreflightError
from jupyterhub_eks.people.model import Account
from jupyterhub_eks.people.names import NameRules
from stacks.identity_pool import BUILT_IN_GROUPS
from tests.support.nobody import Nobody

if TYPE_CHECKING:
    from pathlib import Path

REGION = "us-west-2"
ACCESS = {
    "domain": "hub.example.org",
    "certificate_arn": f"arn:aws:acm:{REGION}:000000000000:certificate/1",
}
EXISTING = {"user_pool_id": f"{REGION}_AbCdEf123", "client_id": "client0123456789"}
COGNITO: dict[str, Any] = {"auth": {"type": "cognito", "groups": ["students"]}, "access": ACCESS}
DUMMY: dict[str, Any] = {"auth": {"type": "dummy", "groups": ["students"]}}


def project(folder: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> Project:
    """Return a deployment of which nothing is deployed."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("JHUB_WORK_DIR", raising=False)
    (folder / "jhub.yaml").write_text(yaml.safe_dump({"region": REGION, **settings}))
    return open_project(Sources(), Place(local=True))


@pytest.mark.parametrize(
    ("settings", "why"),
    [(DUMMY, "there is no hub of"), (COGNITO, "there is no user pool of")],
    ids=["hub", "pool"],
)
def test_list_is_checked_where_nothing_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], why: str
) -> None:
    """All faults are told with their lines; of a good list, what of it is not known."""
    where, people = project(tmp_path, monkeypatch, settings), tmp_path / "class.csv"
    people.write_text("email,groups\na@x.org,studens\nb@x.org,\n\u00f6/x,students\n")
    with pytest.raises(ConfigError) as faults:
        rehearse(where, Request(csv=people), Screen())
    assert [problem.line for problem in faults.value.problems] == [2, 4]

    people.write_text("email,groups,admin\na@x.org,students,\nb@x.org,students,\n")
    found = rehearse(where, Request(csv=people), Screen())
    checked, unknown = draw_rehearsal(found, Request(csv=people), is_local=True)
    assert checked.startswith(f"{people}: 2 people, ")
    assert "group students (2)" in checked
    assert unknown.startswith(f"who of them is there already is not known: {why}")
    document = rehearsal_document(found)
    assert document["people"][0] == {"name": "a@x.org", "what": None}
    assert document["not_known"].startswith(why)


def test_groups_of_an_existing_pool_are_not_known_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No group is refused that the pool may have, and that nobody looked is said."""
    settings = {**COGNITO, "auth": {"type": "cognito", "existing": EXISTING}}
    where = project(tmp_path, monkeypatch, settings)
    assert login_of(where).groups is None
    found = Rehearsal(persons=(), unreached=PreflightError("no credentials"), checks_groups=False)
    *_, last = draw_rehearsal(found, Request(names=("a@x.org",)), is_local=False)
    assert last == "nor is it known whether the user pool has these groups"


def test_pool_of_our_own_begins_with_known_groups() -> None:
    """What a list is checked against is what the stack makes."""
    auth = CognitoAuth(type="cognito", groups=("students",))
    assert set(made_groups(auth)) == {*BUILT_IN_GROUPS, "students"}


def pool(most: int | None = 50) -> People:
    """Return the users of a pool that sends so many e-mails a day."""
    auth = DeploymentFile.model_validate({"auth": {"type": "cognito"}}).auth
    return People(
        auth=auth,
        directory=Nobody(),
        rules=NameRules("cognito", are_addresses=True),
        typed="jhub {}".format,
        groups=("users", "admins"),
        otherwise=("users",),
        gives_passwords=True,
        e_mails_a_day=most,
    )


def test_number_of_e_mails_is_told_before(tmp_path: Path) -> None:
    """Whoever is there gets none, and with a file of passwords nobody does."""
    request = Request(names=("a@x.org", "b@x.org", "c@x.org"))
    known = {"a@x.org": Account(name="a@x.org", groups=("users",))}
    found = rehearsed(pool(), request, known)
    assert list(draw_rehearsal(found, request, is_local=False)) == [
        "a@x.org: is there already",
        "b@x.org: new, group users",
        "c@x.org: new, group users",
        "Cognito would send 2 e-mails",
    ]
    by_file = Request(names=request.names, passwords=tmp_path / "p.csv")
    assert rehearsed(pool(), by_file, known).e_mails == 0


def test_what_would_be_refused_is_told() -> None:
    """A rehearsal does not promise what the command then refuses."""
    request = Request(names=("a@x.org", "b@x.org"))
    found = rehearsed(pool(1), request, {})
    *_, refused, remedy = draw_rehearsal(found, request, is_local=False)
    assert refused == (
        "without --dry-run it would be refused: 2 people are new, and Cognito itself sends 1 "
        "e-mails a day"
    )
    assert "--passwords FILE" in remedy


def test_words_for_e_mails() -> None:
    """None is said of none; the embedded AWS sends none, whatever the pool is told."""
    assert list(said_of_e_mails(0, is_local=False)) == []
    assert list(said_of_e_mails(1, is_local=False)) == ["Cognito sends 1 e-mail"]
    (local,) = said_of_e_mails(2, is_local=True)
    assert local.endswith("the embedded AWS sends none")
