"""Read groups from Cognito's id token; part of the hub's configuration.

Its userInfo endpoint does not name them (oauthenticator issue 793).
"""

import jwt


def groups_of(auth_state):
    """Return the user's groups in the pool; none without an id token.

    The signature has been established already: the hub fetched the token from Cognito
    itself. An expired token still says which groups there were; it is renewed with the
    login.
    """
    token = auth_state.get("id_token")
    if not token:
        return []
    claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
    return list(claims.get("cognito:groups", []))


c.GenericOAuthenticator.auth_state_groups_key = groups_of
