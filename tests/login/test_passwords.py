"""Logins by a password of the hub's own: the shared one, and those that people sign up with."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.hub import ENVIRONMENT
from tests.support.hub_process import Account
from tests.support.login_site import HOME, Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

    from tests.support.browser import Browser

    Browsers = Callable[[Site], Browser]

SHARED, ADMIN = ENVIRONMENT["JHUB_USER_PASSWORD"], ENVIRONMENT["JHUB_ADMIN_PASSWORD"]
OPEN: dict[str, Any] = {"type": "dummy", "admins": ["root"]}
LISTED: dict[str, Any] = {"type": "dummy", "admins": ["root"], "allow": {"users": ["bob"]}}
NATIVE: dict[str, Any] = {"type": "native", "admins": ["teacher"], "allow": {"everyone": True}}
STRONG = "correct horse battery staple"
OWN = "a password of one's own"


@pytest.mark.parametrize(
    ("auth", "name", "password", "account"),
    [
        pytest.param(OPEN, "alice", SHARED, Account("alice", False, ()), id="anybody"),
        pytest.param(OPEN, "Alice.B", SHARED, Account("alice.b", False, ()), id="capitals"),
        pytest.param(OPEN, "alice", "guess", None, id="wrong"),
        pytest.param(OPEN, "alice", "", None, id="none"),
        pytest.param(OPEN, "alice", ADMIN, None, id="admin-password-of-no-admin"),
        pytest.param(OPEN, "root", ADMIN, Account("root", True, ()), id="admin"),
        pytest.param(OPEN, "ROOT", SHARED, None, id="admin-in-capitals-with-users-password"),
        pytest.param(OPEN, "root", SHARED, None, id="admin-with-users-password"),
        pytest.param(OPEN, "", SHARED, None, id="no-name"),
        pytest.param(LISTED, "bob", SHARED, Account("bob", False, ()), id="listed"),
        pytest.param(LISTED, "eve", SHARED, None, id="not-listed"),
        pytest.param(LISTED, "root", ADMIN, Account("root", True, ()), id="admin-beside-list"),
    ],
)
def test_shared_password(
    auth: dict[str, Any],
    name: str,
    password: str,
    account: Account | None,
    shared_site: Callable[[Mapping[str, Any]], Site],
    browsers: Browsers,
) -> None:
    """The right password for the role and a name that may, or the form again with a word."""
    where = shared_site(auth)
    browser = browsers(where)
    page = where.type_in(browser, name, password)
    if account:
        assert page.url.endswith(HOME)
        assert where.hub.account(account.name) == account
        assert browser.get("/hub/admin").status_code == (200 if account.admin else 403)
    else:
        assert page.status_code == 403
        assert "Invalid username or password" in page.text
        assert "/hub/login" in browser.get(HOME).url


# --- sign-up --------------------------------------------------------------------------


@pytest.fixture
def native(tmp_path: Any) -> Iterator[Site]:
    """Return a hub on which nobody has signed up."""
    with site(NATIVE, tmp_path) as made:
        yield made


def sign_up(browser: Browser, name: str, password: str, again: str = "") -> requests.Response:
    """Fill in the form for new people."""
    filled = {
        "username": name,
        "signup_password": password,
        "signup_password_confirmation": again or password,
    }
    return browser.submit(browser.get("/hub/signup"), filled)


def choose(browser: Browser, page: requests.Response, new: str) -> requests.Response:
    """Choose a password in place of the generated one."""
    filled = {"password": ADMIN, "new_password": new, "new_password_again": new}
    return browser.submit(page, filled)


def enter_as_administrator(where: Site, browser: Browser, name: str = "teacher") -> None:
    """Log in with the password that this administrator chose, or choose it now."""
    if where.type_in(browser, name, OWN).url.endswith(HOME):
        return
    page = choose(browser, where.type_in(browser, name, ADMIN), OWN)
    assert page.url.endswith(HOME)


def approve(where: Site, browsers: Browsers, name: str) -> None:
    """Let the administrator approve somebody, on the page for that."""
    browser = browsers(where)
    enter_as_administrator(where, browser)
    assert browser.follow(browser.get("/hub/authorize"), f"authorize/{name}").status_code == 200


def enters(where: Site, browsers: Browsers, name: str, password: str) -> bool:
    """Return whether a name and password log somebody in."""
    return str(where.type_in(browsers(where), name, password).url).endswith(HOME)


def test_sign_up_waits_for_approval(native: Site, browsers: Browsers) -> None:
    """Whoever signs up enters once an administrator has approved them, and not before."""
    page = sign_up(browsers(native), "bob", STRONG)
    assert "sent to the admin" in page.text
    assert not enters(native, browsers, "bob", STRONG)
    approve(native, browsers, "bob")
    assert enters(native, browsers, "bob", STRONG)
    assert native.hub.account("bob") == Account("bob", False, ())


def test_approval_is_taken_back(native: Site, browsers: Browsers) -> None:
    """Nobody enters any more whose approval an administrator has taken back."""
    sign_up(browsers(native), "bob", STRONG)
    approve(native, browsers, "bob")
    approve(native, browsers, "bob")
    assert not enters(native, browsers, "bob", STRONG)


def test_only_administrators_approve(native: Site, browsers: Browsers) -> None:
    """A person who was approved approves nobody else."""
    for name in ("bob", "eve"):
        sign_up(browsers(native), name, STRONG)
    approve(native, browsers, "bob")
    browser = browsers(native)
    native.type_in(browser, "bob", STRONG)
    assert browser.get("/hub/authorize").status_code == 403
    assert browser.get("/hub/authorize/eve").status_code == 403
    assert not enters(native, browsers, "eve", STRONG)


@pytest.mark.parametrize(
    ("password", "again"),
    [("short", ""), ("elevenchars", ""), (STRONG, "something else entirely")],
    ids=["short", "one-too-short", "mistyped"],
)
def test_password_that_is_not_taken(
    native: Site, browsers: Browsers, password: str, again: str
) -> None:
    """A weak or mistyped password makes no account, and the page says what is wanted."""
    page = sign_up(browsers(native), "bob", password, again)
    assert "at least 12" in page.text or "did not match" in page.text
    approve_page = browsers(native)
    enter_as_administrator(native, approve_page)
    assert "bob" not in approve_page.get("/hub/authorize").text


def test_well_known_password(tmp_path: Any, browsers: Browsers) -> None:
    """A password that everybody tries first is refused although it is long enough."""
    with site({**NATIVE, "password_min_length": 8}, tmp_path) as where:
        page = sign_up(browsers(where), "bob", "password1")
        assert "not too common" in page.text


def test_first_administrator_is_there(native: Site, browsers: Browsers) -> None:
    """The administrator enters before anybody has signed up, by choosing another password."""
    browser = browsers(native)
    page = native.type_in(browser, "teacher", ADMIN)
    assert "for the first login only" in page.text
    assert choose(browser, page, OWN).url.endswith(HOME)
    assert browser.get("/hub/admin").status_code == 200
    assert not enters(native, browsers, "teacher", ADMIN)
    assert enters(native, browsers, "teacher", OWN)


def test_generated_password_is_not_kept(native: Site, browsers: Browsers) -> None:
    """All first administrators know it, so it is no password of one of them."""
    browser = browsers(native)
    page = choose(browser, native.type_in(browser, "teacher", ADMIN), ADMIN)
    assert "Choose another password" in page.text
    assert browser.get("/hub/admin").url.endswith("/hub/login?next=%2Fhub%2Fadmin")


def test_generated_password_is_rotated(
    tmp_path: Any, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has not logged in yet needs the new one; who has keeps the password of their own."""
    auth = {**NATIVE, "admins": ["teacher", "assistant"]}
    with site(auth, tmp_path) as where:
        enter_as_administrator(where, browsers(where))
    monkeypatch.setenv("JHUB_ADMIN_PASSWORD", "generated-anew-with-32-letters-y")
    with site(auth, tmp_path) as where:
        assert enters(where, browsers, "teacher", OWN)
        browser = browsers(where)
        where.type_in(browser, "assistant", ADMIN)
        assert "/hub/login" in browser.get(HOME).url
        page = where.type_in(browser, "assistant", "generated-anew-with-32-letters-y")
        assert "for the first login only" in page.text


@pytest.mark.parametrize("name", ["teacher", "Teacher", "TEACHER"])
def test_name_of_the_administrator_is_taken(native: Site, browsers: Browsers, name: str) -> None:
    """Nobody becomes administrator by signing up with that name, in whatever capitals."""
    page = sign_up(browsers(native), name, STRONG)
    assert "already in use" in page.text or "Something went wrong" in page.text
    assert not enters(native, browsers, name, STRONG)
    enter_as_administrator(native, browsers(native))


def test_lock_out_after_failures(native: Site, browsers: Browsers) -> None:
    """After five failures the right password is of no use for a while, to nobody else's harm."""
    for name in ("bob", "ann"):
        sign_up(browsers(native), name, STRONG)
        approve(native, browsers, name)
    for attempt in range(5):
        assert not enters(native, browsers, "bob", f"guess {attempt}")
    assert not enters(native, browsers, "bob", STRONG)
    assert enters(native, browsers, "ann", STRONG)


def test_four_failures_lock_nobody_out(native: Site, browsers: Browsers) -> None:
    """Somebody who mistypes less often enters, and begins to count again."""
    sign_up(browsers(native), "bob", STRONG)
    approve(native, browsers, "bob")
    for _ in range(2):
        for attempt in range(4):
            assert not enters(native, browsers, "bob", f"guess {attempt}")
        assert enters(native, browsers, "bob", STRONG)


@pytest.mark.parametrize("name", ["a b", "a,b", "a/b", ""])
def test_names_that_are_none(native: Site, browsers: Browsers, name: str) -> None:
    """A name that would be a path, a list or nothing is not signed up with."""
    page = sign_up(browsers(native), name, STRONG)
    assert "Something went wrong" in page.text or page.status_code == 400


def test_administrator_is_taken_off_the_list(tmp_path: Any, browsers: Browsers) -> None:
    """Whoever is no administrator any more has no such rights after the next login."""
    with site({**NATIVE, "admins": ["teacher", "assistant"]}, tmp_path) as where:
        enter_as_administrator(where, browsers(where), "assistant")
        assert where.hub.account("assistant") == Account("assistant", True, ())
    with site(NATIVE, tmp_path) as where:
        assert enters(where, browsers, "assistant", OWN)
        assert where.hub.account("assistant") == Account("assistant", False, ())


@pytest.mark.parametrize("approved", [False, True], ids=["waiting", "approved"])
def test_user_is_put_on_the_list(tmp_path: Any, browsers: Browsers, *, approved: bool) -> None:
    """Only whom an administrator had approved keeps the account under a name that is listed."""
    with site(NATIVE, tmp_path) as where:
        sign_up(browsers(where), "assistant", STRONG)
        if approved:
            approve(where, browsers, "assistant")
    with site({**NATIVE, "admins": ["teacher", "assistant"]}, tmp_path) as where:
        assert enters(where, browsers, "assistant", STRONG) is approved
        enter_as_administrator(where, browsers(where), "teacher")
        assert approved or "first login" in where.type_in(browsers(where), "assistant", ADMIN).text


def test_accounts_outlive_the_hub(tmp_path: Any) -> None:
    """Accounts and approvals are in the hub's database, so a restart changes nothing."""
    with ExitStack() as stack, site(NATIVE, tmp_path) as where:
        sign_up(stack.enter_context(where.browser()), "bob", STRONG)
        approve(where, lambda there: stack.enter_context(there.browser()), "bob")
    with ExitStack() as stack, site(NATIVE, tmp_path) as where:
        assert enters(where, lambda there: stack.enter_context(there.browser()), "bob", STRONG)
