"""D8, D12, D33: groups, passwords and addresses come from where they are known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from tests.support.whole import Spoil, Whole, block, value

if TYPE_CHECKING:
    from tests.synth.requirements.conftest import Case

CONFIG = ("hub", "config")
COGNITO = (*CONFIG, "GenericOAuthenticator")
ENTRA = (*CONFIG, "AzureAdOAuthenticator")
# Software that many run, each under addresses of their own.
ANY_ISSUER = {"oidc", "okta", "keycloak"}
ADDRESSES = {"authorize_url", "token_url", "userdata_url"}


def invented_groups(whole: Whole) -> list[str]:
    """Return groups and rights that do not come from who is a member of what."""
    if not (whole.login.get("allowed_groups") or whole.login.get("admin_groups")):
        return []
    found = [] if whole.login.get("manage_groups") else ["groups of the provider are not taken"]
    code = whole.hub_code()
    if "aws_cognito_user_pool" in whole.kinds():
        if not re.search(r'get\("cognito:groups"', code):
            found.append("groups of the pool are not read from the token")
    elif not ("auth_state_groups_key" in code or whole.hub["custom"]["login"].get("groupsClaim")):
        found.append("nothing says where the provider names groups")
    return found


def test_d08_groups_are_those_of_the_provider(whole: Whole) -> None:
    """Wherever a rule names groups, they are read from what the provider says."""
    assert invented_groups(whole) == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("accelerators", value("jupyterhub", *COGNITO, "manage_groups", to=False)),
        ("accelerators", value("jupyterhub", "hub", "extraConfig", "cognito_groups")),
        (
            "accelerators",
            value("jupyterhub", "hub", "extraConfig", "cognito_groups", to='return ["users"]'),
        ),
        ("existing-vpc", value("jupyterhub", "custom", "login", "groupsClaim")),
    ],
)
def test_d08_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """Groups that nobody reads, or that are the same for all, are found."""
    assert invented_groups(case(name).spoilt(mistake)) != []


def impersonation(whole: Whole) -> list[str]:
    """Return how anyone could be anyone."""
    config = whole.hub["hub"]["config"]
    kind = config["JupyterHub"]["authenticator_class"]
    found = ["any password will do"] if "dummy" in kind else []
    if kind != "shared-password":
        return found
    service = whole.hub["proxy"]["service"]
    if service["type"] != "ClusterIP" or whole.hub.get("ingress", {}).get("enabled"):
        found.append("a hub with one password is in reach")
    variables = whole.hub["hub"]["extraEnv"]
    wanted = ["JHUB_USER_PASSWORD"]
    if config["Authenticator"]["admin_users"]:
        wanted.append("JHUB_ADMIN_PASSWORD")
    return found + [
        f"{name} is not a secret"
        for name in wanted
        if "secretKeyRef" not in variables.get(name, {}).get("valueFrom", {})
    ]


def test_d12_a_shared_password_is_for_trials(whole: Whole) -> None:
    """Without an identity provider there is a password, and no load balancer."""
    assert impersonation(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", *CONFIG, "JupyterHub", "authenticator_class", to="dummy"),
        value("jupyterhub", "proxy", "service", "type", to="LoadBalancer"),
        value("jupyterhub", "ingress", to={"enabled": True}),
        value("jupyterhub", "hub", "extraEnv", "JHUB_USER_PASSWORD", to={"value": "secret"}),
        value("jupyterhub", "hub", "extraEnv", "JHUB_ADMIN_PASSWORD"),
    ],
)
def test_d12_is_noticed(case: Case, mistake: Spoil) -> None:
    """No password, one in the open, and one that is enough for administrators are found."""
    assert impersonation(case("every-pool").spoilt(mistake)) != []


def guesses(whole: Whole) -> list[str]:
    """Return addresses of a provider that are guessed, and certificates that nobody needs."""
    found = []
    kinds = {*whole.kinds(), *whole.kinds("data")}
    if not whole.exposed:
        found += [kind for kind in kinds if kind.startswith("aws_acm")]
    if whole.deployment.settings.access.certificate_arn and "aws_acm_certificate" in kinds:
        found.append("a certificate is asked for beside the given one")
    auth = whole.deployment.settings.auth
    given = whole.login.items()
    addresses = {key: str(text) for key, text in given if key in ADDRESSES}
    if isinstance(auth, CognitoAuth):
        found += [key for key, text in addresses.items() if "local." not in text]
    elif isinstance(auth, OAuthAuth) and auth.provider in ANY_ISSUER:
        if not whole.hub.get("custom", {}).get("login", {}).get("issuer"):
            found.append("no issuer is asked for its addresses")
        found += [f"{key} is guessed" for key in addresses]
    elif isinstance(auth, OAuthAuth):
        base = auth.issuer or f"https://{auth.provider}.com"
        host = urlsplit(base).netloc
        found += [f"{key} is elsewhere" for key, text in addresses.items() if host not in text]
    if isinstance(auth, OAuthAuth) and not whole.login.get("scope"):
        found.append("no scope is asked for")
    return found


def test_d33_addresses_are_asked_for(whole: Whole) -> None:
    """A provider says its own addresses; without a load balancer there is no certificate."""
    assert guesses(whole) == []


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("defaults", block("hub", "data", "aws_acm_certificate", "C", to={"domain": "*.a.org"})),
        ("existing-vpc", block("hub", "resource", "aws_acm_certificate", "C", to={})),
        ("oidc", value("jupyterhub", "custom", "login", "issuer")),
        ("oidc", value("jupyterhub", *COGNITO, "token_url", to="https://a.org/token")),
        ("oidc", value("jupyterhub", *COGNITO, "scope")),
        ("existing-vpc", value("jupyterhub", *ENTRA, "token_url", to="https://a.org/token")),
        ("accelerators", value("jupyterhub", *COGNITO, "token_url", to="https://a.org/token")),
    ],
)
def test_d33_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """A guessed address and a certificate for nothing are found."""
    assert guesses(case(name).spoilt(mistake)) != []
