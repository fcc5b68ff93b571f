"""Users that the hub keeps itself: a :class:`jupyterhub_eks.people.model.Directory`."""

from __future__ import annotations

import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.common import HUB_ADMINS
from jupyterhub_eks.errors import ClusterError, RefusedError
from jupyterhub_eks.people.model import Account
from jupyterhub_eks.tools.hub_api import HubRefusalError, segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jupyterhub_eks.people.model import Addition
    from jupyterhub_eks.tools.hub_api import HubApi

_OWN: Final = "jhub/people"
# Of invited people who have not chosen a password yet (`hub-config/native_users.py`).
_FIRST_LOGIN: Final = "first-login"
_STOP_ATTEMPTS: Final = 60
_STOP_PAUSE_SECONDS: Final = 2.0


class HubDirectory:
    """The users of one hub.

    Args:
        api: Its API.
        signs_up: Whether the hub keeps the passwords (login ``native``).
        sleep: Waits for some seconds.
    """

    def __init__(
        self, api: HubApi, *, signs_up: bool, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._api = api
        self._signs_up = signs_up
        self._sleep = sleep

    def accounts(self) -> Mapping[str, Account]:
        """Return all accounts by name."""
        signed_up = self._signed_up()
        users = {str(each["name"]): each for each in self._api.pages("users")}
        return {
            name: self._account(name, users.get(name), signed_up.get(name))
            for name in sorted({*users, *signed_up})
        }

    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Return the names of the members of each group."""
        found = {str(each["name"]): each["users"] for each in self._api.pages("groups")}
        found.pop(_FIRST_LOGIN, None)
        return {name: tuple(sorted(users)) for name, users in found.items()}

    def add(self, addition: Addition, password: str | None) -> None:
        """Have a user, in groups, as an administrator, with a password for one login.

        Raises:
            RefusedError: The hub does not take the name, or has no such group.
        """
        if addition.create or addition.admit:
            self._have(segment(addition.name))
        promoted = (HUB_ADMINS,) if addition.promote else ()
        for group in dict.fromkeys((*addition.join, *promoted)):
            self._join(addition.name, group)
        if password is not None:
            self._give(addition.name, password)

    def remove(self, name: str) -> bool:
        """Stop all servers of somebody, end the sessions and forget the user."""
        found = self._user(name)
        if found is None:
            if name not in self._signed_up():
                return False
            self._have(segment(name))  # who is deleted with it
            found = {}
        for server in found.get("servers") or {}:
            if server:
                with suppress(HubRefusalError):  # it is stopping already
                    self._api.call("DELETE", f"users/{segment(name)}/servers/{segment(server)}")
        self._delete(name)
        return True

    def reset(self, name: str, password: str | None) -> str:
        """Give somebody a password for one login.

        Raises:
            RefusedError: The hub keeps no passwords, or has nobody of that name.
        """
        if not self._signs_up or password is None:
            raise RefusedError(
                "this hub keeps no passwords of users",
                hint="passwords are reset where they are kept: at the provider of the login",
            )
        if self._user(name) is None:
            raise RefusedError(f"the hub has no user {name!r}", hint="add that person first")
        self._give(name, password)
        return "has a new password for one login"

    def _give(self, name: str, password: str) -> None:
        self._api.call("PUT", f"{_OWN}/{segment(name)}", {"password": password})

    def _have(self, name: str) -> None:
        try:
            self._api.call("POST", f"users/{name}", {})
        except HubRefusalError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise

    def _join(self, name: str, group: str) -> None:
        try:
            self._api.call("POST", f"groups/{segment(group)}/users", {"users": [name]})
        except HubRefusalError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise RefusedError(
                f"the hub has no group {group!r} yet",
                cause=error.cause,
                hint="the next deploy makes it",
            ) from error

    def _delete(self, name: str) -> None:
        """Forget a user; the hub refuses as long as a server is stopping."""
        for _ in range(_STOP_ATTEMPTS):
            try:
                self._api.call("DELETE", f"users/{segment(name)}")
            except HubRefusalError as error:
                if error.status == HTTPStatus.NOT_FOUND:
                    return
                if "stopping" not in error.cause:
                    raise
            else:
                return
            self._sleep(_STOP_PAUSE_SECONDS)
        raise ClusterError(
            f"the server of {name} does not stop",
            hint="look at its pod, and run the same command again",
        )

    def _user(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._api.get(f"users/{segment(name)}")
        except HubRefusalError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return None
        return found

    def _signed_up(self) -> dict[str, dict[str, bool]]:
        found: dict[str, dict[str, bool]] = {}
        if self._signs_up:
            found = self._api.get(_OWN)["signed_up"]
        return found

    def _account(
        self, name: str, user: dict[str, Any] | None, signed_up: dict[str, bool] | None
    ) -> Account:
        user = user or {}
        state, is_in = "", True
        if self._signs_up:
            is_in = signed_up is not None and signed_up["approved"]
            state = "" if is_in else "waits for approval" if signed_up else "has not signed up"
            state = "invited" if signed_up and is_in and signed_up["due"] else state
        groups = sorted(set(user.get("groups", ())) - {_FIRST_LOGIN})
        return Account(
            name=name,
            groups=tuple(groups),
            # The hub makes them one when they next log in.
            admin=bool(user.get("admin")) or HUB_ADMINS in groups,
            state=state,
            is_in=is_in,
        )
