"""Identity providers of stack ``identity``, whose users log in through the user pool.

Cognito takes an address that a provider tells for unverified, unless an attribute of the
provider says otherwise (Amazon Cognito developer guide, "Mapping IdP attributes to profiles
and tokens"). OpenID Connect has a claim for that, which is mapped; SAML has none. Whose
word counts without it is not said here, where it would hold for the pool's own users too,
but in the hub, which knows by the id token who came by which provider
(``hub-config/cognito_groups.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle, TerraformVariable
from cdktf_cdktf_provider_aws.cognito_identity_provider import CognitoIdentityProvider

from jupyterhub_eks.config.logins.federation import secret_variable

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.cognito_user_pool import CognitoUserPool

    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.config.logins.federation import (
        IdentityProvider,
        OidcProvider,
        SamlProvider,
    )
    from stacks.base import BaseStack

_EMAIL_OF_SAML: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
# What Cognito adds to a provider's details by itself, and Terraform would take away again.
_ADDED: Final = {
    "SAML": ("ActiveEncryptionCertificate", "SLORedirectBindingURI", "SSORedirectBindingURI"),
    "OIDC": (
        "attributes_url",
        "attributes_url_add_attributes",
        "authorize_url",
        "jwks_uri",
        "token_url",
    ),
}


def create_providers(stack: BaseStack, pool: CognitoUserPool, auth: CognitoAuth) -> tuple[str, ...]:
    """Add the identity providers and return their names, known once they are made."""
    return tuple(
        _create(stack, pool, name, auth.identity_providers[name])
        for name in sorted(auth.identity_providers)
    )


def add_provider_outputs(stack: BaseStack, pool: CognitoUserPool, login_url: str) -> None:
    """Say what has to be registered at the identity providers."""
    stack.add_output(
        "saml_entity_id", f"urn:amazon:cognito:sp:{pool.id}", "Entity id, for SAML providers"
    )
    stack.add_output(
        "saml_assertion_url",
        f"{login_url}/saml2/idpresponse",
        "Assertion consumer service URL, for SAML providers",
    )
    stack.add_output(
        "oidc_redirect_url",
        f"{login_url}/oauth2/idpresponse",
        "Redirect URL, for OpenID Connect providers",
    )


def _create(stack: BaseStack, pool: CognitoUserPool, name: str, provider: IdentityProvider) -> str:
    if provider.saml:
        kind, details, mapping = "SAML", _saml(provider.saml), {"email": _EMAIL_OF_SAML}
    elif provider.oidc:
        kind, details = "OIDC", _oidc(stack, name, provider.oidc)
        mapping = {"email": "email", "email_verified": "email_verified", "username": "sub"}
    else:
        raise ValueError(f"identity provider {name} has no protocol")
    made = CognitoIdentityProvider(
        stack,
        f"IdentityProvider-{name}",
        user_pool_id=pool.id,
        provider_name=name,
        provider_type=kind,
        provider_details=details,
        attribute_mapping=mapping | {key: _as_is(at) for key, at in provider.attributes.items()},
        lifecycle=TerraformResourceLifecycle(
            ignore_changes=[f'provider_details["{key}"]' for key in _ADDED[kind]]
        ),
    )
    known: str = made.provider_name
    return known


def _saml(saml: SamlProvider) -> dict[str, str]:
    details = {"IDPSignout": str(saml.sign_out).lower()}
    if saml.metadata_url:
        return {**details, "MetadataURL": _as_is(saml.metadata_url)}
    return {**details, "MetadataFile": _as_is(saml.metadata or "")}


def _as_is(text: str) -> str:
    """Return a user's text so that nothing in it is taken for Terraform's."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _oidc(stack: BaseStack, name: str, oidc: OidcProvider) -> dict[str, str]:
    variable = secret_variable(name)
    secret = TerraformVariable(
        stack,
        variable,
        type="string",
        sensitive=True,
        nullable=False,
        description=f"Client secret that the identity provider {name} issued for Cognito",
    )
    return {
        "oidc_issuer": _as_is(oidc.issuer),
        "client_id": _as_is(oidc.client_id),
        "client_secret": secret.string_value,
        "authorize_scopes": _as_is(" ".join(oidc.scopes)),
        "attributes_request_method": "GET",
    }
