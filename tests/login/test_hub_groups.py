"""Groups that the hub keeps itself, and logins by a class of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jupyterhub import orm

from tests.support.dialects import Person
from tests.support.hub import ENVIRONMENT
from tests.support.login_site import HOME, Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterhub.app import JupyterHub

    from tests.support.browser import Browser

    Browsers = Callable[[Site], Browser]

GOOGLE: dict[str, Any] = {
    "type": "oauth",
    "provider": "google",
    "groups": ["students"],
    "allow": {"groups": ["students"]},
    "block": ["bill@example.org"],
}
CUSTOM: dict[str, Any] = {
    "type": "custom",
    "authenticator": "jupyterhub.authenticators.shared.SharedPasswordAuthenticator",
    "config": {
        "SharedPasswordAuthenticator": {
            "user_password": "of the class itself",
            "admin_password": "of the class for its administrators",
        }
    },
    "allow": {"users": ["bob"]},
    "block": ["eve"],
    "admins": ["root"],
}


@pytest.fixture
def google(tmp_path: Path) -> Iterator[Site]:
    """Return a site for members of a group that the hub keeps."""
    with site(GOOGLE, tmp_path) as made:
        for name in ("alice", "bill"):
            about = {"verified_email": True}
            made.enrol(Person(name=name, email=f"{name}@example.org", about=about))
        yield made


def put(where: Site, name: str, group: str, *, member: bool = True) -> None:
    """Put a user into a group of the hub, or take them out, as its API does."""

    def change(app: JupyterHub) -> None:
        user = orm.User.find(app.db, name)
        if user is None:
            user = orm.User(name=name)
            app.db.add(user)
        found = orm.Group.find(app.db, group)
        found.users.append(user) if member else found.users.remove(user)
        app.db.commit()

    where.hub.do(change)


def enters(where: Site, browsers: Browsers, name: str) -> bool:
    """Return whether somebody gets in by the provider."""
    return str(where.enter(browsers(where), name).url).endswith(HOME)


@pytest.mark.parametrize("group", ["students", "invited"])
def test_group_of_the_hub_lets_in(google: Site, browsers: Browsers, group: str) -> None:
    """Who is put into such a group enters, stays in it, and is out once taken off."""
    assert not enters(google, browsers, "alice")
    put(google, "alice@example.org", group)
    assert enters(google, browsers, "alice")
    account = google.hub.account("alice@example.org")
    assert account is not None
    assert account.groups == (group,)
    put(google, "alice@example.org", group, member=False)
    assert not enters(google, browsers, "alice")


def test_blocked_member_stays_out(google: Site, browsers: Browsers) -> None:
    """A blocked name is let in by no group."""
    put(google, "bill@example.org", "students")
    assert not enters(google, browsers, "bill")


def test_members_outlive_the_hub(tmp_path: Path, browsers: Browsers) -> None:
    """A restart leaves the members in the groups that the file names."""
    with site(GOOGLE, tmp_path) as where:
        put(where, "alice@example.org", "students")
    with site(GOOGLE, tmp_path) as where:
        where.enrol(Person(name="alice", email="alice@example.org"))
        assert enters(where, browsers, "alice")


@pytest.mark.parametrize(
    ("name", "password", "inside"),
    [
        ("bob", "of the class itself", True),
        ("bob", "another", False),
        ("ann", "of the class itself", False),
        ("eve", "of the class itself", False),
        ("root", "of the class for its administrators", True),
    ],
    ids=["listed", "wrong-password", "not-listed", "blocked", "administrator"],
)
def test_class_of_ones_own(
    tmp_path: Path, browsers: Browsers, name: str, password: str, *, inside: bool
) -> None:
    """The class is asked who it is, and the rules of the file say who may enter."""
    with site(CUSTOM, tmp_path) as where:
        page = where.type_in(browsers(where), name, password)
        assert page.url.endswith(HOME) is inside
        account = where.hub.account(name)
        assert (account is not None and account.admin) is (name == "root" and inside)


def test_lock_out_as_configured(tmp_path: Path, browsers: Browsers) -> None:
    """Two failures lock a name where the file says two."""
    auth = {"type": "native", "admins": ["teacher"], "lock_out": {"failures": 2, "minutes": 1}}
    given, password = ENVIRONMENT["JHUB_ADMIN_PASSWORD"], "correct horse battery"
    chosen = {"password": given, "new_password": password, "new_password_again": password}
    with site({**auth, "allow": {"everyone": True}}, tmp_path) as where:
        where.type_in(browsers(where), "teacher", "guess")
        browser = browsers(where)
        page = browser.submit(where.type_in(browser, "teacher", given), chosen)
        assert page.url.endswith(HOME)
        for _ in range(2):
            where.type_in(browsers(where), "teacher", "guess")
        assert not where.type_in(browsers(where), "teacher", password).url.endswith(HOME)
