"""The client for a trial of the login is like the hub's, and is gone whatever happens."""
# ruff: noqa: N803 - AWS's names

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from jupyterhub_eks.aws.cognito_trial import Origin, TrialPool
from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Iterable

HUB = "client-of-the-hub"
CALLBACK = "http://localhost:8765/hub/oauth_callback"
HERE, ELSEWHERE = "0123abcd", "ffff0000"


class Pool:
    """``cognito-idp`` with one pool, and what boto3 hands out clients with.

    Args:
        version: Of the login page.
        fails: Calls that AWS does not answer.
    """

    def __init__(self, version: int = 1, fails: Iterable[str] = ()) -> None:
        self.version = version
        self.fails = set(fails)
        self.styles: dict[str, str] = {}
        self.clients: dict[str, dict[str, Any]] = {}
        self.put(
            "hub",
            HUB,
            SupportedIdentityProviders=["COGNITO", "Corp"],
            AllowedOAuthScopes=["email", "openid", "profile"],
            CallbackURLs=["https://hub.example.org/hub/oauth_callback"],
            ReadAttributes=["email", "email_verified"],
        )

    def put(self, name: str, client: str, age: timedelta = timedelta(0), **more: Any) -> None:
        """Have a client."""
        about = {"ClientId": client, "ClientName": name, "CreationDate": datetime.now(UTC) - age}
        self.clients[client] = {**about, **more}

    def get(self, service: str) -> Pool:
        """Return the client of the service."""
        assert service == "cognito-idp"
        return self

    @property
    def names(self) -> list[str]:
        """Names of the clients."""
        return sorted(each["ClientName"] for each in self.clients.values())

    def _answer(self, action: str) -> None:
        if action in self.fails:
            raise ClientError({"Error": {"Code": "InternalErrorException"}}, action)

    def _known(self, client: str, action: str) -> dict[str, Any]:
        self._answer(action)
        if client not in self.clients:
            said = {"Code": "ResourceNotFoundException", "Message": f"User pool client {client}"}
            raise ClientError({"Error": said}, action)
        return self.clients[client]

    def describe_user_pool(self, *, UserPoolId: str) -> dict[str, Any]:
        """Describe the pool."""
        return {"UserPool": {"Id": UserPoolId, "Domain": "my-hub"}}

    def describe_user_pool_domain(self, *, Domain: str) -> dict[str, Any]:
        """Describe the login page."""
        assert Domain == "my-hub"
        return {"DomainDescription": {"ManagedLoginVersion": self.version}}

    def describe_user_pool_client(self, *, UserPoolId: str, ClientId: str) -> dict[str, Any]:
        """Describe a client."""
        assert UserPoolId
        return {"UserPoolClient": self._known(ClientId, "describe_user_pool_client")}

    def list_user_pool_clients(
        self, *, UserPoolId: str, MaxResults: int, NextToken: str = "0"
    ) -> dict[str, Any]:
        """List two clients a page, to have several."""
        assert (UserPoolId, MaxResults) == ("pool-1", 60)
        self._answer("list_user_pool_clients")
        first = int(NextToken)
        every = sorted(self.clients.values(), key=lambda each: str(each["ClientId"]))
        page = [
            {key: each[key] for key in ("ClientId", "ClientName")}
            for each in every[first : first + 2]
        ]
        more = {"NextToken": str(first + 2)} if first + 2 < len(every) else {}
        return {"UserPoolClients": page, **more}

    def create_user_pool_client(self, *, UserPoolId: str, **given: Any) -> dict[str, Any]:
        """Make a client; the answer to it may get lost."""
        assert UserPoolId
        self.put(given.pop("ClientName"), "client-of-the-trial", ClientSecret="s3cret", **given)
        self._answer("create_user_pool_client")
        return {"UserPoolClient": self.clients["client-of-the-trial"]}

    def delete_user_pool_client(self, *, UserPoolId: str, ClientId: str) -> dict[str, Any]:
        """Remove a client."""
        assert UserPoolId
        self._known(ClientId, "delete_user_pool_client")
        assert ClientId not in self.styles
        del self.clients[ClientId]
        return {}

    def create_managed_login_branding(
        self, *, UserPoolId: str, ClientId: str, UseCognitoProvidedValues: bool
    ) -> dict[str, Any]:
        """Give a client a style."""
        assert UserPoolId
        assert UseCognitoProvidedValues
        self.styles[ClientId] = f"style-of-{ClientId}"
        return {}

    def describe_managed_login_branding_by_client(
        self, *, UserPoolId: str, ClientId: str
    ) -> dict[str, Any]:
        """Describe the style of a client."""
        assert UserPoolId
        if ClientId not in self.styles:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "describe")
        return {"ManagedLoginBranding": {"ManagedLoginBrandingId": self.styles[ClientId]}}

    def delete_managed_login_branding(
        self, *, UserPoolId: str, ManagedLoginBrandingId: str
    ) -> dict[str, Any]:
        """Take the style of a client."""
        assert UserPoolId
        del self.styles[ManagedLoginBrandingId.removeprefix("style-of-")]
        return {}


def origin(deployment: str = "lab", *, running: Iterable[int] = ()) -> Origin:
    """Return a trial of process 7 here, beside other processes."""
    known = set(running)
    return Origin(deployment=deployment, place=HERE, process=7, runs=lambda each: each in known)


def trial(pool: Pool, of: Origin | None = None, told: list[str] | None = None) -> Any:
    """Begin a trial."""
    notes = told if told is not None else []
    made = TrialPool(pool, "pool-1", sleep=lambda _: None)  # type: ignore[arg-type]
    return made.client(HUB, CALLBACK, of or origin(), notes.append)


def test_client_logs_in_as_the_hubs_does() -> None:
    """By the code flow, at the same providers, with the same scopes and attributes."""
    pool = Pool()
    with trial(pool) as client:
        made = pool.clients[client.id]
        assert client.secret == "s3cret"
        assert "s3cret" not in repr(client)
        assert made["CallbackURLs"] == [CALLBACK]
        assert made["AllowedOAuthFlows"] == ["code"]
        assert made["GenerateSecret"]
        for key in ("SupportedIdentityProviders", "AllowedOAuthScopes", "ReadAttributes"):
            assert made[key] == pool.clients[HUB][key]
        assert pool.names == ["hub", "jhub-auth-test-lab-0123abcd-7"]
    assert pool.names == ["hub"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, PreflightError("nobody came")])
def test_client_is_removed_whatever_happens(error: BaseException | type[BaseException]) -> None:
    """Also after Ctrl-C and a login that fails."""
    pool = Pool()
    with pytest.raises((KeyboardInterrupt, PreflightError)), trial(pool):
        raise error
    assert pool.names == ["hub"]


def test_client_whose_making_was_interrupted_is_removed() -> None:
    """Its id was never told; its name is known."""
    pool = Pool(fails=["create_user_pool_client"])
    with pytest.raises(PreflightError), trial(pool):
        raise AssertionError
    assert pool.names == ["hub"]


def test_client_that_somebody_has_removed_is_no_fault() -> None:
    """What is gone is gone, and nothing is said."""
    pool, told = Pool(), list[str]()
    with trial(pool, told=told) as client:
        del pool.clients[client.id]
    assert told == []


def test_client_that_cannot_be_removed_is_named() -> None:
    """The login counts all the same; what is left has a name, and goes with the next trial."""
    pool, told = Pool(), list[str]()
    with trial(pool, told=told):
        pool.fails.add("delete_user_pool_client")
    assert "jhub-auth-test-lab-0123abcd-7 is left in the user pool" in told[0]
    pool.fails.clear()
    with trial(pool):
        pass
    assert pool.names == ["hub"]


def test_clients_of_killed_trials_are_removed_and_no_others() -> None:
    """Of this deployment: those of processes that have ended, and those older than a trial."""
    pool = Pool()
    fresh, old = timedelta(minutes=5), timedelta(hours=3)
    for number, (name, age) in enumerate(
        [
            (f"jhub-auth-test-lab-{HERE}-41", fresh),
            (f"jhub-auth-test-lab-{HERE}-7", fresh),
            (f"jhub-auth-test-lab-{ELSEWHERE}-43", old),
        ]
    ):
        pool.put(name, f"gone-{number}", age)
    staying = [
        (f"jhub-auth-test-lab-{HERE}-42", fresh),
        (f"jhub-auth-test-lab-{ELSEWHERE}-41", fresh),
        (f"jhub-auth-test-lab-two-{HERE}-41", old),
        ("jhub-auth-test-lab-by-hand", old),
        ("website", old),
    ]
    for number, (name, age) in enumerate(staying):
        pool.put(name, f"stays-{number}", age)
    with trial(pool, origin(running=[42])):
        assert set(pool.names) == {
            "hub",
            "jhub-auth-test-lab-0123abcd-7",
            *(name for name, _ in staying),
        }


def test_newer_login_page_needs_a_style() -> None:
    """Without one it shows nothing for a client; it goes with the client, a killed trial's too."""
    pool = Pool(version=2)
    pool.put(f"jhub-auth-test-lab-{HERE}-41", "left")
    pool.styles["left"] = "style-of-left"
    with trial(pool) as client:
        assert pool.styles == {client.id: f"style-of-{client.id}"}
    assert (pool.names, pool.styles) == (["hub"], {})


def test_hubs_client_that_is_gone_is_named() -> None:
    """With a pool of somebody else's, the configuration may name another one."""
    pool = Pool()
    del pool.clients[HUB]
    with pytest.raises(PreflightError, match="no such client") as caught, trial(pool):
        raise AssertionError
    assert "client_id" in caught.value.hint
