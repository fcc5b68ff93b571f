"""Whom the rules of every login let in, in a real hub with its database."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyterhub import orm
from tornado.web import HTTPError

from jupyterhub_eks.config.rules.name_patterns import FLAGS
from tests.support.hub import COGNITO, ENVIRONMENT, NATIVE
from tests.support.logins import enter, hub_of, login, oauth, type_password
from tests.support.running_hub import Provider
from tests.support.whole_hub import WholeHub, request, whole_hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

# JupyterHub's own files are of an older form of the schema of events.
pytestmark = pytest.mark.filterwarnings("ignore")

PASSWORD = ENVIRONMENT["JHUB_USER_PASSWORD"]
ADMIN_PASSWORD = ENVIRONMENT["JHUB_ADMIN_PASSWORD"]
CRYPT_KEY = "0" * 64
GOOGLE = oauth("google", admins=["root@example.org"], allow={"users": ["bob@example.org"]})
GITLAB = oauth("gitlab", admins=["root"], allow={"groups": ["science"]})


@pytest.fixture(autouse=True)
def encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the hub keep what providers say, as the chart does by a key of its own."""
    monkeypatch.setenv("JUPYTERHUB_CRYPT_KEY", CRYPT_KEY)


def in_hub(auth: dict[str, Any], folder: Path, what: Callable[[WholeHub], Awaitable[None]]) -> None:
    """Do something in a hub with a login."""

    async def run() -> None:
        async with whole_hub(hub_of(auth), folder, own_login=True) as hub:
            await what(hub)

    asyncio.run(run())


def google(name: str) -> Provider:
    """Return Google with a user who has just logged in there."""
    return Provider({"email": name, "verified_email": True})


def gitlab(name: str, *groups: str) -> Provider:
    """Return GitLab with a user who has just logged in there."""
    return Provider({"nickname": name, "groups": list(groups)})


# --- block ----------------------------------------------------------------------------

BLOCKING = [
    ({"type": "dummy", "block": ["Mallory"]}, None),
    ({**NATIVE, "block": ["MALLORY"]}, None),
    (
        {**COGNITO, "block": ["Mallory@example.org"]},
        Provider(
            {"email": "mallory@example.org", "email_verified": "true"},
            {"cognito:groups": ["users"]},
        ),
    ),
    ({**GITLAB, "block": ["Mallory"]}, gitlab("mallory", "science")),
    (
        oauth("google", allow={"everyone": True}, block=["Mallory@Example.org"]),
        google("mallory@example.org"),
    ),
]


@pytest.mark.parametrize(("auth", "provider"), BLOCKING, ids=lambda each: str(each)[:40])
def test_whoever_is_blocked_enters_by_no_rule(
    auth: dict[str, Any], provider: Provider | None
) -> None:
    """In whatever case the name is written, with the right password or group, and by `everyone`."""
    if provider is not None:
        assert enter(auth, provider) is None
        return
    made = login(auth)
    if auth["type"] == "native":
        made.create_user("mallory", PASSWORD)
        made.get_user("mallory").is_authorized = True
    assert type_password(made, "mallory", PASSWORD) is None
    assert type_password(made, "MALLORY", PASSWORD) is None


def test_others_enter_beside_the_blocked() -> None:
    """A list of blocked names shuts out no other."""
    assert type_password(login({"type": "dummy", "block": ["mallory"]}), "bob", PASSWORD)


# --- pattern --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dummy", "native", "cognito", "oauth"])
def test_a_pattern_lets_in_whole_names_only(kind: str) -> None:
    """Whoever's name matches from end to end enters with every login, and nobody else."""
    pattern = r"student-\d+(@example\.org)?"
    names = {"student-7": True, "Student-12": True, "student-": False, "a-student-7": False}

    def comes_in(name: str) -> bool:
        if kind == "dummy":
            made = login({"type": "dummy", "allow": {"pattern": pattern}})
            return type_password(made, name, PASSWORD) is not None
        if kind == "native":
            made = login({**NATIVE, "allow": {"pattern": pattern}})
            made.create_user(name, PASSWORD)
            made.get_user(name).is_authorized = True
            return type_password(made, name, PASSWORD) is not None
        address = f"{name}@example.org"
        about = {"email": address, "email_verified": True, "verified_email": True}
        auth = COGNITO if kind == "cognito" else oauth("google")
        return enter({**auth, "allow": {"pattern": pattern}}, Provider(about)) is not None

    assert {name: comes_in(name) for name in names} == names


def test_a_pattern_opens_to_nobody_without_approval_or_password() -> None:
    """It says who may log in, not that they need not."""
    made = login({**NATIVE, "allow": {"pattern": "student-.*"}})
    made.create_user("student-1", PASSWORD)
    assert type_password(made, "student-1", PASSWORD) is None
    trial = login({"type": "dummy", "allow": {"pattern": "student-.*"}})
    assert type_password(trial, "student-1", "guess") is None


LETTERS = st.text(st.sampled_from("abcABC019.-_@\xe9\u017f"), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(literal=LETTERS, tail=st.sampled_from(["", ".*", r"\d+", "[a-z]?"]), name=LETTERS)
def test_the_hub_reads_a_pattern_as_the_check_does(literal: str, tail: str, name: str) -> None:
    """For any pattern and name, in capitals or not: the same flags, the same whole name."""
    pattern = re.escape(literal) + tail
    made = login({"type": "dummy", "allow": {"pattern": pattern}})
    for each in (name, literal, literal + "7"):
        entered = type_password(made, each, PASSWORD) is not None
        assert entered == bool(re.fullmatch(pattern, each.lower(), FLAGS))


def test_a_name_that_only_looks_like_another_is_refused() -> None:
    """The sign for kelvin is a `k` in small letters, and nobody is let in as somebody else."""
    made = login({"type": "dummy", "allow": {"users": ["kate"]}})
    assert type_password(made, "KATE", PASSWORD) is not None
    with pytest.raises(HTTPError) as caught:
        type_password(made, "\u212aate", PASSWORD)
    assert caught.value.status_code == 403


# --- groups that the hub keeps --------------------------------------------------------

KEEPING = [
    {"type": "dummy", "allow": {"groups": ["students"]}, "groups": ["students", "ml"]},
    {**NATIVE, "allow": {"groups": ["students"]}, "groups": ["students", "ml"]},
    {**GOOGLE, "allow": {"groups": ["students"]}, "groups": ["students", "ml"]},
]


@pytest.mark.parametrize("auth", KEEPING, ids=lambda auth: auth["type"])
def test_the_hub_makes_groups_and_lets_their_members_in(
    auth: dict[str, Any], tmp_path: Path
) -> None:
    """Made at start; members put in meanwhile enter and stay members, others do not enter."""

    async def check(hub: WholeHub) -> None:
        made = {group.name for group in hub.app.db.query(orm.Group)}
        # With the shared password everybody could take the name of such an administrator.
        kept = {"invited"} if auth["type"] == "dummy" else {"invited", "hub-admins"}
        assert made == {"students", "ml", *kept}
        name = "bob@example.org" if auth["type"] == "oauth" else "bob"

        async def comes() -> Any:
            if auth["type"] == "oauth":
                return await hub.log_in(provider=google(name))
            if auth["type"] == "native" and not hub.app.authenticator.user_exists(name):
                hub.app.authenticator.create_user(name, PASSWORD)
                hub.app.authenticator.get_user(name).is_authorized = True
            return await hub.log_in(name, PASSWORD)

        hub.join("ml", name)
        assert await comes() is None
        hub.join("students", name)
        assert await comes() is not None
        assert hub.groups_of(name) == {"students", "ml"}
        await hub.app.init_groups()
        assert hub.groups_of(name) == {"students", "ml"}
        hub.join("students")
        assert await comes() is None

    in_hub(auth, tmp_path, check)


# --- the group `invited` --------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "come"),
    [
        ({"type": "dummy", "allow": {"users": ["bob"]}}, lambda hub: hub.log_in("eve", PASSWORD)),
        (GOOGLE, lambda hub: hub.log_in(provider=google("eve"))),
        (GITLAB, lambda hub: hub.log_in(provider=gitlab("eve", "guests"))),
        (
            oauth("entra", issuer="https://login.microsoftonline.com/1/v2.0", allow={"groups": []}),
            lambda hub: hub.log_in(
                provider=Provider({"preferred_username": "eve"}, {"aud": "client-2", "exp": 9**11})
            ),
        ),
    ],
    ids=["dummy", "google", "gitlab", "entra"],
)
def test_whoever_is_invited_enters_until_they_are_not(
    auth: dict[str, Any], come: Any, tmp_path: Path
) -> None:
    """The group exists with every such login; its members enter, and stay in it doing so."""
    name = "eve" if auth is not GOOGLE else "eve@example.org"
    comes = come if auth is not GOOGLE else lambda hub: hub.log_in(provider=google(name))

    async def check(hub: WholeHub) -> None:
        assert await comes(hub) is None
        hub.join("invited", name)
        assert await comes(hub) is not None
        assert "invited" in hub.groups_of(name)
        assert await comes(hub) is not None
        hub.join("invited")
        assert await comes(hub) is None

    in_hub(auth, tmp_path, check)


@pytest.mark.parametrize("auth", [GOOGLE, GITLAB], ids=["google", "gitlab"])
def test_administrators_of_the_hubs_own_are_so_until_they_are_not(
    auth: dict[str, Any], tmp_path: Path
) -> None:
    """Members of `hub-admins` enter and administer, whatever the provider's groups are."""
    name = "eve@example.org" if auth is GOOGLE else "eve"
    known = google(name) if auth is GOOGLE else gitlab(name, "guests")

    async def check(hub: WholeHub) -> None:
        assert await hub.log_in(provider=known) is None
        hub.join("hub-admins", name)
        hub.join("invited", name)
        assert (await hub.log_in(provider=known)).admin
        hub.join("hub-admins")
        assert not (await hub.log_in(provider=known)).admin

    in_hub(auth, tmp_path, check)


def test_nobody_is_invited_by_the_provider(tmp_path: Path) -> None:
    """A group of the provider that is called so lets nobody in, and is not taken for ours."""

    async def check(hub: WholeHub) -> None:
        assert await hub.log_in(provider=gitlab("eve", "invited")) is None
        assert await hub.log_in(provider=gitlab("bob", "invited", "science")) is not None
        assert hub.groups_of("bob") == {"science"}

    in_hub(GITLAB, tmp_path, check)


def test_cognito_has_no_group_of_the_invited(tmp_path: Path) -> None:
    """Who may log in there is in the pool; a group of the hub changes nothing."""

    async def check(hub: WholeHub) -> None:
        assert not list(hub.app.db.query(orm.Group))
        hub.app.db.add(orm.Group(name="invited"))
        hub.join("invited", "eve@example.org")
        pool = Provider({"email": "eve@example.org", "email_verified": "true"})
        assert await hub.log_in(provider=pool) is None

    in_hub(COGNITO, tmp_path, check)


# --- administrators -------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["root", "Root", "ROOT"])
def test_d12_administrator_in_capitals_is_the_administrator(typed: str) -> None:
    """The users' password opens no administrator's account, however the name is typed."""
    made = login({"type": "dummy", "admins": ["Root"]})
    assert type_password(made, typed, PASSWORD) is None
    user = type_password(made, typed, ADMIN_PASSWORD)
    assert user is not None
    assert (user["name"], user["admin"]) == ("root", True)


@pytest.mark.parametrize("auth", [{"type": "dummy"}, NATIVE], ids=["dummy", "native"])
@pytest.mark.parametrize("name", ["a\nb", "a\x1b[1Ab", "a" * 256], ids=["line", "escape", "long"])
def test_names_that_nobody_has(auth: dict[str, Any], name: str) -> None:
    """With a password, too, nobody has a name that a terminal obeys, or one that is too long."""
    with pytest.raises(HTTPError, match="is no user name") as caught:
        type_password(login(auth), name, PASSWORD)
    assert caught.value.status_code == 403


@pytest.mark.parametrize("allow", [{"users": ["bob"]}, {"pattern": "student-.*"}])
def test_administrators_enter_whatever_the_rules_say(allow: dict[str, Any]) -> None:
    """They may always log in, also where only others are named."""
    made = login({**NATIVE, "admins": ["Teacher"], "allow": allow})
    made.choose("teacher", "correct horse battery")
    user = type_password(made, "teacher", "correct horse battery")
    assert user is not None
    assert user["admin"] is True


# --- while somebody is logged in ------------------------------------------------------


def test_who_is_blocked_meanwhile_has_to_go(tmp_path: Path) -> None:
    """A session does not outlive the permission, with a password as with a provider."""

    async def check(hub: WholeHub) -> None:
        assert await hub.log_in("bob", PASSWORD)
        assert await hub.come_back("bob")
        hub.app.authenticator.blocked_users = {"bob"}
        assert await hub.come_back("bob") is None

    in_hub({"type": "dummy"}, tmp_path, check)


def test_who_is_no_longer_approved_has_to_go(tmp_path: Path) -> None:
    """Taking back an approval ends the session at the next look."""

    async def check(hub: WholeHub) -> None:
        login_ = hub.app.authenticator
        login_.create_user("bob", PASSWORD)
        login_.get_user("bob").is_authorized = True
        assert await hub.log_in("bob", PASSWORD)
        assert await hub.come_back("bob")
        login_.get_user("bob").is_authorized = False
        assert await hub.come_back("bob") is None

    in_hub(NATIVE, tmp_path, check)


def test_a_change_of_groups_is_seen_while_logged_in(tmp_path: Path) -> None:
    """New groups count at once; who has left the allowed one has to log in again."""

    async def check(hub: WholeHub) -> None:
        provider = gitlab("bob", "science")
        assert await hub.log_in(provider=provider)
        provider.claims = {"nickname": "bob", "groups": ["science", "ml"]}
        assert await hub.come_back("bob")
        assert hub.groups_of("bob") == {"science", "ml"}
        provider.claims = {"nickname": "bob", "groups": ["ml"]}
        assert await hub.come_back("bob") is None

    in_hub(GITLAB, tmp_path, check)


def test_a_login_is_renewed_after_its_token_has_expired(tmp_path: Path) -> None:
    """An access token that is refused is renewed; where that is refused too, one logs in again."""
    info, token = "https://gitlab.com/oauth/userinfo", "https://gitlab.com/oauth/token"

    async def check(hub: WholeHub) -> None:
        provider = gitlab("bob", "science")
        assert await hub.log_in(provider=provider)
        provider.refusing = {info: 401, token: 400}
        assert await hub.come_back("bob") is None
        provider.asked, provider.refusing = [], {}
        provider.refuse_once(info, 401)
        assert await hub.come_back("bob")
        assert provider.asked == [info, token, info]

    in_hub(GITLAB, tmp_path, check)


def test_nobody_is_logged_out_while_the_provider_is_down(tmp_path: Path) -> None:
    """An error of the provider's own says nothing about the user."""

    async def check(hub: WholeHub) -> None:
        provider = gitlab("bob", "science")
        assert await hub.log_in(provider=provider)
        provider.refusing = {"https://gitlab.com/oauth/userinfo": 503}
        assert await hub.come_back("bob")
        assert hub.groups_of("bob") == {"science"}

    in_hub(GITLAB, tmp_path, check)


@pytest.mark.parametrize("status", [503, 599])
def test_nobody_is_logged_out_while_new_tokens_cannot_be_had(tmp_path: Path, status: int) -> None:
    """A fault, or no answer (599), is no refusal; a refusal afterwards ends the login."""
    info, token = "https://gitlab.com/oauth/userinfo", "https://gitlab.com/oauth/token"

    async def check(hub: WholeHub) -> None:
        provider = gitlab("bob", "science")
        assert await hub.log_in(provider=provider)
        provider.refusing = {info: 401, token: status}
        assert await hub.come_back("bob")
        provider.refusing = {info: 401, token: 400}
        assert await hub.come_back("bob") is None

    in_hub(GITLAB, tmp_path, check)


@pytest.mark.parametrize("path", ["token", "userinfo"])
@pytest.mark.parametrize("status", [500, 503, 599])
def test_login_at_a_provider_that_fails(path: str, status: int) -> None:
    """It is not called a refusal: whoever tries is told to do so again later."""
    provider = gitlab("bob", "science")
    provider.refusing = {f"https://gitlab.com/oauth/{path}": status}
    with pytest.raises(HTTPError, match=str(status)) as refused:
        enter(GITLAB, provider)
    assert refused.value.status_code == 503
    assert "does not answer" in str(refused.value.reason)


@pytest.mark.parametrize("path", ["token", "userinfo"])
@pytest.mark.parametrize(
    "answer", [b"<html>", b"[" * 200_000, b"\xff"], ids=["html", "deep", "raw"]
)
def test_login_at_a_provider_whose_answer_is_no_json(path: str, answer: bytes) -> None:
    """It is refused in a sentence, and not as a fault of the hub."""
    provider = gitlab("bob", "science")
    provider.pages = {f"https://gitlab.com/oauth/{path}": answer}
    with pytest.raises(HTTPError) as refused:
        enter(GITLAB, provider)
    assert refused.value.status_code == 502
    assert "cannot be read" in str(refused.value.reason)


def test_logout_knows_whose_session_it_is(tmp_path: Path) -> None:
    """The id token of the login goes with the browser to the provider."""

    async def check(hub: WholeHub) -> None:
        assert await hub.log_in(provider=gitlab("bob", "science"))
        handler = hub.app.authenticator.logout_handler(hub.app.tornado_application, request())
        handler._jupyterhub_user = hub.user("bob")
        await handler.handle_logout()
        state = await hub.user("bob").get_auth_state()
        assert handler.id_token == state["id_token"]

    in_hub(GITLAB, tmp_path, check)


def test_another_name_is_another_user(tmp_path: Path) -> None:
    """Whoever got another name at the provider logs in anew, and takes over nobody's home."""

    async def check(hub: WholeHub) -> None:
        provider = gitlab("bob", "science")
        assert await hub.log_in(provider=provider)
        provider.claims = {"nickname": "carol", "groups": ["science"]}
        assert await hub.come_back("bob") is None

    in_hub(GITLAB, tmp_path, check)
