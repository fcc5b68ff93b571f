"""What the stand-in for a provider answers, and what it refuses."""

from __future__ import annotations

import base64
import hashlib
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.provider.dialects import DIALECTS
from jupyterhub_eks.preview.provider.grants import ACCESS_SECONDS, Asked, Grants
from jupyterhub_eks.preview.provider.registration import Account, Registration
from jupyterhub_eks.preview.provider.server import StandIn, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

HUB = "http://127.0.0.1:8000"
CALLBACK, BACK = f"{HUB}/hub/oauth_callback", f"{HUB}/hub/login"
HOSTILE = '"><script>alert(1)</script>'
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:-1]
CLIENT = ("hub-1", "s3cret:with/signs")


def account(name: str, *groups: str, about: str = "") -> Account:
    """Return somebody's account."""
    claims = {
        "sub": f"sub-{name}",
        "email": f"{name}@lab.org",
        "email_verified": True,
        "name": name,
        "nickname": name,
        "preferred_username": name,
        "groups": list(groups),
    }
    return Account(
        name=name,
        groups=groups,
        about=about,
        claims=claims,
        added={"realm_access": {"roles": list(groups)}},
    )


def registration(kind: str, url: str) -> Registration:
    """Return the hub as a client of a provider."""
    return Registration(
        kind=kind,
        title=f"The {kind} of {HOSTILE}",
        client_id=CLIENT[0],
        client_secret=CLIENT[1],
        callback=CALLBACK,
        back=BACK,
        issuer=url + DIALECTS[kind].issuer,
        accounts=(account("alice", "lab:ml"), account("bob", about=HOSTILE)),
    )


class Desk:
    """A stand-in, and what a hub and a browser do with it."""

    def __init__(self, provider: StandIn, kind: str) -> None:
        self.provider, self.told = provider, DIALECTS[kind]
        provider.register(registration(kind, provider.url))
        self.session = requests.Session()
        self.session.trust_env = False

    def get(self, path: str, **more: Any) -> requests.Response:
        """Ask for something."""
        return self.session.get(self.provider.url + path, allow_redirects=False, **more)

    def authorize(self, **changed: str | None) -> requests.Response:
        """Ask for a login, as the hub does but for what is changed; None: left out."""
        return self.session.get(
            self.provider.url + self.told.authorize,
            params=parameters(**changed),
            allow_redirects=False,
        )

    def code(self, name: str, **changed: str | None) -> str:
        """Log in; return the code."""
        answer = self.session.post(
            self.provider.url + self.told.authorize,
            params=parameters(**changed),
            data={"person": name},
            allow_redirects=False,
        )
        assert answer.status_code == 302, answer.text
        location = urlsplit(answer.headers["Location"])
        assert location._replace(query="").geturl() == CALLBACK
        found = parse_qs(location.query)
        assert found["state"] == ["abc"]
        return found["code"][0]

    def token(self, auth: tuple[str, str] | None = CLIENT, **form: str) -> requests.Response:
        """Redeem a code, or renew a login."""
        return self.session.post(self.provider.url + self.told.token, data=form, auth=auth)

    def redeemed(self, code: str, **changed: str) -> requests.Response:
        """Redeem a code, as the hub does but for what is changed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return self.token(**form | changed)


def parameters(**changed: str | None) -> dict[str, str]:
    """Return what the hub asks for a login with."""
    usual: dict[str, str | None] = {
        "response_type": "code",
        "client_id": CLIENT[0],
        "redirect_uri": CALLBACK,
        "state": "abc",
        "scope": "openid",
        "nonce": "n-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


@pytest.fixture(scope="module")
def provider() -> Iterator[StandIn]:
    """Return what listens; each case registers what it wants."""
    with stand_in() as made:
        yield made


@pytest.fixture
def desk(provider: StandIn) -> Iterator[Desk]:
    """Return an issuer that publishes where it is."""
    made = Desk(provider, "keycloak")
    with made.session:
        yield made


def test_tokens_are_those_of_whoever_was_chosen(desk: Desk) -> None:
    """Signed with the published key, for this client, with groups where they are asked for."""
    found = desk.redeemed(desk.code("alice")).json()
    keys = desk.get("/jwks").json()
    claims = jwt.decode(
        found["id_token"],
        jwt.PyJWKSet.from_dict(keys).keys[0],
        algorithms=["RS256"],
        audience=CLIENT[0],
        issuer=f"{desk.provider.url}/realms/main",
    )
    assert (claims["sub"], claims["nonce"]) == ("sub-alice", "n-1")
    assert claims["realm_access"] == {"roles": ["lab:ml"]}
    bearer = {"Authorization": f"Bearer {found['access_token']}"}
    told = desk.get(desk.told.userinfo, headers=bearer).json()
    assert (told["sub"], told["email"], told["groups"]) == (
        "sub-alice",
        "alice@lab.org",
        ["lab:ml"],
    )
    assert desk.get(desk.told.userinfo, headers={"Authorization": "Bearer x"}).status_code == 401
    assert desk.get(desk.told.userinfo).status_code == 401


def test_a_code_is_good_once_and_for_its_verifier(desk: Desk) -> None:
    """Not again, not with another verifier or address, not with another secret."""
    code = desk.code("alice")
    assert desk.redeemed(code).status_code == 200
    for answer in (
        desk.redeemed(code),
        desk.redeemed(desk.code("alice"), code_verifier="w" * 43),
        desk.redeemed(desk.code("alice"), code_verifier=""),
        desk.redeemed(desk.code("alice"), redirect_uri=f"{HUB}/elsewhere"),
        desk.redeemed(""),
        desk.token(grant_type="password", username="alice"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    wrong = desk.token(("hub-1", "other"), grant_type="authorization_code", code=desk.code("bob"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert desk.token(None, client_id="hub-1").status_code == 401


def test_without_a_challenge_no_verifier_is_asked(desk: Desk) -> None:
    """PKCE is for clients that ask for it; the plain method is refused."""
    code = desk.code("alice", code_challenge=None, code_challenge_method=None)
    assert desk.redeemed(code, code_verifier="").status_code == 200
    refused = desk.authorize(code_challenge_method="plain")
    assert "error=invalid_request" in refused.headers["Location"]


def test_a_login_is_renewed_once_by_each_token(desk: Desk) -> None:
    """The renewed one is of the same person."""
    first = desk.redeemed(desk.code("bob")).json()
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = desk.token(**form)
    assert second.status_code == 200
    assert second.json()["access_token"] != first["access_token"]
    bearer = {"Authorization": f"Bearer {second.json()['access_token']}"}
    assert desk.get(desk.told.userinfo, headers=bearer).json()["sub"] == "sub-bob"
    assert desk.token(**form).status_code == 400


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"client_id": "other"}, "It knows no such client."),
        ({"redirect_uri": "https://evil.example/"}, "The address to come back to is another."),
        ({"redirect_uri": None}, "The address to come back to is another."),
    ],
)
def test_nobody_is_led_elsewhere(desk: Desk, changed: dict[str, str | None], told: str) -> None:
    """A request of another client, or back to another place, ends at a page."""
    answer = desk.authorize(**changed)
    assert answer.status_code == 400
    assert told in answer.text


def test_what_it_cannot_do_is_told_to_the_hub(desk: Desk) -> None:
    """As OAuth has it: the browser goes back with the error."""
    answer = desk.authorize(response_type="token")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?error=unsupported_response_type")


def test_somebody_who_is_not_offered_has_no_account(desk: Desk) -> None:
    """Whatever a form is made to send."""
    answer = desk.session.post(
        desk.provider.url + desk.told.authorize, params=parameters(), data={"person": "mallory"}
    )
    assert answer.status_code == 400
    assert "Nobody of that name has an account" in answer.text


def test_pages_hold_no_code_of_others(desk: Desk) -> None:
    """Names and parameters are text; the page may load nothing and lead to the hub only."""
    page = desk.authorize(state=HOSTILE)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert page.text.count("&lt;script&gt;") >= 2
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {HUB};" in policy


def test_a_logout_leads_back_to_the_hub_only(desk: Desk) -> None:
    """By each of the names that providers have for it."""
    for name in ("post_logout_redirect_uri", "logout_uri", "returnTo"):
        page = desk.get(desk.told.logout, params={"client_id": CLIENT[0], name: BACK})
        assert f'href="{BACK}"' in page.text
        other = desk.get(desk.told.logout, params={name: "https://evil.example/"})
        assert other.status_code == 400
        assert "evil.example" not in other.text
    assert desk.get(desk.told.logout, params={"client_id": "other"}).status_code == 400


def test_other_names_are_not_answered(desk: Desk) -> None:
    """A page elsewhere may lead a name of its own to this machine."""
    answer = desk.get("/jwks", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert "keys" not in answer.text


def test_a_form_of_another_site_logs_nobody_in(desk: Desk) -> None:
    """A page elsewhere could make a browser send one; the page of the stand-in does it itself."""
    address = desk.provider.url + desk.told.authorize

    def sent(site: str) -> requests.Response:
        return desk.session.post(
            address,
            params=parameters(),
            data={"person": "alice"},
            headers={"Sec-Fetch-Site": site},
            allow_redirects=False,
        )

    refused = sent("cross-site")
    assert (refused.status_code, "Location" in refused.headers) == (403, False)
    assert "a page of another site" in refused.text
    assert sent("same-origin").status_code == 302


def test_large_and_broken_requests_are_refused(desk: Desk) -> None:
    """They end with an answer, and the next is answered as ever."""
    address = desk.provider.url + desk.told.token
    assert desk.session.post(address, data=b"x" * 70_000).status_code == 413
    assert desk.session.post(address, data=b"\xff\xfe=%%").status_code == 401
    basic = {"Authorization": "Basic ###"}
    assert desk.session.post(address, headers=basic).status_code == 401
    port = urlsplit(desk.provider.url).port
    with closing(socket.create_connection(("127.0.0.1", port or 0), 5)) as raw:
        raw.sendall(b"GET http://[ HTTP/1.0\r\n\r\n")
        assert b" 400 " in raw.makefile("rb").readline()
    assert desk.get("/nothing").status_code == 404
    assert desk.get("/jwks").status_code == 200


def test_github_speaks_in_its_own_way(provider: StandIn) -> None:
    """Errors come with success; teams and organisations are told by its API."""
    desk = Desk(provider, "github")
    with desk.session:
        refused = desk.redeemed("none")
        assert (refused.status_code, refused.json()["error"]) == (200, "invalid_grant")
        found = desk.redeemed(desk.code("alice")).json()
        assert "id_token" not in found
        bearer = {"Authorization": f"Bearer {found['access_token']}"}
        teams = desk.get("/api/v3/user/teams", headers=bearer).json()
        assert teams == [{"slug": "ml", "organization": {"login": "lab"}}]
        member = desk.get("/api/v3/orgs/lab/members/alice", headers=bearer)
        assert (member.status_code, member.content) == (204, b"")
        assert desk.get("/api/v3/user/orgs").status_code == 401


def test_it_has_nothing_before_a_client_is_registered() -> None:
    """It listens first, as its address has to be known."""
    with stand_in() as made:
        answer = requests.get(made.url, timeout=10)
        assert answer.status_code == 503
        port = urlsplit(made.url).port or 0
        with (
            pytest.raises(PreflightError, match=f"cannot listen at 127.0.0.1:{port}"),
            stand_in(port),
        ):
            pass
    with stand_in(port) as again:
        assert again.url == made.url


def test_codes_and_tokens_end() -> None:
    """A code after two minutes, an access token after an hour."""
    now = [0.0]
    grants = Grants(clock=lambda: now[0])
    code = grants.code(Asked(name="alice"))
    access, refresh = grants.tokens(Asked(name="alice"))
    now[0] = ACCESS_SECONDS - 1
    assert grants.redeemed(code, "") is None
    assert grants.owner(access) == "alice"
    now[0] = ACCESS_SECONDS + 1
    assert grants.owner(access) == ""
    assert grants.renewed(refresh) == Asked(name="alice")
