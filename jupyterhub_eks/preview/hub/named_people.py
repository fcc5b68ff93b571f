"""What a login has in a preview only: people from the start, and a cookie of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyterhub import orm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def with_people(login: Any, people: Mapping[str, Sequence[str]]) -> Any:
    """Return a login that has people from the start.

    Whoever is named is in the groups that are named, and in no others, whatever a preview
    before this one was told. With passwords of the hub's own they also have an account,
    besides administrators, who begin with the password that a deploy makes for them.

    Args:
        login: Class of the login.
        people: Groups by user name.
    """

    class WithPeople(login):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            db = getattr(self.parent, "db", None)
            if db is None:
                return
            for name, groups in people.items():
                known = self.normalize_username(name)
                leave_others(db, known, groups)
                if hasattr(self, "is_new_administrator"):
                    self.give_account(known)

        def give_account(self, name: str) -> None:
            """Make an account, approved as an administrator would."""
            if name in self.listed or self.get_user(name) is not None:
                return
            account = self.create_user(name, os.environ["JHUB_PREVIEW_PASSWORD"])
            if account is None:
                self.log.warning("%s cannot have an account of this login", name)
                return
            account.is_authorized = True
            self.db.commit()

    WithPeople.__name__ = login.__name__
    return WithPeople


def with_own_cookie(login: Any, port: int) -> Any:
    """Return a login whose cookie is that of one preview.

    Browsers keep cookies by host, whatever the port: whoever opened a second preview would be
    logged out of the first.

    Args:
        login: Class of the login.
        port: Where people open the hub.
    """

    class WithOwnCookie(login):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            hub = getattr(self.parent, "hub", None)
            if hub is not None:
                hub.cookie_name = f"jupyterhub-hub-login-{port}"

    WithOwnCookie.__name__ = login.__name__
    return WithOwnCookie


def leave_others(db: Any, name: str, groups: Sequence[str]) -> None:
    """Take a user out of all groups but these, into which JupyterHub puts them (`load_groups`)."""
    user = orm.User.find(db, name)
    if user is not None:
        # Whoever is in the one besides has yet to choose a password.
        kept = {*groups, "first-login"}
        user.groups = [group for group in user.groups if group.name in kept]
        db.commit()
