"""Cognito's tokens end, and tell groups where they do on AWS and nowhere else.

The emulator tells groups by userInfo, which Cognito does not, and leaves them out of
renewed tokens, where Cognito puts the present ones. It lets in with an access token that
has expired, and renews for users who are disabled or signed out, as long as it does not
check signatures of all services.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores
from jupyterhub_eks.local.emulator.messages import AwsResponse

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, Forward

_USER_INFO: Final = ("/oauth2/userInfo", "/oauth2/userinfo")
_TOKEN: Final = "/oauth2/token"  # noqa: S105 - a path
# What userInfo of the emulator has beyond Cognito's.
_NOT_TOLD: Final = ("cognito:groups", "cognito:username")


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer userInfo and renewals as Cognito does."""
    if request.path in _USER_INFO:
        return await _user_info(request, forward)
    if request.path == _TOKEN and request.form.get("grant_type") == "refresh_token":
        return await _renewal(request, forward)
    return await forward(request)


async def _user_info(request: AwsRequest, forward: Forward) -> AwsResponse:
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    if token and (fault := stores.cognito("_userinfo_token_error", token)):
        return _refusal(401, "invalid_token", fault)
    response = await forward(request)
    if not response.ok:
        return response
    told = {key: value for key, value in response.json.items() if key not in _NOT_TOLD}
    return response.with_body(json.dumps(told).encode())


async def _renewal(request: AwsRequest, forward: Forward) -> AwsResponse:
    token = request.form.get("refresh_token", "")
    claims = stores.cognito("_token_claims", token)
    pool_id = str(claims.get("iss", "")).rpartition("/")[2]
    pool = stores.cognito("_get_pool_unscoped", pool_id)
    user = stores.cognito("_user_from_token", token, pool) if pool else None
    if user is None or not _is_good(token, claims, user):
        return _refusal(400, "invalid_grant", "Invalid Refresh Token")
    response = await forward(request)
    if not response.ok:
        return response
    answer = response.json
    for key, use in (("access_token", "access"), ("id_token", "id")):
        if key in answer:
            renewed = stores.cognito("_token_claims", answer[key])
            renewed |= {"cognito:groups": user["_groups"]} if user["_groups"] else {}
            answer[key] = stores.cognito("_signed_jwt", renewed, pool_id, use)
    return response.with_body(json.dumps(answer).encode())


def _is_good(token: str, claims: dict[str, Any], user: dict[str, Any]) -> bool:
    return (
        stores.cognito("_signature_valid", token)
        and claims.get("exp", 0) > time.time()
        and user.get("Enabled", True)
        and not stores.cognito("_refresh_token_revoked", token, user)
        and claims.get("origin_jti") not in stores.cognito("_revoked_tokens")
    )


def _refusal(status: int, error: str, description: str) -> AwsResponse:
    body = json.dumps({"error": error, "error_description": description}).encode()
    headers = (("content-type", "application/json"), ("content-length", str(len(body))))
    return AwsResponse(status, headers, body)
