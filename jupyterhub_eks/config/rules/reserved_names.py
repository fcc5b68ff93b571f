"""Rules for listed users whose name is a sign for something else, or the name of no folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import is_host
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth

_USERS: Final[Path] = ("auth", "allow", "users")
# Beside the homes of users lies that of homes which were put away.
_FOLDERS: Final = frozenset({".", "..", ".archive"})


def reserved_name_rules(auth: Auth) -> Iterator[Finding]:
    """Yield findings about names that nobody has."""
    lists: tuple[tuple[Path, tuple[str, ...]], ...] = (
        (("auth", "admins"), auth.admins),
        (_USERS, auth.allow.users),
        (("auth", "block"), auth.block),
    )
    for path, names in lists:
        for index, name in enumerate(names):
            where = (*path, index)
            if name.startswith("*") or name.endswith("*"):
                yield _star(where, name, is_rule=path == _USERS)
            elif name.lower() in _FOLDERS:
                yield Finding(
                    path=where,
                    message=f"`{name}` is the name of a folder, and of no user",
                    hint="write the user name, e.g. `alice@example.org`, or remove it",
                )


def _star(path: Path, name: str, *, is_rule: bool) -> Finding:
    domain = name.removeprefix("*@")
    if not is_rule:
        hint = "write each user name, e.g. `alice@example.org`"
    elif not name.strip("*"):
        hint = "if everyone whom the login accepts is meant, write `allow: {everyone: true}`"
    elif is_host(domain):
        hint = f"write `allow: {{domains: [{domain}]}}` for everyone with such an address"
    else:
        pattern = as_yaml({"pattern": "student-.*"})
        hint = f"write a regular expression, e.g. `allow: {pattern}`"
    return Finding(
        path=path, message=f"`{name}` names nobody: `*` stands for nothing here", hint=hint
    )
