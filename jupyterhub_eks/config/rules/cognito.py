"""Rules for ``auth`` of type ``cognito``: prefix and groups of the user pool."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.forms import RESERVED_IN_PREFIX, domain_prefix
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


def groups_of(auth: CognitoAuth) -> tuple[str, ...]:
    """Return the groups that are made in the user pool."""
    return tuple(dict.fromkeys((*STANDARD_GROUPS, *auth.groups)))


def cognito_rules(auth: CognitoAuth) -> Iterator[Finding]:
    """Yield findings about the user pool."""
    # A prefix that is made of the deployment's name has these words taken out.
    prefix = auth.domain_prefix or ""
    if reserved := next((word for word in RESERVED_IN_PREFIX if word in prefix), None):
        yield Finding(
            path=("auth", "domain_prefix"),
            message=f"`domain_prefix: {prefix}` holds `{reserved}`, which Cognito refuses",
            hint=f"write e.g. `domain_prefix: {domain_prefix(prefix)}`",
        )
    groups = groups_of(auth)
    for index, group in enumerate(auth.groups):
        if not _GROUP.fullmatch(group):
            yield Finding(
                path=("auth", "groups", index),
                message=f"`{group}` is no name for a group",
                hint=f"write e.g. `{_group_meant(group)}`; allowed: 1 to 128 characters, no spaces",
            )
        elif group in STANDARD_GROUPS or group in auth.groups[:index]:
            yield Finding(
                path=("auth", "groups", index),
                message=f"the group `{group}` is made anyway",
                hint="remove it from the list",
                severity="warning",
            )
    for path, named in (
        (("auth", "allow", "groups"), auth.allow.groups),
        (("auth", "admin_groups"), auth.admin_groups),
    ):
        yield from _unknown_groups(path, named, groups)


def _unknown_groups(
    path: Path, named: tuple[str, ...], known: tuple[str, ...]
) -> Iterator[Finding]:
    for index, group in enumerate(named):
        if group not in known:
            yield Finding(
                path=(*path, index),
                message=f"the group `{group}` does not exist in the user pool",
                hint=group_hint(group, known),
                also=(("auth", "groups"),),
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
