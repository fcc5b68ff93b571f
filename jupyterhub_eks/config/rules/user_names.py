"""Rules for the names of users under ``auth``: each is one that somebody can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.logins.presets import PRESETS, name_form, user_example
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import email_meant, is_email
from jupyterhub_eks.config.rules.unfilled import is_unfilled
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.auth import Auth

_ADMINS: Final[Path] = ("auth", "admins")
_USERS: Final[Path] = ("auth", "allow", "users")
_BLOCK: Final[Path] = ("auth", "block")
# Column of the hub's own table of users.
_LONGEST: Final = 255
# Column of the table of the native login.
_LONGEST_NATIVE: Final = 128


def user_name_rules(auth: Auth) -> Iterator[Finding]:
    """Yield findings about listed names, and about lists that contradict each other."""
    for path, names in ((_ADMINS, auth.admins), (_USERS, auth.allow.users), (_BLOCK, auth.block)):
        seen: set[str] = set()
        for index, name in enumerate(names):
            yield from _name(auth, (*path, index), name)
            if name.lower() in seen:
                yield Finding(
                    path=(*path, index),
                    message=f"`{name}` is listed twice",
                    hint="remove one",
                    severity="warning",
                )
            seen.add(name.lower())
    yield from _contradictions(auth)


def _name(auth: Auth, path: Path, name: str) -> Iterator[Finding]:
    longest = _LONGEST_NATIVE if isinstance(auth, NativeAuth) else _LONGEST
    if is_unfilled(name):
        yield Finding(
            path=path,
            message=f"`{name}` stands for a name that is still to be written",
            hint=f"write the user name, e.g. `{example_of(auth)}`",
        )
    elif mismatch := _form_mismatch(auth, path, name):
        yield mismatch
    elif not name.strip() or any(letter.isspace() for letter in name):
        yield Finding(
            path=path,
            message=f"`{name}` holds a space or is empty; it is no user name",
            hint=f"write one name per list entry, e.g. `{as_yaml(name.split() or ['alice'])}`",
        )
    elif "/" in name or (isinstance(auth, NativeAuth) and "," in name):
        good = re.sub(r"[/,]+", ".", name).strip(".") or "alice"
        yield Finding(
            path=path,
            message=f"`{name}` holds a letter that no user name may have",
            hint=f"write e.g. `{as_yaml(good)}`",
        )
    elif len(name) > longest:
        yield Finding(
            path=path,
            message=f"`{name[:20]}…` has {len(name)} letters; a user name has {longest} at most",
            hint="write the name as the login tells it",
        )


def _form_mismatch(auth: Auth, path: Path, name: str) -> Finding | None:
    if isinstance(auth, CognitoAuth):
        if is_email(name):
            return None
        return Finding(
            path=path,
            message=f"`{name}` is not an e-mail address; users of Cognito are known by it",
            hint=f"write e.g. `{email_meant(name)}`",
            also=(("auth", "type"),),
        )
    if not isinstance(auth, OAuthAuth):
        return None
    form, title = name_form(auth), PRESETS[auth.provider].title
    also: tuple[Path, ...] = (("auth", "provider"), ("auth", "username_claim"))
    if form == "address" and not is_email(name):
        return Finding(
            path=path,
            message=f"`{name}` is not an e-mail address; the hub knows users of {title} by it",
            hint=f"write e.g. `{email_meant(name)}`, or name another claim, e.g. "
            "`username_claim: preferred_username`",
            also=also,
        )
    if form in ("plain", "mostly plain") and "@" in name:
        short = as_yaml(name.partition("@")[0] or "alice")
        sure = form == "plain"
        unless = "" if sure else ", unless user names there are addresses; `jhub auth test` tells"
        return Finding(
            path=path,
            message=f"`{name}` is an e-mail address; the hub knows users of {title} by their "
            "user name",
            hint=f"write e.g. `{short}`{unless}",
            also=also,
            severity="error" if sure else "warning",
        )
    return None


def example_of(auth: Auth) -> str:
    """Return a user name such as people of this login have."""
    provider = auth.provider if isinstance(auth, OAuthAuth) else None
    claim = auth.username_claim if isinstance(auth, OAuthAuth) else None
    return user_example(auth.type, provider, claim)


def _contradictions(auth: Auth) -> Iterator[Finding]:
    admins = {name.lower() for name in auth.admins}
    users = {name.lower() for name in auth.allow.users}
    for index, name in enumerate(auth.block):
        if name.lower() in admins:
            yield Finding(
                path=(*_BLOCK, index),
                message=f"`{name}` is an administrator, and is never let in",
                hint="remove the name from `block`, or from `admins`",
                also=(_ADMINS,),
            )
        elif name.lower() in users:
            yield Finding(
                path=(*_BLOCK, index),
                message=f"`{name}` is under `allow.users` too; `block` counts",
                hint="remove the name from one of them",
                also=(_USERS,),
                severity="warning",
            )
