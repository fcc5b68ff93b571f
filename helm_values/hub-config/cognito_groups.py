"""Read from Cognito's id token what its userInfo does not say; part of the hub's configuration.

These are the user's groups (oauthenticator issue 793), and by which identity provider the
user came, if by any. ``custom.cognito`` holds:

``trustedDomains``
    By name of a provider, the e-mail domains whose addresses it gives out itself.
"""

import jwt
from z2jh import get_config

trusted_domains = get_config("custom.cognito.trustedDomains", {})


def cognito_claims(auth_state):
    """Return the claims of the id token; none without one.

    The signature has been established already: the hub fetched the token from Cognito
    itself. An expired token still says which groups there were; it is renewed with the
    login.
    """
    token = auth_state.get("id_token")
    if not token:
        return {}
    return jwt.decode(token, options={"verify_signature": False, "verify_exp": False})


def cognito_groups(auth_state):
    """Return the user's groups in the pool; none without an id token.

    Cognito itself puts whoever comes by a provider into a group of the name
    ``<pool>_<provider>``; here it has the provider's name, as in the configuration.
    """
    claims = cognito_claims(auth_state)
    own = f"{claims.get('iss', '').rpartition('/')[2]}_"
    return [group.removeprefix(own) for group in claims.get("cognito:groups", [])]


def cognito_providers(claims):
    """Return the names of the providers that the user's profile comes from."""
    return [each["providerName"] for each in claims.get("identities") or []]


def vouch_for_address(_login, auth_state):
    """Take a provider's word for addresses of the domains that are its own, and no others.

    Without this, nobody who comes by SAML would have a verified address, and whoever a
    provider calls by an address of somebody else's would be that person here. Users of the
    pool itself come by no provider; of them nothing changes.
    """
    names = cognito_providers(cognito_claims(auth_state))
    limits = [trusted_domains[name] for name in names if name in trusted_domains]
    if limits:
        user = auth_state["oauth_user"]
        name, _, domain = str(user.get("email") or "").lower().rpartition("@")
        # A profile that an administrator linked to several has the address that one of them
        # told last.
        said = len(limits) == len(names) or str(user.get("email_verified")).lower() == "true"
        is_own = bool(name) and all(domain in domains for domains in limits)
        user["email_verified"] = said and is_own
    return auth_state


c.GenericOAuthenticator.auth_state_groups_key = cognito_groups
if trusted_domains:
    c.GenericOAuthenticator.modify_auth_state_hook = vouch_for_address
