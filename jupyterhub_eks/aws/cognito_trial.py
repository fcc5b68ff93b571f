"""A client of a user pool for one trial of the login, which is gone with it.

Terraform's state does not know it, so that no plan sees it; with the pool it would go, too.
One that a killed trial has left is removed by the next trial of the deployment.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.cognito_calls import PoolCalls
from jupyterhub_eks.aws.session import error_code
from jupyterhub_eks.errors import DeployerError, PreflightError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.aws.session import Clients

PREFIX: Final = "jhub-auth-test-"
# Longer than any trial waits, for those of other machines.
_LONGEST: Final = timedelta(hours=2)
_GONE: Final = "ResourceNotFoundException"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Whose trial it is.

    Attributes:
        deployment: Name of the deployment.
        place: Eight hexadecimal digits of machine and work folder.
        process: Id of the process.
        runs: Tells whether another process of this machine runs.
    """

    deployment: str
    place: str
    process: int
    runs: Callable[[int], bool]

    @property
    def name(self) -> str:
        """Name of the client."""
        return f"{PREFIX}{self.deployment}-{self.place}-{self.process}"


@dataclass(frozen=True, kw_only=True)
class PoolClient:
    """A client of the pool.

    Attributes:
        id: Client id.
        secret: Client secret.
    """

    id: str
    secret: str = field(repr=False)


class TrialPool:
    """A user pool at which a login is tried.

    Args:
        clients: Of the region of the pool.
        pool_id: Its id.
        sleep: Waits for some seconds.
    """

    def __init__(
        self, clients: Clients, pool_id: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._calls = PoolCalls(clients.get("cognito-idp"), pool_id, sleep)

    def describe(self) -> Mapping[str, Any]:
        """Return the pool as AWS describes it."""
        found: dict[str, Any] = self._calls.ask("describe_user_pool")["UserPool"]
        return found

    @contextmanager
    def client(
        self, like: str, callback: str, origin: Origin, tell: Callable[[str], None]
    ) -> Iterator[PoolClient]:
        """Yield a client that logs in as another one does, and remove it in any case.

        Args:
            like: Id of the other one, the hub's.
            callback: Where the pool leads back to.
            origin: Whose trial it is.
            tell: Told if it could not be removed.

        Raises:
            PreflightError: AWS refuses something.
        """
        for each in self._left(origin):
            self._remove(each)
        made: list[str] = []
        try:
            yield self._make(like, callback, origin.name, made)
        finally:
            self._remove_all(origin, made, tell)

    def _make(self, like: str, callback: str, name: str, made: list[str]) -> PoolClient:
        model = self._calls.ask("describe_user_pool_client", ClientId=like)["UserPoolClient"]
        # None listed: all of them.
        reads = {"ReadAttributes": model["ReadAttributes"]} if model.get("ReadAttributes") else {}
        client = self._calls.ask(
            "create_user_pool_client",
            ClientName=name,
            # The hub's has one, and proves itself in the same way.
            GenerateSecret=True,
            SupportedIdentityProviders=model.get("SupportedIdentityProviders") or [],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=model.get("AllowedOAuthScopes") or [],
            CallbackURLs=[callback],
            ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            **reads,
        )["UserPoolClient"]
        made.append(client["ClientId"])
        if self._is_styled:
            self._calls.ask(
                "create_managed_login_branding",
                ClientId=client["ClientId"],
                UseCognitoProvidedValues=True,
            )
        return PoolClient(id=client["ClientId"], secret=client["ClientSecret"])

    @property
    def _is_styled(self) -> bool:
        """Whether the login page is there for clients with a style only, as newer ones are."""
        pool = self.describe()
        domain = pool.get("CustomDomain") or pool.get("Domain")
        if not domain:
            return False
        about = self._calls.call("describe_user_pool_domain", Domain=domain)["DomainDescription"]
        return bool(about.get("ManagedLoginVersion") == 2)

    def _remove_all(self, origin: Origin, made: list[str], tell: Callable[[str], None]) -> None:
        """Remove what was made; by its name also what was interrupted before its id was told."""
        try:
            for each in dict.fromkeys((*made, *self._named(origin.name))):
                self._remove(each)
        except DeployerError as error:
            tell(
                f"the client {origin.name} is left in the user pool, until the next trial or the "
                f"pool is removed: {error.message}: {error.cause}"
            )

    def _remove(self, client: str) -> None:
        if self._is_styled:
            self._remove_style(client)
        self._unless_gone("delete_user_pool_client", ClientId=client)

    def _remove_style(self, client: str) -> None:
        found = self._unless_gone("describe_managed_login_branding_by_client", ClientId=client)
        if style := found.get("ManagedLoginBranding", {}).get("ManagedLoginBrandingId"):
            self._unless_gone("delete_managed_login_branding", ManagedLoginBrandingId=style)

    def _unless_gone(self, action: str, **given: Any) -> dict[str, Any]:
        try:
            return self._calls.ask(action, **given)
        except PreflightError as error:
            cause = error.__cause__
            if isinstance(cause, Exception) and error_code(cause) == _GONE:
                return {}
            raise

    def _listed(self) -> Iterator[tuple[str, str]]:
        """Yield name and id of each client."""
        pages = self._calls.pages(
            "list_user_pool_clients", "UserPoolClients", "NextToken", limit="MaxResults"
        )
        for each in pages:
            yield each["ClientName"], each["ClientId"]

    def _named(self, name: str) -> list[str]:
        return [client for known, client in self._listed() if known == name]

    def _left(self, origin: Origin) -> list[str]:
        """Return the clients of trials that were killed."""
        shape = re.compile(rf"{PREFIX}{re.escape(origin.deployment)}-([0-9a-f]{{8}})-([0-9]+)")
        found = []
        for name, client in self._listed():
            if not (fit := shape.fullmatch(name)):
                continue
            process = int(fit[2])
            is_here = fit[1] == origin.place
            ended = is_here and (process == origin.process or not origin.runs(process))
            if ended or self._is_old(client):
                found.append(client)
        return found

    def _is_old(self, client: str) -> bool:
        about = self._unless_gone("describe_user_pool_client", ClientId=client)
        made = about.get("UserPoolClient", {}).get("CreationDate")
        return isinstance(made, datetime) and datetime.now(UTC) - made > _LONGEST
