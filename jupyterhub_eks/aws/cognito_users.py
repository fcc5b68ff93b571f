"""Users of a Cognito user pool: a :class:`jupyterhub_eks.people.model.Directory`."""

from __future__ import annotations

import time
import uuid
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.cognito_calls import PoolCalls
from jupyterhub_eks.aws.session import error_code
from jupyterhub_eks.errors import PreflightError, RefusedError
from jupyterhub_eks.people.model import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.people.model import Addition

E_MAILS_A_DAY: Final = 50
"""That Cognito sends itself for an account (developer guide, "Email settings")."""

_EXTERNAL: Final = "EXTERNAL_PROVIDER"
_INVITED: Final = "FORCE_CHANGE_PASSWORD"
_STATES: Final = {
    _INVITED: "invited",
    _EXTERNAL: "of an identity provider",
    "UNCONFIRMED": "waits for confirmation",
    "RESET_REQUIRED": "has to choose a password",
}


class CognitoDirectory:
    """The users of one pool.

    Args:
        clients: Of the region of the pool.
        pool_id: Its id.
        admin_groups: Groups whose members administer the hub; the first is joined.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        clients: Clients,
        pool_id: str,
        *,
        admin_groups: tuple[str, ...] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._calls = PoolCalls(clients.get("cognito-idp"), pool_id, sleep)
        self._admin_groups = admin_groups
        self._users: dict[str, dict[str, Any]] = {}

    @cached_property
    def _pool(self) -> dict[str, Any]:
        found: dict[str, Any] = self._calls.ask("describe_user_pool")["UserPool"]
        return found

    @property
    def password_length(self) -> int:
        """Fewest characters in a password."""
        policy = self._pool.get("Policies", {}).get("PasswordPolicy", {})
        return int(policy.get("MinimumLength", 0))

    @property
    def e_mails_a_day(self) -> int | None:
        """How many invitations can be sent in a day; None: as many as SES allows."""
        sender = self._pool.get("EmailConfiguration", {}).get("EmailSendingAccount")
        return None if sender == "DEVELOPER" else E_MAILS_A_DAY

    def accounts(self) -> Mapping[str, Account]:
        """Return all accounts by e-mail address, in small letters."""
        members: dict[str, list[str]] = {}
        for group, names in self._members().items():
            for name in names:
                members.setdefault(name, []).append(group)
        self._users = {}
        found: dict[str, Account] = {}
        for user in self._calls.pages("list_users", "Users", "PaginationToken"):
            address = _address(user)
            known = self._users.get(address)
            # Whoever also comes by a provider is the one with the password.
            if known and known["UserStatus"] != _EXTERNAL:
                continue
            self._users[address] = user
            found[address] = self._account(address, user, members.get(user["Username"], []))
        return found

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the e-mail addresses of the members of each group."""
        found = self._members(_address)
        return {group: tuple(sorted(names)) for group, names in found.items()}

    def add(self, addition: Addition, password: str | None) -> None:
        """Make an account, by invitation or with a password for one login, and join groups."""
        name = addition.name
        if addition.create:
            username = self._create(name, password)
        else:
            username = self._users[name]["Username"]
            self._admit(self._users[name], password, admit=addition.admit)
        admin = self._admin_groups[:1] if addition.promote else ()
        for group in dict.fromkeys((*addition.join, *admin)):
            self._calls.ask("admin_add_user_to_group", Username=username, GroupName=group)

    def remove(self, name: str) -> bool:
        """End all sessions of somebody at the pool, and delete the account."""
        user = self._find(name)
        if user is None:
            return False
        for action in ("admin_user_global_sign_out", "admin_delete_user"):
            self._calls.ask(action, Username=user["Username"])
        return True

    def reset(self, name: str, password: str | None) -> str:
        """Give somebody a password for one login, or have Cognito send an e-mail.

        Raises:
            RefusedError: There is nobody of that name, or the password is not the pool's.
        """
        user = self._find(name)
        if user is None:
            raise RefusedError(
                f"the user pool has nobody with the address {name}",
                hint="add that person first",
            )
        username, status = user["Username"], user["UserStatus"]
        if status == _EXTERNAL:
            raise RefusedError(
                f"{name} comes by an identity provider, which keeps the password",
                hint="have it reset there",
            )
        if password is not None:
            self._set_password(username, password)
            return "has a new password for one login"
        if status == _INVITED:
            by_address = "email" in self._pool.get("UsernameAttributes", ())
            self._calls.ask(
                "admin_create_user",
                Username=name if by_address else username,
                MessageAction="RESEND",
                DesiredDeliveryMediums=["EMAIL"],
            )
            return "is sent another invitation by e-mail"
        self._calls.ask("admin_reset_user_password", Username=username)
        return "is sent a code by e-mail, and chooses a password with it at the next login"

    def _create(self, name: str, password: str | None) -> str:
        how: dict[str, Any] = {"DesiredDeliveryMediums": ["EMAIL"]}
        if password is not None:
            how = {"MessageAction": "SUPPRESS", "TemporaryPassword": password}
        by_alias = "email" in self._pool.get("AliasAttributes", ())
        username = str(uuid.uuid4()) if by_alias else name
        attributes = {"email": name, "email_verified": "true"}
        try:
            answer = self._calls.ask(
                "admin_create_user",
                Username=username,
                UserAttributes=[{"Name": key, "Value": text} for key, text in attributes.items()],
                **how,
            )
        except PreflightError as error:
            # A call that was repeated after its answer was lost.
            if error_code(_cause(error)) != "UsernameExistsException":
                raise
            if password is not None:
                self._set_password(username, password)
            return username
        return str(answer["User"]["Username"])

    def _admit(self, user: dict[str, Any], password: str | None, *, admit: bool) -> None:
        username = user["Username"]
        if admit and not user.get("Enabled", True):
            self._calls.ask("admin_enable_user", Username=username)
        if admit and user["UserStatus"] == "UNCONFIRMED":
            self._calls.ask("admin_confirm_sign_up", Username=username)
        elif password is not None and user["UserStatus"] == _INVITED:
            self._set_password(username, password)

    def _set_password(self, username: str, password: str) -> None:
        self._calls.ask(
            "admin_set_user_password", Username=username, Password=password, Permanent=False
        )

    def _find(self, name: str) -> dict[str, Any] | None:
        if not self._users:
            self.accounts()
        return self._users.get(name)

    def _account(self, address: str, user: dict[str, Any], groups: list[str]) -> Account:
        enabled, status = user.get("Enabled", True), user["UserStatus"]
        return Account(
            name=address,
            groups=tuple(sorted(groups)),
            admin=bool(set(groups) & set(self._admin_groups)),
            state=_STATES.get(status, "") if enabled else "disabled",
            is_in=enabled and status != "UNCONFIRMED",
        )

    def _members(
        self, called: Callable[[dict[str, Any]], str] = lambda user: str(user["Username"])
    ) -> dict[str, list[str]]:
        groups = [
            str(each["GroupName"])
            for each in self._calls.pages("list_groups", "Groups", "NextToken")
        ]
        return {
            group: [
                called(user)
                for user in self._calls.pages(
                    "list_users_in_group", "Users", "NextToken", GroupName=group
                )
            ]
            for group in groups
        }


def _cause(error: PreflightError) -> Exception:
    cause = error.__cause__
    return cause if isinstance(cause, Exception) else error


def _address(user: dict[str, Any]) -> str:
    attributes = {each["Name"]: each["Value"] for each in user.get("Attributes", ())}
    return str(attributes.get("email") or user["Username"]).lower()
