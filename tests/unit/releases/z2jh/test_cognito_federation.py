"""Who comes by an identity provider through Cognito, as which user, and with which groups."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tornado.web import HTTPError

from tests.support.hub import COGNITO, DOMAIN, values
from tests.support.hub_configuration import configuration
from tests.support.running_hub import Handler, Provider, authenticator, spawner

POOL = "us-west-2_AbCdEf123"
ISSUER = f"https://cognito-idp.us-west-2.amazonaws.com/{POOL}"
SAML = {"saml": {"metadata_url": "https://idp.example.org/metadata.xml"}}
OIDC = {
    "oidc": {
        "issuer": "https://login.example.com",
        "client_id": "hub",
        "client_secret": {"env": "SECRET"},
    }
}
FEDERATED: dict[str, Any] = {
    **COGNITO,
    "allow": {"groups": ["users", "Corp", "Partner"]},
    "identity_providers": {
        "Corp": {**SAML, "email_domains": ["Example.org"]},
        "Partner": OIDC,
    },
}


def login(auth: dict[str, Any]) -> Any:
    return authenticator(configuration(values(auth=auth, access=DOMAIN)))


def enter(auth: dict[str, Any], user: Provider) -> dict[str, Any] | None:
    """Let a user log in; None if the hub refuses."""

    async def come_back() -> dict[str, Any] | None:
        made = login(auth)
        made.http_client = user
        found: dict[str, Any] | None = await made.get_authenticated_user(Handler(), None)
        return found

    return asyncio.run(come_back())


def of_the_pool(email: str, groups: list[str], *, verified: str = "true") -> Provider:
    """Return the pool with one of its own users."""
    about = {"email": email, "email_verified": verified, "username": "5f0c"}
    return Provider(about, {"iss": ISSUER, "cognito:groups": groups})


def coming_by(*names: str, email: str, verified: str = "false", **more: Any) -> Provider:
    """Return the pool with a user whose profile was made by identity providers."""
    about = {"email": email, "email_verified": verified, "username": f"{names[0]}_{email}"}
    token = {
        "iss": ISSUER,
        "cognito:groups": [f"{POOL}_{names[0]}"],
        "identities": [{"providerName": name, "userId": email} for name in names],
    }
    return Provider(about, {**token, **more})


def test_user_of_a_saml_provider_enters() -> None:
    """Its word counts for its own domain, which Cognito calls unverified; the group is its name."""
    user = enter(FEDERATED, coming_by("Corp", email="Bob@Example.ORG"))
    assert user is not None
    assert (user["name"], user["admin"], user["groups"]) == ("bob@example.org", False, ["Corp"])


@pytest.mark.parametrize("verified", ["false", "true"])
def test_provider_cannot_name_somebody_of_another_domain(verified: str) -> None:
    """A provider that calls its user by another's address lets nobody in, not even `verified`."""
    auth = {**FEDERATED, "admins": ["root@elsewhere.org"]}
    for address in ("root@elsewhere.org", "root@example.org.elsewhere.org", "example.org", ""):
        with pytest.raises(HTTPError) as caught:
            enter(auth, coming_by("Corp", email=address or "@", verified=verified))
        assert caught.value.status_code == 403


def test_openid_connect_provider_says_what_is_verified() -> None:
    """Without domains of its own, the claim decides that Cognito hands on."""
    assert enter(FEDERATED, coming_by("Partner", email="eve@example.com", verified="true"))
    with pytest.raises(HTTPError):
        enter(FEDERATED, coming_by("Partner", email="eve@example.com"))


def test_own_users_of_the_pool_are_asked_as_before() -> None:
    """That a provider is trusted with a domain makes no address of the pool itself verified."""
    assert enter(FEDERATED, of_the_pool("bob@example.org", ["users"]))
    with pytest.raises(HTTPError):
        enter(FEDERATED, of_the_pool("root@example.org", ["users"], verified="false"))


def test_user_cannot_claim_a_provider_by_a_group() -> None:
    """Only Cognito's claim `identities` says by whom a user came; a group of that name does not."""
    user = of_the_pool("bob@example.org", ["users", f"{POOL}_Corp"], verified="false")
    with pytest.raises(HTTPError):
        enter(FEDERATED, user)


def test_linked_profile_has_the_least_trusted_word() -> None:
    """Of a profile with two providers, the one without trusted domains could have told it."""
    with pytest.raises(HTTPError):
        enter(FEDERATED, coming_by("Corp", "Partner", email="bob@example.org"))
    assert enter(FEDERATED, coming_by("Corp", "Partner", email="b@example.org", verified="true"))


def test_group_of_another_pool_is_not_the_providers() -> None:
    """Only a group that begins with this pool's id is that of a provider."""
    claims = {"cognito:groups": ["us-west-2_Other_Corp"]}
    assert enter(FEDERATED, coming_by("Corp", email="bob@example.org", **claims)) is None


def test_domain_rule_lets_in_by_provider() -> None:
    """`allow.domains` counts a provider's word as the login itself does."""
    auth = {**FEDERATED, "allow": {"domains": ["example.org"]}}
    assert enter(auth, coming_by("Corp", email="bob@example.org"))
    assert enter(auth, coming_by("Partner", email="eve@example.com", verified="true")) is None


@pytest.mark.parametrize("spelt", ["bob@example.org", "Bob@Example.org", "BOB@EXAMPLE.ORG"])
def test_one_user_whatever_the_case(spelt: str) -> None:
    """An address is one user of the hub, by whichever way and in whatever case it comes."""
    for user in (of_the_pool(spelt, ["users"]), coming_by("Corp", email=spelt)):
        found = enter(FEDERATED, user)
        assert found is not None
        assert found["name"] == "bob@example.org"
        assert home(found["name"]) == home("bob@example.org")


def home(name: str) -> str:
    """Return the folder that a user's home is, as the hub mounts it."""

    async def expand() -> str:
        config = configuration(values(auth=FEDERATED, access=DOMAIN))
        made = spawner(config, name)
        (mount,) = [
            each for each in made._sorted_dict_values(made.volume_mounts) if each["name"] == "home"
        ]
        found: str = made._expand_all(mount)["subPath"]
        return found

    return asyncio.run(expand())


def test_homes_of_two_addresses_are_two() -> None:
    """Punctuation that folders do not have keeps users apart; case never does."""
    names = ["bob@example.org", "bob@example.com", "bo.b@example.org", "bob+x@example.org"]
    assert len({home(name) for name in names}) == len(names)


def test_existing_pool_with_a_provider_of_its_own() -> None:
    """Of a provider that the pool has already, the domains can be said all the same."""
    auth = {
        **COGNITO,
        "existing": {"user_pool_id": POOL, "client_id": "c"},
        "allow": {"groups": ["staff", "Corp_old"]},
        "identity_providers": {"Corp_old": {"email_domains": ["example.org"]}},
    }
    user = enter(auth, coming_by("Corp_old", email="bob@example.org"))
    assert user is not None
    assert user["groups"] == ["Corp_old"]
    assert enter(auth, of_the_pool("carol@example.org", ["staff"]))


def test_session_ends_with_the_pools() -> None:
    """The hub's own session lasts no longer than the pool renews a login; not so by default."""
    short = configuration(values(auth={**COGNITO, "session_days": 1}, access=DOMAIN))
    assert short.JupyterHub.cookie_max_age_days == 1
    existing = {"existing": {"user_pool_id": POOL, "client_id": "c"}}
    kept = configuration(values(auth={**COGNITO, **existing}, access=DOMAIN))
    assert "cookie_max_age_days" not in kept.JupyterHub
