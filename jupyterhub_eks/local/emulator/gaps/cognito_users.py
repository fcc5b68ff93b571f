"""Cognito takes a user name in any case, where the pool is made so, and makes up passwords.

The emulator keeps ``UsernameConfiguration`` and does not look at it: it would add one
person twice, and not find them by another spelling of their address. The password that it
makes up for somebody who is invited has 12 characters, whatever the pool's policy asks.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.local.emulator import stores

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward


# Every kind of character that a policy can ask for.
_KINDS: Final = "aA1!"


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Spell the user of a call as the pool has it."""
    asked = request.json
    pool = stores.user_pools().get(asked.get("UserPoolId", ""))
    name = asked.get("Username")
    if pool is None or not isinstance(name, str):
        return await forward(request)
    if request.action == "AdminCreateUser" and not asked.get("TemporaryPassword"):
        asked = {**asked, "TemporaryPassword": _password(pool)}
        request = request.with_json(asked)
    known = spelling(pool, name)
    if known == name:
        return await forward(request)
    attributes = [
        {**each, "Value": known} if each.get("Value") == name else each
        for each in asked.get("UserAttributes", [])
    ]
    changed = {**asked, "Username": known}
    if "UserAttributes" in asked:
        changed["UserAttributes"] = attributes
    return await forward(request.with_json(changed))


def _password(pool: dict[str, Any]) -> str:
    """Return a password as long as the pool wants it."""
    policy = pool.get("Policies", {}).get("PasswordPolicy", {})
    length = max(int(policy.get("MinimumLength", 0)), 12)
    return _KINDS + secrets.token_hex(length)[: length - len(_KINDS)]


def spelling(pool: dict[str, Any], name: str) -> str:
    """Return the name as the pool spells it, where case does not matter in it."""
    if pool.get("UsernameConfiguration", {}).get("CaseSensitive", True):
        return name
    plain = name.lower()
    for user in pool["_users"].values():
        attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
        aliases = [attributes.get(key, "") for key in pool.get("UsernameAttributes") or []]
        for known in (user["Username"], *aliases):
            if known.lower() == plain:
                return str(known)
    return name
