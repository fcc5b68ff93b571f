"""What is known of each provider that ``auth.provider`` names, before it is asked anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.oauth import OAuthAuth

NameForm = Literal["address", "plain", "mostly plain", "any"]

AN_ADDRESS: Final = "alice@example.org"
A_NAME: Final = "alice"
ADDRESS_CLAIMS: Final = ("email", "mail")


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A provider.

    Attributes:
        title: Name that people know it by.
        issuer: Example of its issuer where one has to be written; empty: it is known.
        names: Form of its user names; ``any``: it depends on the provider's settings, as with
            ``mostly plain``, where an address is a setting that few choose.
        user: Example of one.
        has_groups: Whether it tells the hub groups.
        has_claims: Whether its groups are a claim, which may have another name.
        has_domains: Whether it vouches for e-mail domains.
        ends_session: Whether a logout from the hub can end the session there too.
    """

    title: str
    issuer: str = ""
    names: NameForm = "any"
    user: str = AN_ADDRESS
    has_groups: bool = True
    has_claims: bool = True
    has_domains: bool = True
    ends_session: bool = True


PRESETS: Final[dict[str, Preset]] = {
    "github": Preset(
        title="GitHub",
        names="plain",
        user=A_NAME,
        has_claims=False,
        # Of a private address it does not say whether it is verified.
        has_domains=False,
        ends_session=False,
    ),
    "google": Preset(title="Google", names="address", has_groups=False, ends_session=False),
    "gitlab": Preset(title="GitLab", names="plain", user=A_NAME, ends_session=False),
    "okta": Preset(title="Okta", issuer="https://example.okta.com/oauth2/default"),
    "entra": Preset(
        title="Microsoft Entra ID",
        issuer="https://login.microsoftonline.com/TENANT-ID/v2.0",
        names="address",
    ),
    "auth0": Preset(title="Auth0", issuer="https://example.eu.auth0.com", names="address"),
    "cilogon": Preset(
        title="CILogon",
        issuer="https://idp.example.edu/idp/shibboleth",
        names="address",
        has_groups=False,
        ends_session=False,
    ),
    "keycloak": Preset(
        title="Keycloak",
        issuer="https://login.example.org/realms/main",
        # A realm may take addresses as user names.
        names="mostly plain",
        user=A_NAME,
    ),
    "oidc": Preset(
        title="the identity provider", issuer="https://login.example.org", names="address"
    ),
}


def tells_groups(auth: OAuthAuth) -> bool:
    """Whether the provider tells groups, by itself or by the claim that is named."""
    preset = PRESETS[auth.provider]
    return preset.has_groups or bool(auth.groups_claim and auth.provider == "cilogon")


def name_form(auth: OAuthAuth) -> NameForm:
    """Return the form of the user names that the hub will see."""
    claim = auth.username_claim
    if claim is None:
        return PRESETS[auth.provider].names
    return "address" if claim in ADDRESS_CLAIMS else "any"


def user_example(login: object, provider: object, claim: object = None) -> str:
    """Return a user name such as a login has, as far as its settings tell.

    Args:
        login: ``auth.type``, or whatever stands in its place.
        provider: ``auth.provider``, or whatever stands in its place.
        claim: ``auth.username_claim``; None: that of the preset.
    """
    if login == "oauth" and claim not in ADDRESS_CLAIMS:
        known = PRESETS.get(str(provider or "oidc"))
        return known.user if known else AN_ADDRESS
    return AN_ADDRESS if login in ("oauth", "cognito") else A_NAME
