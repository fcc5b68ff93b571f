"""Rules for ``auth`` of type ``custom``: a class, its settings, and no secret among them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.secret_sources import variable_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.logins.custom import CustomAuth

_CONFIG: Final[Path] = ("auth", "config")
_CLASS_PATH: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+", re.ASCII)
_CLASS: Final = re.compile(r"[A-Z]\w*", re.ASCII)
# Settings that keys of `auth` stand for, by these keys.
_OURS: Final = {
    "admin_users": "admins",
    "admin_groups": "admin_groups",
    "allow_all": "allow: {everyone: true}",
    "allow_existing_users": "allow",
    "allowed_groups": "allow: {groups: [students]}",
    "allowed_users": "allow: {users: [alice]}",
    "any_allow_config": "allow",
    "authenticator_class": "authenticator",
    "blocked_users": "block: [mallory]",
    "manage_groups": "has_groups: true",
}
_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|secrets?|tokens?|private_key|api_?key|credentials?)(?:$|_)",
    re.IGNORECASE,
)
# `client_secret_env`, `token_url`, `password_policy` and the like say something else.
_NOT_SECRET: Final = re.compile(r"_(?:env|url|file|path|endpoint|policy|length|claim|field)$")
_ANYBODY: Final = ("DummyAuthenticator", "NullAuthenticator")


def custom_rules(auth: CustomAuth) -> Iterator[Finding]:
    """Yield findings about class, settings and secrets."""
    yield from _class(auth.authenticator)
    for section, settings in auth.config.items():
        if not _CLASS.fullmatch(section):
            yield Finding(
                path=(*_CONFIG, section),
                message=f"`{section}` is not the name of a class",
                hint="write the class that has the settings, e.g. `LDAPAuthenticator: "
                "{server_address: ldap.example.org}`",
                at_key=True,
            )
        yield from _settings((*_CONFIG, section), settings, auth)
    yield from variable_rules(("auth", "secrets"), auth.secrets)
    yield from _unused(auth)


def _class(path: str) -> Iterator[Finding]:
    where: Path = ("auth", "authenticator")
    if not _CLASS_PATH.fullmatch(path):
        good = re.sub(r"[:/]+", ".", path.strip().removesuffix(".py"))
        shown = good if _CLASS_PATH.fullmatch(good) else "ldapauthenticator.LDAPAuthenticator"
        yield Finding(
            path=where,
            message=f"`authenticator: {path}` is not the path of a class",
            hint=f"write e.g. `authenticator: {shown}`",
        )
    elif path.rpartition(".")[2] in _ANYBODY:
        yield Finding(
            path=where,
            message=f"`authenticator: {path}` asks nobody who they are",
            hint="write `type: dummy` for a trial with one password, or name another class",
        )


def _settings(path: Path, settings: Mapping[str, Any], auth: CustomAuth) -> Iterator[Finding]:
    for name, value in settings.items():
        if name in _OURS:
            yield Finding(
                path=(*path, name),
                message=f"`{name}` is set by a key of `auth`",
                hint=f"remove it here, and write `{_OURS[name]}` under `auth`",
                at_key=True,
            )
        else:
            yield from _secrets((*path, name), value, auth)


def _secrets(path: Path, value: Any, auth: CustomAuth) -> Iterator[Finding]:
    """Yield texts that look like secrets, without them, and references to none."""
    if isinstance(value, dict):
        if set(value) == {"secret"} and isinstance(value["secret"], str):
            name = value["secret"]
            if name not in auth.secrets:
                yield Finding(
                    path=(*path, "secret"),
                    message="`secret` names nothing that stands under `secrets`",
                    hint="add e.g. `secrets: {LDAP_PASSWORD: {env: LDAP_PASSWORD}}`, and write "
                    "`secret: LDAP_PASSWORD`",
                    also=(("auth", "secrets"),),
                )
            return
        for key, each in value.items():
            yield from _secrets((*path, key), each, auth)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _secrets((*path, index), each, auth)
    elif isinstance(value, str) and value and _is_secret(path):
        key = next(part for part in reversed(path) if isinstance(part, str))
        yield Finding(
            path=path,
            message=f"`{key}` looks like a secret, which is written in no file",
            hint=f"write `{key}: {{secret: LDAP_PASSWORD}}`, and beside `config` e.g. "
            "`secrets: {LDAP_PASSWORD: {env: LDAP_PASSWORD}}`",
        )


def _is_secret(path: Path) -> bool:
    names = [part for part in path[len(_CONFIG) + 1 :] if isinstance(part, str)]
    return any(_SECRET_NAME.search(name) and not _NOT_SECRET.search(name) for name in names)


def _unused(auth: CustomAuth) -> Iterator[Finding]:
    if auth.allow.domains:
        yield Finding(
            path=("auth", "allow", "domains"),
            message="`type: custom` knows no e-mail domains; this lets nobody in",
            hint=r'write e.g. `allow: {pattern: ".*@example\\.org"}`',
            also=(("auth", "type"),),
        )
