"""Rules for the groups that let people in or make them administrators, with every login."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.characters import is_unseen
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth

_ALLOWED: Final[Path] = ("auth", "allow", "groups")
_ADMINS: Final[Path] = ("auth", "admin_groups")


def named_group_rules(auth: Auth) -> Iterator[Finding]:
    """Yield findings about names that no group has, and about groups named in both places."""
    admins: tuple[str, ...] = getattr(auth, "admin_groups", ())
    for path, groups, example in (
        (_ALLOWED, auth.allow.groups, "students"),
        (_ADMINS, admins, "admins"),
    ):
        for index, group in enumerate(groups):
            yield from _name((*path, index), group, example)
    for index, group in enumerate(admins):
        if group in auth.allow.groups and not is_unseen(group):
            yield Finding(
                path=(*_ADMINS, index),
                message=f"everybody whom `allow` lets in as a member of `{group}` administers the "
                "hub",
                hint=f"name another group here; or, if that is meant, remove `{group}` from "
                "`allow.groups`: administrators may log in anyway",
                also=(_ALLOWED,),
                severity="warning",
            )


def _name(path: Path, group: str, example: str) -> Iterator[Finding]:
    if is_unseen(group):
        yield Finding(
            path=path,
            message="this is no name of a group: nothing of it can be seen",
            hint=f"write the group, e.g. `{example}`, or remove it",
        )
    elif group != group.strip():
        yield Finding(
            path=path,
            message=f"`{group}` has a space before or behind the name; no group is called so",
            hint=f"write `{as_yaml(group.strip())}`",
        )
