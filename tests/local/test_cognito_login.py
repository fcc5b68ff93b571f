"""A login by Cognito, from Terraform to the hub, as far as the embedded AWS serves it.

The pool is made by the real Terraform, users by the API; the hub is the real JupyterHub
with the rendered configuration, whose addresses of the login page lead to the embedded AWS.

What the embedded AWS does not serve, and is therefore not shown here:

* the session of the login page: it keeps no cookie, so that a logout ends none. That the
  address and what is registered for it fit is checked;
* second factors on the login page, e-mails, and certificates of a custom domain;
* signatures of SAML answers, single logout, and PKCE for users of identity providers;
* what Cognito itself adds to the details of a provider.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from jupyterhub_eks.config.logins.federation import secret_variable
from jupyterhub_eks.local import supervisor
from jupyterhub_eks.orchestration.giving import placeholders
from tests.local.cognito import (
    HOST,
    METADATA,
    PASSWORD,
    Pool,
    assertion,
    client_secret,
    log_in,
    log_in_at,
    synthesize,
)
from tests.support.dialects import Person
from tests.support.login_hub import Browser, LoginHub, Page, login_hub
from tests.support.provider import Provider, provider

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.local.cognito import Identity

# JupyterHub's own, about how its parts fit each other.
pytestmark = pytest.mark.filterwarnings("ignore")

AUTH: dict[str, Any] = {
    "admins": ["Root@Example.org"],
    "groups": ["ml"],
    "allow": {"groups": ["users", "Corp"]},
    "identity_providers": {
        "Corp": {"saml": {"metadata": METADATA}, "email_domains": ["example.org"]},
        "Partner": {
            "oidc": {
                "issuer": "https://login.example.com",
                "client_id": "hub",
                "client_secret": {"env": "PARTNER"},
            },
            "email_domains": ["example.com"],
        },
    },
}
SECRET = "secret-of-the-partner"


@dataclass(frozen=True)
class Deployed:
    """A pool that Terraform has made or found.

    Attributes:
        identity: The stack.
        outputs: Its outputs.
        endpoint: Of the embedded AWS.
        pool: The pool.
    """

    identity: Identity
    outputs: dict[str, str]
    endpoint: str
    pool: Pool


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A work folder and the variables that lead to its embedded AWS."""
    folder = tmp_path_factory.mktemp("cognito")
    yield folder, supervisor.ensure_running(folder).env
    supervisor.stop(folder)


@pytest.fixture(scope="module")
def made(embedded: tuple[Path, dict[str, str]]) -> Deployed:
    """A pool with two identity providers."""
    folder, env = embedded
    given = {**env, f"TF_VAR_{secret_variable('Partner')}": SECRET}
    identity = synthesize("made", AUTH, folder / "made", given)
    outputs = identity.apply()
    endpoint = env["AWS_ENDPOINT_URL"]
    return Deployed(identity, outputs, endpoint, Pool(endpoint, outputs["user_pool_id"]))


def at_the_hub(
    deployed: Deployed,
    folder: Path,
    do: Callable[[LoginHub, Callable[[], Browser]], Awaitable[None]],
    **settings: Any,
) -> None:
    """Run a hub and do something in it with browsers of its users.

    Args:
        deployed: The pool.
        folder: Where the hub may write.
        do: Gets the hub and what makes a browser.
        settings: Of the authenticator, besides the rendered ones.
    """
    config = deployed.identity.hub_config(deployed.outputs, deployed.endpoint)
    config.GenericOAuthenticator.update(settings)
    environment = {"OAUTH_CLIENT_SECRET": client_secret(deployed.outputs)}

    async def run() -> None:
        async with login_hub(config, folder, environment) as hub:
            await do(hub, lambda: Browser({HOST: hub.port}))

    asyncio.run(run())


def is_home(page: Page) -> bool:
    """Return whether the browser has come to the hub's own page for users."""
    return page.status == 200 and page.url == f"https://{HOST}/hub/home"


# --- the stack ------------------------------------------------------------------------


def test_plan_after_apply_is_empty_and_tells_no_secret(made: Deployed) -> None:
    """Nothing is left to change; the provider's secret stands in no file but the state."""
    said = made.identity.terraform("plan", "-input=false", "-detailed-exitcode")
    assert "No changes" in said
    assert SECRET not in (made.identity.folder / "cdk.tf.json").read_text()
    described = made.pool.client.describe_identity_provider(
        UserPoolId=made.pool.id, ProviderName="Partner"
    )["IdentityProvider"]
    assert described["ProviderDetails"]["client_secret"] == SECRET


def test_what_cognito_adds_to_a_provider_changes_no_plan(made: Deployed) -> None:
    """Cognito puts what it reads of a provider into its details, as it does not here."""
    added = {
        "Corp": {"SSORedirectBindingURI": "https://idp.example.org/sso"},
        "Partner": {"authorize_url": "https://login.example.com/authorize", "jwks_uri": "x"},
    }
    for name, more in added.items():
        known = {"UserPoolId": made.pool.id, "ProviderName": name}
        found = made.pool.client.describe_identity_provider(**known)["IdentityProvider"]
        details = {**found["ProviderDetails"], **more}
        made.pool.client.update_identity_provider(**known, ProviderDetails=details)
    said = made.identity.terraform("plan", "-input=false", "-detailed-exitcode")
    assert "No changes" in said


def test_removal_is_planned_without_the_secret(made: Deployed) -> None:
    """A destroy gives Terraform a value that is none, and whatever is there goes."""
    folder, name = made.identity.folder, f"TF_VAR_{secret_variable('Partner')}"
    assert placeholders(folder) == {name: "removed"}
    nothing = {**made.identity.env, **placeholders(folder)}
    identity = type(made.identity)(made.identity.settings, folder, nothing)
    said = identity.terraform("plan", "-destroy", "-input=false", "-detailed-exitcode", code=2)
    assert "0 to add, 0 to change" in said
    assert "aws_cognito_identity_provider" in said
    assert SECRET not in said


def test_provider_secret_is_hidden_in_a_plan(made: Deployed) -> None:
    """A plan that changes the secret does not show it."""
    name = f"TF_VAR_{secret_variable('Partner')}"
    changed = {**made.identity.env, name: "another-secret"}
    identity = type(made.identity)(made.identity.settings, made.identity.folder, changed)
    said = identity.terraform("plan", "-input=false", "-detailed-exitcode", code=2)
    assert "sensitive" in said
    assert "another-secret" not in said
    assert SECRET not in said


# --- users of the pool ----------------------------------------------------------------


def test_invited_user_chooses_a_password_and_enters(made: Deployed, tmp_path: Path) -> None:
    """The first login asks for a password; groups are those of the id token, and no others."""
    made.pool.add("bob@example.org", "users", "ml")

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        page = await log_in(browser(), "bob@example.org")
        assert is_home(page), page
        bob = hub.user("bob@example.org")
        assert bob is not None
        assert not bob.admin
        assert hub.groups("bob@example.org") == ["ml", "users"]

    at_the_hub(made, tmp_path, do)


def test_code_is_fetched_with_proof(made: Deployed, tmp_path: Path) -> None:
    """The hub asks with PKCE, the registered callback and the three scopes."""

    async def do(_: LoginHub, browser: Callable[[], Browser]) -> None:
        page = await browser().open(f"https://{HOST}/hub/oauth_login")
        asked = {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}
        assert page.status == 200
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"https://{HOST}/hub/oauth_callback"
        assert asked["scope"].split() == ["openid", "email", "profile"]

    at_the_hub(made, tmp_path, do)


def test_code_without_the_proof_is_worth_nothing(made: Deployed, tmp_path: Path) -> None:
    """A code that somebody else has got is refused, also with the client's secret."""
    made.pool.add("mallory@example.org", "users")

    async def do(hub: LoginHub, _: Callable[[], Browser]) -> None:
        # The hub's start of the login goes on; its end is caught on the way.
        start = await Browser({HOST: hub.port}).open(f"https://{HOST}/hub/oauth_login")
        caught = await log_in_at(Browser({}, frozenset({HOST})), start.url, "mallory@example.org")
        code = parse_qs(urlsplit(caught.url).query)["code"][0]
        form = {
            "grant_type": "authorization_code",
            "client_id": made.outputs["client_id"],
            "client_secret": client_secret(made.outputs),
            "redirect_uri": f"https://{HOST}/hub/oauth_callback",
            "code": code,
        }
        for guess in ({}, {"code_verifier": "x" * 43}):
            refused = await Browser({}).open(f"{made.endpoint}/oauth2/token", {**form, **guess})
            assert (refused.status, "invalid_grant" in refused.text) == (400, True)

    at_the_hub(made, tmp_path, do)


def test_login_that_another_browser_began_is_refused(made: Deployed, tmp_path: Path) -> None:
    """The address with the code, opened elsewhere, lets nobody in."""
    made.pool.add("ivan@example.org", "users")

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        page = await log_in(browser(), "ivan@example.org")
        callback = next(url for url in page.way if "/hub/oauth_callback" in url)
        other = browser()
        assert (await other.open(callback)).status == 400
        assert not is_home(await other.open(f"https://{HOST}/hub/home"))

    at_the_hub(made, tmp_path, do)


def test_user_without_group_stays_out(made: Deployed, tmp_path: Path) -> None:
    """Whoever is in the pool and in no allowed group is refused, with a page that says so."""
    made.pool.add("eve@example.org", "ml")

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        page = await log_in(browser(), "eve@example.org")
        assert page.status == 403
        assert hub.newcomers == []

    at_the_hub(made, tmp_path, do)


def test_wrong_password_does_not_get_to_the_hub(made: Deployed, tmp_path: Path) -> None:
    """Cognito shows its form again."""

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        for name in ("bob@example.org", "nobody@example.org"):
            page = await log_in(browser(), name, "wrong")
            assert "Incorrect username or password" in page.text
        assert hub.newcomers == []

    at_the_hub(made, tmp_path, do)


def test_administrators_by_name_and_by_group(made: Deployed, tmp_path: Path) -> None:
    """Both administer without being in a group that may log in."""
    made.pool.add("root@example.org")
    made.pool.add("boss@example.org", "admins")

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        for name in ("root@example.org", "boss@example.org"):
            assert is_home(await log_in(browser(), name))
            found = hub.user(name)
            assert found is not None
            assert found.admin

    at_the_hub(made, tmp_path, do)


@pytest.mark.parametrize("typed", ["Carol@Example.org", "CAROL@EXAMPLE.ORG"])
def test_one_user_whatever_the_case(made: Deployed, tmp_path: Path, typed: str) -> None:
    """However an address is typed or was written, it is one user of pool and hub."""
    known = {
        each["Value"]
        for user in made.pool.client.list_users(UserPoolId=made.pool.id)["Users"]
        for each in user["Attributes"]
    }
    if "carol@Example.org" not in known:
        made.pool.add("carol@Example.org", "users")
    with pytest.raises(made.pool.client.exceptions.UsernameExistsException):
        made.pool.add(typed)
    made.pool.client.admin_set_user_password(
        UserPoolId=made.pool.id, Username=typed, Password=PASSWORD, Permanent=True
    )

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        assert is_home(await log_in(browser(), typed))
        assert is_home(await log_in(browser(), "carol@example.org"))
        assert hub.newcomers == ["carol@example.org"]

    at_the_hub(made, tmp_path, do)


def test_changed_groups_count_at_the_next_login(made: Deployed, tmp_path: Path) -> None:
    """A new administrator is one, and who is taken out of the group is refused."""
    made.pool.add("dave@example.org", "users")
    made.pool.client.admin_set_user_password(
        UserPoolId=made.pool.id, Username="dave@example.org", Password=PASSWORD, Permanent=True
    )

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        assert is_home(await log_in(browser(), "dave@example.org"))
        made.pool.join("dave@example.org", "admins")
        assert is_home(await log_in(browser(), "dave@example.org"))
        dave = hub.user("dave@example.org")
        assert dave is not None
        assert dave.admin
        assert hub.groups("dave@example.org") == ["admins", "users"]
        for group in ("admins", "users"):
            made.pool.leave("dave@example.org", group)
        assert (await log_in(browser(), "dave@example.org")).status == 403

    at_the_hub(made, tmp_path, do)


def test_login_is_renewed_after_the_token_has_expired(made: Deployed, tmp_path: Path) -> None:
    """With a new token come the groups of now; a user who was disabled logs in again."""
    made.pool.add("frank@example.org", "users")
    _set_validity(made, seconds=1)

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        frank = browser()
        assert is_home(await log_in(frank, "frank@example.org"))
        made.pool.join("frank@example.org", "ml")
        await asyncio.sleep(2.1)
        assert is_home(await frank.open(f"https://{HOST}/hub/home"))
        assert hub.groups("frank@example.org") == ["ml", "users"]
        made.pool.client.admin_disable_user(UserPoolId=made.pool.id, Username="frank@example.org")
        await asyncio.sleep(2.1)
        assert not is_home(await frank.open(f"https://{HOST}/hub/home"))

    try:
        at_the_hub(made, tmp_path, do, auth_refresh_age=1)
    finally:
        _set_validity(made, seconds=3600)


def _set_validity(deployed: Deployed, *, seconds: int) -> None:
    """Let access tokens live so long; Cognito's least is five minutes, the emulator has none."""
    client = deployed.pool.client
    known = {"UserPoolId": deployed.pool.id, "ClientId": deployed.outputs["client_id"]}
    units = client.describe_user_pool_client(**known)["UserPoolClient"]["TokenValidityUnits"]
    client.update_user_pool_client(
        **known,
        AccessTokenValidity=seconds if seconds < 60 else seconds // 60,
        TokenValidityUnits={**units, "AccessToken": "seconds" if seconds < 60 else "minutes"},
    )


def test_logout_goes_through_cognito_and_comes_back(made: Deployed, tmp_path: Path) -> None:
    """The browser is sent to Cognito's logout, which accepts it, and back to the login page."""
    made.pool.add("grace@example.org", "users")

    async def do(_: LoginHub, browser: Callable[[], Browser]) -> None:
        grace = browser()
        assert is_home(await log_in(grace, "grace@example.org"))
        page = await grace.open(f"https://{HOST}/hub/logout")
        assert [urlsplit(url).path for url in page.way] == ["/hub/logout", "/logout", "/hub/login"]
        assert page.status == 200
        assert not is_home(await grace.open(f"https://{HOST}/hub/home"))

    at_the_hub(made, tmp_path, do)


def test_logout_to_anywhere_else_is_refused(made: Deployed) -> None:
    """Only the registered address is gone back to."""

    async def run() -> None:
        client = made.outputs["client_id"]
        query = f"client_id={client}&logout_uri=https%3A%2F%2Fevil.example%2F"
        page = await Browser({}).open(f"{made.endpoint}/logout?{query}")
        assert page.status == 400

    asyncio.run(run())


# --- users of an identity provider ----------------------------------------------------


async def come_by_saml(hub: LoginHub, deployed: Deployed, subject: str, email: str) -> Page:
    """Press Cognito's button for the provider, and let the provider answer."""
    browser = Browser({HOST: hub.port}, frozenset({"idp.example.org"}))
    page = await browser.open(f"https://{HOST}/hub/oauth_login?next=%2Fhub%2Fhome")
    request = await browser.open(page.links["Corp"]) if page.links else page
    answer = assertion(request, subject, email)
    return await browser.open(f"{deployed.endpoint}/saml2/idpresponse", answer)


def test_user_of_a_saml_provider_enters(made: Deployed, tmp_path: Path) -> None:
    """Cognito calls the address unverified; for the provider's own domain its word counts."""

    async def do(hub: LoginHub, _: Callable[[], Browser]) -> None:
        page = await come_by_saml(hub, made, "u1", "Heidi@Example.org")
        assert is_home(page), page
        assert hub.newcomers == ["heidi@example.org"]
        assert hub.groups("heidi@example.org") == ["Corp"]

    at_the_hub(made, tmp_path, do)


def test_saml_provider_cannot_name_somebody_elses_user(made: Deployed, tmp_path: Path) -> None:
    """Its user who is called by an address of another domain is refused."""

    async def do(hub: LoginHub, _: Callable[[], Browser]) -> None:
        page = await come_by_saml(hub, made, "u2", "root@elsewhere.org")
        assert page.status == 403
        assert hub.newcomers == []

    at_the_hub(made, tmp_path, do)


@pytest.mark.parametrize(
    ("email", "verified", "enters"),
    [
        ("Ivy@example.com", False, True),
        ("root@example.org", True, False),
        ("nobody@example.com", False, True),
    ],
)
def test_user_of_an_openid_connect_provider(
    made: Deployed, tmp_path: Path, email: str, *, verified: bool, enters: bool
) -> None:
    """From the hub to the pool, on to the provider, and all the way back.

    The provider's word counts for its own domain; an administrator of the pool it cannot name.
    """
    known = {"UserPoolId": made.pool.id, "ProviderName": "Partner"}
    found = made.pool.client.describe_identity_provider(**known)["IdentityProvider"]
    login_url = made.outputs["login_url"]
    back = f"{login_url}/oauth2/idpresponse"
    subject = email.partition("@")[0].lower()

    async def do(hub: LoginHub, there: Provider) -> None:
        browser = Browser({HOST: hub.port}, frozenset({str(urlsplit(login_url).hostname)}))
        page = await browser.open(f"https://{HOST}/hub/oauth_login?next=%2Fhub%2Fhome")
        page = await browser.open(page.links["Partner"])
        assert page.url.startswith(there.url)
        page = await browser.open(page.action or page.url, {**page.form, "sub": subject})
        assert page.url.startswith(back)
        # What DNS does elsewhere: the pool's address is that of the embedded AWS.
        page = await browser.open(page.url.replace(login_url, made.endpoint))
        (asked,) = there.tokens_asked
        assert asked["client_secret"] == SECRET
        if enters:
            assert is_home(page), page.text
            assert hub.newcomers == [email.lower()]
        else:
            assert page.status == 403
            assert hub.newcomers == []

    with provider("keycloak", client=("hub", SECRET), callback=back) as there:
        there.enrol(Person(name=subject, email=email, verified=verified))
        # Found out by Cognito from the issuer, which has to be at an https address.
        places = {
            "authorize_url": there.url + there.dialect.authorize,
            "token_url": there.url + there.dialect.token,
        }
        made.pool.client.update_identity_provider(
            **known, ProviderDetails={**found["ProviderDetails"], **places}
        )
        at_the_hub(
            made,
            tmp_path,
            lambda hub, _: do(hub, there),
            allowed_groups=["Partner"],
        )


def test_openid_connect_provider_is_asked_as_configured(made: Deployed) -> None:
    """The pool has the provider with issuer, scopes and mapping; the client lets it in."""
    client = made.pool.client
    found = client.describe_identity_provider(UserPoolId=made.pool.id, ProviderName="Partner")
    provider = found["IdentityProvider"]
    assert provider["ProviderDetails"]["oidc_issuer"] == "https://login.example.com"
    assert provider["ProviderDetails"]["authorize_scopes"] == "openid email profile"
    assert provider["AttributeMapping"] == {
        "email": "email",
        "email_verified": "email_verified",
        "username": "sub",
    }
    described = client.describe_user_pool_client(
        UserPoolId=made.pool.id, ClientId=made.outputs["client_id"]
    )["UserPoolClient"]
    assert sorted(described["SupportedIdentityProviders"]) == ["COGNITO", "Corp", "Partner"]


# --- a pool that is there already -----------------------------------------------------


@pytest.fixture(scope="module")
def theirs(embedded: tuple[Path, dict[str, str]]) -> tuple[Pool, str]:
    """A pool with a client that somebody else has made; without the hub's addresses yet."""
    _, env = embedded
    pool = Pool(env["AWS_ENDPOINT_URL"], "")
    made_pool = pool.client.create_user_pool(
        PoolName="theirs",
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
    )["UserPool"]
    pool.id = made_pool["Id"]
    pool.client.create_user_pool_domain(Domain="their-login", UserPoolId=pool.id)
    pool.client.create_group(GroupName="staff", UserPoolId=pool.id)
    client = pool.client.create_user_pool_client(
        UserPoolId=pool.id,
        ClientName="hub",
        GenerateSecret=True,
        CallbackURLs=["https://old.example.org/hub/oauth_callback"],
        LogoutURLs=["https://old.example.org/"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]
    return pool, client["ClientId"]


@pytest.fixture(scope="module")
def found(embedded: tuple[Path, dict[str, str]], theirs: tuple[Pool, str]) -> Identity:
    """The stack of a deployment that uses that pool."""
    folder, env = embedded
    pool, client = theirs
    auth = {
        "existing": {"user_pool_id": pool.id, "client_id": client},
        "admins": ["root@example.org"],
        "allow": {"groups": ["staff"]},
    }
    return synthesize("found", auth, folder / "found", env)


def refusal(identity: Identity) -> str:
    """Return what a plan says that is refused, in one line."""
    identity.terraform("init", "-input=false")
    said = identity.terraform("plan", "-input=false", "-no-color", code=1)
    return " ".join(said.replace("\u2502", "").split())


def test_existing_client_without_the_addresses_is_refused(
    found: Identity, theirs: tuple[Pool, str]
) -> None:
    """A plan says what to add to the client, instead of a login that fails later."""
    said = refusal(found)
    for needed in (
        "callback URL https://hub.example.org/hub/oauth_callback: add it, exactly so",
        "sign-out URL https://hub.example.org/hub/login: add it, exactly so",
    ):
        assert f"{theirs[1]} does not allow the {needed}" in said


def test_existing_client_without_anything_is_told_all_of_it(
    found: Identity, theirs: tuple[Pool, str], tmp_path: Path
) -> None:
    """Everything that a login would fail at is said at once."""
    pool, client = theirs
    known = {"UserPoolId": pool.id}
    bare = pool.client.create_user_pool_client(**known, ClientName="bare", ReadAttributes=["name"])[
        "UserPoolClient"
    ]["ClientId"]
    text = (found.folder / "cdk.tf.json").read_text().replace(client, bare)
    (tmp_path / "cdk.tf.json").write_text(text.replace("../../state/", ""))
    said = refusal(replace(found, folder=tmp_path))
    for needed in (
        "does not allow the callback URL",
        "does not allow the sign-out URL",
        "does not allow the authorization code grant",
        "does not allow all of the scopes email openid profile",
        "does not let the hub read email and email_verified",
        "has no secret",
    ):
        assert f"{bare} {needed}" in said


def test_existing_pool_without_a_login_page_is_refused(
    found: Identity, theirs: tuple[Pool, str], tmp_path: Path
) -> None:
    """A pool needs a domain, which is not made for it."""
    pool, _ = theirs
    other = pool.client.create_user_pool(PoolName="no-domain")["UserPool"]["Id"]
    text = (found.folder / "cdk.tf.json").read_text().replace(pool.id, other)
    (tmp_path / "cdk.tf.json").write_text(text.replace("../../state/", ""))
    assert f"{other} has no domain" in refusal(replace(found, folder=tmp_path))


def test_existing_pool_lets_in_and_stays(
    found: Identity,
    theirs: tuple[Pool, str],
    embedded: tuple[Path, dict[str, str]],
    tmp_path: Path,
) -> None:
    """With the addresses its users log in by its groups; destroy leaves it as it was."""
    pool, client = theirs
    known = {"UserPoolId": pool.id, "ClientId": client}
    pool.client.update_user_pool_client(
        **known,
        CallbackURLs=[f"https://{HOST}/hub/oauth_callback"],
        LogoutURLs=[f"https://{HOST}/hub/login"],
    )
    before = pool.client.describe_user_pool_client(**known)["UserPoolClient"]
    outputs = found.apply()
    assert outputs["login_url"] == "https://their-login.auth.us-west-2.amazoncognito.com"
    assert (outputs["user_pool_id"], outputs["client_id"]) == (pool.id, client)
    pool.add("judy@example.org", "staff")
    pool.add("eve@example.org")
    deployed = Deployed(found, outputs, embedded[1]["AWS_ENDPOINT_URL"], pool)

    async def do(hub: LoginHub, browser: Callable[[], Browser]) -> None:
        judy = browser()
        assert is_home(await log_in(judy, "Judy@example.org"))
        assert (await log_in(browser(), "eve@example.org")).status == 403
        assert hub.newcomers == ["judy@example.org"]
        page = await judy.open(f"https://{HOST}/hub/logout")
        assert (page.status, urlsplit(page.url).path) == (200, "/hub/login")

    at_the_hub(deployed, tmp_path, do)
    found.terraform("destroy", "-auto-approve", "-input=false")
    assert pool.client.describe_user_pool_client(**known)["UserPoolClient"] == before


# --- a login page with a name of its own ----------------------------------------------


def test_login_page_at_its_own_name(embedded: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """Its record leads to Cognito; login and logout go there, and nothing is left to change."""
    folder, env = embedded
    zones = boto3.client(
        "route53",
        endpoint_url=env["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    made_zone = zones.create_hosted_zone(Name="example.org", CallerReference="cognito")
    auth = {
        "custom_domain": "login.example.org",
        "custom_domain_certificate_arn": (
            "arn:aws:acm:us-east-1:000000000000:certificate/12345678-1234-1234-1234-123456789012"
        ),
    }
    identity = synthesize("named", auth, folder / "named", env, hosted_zone="example.org")
    outputs = identity.apply()
    assert outputs["login_url"] == "https://login.example.org"
    found = zones.list_resource_record_sets(HostedZoneId=made_zone["HostedZone"]["Id"])
    (record,) = [each for each in found["ResourceRecordSets"] if each["Type"] == "A"]
    assert record["Name"] == "login.example.org."
    assert record["AliasTarget"]["DNSName"].rstrip(".") == outputs["login_page_target"]
    assert "No changes" in identity.terraform("plan", "-input=false", "-detailed-exitcode")

    endpoint = env["AWS_ENDPOINT_URL"]
    deployed = Deployed(identity, outputs, endpoint, Pool(endpoint, outputs["user_pool_id"]))
    deployed.pool.add("lea@example.org", "users")

    async def do(_: LoginHub, browser: Callable[[], Browser]) -> None:
        lea = browser()
        assert is_home(await log_in(lea, "lea@example.org"))
        page = await lea.open(f"https://{HOST}/hub/logout")
        assert [urlsplit(url).path for url in page.way] == ["/hub/logout", "/logout", "/hub/login"]

    at_the_hub(deployed, tmp_path, do)
    identity.terraform("destroy", "-auto-approve", "-input=false")
    left = zones.list_resource_record_sets(HostedZoneId=made_zone["HostedZone"]["Id"])
    assert "A" not in [each["Type"] for each in left["ResourceRecordSets"]]


# --- the end --------------------------------------------------------------------------


def test_without_passwords_cognito_goes_to_the_only_provider(
    embedded: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Nobody of the pool itself gets in; then all goes, and nothing is left of it."""
    folder, env = embedded
    auth = {
        "pool_login": False,
        "admins": ["root@example.org"],
        "allow": {"domains": ["example.org"]},
        "identity_providers": {"Corp": AUTH["identity_providers"]["Corp"]},
    }
    identity = synthesize("federal", auth, folder / "federal", env)
    outputs = identity.apply()
    endpoint = env["AWS_ENDPOINT_URL"]
    deployed = Deployed(identity, outputs, endpoint, Pool(endpoint, outputs["user_pool_id"]))
    deployed.pool.add("kim@example.org", "users")

    async def do(hub: LoginHub, _: Callable[[], Browser]) -> None:
        page = await come_by_saml(hub, deployed, "u1", "kim@example.org")
        assert is_home(page), page
        assert hub.newcomers == ["kim@example.org"]
        form = {"client_id": outputs["client_id"], "username": "kim@example.org"}
        tried = await Browser({}).open(f"{endpoint}/login", {**form, "password": PASSWORD})
        assert tried.status == 400

    at_the_hub(deployed, tmp_path, do)
    identity.terraform("destroy", "-auto-approve", "-input=false")
    pools = deployed.pool.client.list_user_pools(MaxResults=60)["UserPools"]
    assert "federal-users" not in [pool["Name"] for pool in pools]
