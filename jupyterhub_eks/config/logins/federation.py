"""Identity providers whose users log in through a Cognito user pool."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.secret_source import SecretSource

_METADATA: Final = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="idp">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
    'Location="https://idp.example.org/sso"/></IDPSSODescriptor></EntityDescriptor>'
)


class SamlProvider(Section):
    """A SAML 2.0 identity provider, by its metadata."""

    metadata_url: str | None = Field(
        default=None,
        description="https URL of its metadata; Cognito reads it again every six hours.",
        examples=["https://idp.example.org/metadata.xml"],
    )
    metadata: str | None = Field(
        default=None,
        description="Contents of its metadata file, where it has no URL.",
        examples=[_METADATA],
    )
    sign_out: bool = Field(
        default=False,
        description="Logging out of the hub ends the session at the provider too. Its metadata "
        "must name a `SingleLogoutService`.",
    )


class OidcProvider(Section):
    """An OpenID Connect provider. Cognito does not end its session at a logout."""

    issuer: str = Field(
        description="Issuer URL (https), without trailing slash unless the provider has one.",
        examples=["https://login.example.org"],
    )
    client_id: str = Field(
        min_length=1,
        description="Client id that it issued for Cognito.",
        examples=["my-client-id"],
    )
    client_secret: SecretSource | None = Field(
        default=None,
        description="Where the client's secret is taken from at a deploy.",
        examples=[{"env": "UNIVERSITY_CLIENT_SECRET"}],
    )
    scopes: tuple[str, ...] = Field(
        default=("openid", "email", "profile"),
        description="What is asked of it; `openid` is needed.",
    )


class IdentityProvider(Section):
    """One identity provider, by SAML or OpenID Connect."""

    saml: SamlProvider | None = Field(default=None, description="It speaks SAML 2.0.")
    oidc: OidcProvider | None = Field(default=None, description="It speaks OpenID Connect.")
    email_domains: tuple[str, ...] = Field(
        default=(),
        description="E-mail domains whose addresses it gives out itself, so that its word is "
        "enough; its users with other addresses are refused. Needed with `saml`. Without it, "
        "only addresses enter that the provider calls verified (`email_verified`).",
        examples=[["example.org"]],
    )
    attributes: dict[str, str] = Field(
        default_factory=dict,
        description="Attributes of the pool by what they are called at the provider, besides "
        "or in place of those of the protocol: `email`, with OpenID Connect `email_verified`.",
        examples=[{"email": "mail"}],
    )


def secret_variable(provider: str) -> str:
    """Return the Terraform variable of stack ``identity`` that holds a provider's client secret.

    It is given as environment variable ``TF_VAR_<name>``. Names of providers hold no
    underscore, so two of them never share a variable.

    Args:
        provider: Name of the identity provider.
    """
    return f"oidc_client_secret_{provider.replace('-', '_')}"
