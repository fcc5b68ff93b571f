"""What has to be entered at a provider, and what the hub makes of it, before a deploy."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.oidc.callback import callback_on
from jupyterhub_eks.oidc.enters import administers, enters
from jupyterhub_eks.oidc.secret_places import Secret, secrets_of
from jupyterhub_eks.releases.z2jh.cognito import SCOPES as COGNITO_SCOPES
from jupyterhub_eks.releases.z2jh.login import own_groups
from jupyterhub_eks.releases.z2jh.oauth import callback_url, return_url
from jupyterhub_eks.releases.z2jh.providers import provider_of

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.releases.z2jh.provider import Provider

GRANT: Final = "authorization code, with PKCE (S256)"
_POST: Final = "client secret in the form (client_secret_post)"
_EITHER: Final = f"{_POST}, or in the header where the provider offers that only"


@dataclass(frozen=True, kw_only=True)
class AtProvider:
    """What is entered at an identity provider behind a user pool.

    Attributes:
        name: Its name in the configuration.
        protocol: ``saml`` or ``oidc``.
        callback: Where it leads the browser back to.
        entity_id: With SAML, as whom the pool asks.
    """

    name: str
    protocol: str
    callback: str
    entity_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Registration:
    """A login, as people at the provider and at the hub need to know it.

    Attributes:
        type: ``auth.type``.
        provider: ``auth.provider``, or the class of ``custom``.
        title: Name of the provider.
        issuer: Its issuer, where one is configured.
        client_id: Client id, where somebody else made it.
        callback: Redirect URL to register; empty: none.
        test_callback: One more, for ``jhub auth test``; empty: it cannot be tested so.
        logout: URL to register that the browser comes back to after a logout; empty: none.
        logout_ends: What a logout from the hub ends.
        scopes: What the client must be allowed to ask for.
        grant: Flow that it must be allowed.
        client_authentication: How the hub proves itself.
        name: What the user name is.
        groups: What the groups are.
        enters: Who is let in.
        administers: Who administers.
        never: Who never is let in.
        secrets: Secrets, and where each is taken from.
        made: What a deploy makes.
        behind: Providers behind the user pool.
    """

    type: str
    title: str
    provider: str = ""
    issuer: str = ""
    client_id: str = ""
    callback: str = ""
    test_callback: str = ""
    logout: str = ""
    logout_ends: str = "the session at the hub"
    scopes: tuple[str, ...] = ()
    grant: str = ""
    client_authentication: str = ""
    name: str = ""
    groups: str = ""
    enters: tuple[str, ...] = ()
    administers: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    secrets: tuple[Secret, ...] = ()
    made: tuple[str, ...] = ()
    behind: tuple[AtProvider, ...] = field(default=())


def registration_of(settings: DeploymentFile, *, login_page: str, port: int) -> Registration:
    """Return what is to be known about the configured login.

    Args:
        settings: The configuration.
        login_page: Address of the user pool's login page; empty: not known, or none.
        port: Port of this machine for ``jhub auth test``.

    Raises:
        ConfigError: The provider cannot do what the allow rules ask.
    """
    auth, host = settings.auth, settings.access.domain or ""
    if isinstance(auth, OAuthAuth):
        special = _oauth(auth, host, port)
    elif isinstance(auth, CognitoAuth):
        special = _cognito(auth, host, login_page)
    elif isinstance(auth, CustomAuth):
        special = _custom(auth)
    elif isinstance(auth, DummyAuth):
        special = Registration(
            type="dummy", title="one password for everybody", name="as typed, in small letters"
        )
    else:
        special = Registration(
            type="native",
            title="the hub's own sign-up",
            name="as chosen at the sign-up, in small letters",
            made=("accounts of `admins`, with a generated password",),
        )
    kept = own_groups(auth)
    return replace(
        special,
        groups=special.groups or f"those of the hub: {', '.join(kept)}",
        enters=enters(auth),
        administers=administers(auth),
        never=auth.block,
        secrets=secrets_of(auth),
    )


def _oauth(auth: OAuthAuth, host: str, port: int) -> Registration:
    provider, preset = provider_of(auth), PRESETS[auth.provider]
    return Registration(
        type="oauth",
        provider=auth.provider,
        title=preset.title if auth.provider != "oidc" else provider.title,
        issuer=auth.issuer or "",
        client_id=auth.client_id,
        callback=callback_url(host),
        test_callback=callback_on(port),
        logout=return_url(host) if preset.ends_session else "",
        logout_ends=_logout_ends(provider, ends_session=preset.ends_session),
        scopes=provider.scopes,
        grant=GRANT,
        client_authentication=_EITHER if provider.discovery else _POST,
        name=_name(auth, provider),
        groups=_groups(auth, provider),
    )


def _logout_ends(provider: Provider, *, ends_session: bool) -> str:
    if not ends_session:
        return f"the session at the hub only; {provider.title} offers no way to end its own"
    known = provider.end_session or provider.logout_page
    where = "" if known else ", if it publishes `end_session_endpoint`"
    return f"the sessions at the hub and at the provider{where}"


def _name(auth: OAuthAuth, provider: Provider) -> str:
    claim = auth.username_claim or _claim_of(provider)
    verified = f", which `{provider.verified_claim}` must confirm"
    checked = provider.name_is_address and provider.verified_claim
    source = "id token" if provider.identified_by_token else "user info"
    return f"claim `{claim}` of the {source}{verified if checked else ''}, in small letters"


def _claim_of(provider: Provider) -> str:
    for institution in provider.config.get("idps", {}).values():
        return str(institution["username_derivation"]["username_claim"])
    return str(provider.config["username_claim"])


def _groups(auth: OAuthAuth, provider: Provider) -> str:
    if not provider.has_groups:
        return ""
    if auth.provider == "github":
        return "organisations, and their teams as `organisation:team`"
    rooted = ", without the slash at their beginning" if provider.rooted_groups else ""
    source = "id token" if provider.identified_by_token else "user info, else of the id token"
    return f"claim `{provider.groups_claim}` of the {source}{rooted}"


def _cognito(auth: CognitoAuth, host: str, login_page: str) -> Registration:
    shared = Registration(
        type="cognito",
        title="Amazon Cognito",
        callback=callback_url(host),
        logout=return_url(host),
        logout_ends="the sessions at the hub and at the user pool",
        scopes=COGNITO_SCOPES,
        grant=GRANT,
        client_authentication=_POST,
        name="claim `email` of the user info, which `email_verified` must confirm, in small "
        "letters",
        groups="claim `cognito:groups` of the id token",
    )
    if auth.existing:
        return replace(shared, client_id=auth.existing.client_id)
    made = (
        "a user pool, with an app client",
        f"its client's callback URL, {shared.callback}",
        f"its client's logout URL, {shared.logout}",
        f"its login page, {login_page}",
        f"its groups: {', '.join(dict.fromkeys(('users', 'admins', *auth.groups)))}",
        *(
            (f"its providers: {', '.join(auth.identity_providers)}",)
            * bool(auth.identity_providers)
        ),
    )
    return replace(shared, made=made, behind=_behind(auth, login_page))


def _behind(auth: CognitoAuth, login_page: str) -> tuple[AtProvider, ...]:
    return tuple(
        AtProvider(name=name, protocol="oidc", callback=f"{login_page}/oauth2/idpresponse")
        if each.oidc
        else AtProvider(
            name=name,
            protocol="saml",
            callback=f"{login_page}/saml2/idpresponse",
            entity_id="urn:amazon:cognito:sp:POOL, output `saml_entity_id` of stack identity",
        )
        for name, each in auth.identity_providers.items()
    )


def _custom(auth: CustomAuth) -> Registration:
    told = "those that the class tells" if auth.has_groups else ""
    return Registration(
        type="custom",
        provider=auth.authenticator,
        title=auth.authenticator.rpartition(".")[2],
        name="as the class tells it",
        groups=told,
        logout_ends="what the class ends",
    )
