"""The login of rendered values, led to this machine."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.preview.login_people import people_of
from jupyterhub_eks.preview.login_values import LoginPreview, for_preview, needs_provider
from jupyterhub_eks.preview.people import parse_people
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from tests.support.hub import COGNITO, DOMAIN, INPUTS, OAUTH, deployment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROVIDER, HUB = "http://127.0.0.1:9", "http://127.0.0.1:8000"
NATIVE: dict[str, Any] = {"type": "native", "admins": ["root"], "groups": ["ml"]}
PRESETS = {
    "github": None,
    "google": None,
    "gitlab": None,
    "okta": "https://example.okta.com/oauth2/default",
    "entra": "https://login.microsoftonline.com/contoso.example/v2.0",
    "auth0": "https://example.eu.auth0.com",
    "cilogon": "https://idp.example.edu/idp/shibboleth",
    "keycloak": "https://login.example.org/realms/main",
    "oidc": "https://login.example.org",
}


def preset(name: str) -> dict[str, Any]:
    """Return the ``auth`` section of a preset."""
    issuer = {"issuer": PRESETS[name]} if PRESETS[name] else {}
    known = {"type": "oauth", "provider": name, "client_id": "hub-1", "admins": ["root"]}
    return {**known, **issuer}


def previewed(
    auth: Mapping[str, Any],
    people: Sequence[str] = (),
    *,
    hub_values: Mapping[str, Any] | None = None,
    **how: Any,
) -> LoginPreview:
    """Return the login of a preview."""
    access = {} if auth["type"] == "dummy" else DOMAIN
    made = deployment(auth=dict(auth), access=access, hub_values=dict(hub_values or {}))
    values = jupyterhub_values(made, INPUTS)
    return for_preview(
        made,
        values,
        provider_url=PROVIDER,
        hub_url=HUB,
        people=people_of(made, parse_people(people)),
        **{"environ": {}, **how},
    )


def addresses(value: Any) -> set[str]:
    """Return every text with a scheme in it, but code."""
    if isinstance(value, dict):
        return set().union(*map(addresses, value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*map(addresses, value)) if value else set()
    found = isinstance(value, str) and "://" in value and "\n" not in value
    return {value} if found else set()


@pytest.mark.parametrize(
    "auth", [COGNITO, *map(preset, PRESETS)], ids=lambda each: each.get("provider", "cognito")
)
def test_nothing_is_asked_but_this_machine(auth: dict[str, Any]) -> None:
    """Every address of the login is loopback's, but names by which a token is told apart."""
    found = previewed(auth)
    assert found.registration is not None
    section = found.values["hub"]["config"]["JupyterHub"]["authenticator_class"].split(".")[-1]
    settings = found.values["hub"]["config"][section]
    assert settings["oauth_callback_url"] == f"{HUB}/hub/oauth_callback"
    names = {found.registration.issuer, *found.values["custom"]["login"].get("issuers", ())}
    names |= set(settings.get("idps", ()))
    told = addresses(settings) | addresses(found.values["custom"]["login"])
    assert {each for each in told - names if not each.startswith((PROVIDER, HUB))} == set()


def test_what_decides_who_enters_is_untouched() -> None:
    """Rules, groups, scopes and every file of the hub's configuration stay as deployed."""
    made = deployment(auth=OAUTH, access=DOMAIN)
    values = jupyterhub_values(made, INPUTS)
    before = copy.deepcopy(values)
    found = for_preview(
        made, values, provider_url=PROVIDER, hub_url=HUB, people=people_of(made), environ={}
    )
    assert values == before
    deployed_files = before["hub"]["extraConfig"]
    files = found.values["hub"]["extraConfig"]
    assert {name: files[name] for name in deployed_files} == deployed_files
    # What is added runs after all of them.
    assert min(set(files) - set(deployed_files)) > max(deployed_files)
    assert (
        found.values["hub"]["config"]["Authenticator"] == before["hub"]["config"]["Authenticator"]
    )
    changed = found.values["hub"]["config"]["GenericOAuthenticator"]
    deployed = before["hub"]["config"]["GenericOAuthenticator"]
    assert {key for key in changed if changed[key] != deployed.get(key)} == {
        "authorize_url",
        "token_url",
        "userdata_url",
        "client_secret",
        "oauth_callback_url",
    }


def test_passwords_are_made_up_told_and_kept() -> None:
    """The next preview goes on with those of the one before it."""
    first = previewed({"type": "dummy", "admins": ["root"]})
    user, admin = (first.environment[f"JHUB_{role}_PASSWORD"] for role in ("USER", "ADMIN"))
    assert len(user) >= 8
    assert len(admin) >= 32
    assert any(user in line for line in first.how_to_log_in)
    assert any(admin in line and "root" in line for line in first.how_to_log_in)
    again = previewed({"type": "dummy", "admins": ["root"]}, kept=first.made_up)
    assert again.environment == first.environment
    assert previewed({"type": "dummy"}).environment["JHUB_USER_PASSWORD"] != user
    for secret in (user, admin):
        assert secret not in repr(first)


def test_a_password_of_the_users_own_is_taken_where_it_is() -> None:
    """One that is not set here is made up, which is said."""
    auth = {"type": "dummy", "password": {"env": "HUB_PASSWORD"}}
    found = previewed(auth, environ={"HUB_PASSWORD": "their-own-password"})
    assert found.environment["JHUB_USER_PASSWORD"] == "their-own-password"
    assert "JHUB_USER_PASSWORD" not in found.made_up
    without = previewed(auth)
    assert any("HUB_PASSWORD is not set here" in note for note in without.notes)


def test_people_are_in_the_groups_that_the_hub_keeps() -> None:
    """Groups that the configuration does not name are made besides."""
    found = previewed(NATIVE, ["alice:ml,other", "root"])
    assert set(found.values["hub"]["config"]["JupyterHub"]["load_groups"]) >= {"ml", "other"}
    assert found.values["custom"]["preview"]["people"] == {"alice": ["ml", "other"], "root": []}
    assert max(found.values["hub"]["extraConfig"]).startswith("zz_people")
    assert found.registration is None


def test_groups_of_a_provider_are_told_by_it_alone() -> None:
    """The hub refuses groups of its own beside those of a provider."""
    found = previewed(OAUTH, ["alice:science"])
    assert "load_groups" not in found.values["hub"]["config"]["JupyterHub"]
    assert found.registration is not None
    assert found.registration.accounts[0].claims["groups"] == ["science"]


def test_variables_of_the_hub_are_as_configured() -> None:
    """Plain ones as they are, in either form; what is in the cluster is empty, which is said."""
    entries = {
        "PLAIN": "text",
        "NUMBER": {"value": "1"},
        "FOREIGN": {"valueFrom": {"secretKeyRef": {"name": "other", "key": "k"}}},
    }
    found = previewed({"type": "dummy"}, hub_values={"hub": {"extraEnv": entries}})
    assert {name: found.environment[name] for name in entries} == {
        "PLAIN": "text",
        "NUMBER": "1",
        "FOREIGN": "",
    }
    assert any("FOREIGN" in note for note in found.notes)
    as_list = [{"name": "PLAIN", "value": "text"}]
    listed = previewed({"type": "dummy"}, hub_values={"hub": {"extraEnv": as_list}})
    assert listed.environment["PLAIN"] == "text"


def test_claims_have_the_names_that_the_configuration_asks_for() -> None:
    """User name and groups, within other claims or under an address."""
    nested = preset("keycloak") | {
        "groups_claim": "realm_access.roles",
        "username_claim": "employee",
    }
    found = previewed(nested, ["alice:users"]).registration
    assert found is not None
    assert found.accounts[0].added == {
        "employee": "alice",
        "realm_access": {"roles": ["users"]},
    }
    address = preset("auth0") | {"groups_claim": "https://example.org/groups"}
    found = previewed(address, ["alice:users"]).registration
    assert found is not None
    assert found.accounts[0].added["https://example.org/groups"] == ["users"]


def test_a_provider_is_needed_where_one_is_asked() -> None:
    """Also by a login that the configuration describes itself, not by others."""
    generic = {
        "type": "custom",
        "authenticator": "oauthenticator.generic.GenericOAuthenticator",
        "config": {"GenericOAuthenticator": {"username_claim": "email"}},
    }
    ldap = {"type": "custom", "authenticator": "ldapauthenticator.LDAPAuthenticator"}
    for auth, needed in ((generic, True), (ldap, False), (COGNITO, True), (NATIVE, False)):
        made = deployment(auth=auth, access=DOMAIN)
        assert needs_provider(made, jupyterhub_values(made, INPUTS)) is needed, auth


def test_how_to_log_in_is_told() -> None:
    """Who, as what, with which password, and where others are let in."""
    native = previewed(NATIVE, ["root", "alice:ml"])
    first, people = native.environment["JHUB_ADMIN_PASSWORD"], "JHUB_PREVIEW_PASSWORD"
    assert native.how_to_log_in == (
        f"root, with {first} for the first login",
        f"these, with password {native.environment[people]}",
        "  alice: in ml",
        f"or sign up; an administrator lets people in at {HUB}/hub/authorize",
    )
    assert previewed(preset("github")).how_to_log_in == (
        "log in with GitHub, and choose one of these people",
        "  root: administrator",
        "  stranger: a stranger, who is refused",
    )
    shared = previewed({"type": "dummy", "admins": ["root"]}, ["root", "alice:ml", "bob"])
    assert shared.how_to_log_in[-3:] == ("  root: administrator", "  alice: in ml", "  bob")
    custom = {"type": "custom", "authenticator": "ldapauthenticator.LDAPAuthenticator"}
    ldap = previewed(custom)
    assert ldap.registration is None
    assert any("ldapauthenticator.LDAPAuthenticator" in note for note in ldap.notes)
    assert any("ldapauthenticator.LDAPAuthenticator" in line for line in ldap.how_to_log_in)
    taken_away = previewed({"type": "dummy"}, hub_values={"hub": {"extraEnv": [{"name": "A"}]}})
    assert any("`hub_values` replaces" in line for line in taken_away.how_to_log_in)
