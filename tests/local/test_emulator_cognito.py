"""Each gap of the bare emulator's Cognito, and that the embedded AWS behaves as AWS does.

When a test named ``bare_emulator…`` fails, the emulator has learnt it and the gap's
module can go.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from botocore.exceptions import ClientError
from tornado.httpclient import HTTPRequest
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from tests.support.login_hub import Browser, Page

if TYPE_CHECKING:
    from jupyterhub_eks.aws.session import Clients

BACK = "https://hub.example.org/back"
EMAIL = "Bob@example.org"
PASSWORD = "A-long-pass-phrase-1"


@dataclass(frozen=True)
class Made:
    """A pool with a user in group ``users``, and a client of it."""

    idp: Any
    endpoint: str
    pool: str
    client: str

    def login_page(self, **more: str) -> str:
        """Return the address of the login page."""
        asked = {
            "client_id": self.client,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid email",
        }
        return f"{self.endpoint}/oauth2/authorize?{urlencode({**asked, **more})}"

    def open(self, url: str, form: dict[str, str] | None = None) -> Page:
        """Return the page at an address, short of the hub and of identity providers."""
        beyond = frozenset({"hub.example.org", "idp.example.org"})
        return asyncio.run(Browser({}, beyond).open(url, form))

    def log_in(self, name: str) -> Page:
        """Fill in the form of the login page."""

        async def run() -> Page:
            browser = Browser({}, frozenset({"hub.example.org"}))
            page = await browser.open(self.login_page())
            return await browser.submit(page, username=name, password=PASSWORD)

        return asyncio.run(run())

    def tokens(self, **form: str) -> dict[str, Any]:
        """Return what the token endpoint answers; by default to a login."""
        if not form:
            code = parse_qs(urlsplit(self.log_in(EMAIL).url).query)["code"][0]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        asked = {"client_id": self.client, **form}
        found: dict[str, Any] = json.loads(self.open(f"{self.endpoint}/oauth2/token", asked).text)
        return found

    def renewed(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Return what the token endpoint answers to a renewal."""
        return self.tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"])

    def user_info(self, tokens: dict[str, Any]) -> dict[str, Any]:
        """Return what userInfo answers."""

        async def run() -> Any:
            client = SimpleAsyncHTTPClient(force_instance=True)
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            request = HTTPRequest(f"{self.endpoint}/oauth2/userInfo", headers=headers)
            try:
                return json.loads((await client.fetch(request, raise_error=False)).body)
            finally:
                client.close()

        found: dict[str, Any] = asyncio.run(run())
        return found


def make(clients: Clients, ways: list[str] | None = None, **client: Any) -> Made:
    """Make a pool whose users are known by their address in any case."""
    idp = clients.get("cognito-idp")
    pool = idp.create_user_pool(
        PoolName="pool",
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
    )["UserPool"]["Id"]
    for name in ("Corp", "Other"):
        idp.create_identity_provider(
            UserPoolId=pool,
            ProviderName=name,
            ProviderType="SAML",
            ProviderDetails={"MetadataURL": "https://idp.example.org/metadata"},
            AttributeMapping={"email": "mail"},
        )
    app = idp.create_user_pool_client(
        UserPoolId=pool,
        ClientName="hub",
        CallbackURLs=[BACK],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email"],
        SupportedIdentityProviders=ways or ["COGNITO"],
        **client,
    )["UserPoolClient"]["ClientId"]
    add(idp, pool, EMAIL)
    idp.admin_set_user_password(UserPoolId=pool, Username=EMAIL, Password=PASSWORD, Permanent=True)
    idp.create_group(UserPoolId=pool, GroupName="users")
    idp.admin_add_user_to_group(UserPoolId=pool, Username=EMAIL, GroupName="users")
    return Made(idp, str(idp.meta.endpoint_url), pool, app)


def add(idp: Any, pool: str, email: str) -> None:
    """Add a user by their address."""
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    idp.admin_create_user(
        UserPoolId=pool,
        Username=email,
        TemporaryPassword=PASSWORD,
        MessageAction="SUPPRESS",
        UserAttributes=attributes,
    )


def groups_in(token: str) -> Any:
    """Return the groups that a token tells; None if it tells none."""
    return jwt.decode(token, options={"verify_signature": False}).get("cognito:groups")


def test_bare_emulator_makes_two_users_of_one_address(bare: Clients) -> None:
    """The emulator does not look at the pool's setting."""
    made = make(bare)
    add(made.idp, made.pool, EMAIL.lower())
    assert len(made.idp.list_users(UserPoolId=made.pool)["Users"]) == 2


def test_address_is_one_user_in_any_case(embedded: Clients) -> None:
    """A second user is refused; the first is found, changed and let in by any spelling."""
    made = make(embedded)
    other = EMAIL.swapcase()
    with pytest.raises(ClientError, match="UsernameExistsException"):
        add(made.idp, made.pool, other)
    groups = made.idp.admin_list_groups_for_user(UserPoolId=made.pool, Username=other)["Groups"]
    assert [group["GroupName"] for group in groups] == ["users"]
    assert made.log_in(other).url.startswith(BACK)


def test_address_with_another_case_is_another_user_where_the_pool_says_so(
    embedded: Clients,
) -> None:
    """A pool in which case matters is left alone."""
    idp = embedded.get("cognito-idp")
    pool = idp.create_user_pool(PoolName="exact", UsernameAttributes=["email"])["UserPool"]["Id"]
    add(idp, pool, EMAIL)
    add(idp, pool, EMAIL.lower())
    assert len(idp.list_users(UserPoolId=pool)["Users"]) == 2


def invite_by_e_mail(idp: Any) -> str:
    """Invite somebody into a pool that wants long passwords, and return the state of the user."""
    policy = {"PasswordPolicy": {"MinimumLength": 30, "RequireSymbols": True}}
    pool = idp.create_user_pool(PoolName="long", UsernameAttributes=["email"], Policies=policy)[
        "UserPool"
    ]["Id"]
    made = idp.admin_create_user(
        UserPoolId=pool,
        Username=EMAIL,
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
        DesiredDeliveryMediums=["EMAIL"],
    )
    return str(made["User"]["UserStatus"])


def test_bare_emulator_makes_up_passwords_that_it_refuses(bare: Clients) -> None:
    """The gap: nobody can be invited where passwords are longer than the one it makes up."""
    with pytest.raises(ClientError, match="InvalidPassword"):
        invite_by_e_mail(bare.get("cognito-idp"))


def test_password_that_is_made_up_is_long_enough(embedded: Clients) -> None:
    """Cognito makes up one that its own policy takes."""
    assert invite_by_e_mail(embedded.get("cognito-idp")) == "FORCE_CHANGE_PASSWORD"


def test_bare_emulator_tells_groups_where_cognito_does_not(bare: Clients) -> None:
    """The emulator's userInfo has them, and its renewed tokens have not."""
    made = make(bare)
    tokens = made.tokens()
    assert made.user_info(tokens)["cognito:groups"] == ["users"]
    assert groups_in(made.renewed(tokens)["id_token"]) is None


def test_groups_are_told_by_tokens_only(embedded: Clients) -> None:
    """UserInfo says who it is; a renewed token has the groups of now, well signed."""
    made = make(embedded)
    tokens = made.tokens()
    told = made.user_info(tokens)
    assert (told["email"], "cognito:groups" in told) == (EMAIL, False)
    made.idp.create_group(UserPoolId=made.pool, GroupName="ml")
    made.idp.admin_add_user_to_group(UserPoolId=made.pool, Username=EMAIL, GroupName="ml")
    renewed = made.renewed(tokens)
    assert sorted(groups_in(renewed["id_token"])) == ["ml", "users"]
    assert made.user_info({**tokens, **renewed})["email"] == EMAIL


def short(clients: Clients) -> Made:
    """Return a pool whose access tokens live for a second."""
    return make(clients, AccessTokenValidity=1, TokenValidityUnits={"AccessToken": "seconds"})


def test_bare_emulator_lets_in_with_a_token_that_has_expired(bare: Clients) -> None:
    """The emulator does not look at the time, nor at whether a user is disabled."""
    made = short(bare)
    tokens = made.tokens()
    time.sleep(1.1)
    assert made.user_info(tokens)["email"] == EMAIL
    made.idp.admin_disable_user(UserPoolId=made.pool, Username=EMAIL)
    assert "access_token" in made.renewed(tokens)


def test_tokens_end(embedded: Clients) -> None:
    """An expired one is refused; it is renewed until the user is disabled."""
    made = short(embedded)
    tokens = made.tokens()
    time.sleep(1.1)
    assert made.user_info(tokens)["error"] == "invalid_token"
    assert "access_token" in made.renewed(tokens)
    made.idp.admin_disable_user(UserPoolId=made.pool, Username=EMAIL)
    assert made.renewed(tokens)["error"] == "invalid_grant"
    assert made.renewed({"refresh_token": "made.up.token"})["error"] == "invalid_grant"


def test_bare_emulator_asks_everybody_for_a_password(bare: Clients) -> None:
    """The emulator's login page does not look at what the client allows."""
    made = make(bare, ["Corp"])
    assert made.log_in(EMAIL).url.startswith(BACK)


def test_login_page_offers_what_the_client_allows(embedded: Clients) -> None:
    """Passwords only with ``COGNITO``; a link for each provider; the only one at once."""
    both = make(embedded, ["COGNITO", "Corp", "Other"])
    page = both.open(both.login_page())
    assert (set(page.links), "password" in page.form) == ({"Corp", "Other"}, True)
    assert both.log_in(EMAIL).url.startswith(BACK)
    assert urlsplit(both.open(page.links["Corp"]).url).hostname == "idp.example.org"

    two = make(embedded, ["Corp", "Other"])
    page = two.open(two.login_page())
    assert (set(page.links), page.form) == ({"Corp", "Other"}, {})

    one = make(embedded, ["Corp"])
    assert urlsplit(one.open(one.login_page()).url).hostname == "idp.example.org"
    form = {"client_id": one.client, "username": EMAIL, "password": PASSWORD}
    assert one.open(f"{one.endpoint}/login", form).status == 400
    assert one.open(one.login_page(identity_provider="Other")).status == 400


def test_unknown_client_is_the_emulators_to_refuse(embedded: Clients) -> None:
    """What the gap does not know it leaves as it is."""
    made = replace(make(embedded), client="unknown")
    assert made.open(made.login_page()).status == 400
    assert made.open(f"{made.endpoint}/login", {"client_id": "unknown"}).status == 400
