"""Rules for ``auth`` of type ``cognito``: prefix, groups and providers of the user pool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import RESERVED_IN_PREFIX, domain_prefix
from jupyterhub_eks.config.rules.federation import federation_rules
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.yamltext import as_yaml
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.logins.cognito import CognitoAuth

# Made in every Cognito pool.
STANDARD_GROUPS: Final = ("users", "admins")
# Amazon Cognito API, GroupNameType; spaces are not allowed.
_GROUP: Final = re.compile(r"[^\s]{1,128}")


# What is said of a pool that is made, and means nothing for one that is there.
_OF_A_NEW_POOL: Final = (
    "domain_prefix",
    "custom_domain",
    "custom_domain_certificate_arn",
    "groups",
    "pool_login",
    "self_sign_up",
    "mfa",
    "password_min_length",
    "session_days",
)


def groups_of(auth: CognitoAuth) -> tuple[str, ...] | None:
    """Return the groups of the user pool; ``None``: it is there already, and only it knows."""
    if auth.existing:
        return None
    return tuple(dict.fromkeys((*STANDARD_GROUPS, *auth.groups, *auth.identity_providers)))


def cognito_rules(auth: CognitoAuth) -> Iterator[Finding]:
    """Yield findings about the user pool."""
    yield from federation_rules(auth)
    if auth.existing:
        yield from _not_of_an_existing_pool(auth)
        return
    yield from _prefix(auth)
    yield from _groups(auth)


def _not_of_an_existing_pool(auth: CognitoAuth) -> Iterator[Finding]:
    for key in _OF_A_NEW_POOL:
        if key in auth.model_fields_set:
            yield Finding(
                path=("auth", key),
                message=f"`{key}` is for a pool that is made; that of `existing` is not changed",
                hint=f"remove `{key}` and set it in the pool itself, or remove `existing`",
                also=(("auth", "existing"),),
                at_key=True,
            )


def _prefix(auth: CognitoAuth) -> Iterator[Finding]:
    # A prefix that is made of the deployment's name has these words taken out.
    prefix = auth.domain_prefix or ""
    if reserved := next((word for word in RESERVED_IN_PREFIX if word in prefix), None):
        yield Finding(
            path=("auth", "domain_prefix"),
            message=f"`domain_prefix: {prefix}` holds `{reserved}`, which Cognito refuses",
            hint=f"write e.g. `domain_prefix: {domain_prefix(prefix)}`",
        )


def _groups(auth: CognitoAuth) -> Iterator[Finding]:
    for index, group in enumerate(auth.groups):
        path: Path = ("auth", "groups", index)
        if not _GROUP.fullmatch(group):
            yield Finding(
                path=path,
                message=f"`{group}` is no name for a group",
                hint=f"write e.g. `{_group_meant(group)}`; allowed: 1 to 128 characters, no spaces",
            )
        elif group in STANDARD_GROUPS or group in auth.groups[:index]:
            yield Finding(
                path=path,
                message=f"the group `{group}` is made anyway",
                hint="remove it from the list",
                severity="warning",
            )
    for path, named in (
        (("auth", "allow", "groups"), auth.allow.groups),
        (("auth", "admin_groups"), auth.admin_groups),
    ):
        yield from _unknown_groups(path, named, groups_of(auth) or ())


def _unknown_groups(
    path: Path, named: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Finding]:
    for index, group in enumerate(named):
        if group not in known:
            yield Finding(
                path=(*path, index),
                message=f"the group `{group}` does not exist in the user pool",
                hint=group_hint(group, known),
                also=(("auth", "groups"), ("auth", "identity_providers")),
            )


def group_hint(group: str, known: tuple[str, ...]) -> str:
    """Return which group was meant, or how it is made in the user pool."""
    if not _GROUP.fullmatch(group):
        return f"remove it, or name a group, e.g. `{known[0] if known else 'students'}`,"
    made = [name for name in known if name not in STANDARD_GROUPS]
    meant = did_you_mean(group, known)
    stop = "" if meant.endswith("?") else "."
    return f"{meant}{stop} To make `{group}`: `auth: {{groups: {as_yaml([*made, group])}}}`"


def _group_meant(group: str) -> str:
    return as_yaml(re.sub(r"\s+", "-", group.strip())[:128] or "students")
