"""What to do about the refusals of a provider, by their names in OAuth 2.0."""

from __future__ import annotations

from typing import Final

_HINTS: Final = {
    "access_denied": "log in and agree, as somebody whom the provider lets use this client",
    "invalid_scope": "allow the client the scopes that `jhub auth show` lists",
    "unauthorized_client": "allow the client the authorization code flow",
    "unsupported_response_type": "allow the client the authorization code flow",
    "invalid_client": "compare client id and client secret with the provider's; a secret that was "
    "rotated there is another one",
    "incorrect_client_credentials": "compare client id and client secret with the provider's",
    "invalid_grant": "run the command again, and log in without delay; the callback must be "
    "registered exactly as it is named above",
    "redirect_uri_mismatch": "register the callback that is named above, exactly so",
    "bad_verification_code": "run the command again, and log in without delay",
    "login_required": "log in at the provider, and run the command again",
    "consent_required": "let an administrator of the provider agree for this client",
    "temporarily_unavailable": "try again later",
    "server_error": "try again later, or look into the log of the provider",
}


def hint_of(error: str) -> str:
    """Return what to do about an error of a provider."""
    return _HINTS.get(error, "compare the client at the provider with what `jhub auth show` says")
