"""`jhub users reset-password` for one and for many."""

from __future__ import annotations

import csv
import stat
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.people import People
from jupyterhub_eks.cli.resetting_passwords import Reset, check_reset, listed, reset_passwords
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.errors import ConfigError, DeployerError, RefusedError, UsageError
from jupyterhub_eks.people.model import Account
from jupyterhub_eks.people.names import NameRules
from tests.support.nobody import Nobody

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANN, BOB = "ann@example.org", "bob@example.org"


class Two(Nobody):
    """In which two people are, whose new passwords are noted."""

    def __init__(self) -> None:
        self.given: dict[str, str | None] = {}

    def accounts(self) -> Mapping[str, Account]:
        """Return them."""
        return {name: Account(name=name) for name in (ANN, BOB)}

    def reset(self, name: str, password: str | None) -> str:
        """Note it."""
        self.given[name] = password
        return "has a new password"


def people(login: str = "cognito", **more: Any) -> People:
    """Return the two, in a pool that sends two e-mails a day."""
    auth = DeploymentFile.model_validate({"auth": {"type": login}}).auth
    found: dict[str, Any] = {"gives_passwords": True, "e_mails_a_day": 2, **more}
    return People(
        auth=auth,
        directory=Two(),
        rules=NameRules(login, are_addresses=login == "cognito"),
        typed="jhub {} --local".format,
        groups=(),
        **found,
    )


def test_names_and_a_file_are_one_list(tmp_path: Path) -> None:
    """Each has one password, in one new file that only its owner reads."""
    file, passwords = tmp_path / "class.csv", tmp_path / "new.csv"
    file.write_text("email,groups\nAnn@Example.org,users\nbob@example.org,\n")
    two = people()
    request = Reset(names=(ANN,), csv=file, passwords=passwords)
    finished = reset_passwords(two, request, Screen(), tmp_path / "users")
    assert sorted(finished.outcome.done) == [ANN, BOB]
    with passwords.open(newline="") as stream:
        written = {row["name"]: row["password"] for row in csv.DictReader(stream)}
    assert isinstance(two.directory, Two)
    assert written == two.directory.given
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    before = passwords.read_text()
    with pytest.raises(RefusedError, match="never written over"):
        reset_passwords(two, request, Screen(), tmp_path / "users")
    assert passwords.read_text() == before


def test_all_faults_of_names_and_file_at_once(tmp_path: Path) -> None:
    """Nobody has a new password before all are right."""
    file = tmp_path / "class.csv"
    file.write_text("email\nann\nbob@example.org\ncarl\n")
    with pytest.raises(ConfigError) as faults:
        listed(Reset(names=("eve",), csv=file), people().rules)
    assert [(each.file, each.line) for each in faults.value.problems] == [
        ("", 0),
        (str(file), 2),
        (str(file), 4),
    ]
    with pytest.raises(UsageError):
        listed(Reset(), people().rules)


@pytest.mark.parametrize(
    ("known", "places", "message", "cause"),
    [
        (people(), {"eve@x.org": ""}, "there is no user 'eve@x.org'", ""),
        (
            people(),
            {ANN: "c.csv:2", "eve@x.org": "c.csv:3", "mal@x.org": "c.csv:4"},
            "2 of 3 are no users",
            "c.csv:3: eve@x.org\nc.csv:4: mal@x.org",
        ),
        (
            people(e_mails_a_day=1),
            {ANN: "", BOB: ""},
            "2 e-mails are needed, and Cognito itself sends 1 a day",
            "",
        ),
        (
            people("native", e_mails_a_day=0),
            {ANN: "", BOB: ""},
            "where are new passwords to go?",
            "login `native` sends no e-mails",
        ),
        (
            people("dummy", gives_passwords=False),
            {ANN: ""},
            "login `dummy` keeps no passwords of users",
            "",
        ),
    ],
    ids=["unknown", "unknown-of-a-file", "too-many-e-mails", "no-e-mails", "no-passwords"],
)
def test_reset_that_is_refused(
    known: People, places: dict[str, str], message: str, cause: str
) -> None:
    """It is said why, where each stands, and what to do, with the place of the deployment."""
    with pytest.raises(DeployerError) as refused:
        check_reset(known, Reset(names=tuple(places)), places)
    assert (refused.value.message, refused.value.cause) == (message, cause)
    assert refused.value.hint
    if "no user" in message:
        assert refused.value.hint == "jhub users list --local shows who there is"
