"""Why AWS did not tell facts about instance types, and what to do about it."""

from __future__ import annotations

from typing import Final

from jupyterhub_eks.errors import PreflightError

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_BAD_CREDENTIALS: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "SignatureDoesNotMatch"}
)
# Also the answer where a region is not enabled for the account.
_NOT_KNOWN_THERE: Final = frozenset(
    {"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"}
)
# Exceptions of botocore about credentials that it cannot find, read or renew.
_ABOUT_CREDENTIALS: Final = ("Credential", "Token", "SSO", "ProfileNotFound")
_UNREACHABLE: Final = frozenset(
    {
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "EndpointConnectionError",
        "ProxyConnectionError",
    }
)
_LOG_IN: Final = (
    "log in again, e.g. `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY"
)
_STAYS: Final = "until then what is known stays in use"


def explained(what: str, error: Exception, permission: str) -> PreflightError:
    """Return the error of a call as one that says what to do.

    Args:
        what: What could not be done.
        error: What boto3 raised.
        permission: What IAM has to allow for it.
    """
    if _code(error) in _DENIED:
        hint = f"allow the identity {permission}"
    elif _code(error) in _NOT_KNOWN_THERE:
        hint = f"enable the region for the account if it is not, or {_LOG_IN}"
    elif ends_all(error):
        hint = _LOG_IN
    elif ends_region(error):
        hint = "check the network, and that the region is spelt right"
    else:
        hint = f"check the network, the credentials and the permission {permission}"
    return PreflightError(what, cause=str(error), hint=f"{hint}; {_STAYS}")


def ends_all(error: BaseException | None) -> bool:
    """Whether no other call could succeed: AWS does not know who asks."""
    if error is None:
        return False
    name = type(error).__name__
    return _code(error) in _BAD_CREDENTIALS or any(part in name for part in _ABOUT_CREDENTIALS)


def ends_region(error: BaseException | None) -> bool:
    """Whether no other call to this region could succeed."""
    if error is None:
        return False
    return type(error).__name__ in _UNREACHABLE or _code(error) in _NOT_KNOWN_THERE


def _code(error: BaseException) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
