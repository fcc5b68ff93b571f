"""`jhub users` with a Cognito user pool on the embedded AWS, by processes of its own."""

from __future__ import annotations

import csv
import json
import signal
import stat
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from jupyterhub_eks.aws.cognito_users import CognitoDirectory
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.people.model import Addition
from tests.local.conftest import REGION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.command import Jhub

COUNT = 500


@pytest.fixture(scope="module")
def pool(jhub: Jhub) -> tuple[Clients, str]:
    """Return a pool in the embedded AWS of a folder whose ``jhub.yaml`` names it."""
    clients = Clients(REGION, supervisor.ensure_running(jhub.folder / ".jhub").env)
    cognito = clients.get("cognito-idp")
    policy = {"MinimumLength": 24, "RequireUppercase": True, "RequireNumbers": True}
    made = cognito.create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": policy},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    pool_id = made["UserPool"]["Id"]
    for group in ("users", "admins", "students"):
        cognito.create_group(UserPoolId=pool_id, GroupName=group)
    settings: dict[str, Any] = yaml.safe_load((jhub.folder / "jhub.yaml").read_text())
    settings["region"] = REGION
    settings["access"] = {
        "domain": "hub.example.org",
        "certificate_arn": f"arn:aws:acm:{REGION}:000000000000:certificate/1",
    }
    settings["auth"] = {
        "type": "cognito",
        "existing": {"user_pool_id": pool_id, "client_id": "client0123456789"},
    }
    (jhub.folder / "jhub.yaml").write_text(yaml.safe_dump(settings))
    return clients, pool_id


def users(jhub: Jhub) -> dict[str, Any]:
    """Return what `jhub users list` says, by name."""
    found = jhub.json("users", "list", "--local")["users"]
    return {each["name"]: each for each in found}


def failure(jhub: Jhub, *arguments: str, code: int) -> dict[str, Any]:
    """Run a command that fails and return its error."""
    found: dict[str, Any] = jhub.json("users", *arguments, "--local", code=code)["error"]
    return found


def test_invitation_by_e_mail(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """Somebody new is invited into the group that lets people in, once; then groups are added."""
    shown = jhub.json("users", "add", "Ann@Example.org", "--local", "--dry-run")
    assert shown["people"] == [{"name": "ann@example.org", "what": "new, group users"}]
    assert (shown["e_mails"], shown["not_known"], shown["refused"]) == (1, None, None)
    assert users(jhub) == {}
    done = jhub.json("users", "add", "Ann@Example.org", "--local")
    assert done["done"] == {"ann@example.org": "new, group users"}
    assert done["e_mails"] == 1
    assert jhub.json("users", "add", "ann@example.org", "--local")["unchanged"] == [
        "ann@example.org"
    ]
    again = jhub.json("users", "add", "ann@example.org", "--group", "students", "--local")
    assert again["done"] == {"ann@example.org": "group students"}
    assert users(jhub)["ann@example.org"] == {
        "name": "ann@example.org",
        "groups": ["students", "users"],
        "admin": False,
        "state": "invited",
        "is_in": True,
    }
    assert jhub.json("users", "groups", "--local")["groups"]["students"] == ["ann@example.org"]
    clients, pool_id = pool
    (user,) = clients.get("cognito-idp").list_users(UserPoolId=pool_id)["Users"]
    attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
    assert attributes["email_verified"] == "true"


def test_administrator(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """An administrator is a member of the group that makes one."""
    jhub.json("users", "add", "root@example.org", "--admin", "--local")
    root = users(jhub)["root@example.org"]
    assert (root["groups"], root["admin"]) == (["admins"], True)


def test_what_cannot_be_done(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """Each fault has its exit code, says what to do, and changes nothing."""
    before = users(jhub)
    (problem,) = failure(jhub, "add", "bob", code=3)["problems"]
    assert "no e-mail address" in problem["message"]
    (problem,) = failure(jhub, "add", "b@example.org", "--group", "studens", code=3)["problems"]
    assert problem["hint"] == "did you mean `students`?"
    (jhub.folder / "bad.csv").write_text("email,groups\nbob,users\nb@example.org,studens\n")
    for more in ((), ("--dry-run",)):
        problems = failure(jhub, "add", "--csv", "bad.csv", *more, code=3)["problems"]
        assert [each["line"] for each in problems] == [2, 3]
    assert "who is to be added" in failure(jhub, "add", code=2)["message"]
    both = ("add", "b@example.org", "--invite", "--passwords", "p.csv")
    assert "both given" in failure(jhub, *both, code=2)["message"]
    assert "cannot be read" in failure(jhub, "add", "--csv", "none.csv", code=2)["message"]
    no_terminal = failure(jhub, "remove", "ann@example.org", code=2)
    assert "no terminal" in no_terminal["message"]
    assert "users remove ann@example.org --yes --local" in no_terminal["hint"]
    archive = ("remove", "ann@example.org", "--home", "archive", "--yes")
    assert "put away" in failure(jhub, *archive, code=10)["message"]
    nobody = failure(jhub, "reset-password", "nobody@example.org", code=10)
    assert "no user" in nobody["message"]
    assert "users list --local" in nobody["hint"]
    addresses = "\n".join(f"p{number}@example.org" for number in range(51))
    (jhub.folder / "many.csv").write_text(f"email\n{addresses}\n")
    refused = failure(jhub, "add", "--csv", "many.csv", code=10)
    assert "51 people are new, and Cognito itself sends 50" in refused["message"]
    assert "--passwords FILE" in refused["hint"]
    assert users(jhub) == before


@pytest.mark.parametrize(
    ("auth", "message", "cause"),
    [
        ({"type": "dummy"}, "there is no hub of 'other'", "stack hub is not deployed"),
        (
            {"type": "cognito"},
            "there is no user pool of 'other'",
            "stack identity is not deployed",
        ),
    ],
    ids=["hub", "pool"],
)
def test_nothing_is_deployed(
    jhub: Jhub, pool: tuple[Clients, str], auth: dict[str, Any], message: str, cause: str
) -> None:
    """Where users would be kept is not there yet: refused, with the command that makes it."""
    assert pool
    settings = yaml.safe_load((jhub.folder / "jhub.yaml").read_text())
    access = {} if auth["type"] == "dummy" else settings["access"]
    other = {"name": "other", "region": REGION, "auth": auth, "access": access}
    (jhub.folder / "other.yaml").write_text(yaml.safe_dump(other))
    error = failure(jhub, "list", "-f", "other.yaml", code=10)
    assert error["message"] == message
    assert error["cause"] == cause
    assert "deploy --local" in error["hint"]


def test_secrets_without_a_hub(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """There is a cluster by name, with no Kubernetes behind it: said, and not tried."""
    assert pool
    for command in (("list",), ("show", "cookie-secret"), ("rotate", "--yes")):
        error = jhub.json("secrets", *command, "--local", code=10)["error"]
        assert error["cause"] == "stack hub is not deployed"


def passwords(path: Path) -> dict[str, str]:
    """Return what a file of passwords holds."""
    with path.open(newline="") as stream:
        return {row["name"]: row["password"] for row in csv.DictReader(stream)}


def test_killed_in_the_middle_of_five_hundred(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """The same command goes on; nobody is twice there, and each password in the file is right."""
    clients, pool_id = pool
    cognito = clients.get("cognito-idp")
    rows = [f'Student{number}@Example.org,"users, students"' for number in range(COUNT)]
    (jhub.folder / "class.csv").write_bytes(
        "\r\n".join(["\ufeffE-mail,Groups", *rows, ""]).encode()
    )
    command = ("users", "add", "--csv", "class.csv", "--passwords", "class-passwords.csv")
    file = jhub.folder / "class-passwords.csv"
    process = jhub.start(*command, "--local")
    deadline = time.monotonic() + 300
    while not (file.exists() and file.read_text().count("\n") > COUNT // 3):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL
    begun = {name for name in users(jhub) if name.startswith("student")}
    assert 0 < len(begun) < COUNT
    other = failure(jhub, *command[1:-1], "other.csv", code=2)
    assert str(file) in other["hint"]

    done = jhub.json(*command, "--local")
    assert done["resumed"] is True
    assert done["failed"] == []
    found = users(jhub)
    known = passwords(file)
    assert sorted(known) == sorted(name for name in found if name.startswith("student"))
    assert len(known) == len(set(known.values())) == COUNT
    assert all(found[name]["groups"] == ["students", "users"] for name in known)
    for path in (file, *(jhub.folder / ".jhub").glob("local/*/users/*.jsonl")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = out + err + json.dumps(done)
    assert not any(password in said for password in known.values())
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="test", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    for name in {*sorted(begun)[-6:], *sorted(known)[:3], *sorted(known)[-3:]}:
        answer = cognito.admin_initiate_auth(
            UserPoolId=pool_id,
            ClientId=client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": known[name]},
        )
        assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        assert len(known[name]) >= 24

    again = jhub.json(*command, "--local")
    assert (len(again["unchanged"]), again["report"], again["passwords"]) == (COUNT, None, None)
    assert passwords(file) == known
    taken = failure(jhub, "add", "new@example.org", "--passwords", str(file), code=10)
    assert "never written over" in taken["message"]


def test_password_is_reset(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """An invited person is invited again; or there is a password in a file."""
    done = jhub.json("users", "reset-password", "ann@example.org", "--local")
    assert "another invitation" in done["done"]["ann@example.org"]
    jhub.json("users", "reset-password", "ann@example.org", "--passwords", "a.csv", "--local")
    assert list(passwords(jhub.folder / "a.csv")) == ["ann@example.org"]
    (jhub.folder / "again.csv").write_text("email\nAnn@example.org\n")
    many = ("reset-password", "root@example.org", "--csv", "again.csv", "--passwords", "b.csv")
    assert sorted(jhub.json("users", *many, "--local")["done"]) == [
        "ann@example.org",
        "root@example.org",
    ]
    known = passwords(jhub.folder / "b.csv")
    assert sorted(known) == ["ann@example.org", "root@example.org"]
    assert "never written over" in failure(jhub, *many, code=10)["message"]
    assert passwords(jhub.folder / "b.csv") == known


def test_removed(jhub: Jhub, pool: tuple[Clients, str]) -> None:
    """The account goes; that no hub was there to end sessions is said."""
    process = jhub.start("users", "remove", "Ann@example.org", "x@example.org", "--yes", "--local")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "ann@example.org is removed" in out
    assert "x@example.org was not there" in out
    assert err.count("no hub runs here") == 1
    process = jhub.start("users", "remove", "x@example.org", "--yes", "--local")
    out, err = process.communicate(timeout=120)
    assert "x@example.org was not there" in out
    assert "hub" not in err
    clients, pool_id = pool
    directory = CognitoDirectory(clients, pool_id, admin_groups=("admins",))
    assert "ann@example.org" not in directory.accounts()


class Throttled:
    """The API of a pool that refuses each call twice, as Cognito does when it is busy."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._refused: dict[str, int] = {}

    def __getattr__(self, action: str) -> Any:
        """Return the call, or one that is refused."""
        call = getattr(self._client, action)

        def ask(**given: Any) -> Any:
            self._refused[action] = self._refused.get(action, 0) + 1
            if self._refused[action] % 3:
                error = {"Error": {"Code": "TooManyRequestsException", "Message": "slow down"}}
                raise self._client.exceptions.ClientError(error, action)
            return call(**given)

        return ask


class ThrottledClients:
    """Clients of which Cognito's is throttled."""

    def __init__(self, clients: Clients) -> None:
        self._throttled = Throttled(clients.get("cognito-idp"))

    def get(self, _: str) -> Throttled:
        """Return it."""
        return self._throttled


def test_throttled_calls_are_made_again(pool: tuple[Clients, str]) -> None:
    """Whoever is told to slow down waits longer each time, and comes through."""
    clients, pool_id = pool
    pauses: list[float] = []
    directory = CognitoDirectory(ThrottledClients(clients), pool_id, sleep=pauses.append)  # type: ignore[arg-type]
    directory.add(Addition(name="slow@example.org", create=True, join=("users",)), None)
    assert "slow@example.org" in directory.groups()["users"]
    assert len(pauses) >= 4
    assert all(0 < pause <= 20 for pause in pauses)
