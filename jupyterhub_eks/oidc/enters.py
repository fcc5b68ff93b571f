"""Who may log in and who administers, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.common import HUB_ADMINS
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.releases.z2jh.login import always_kept

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import Auth


def enters(auth: Auth) -> tuple[str, ...]:
    """Return who is let in, one rule each; administrators go without saying."""
    allow = auth.allow
    found = []
    if allow.everyone or (isinstance(auth, DummyAuth) and allow.is_empty):
        found.append(_everyone(auth))
    if allow.users:
        found.append(f"users {', '.join(allow.users)}")
    if allow.groups:
        found.append(f"members of {', '.join(allow.groups)}")
    if allow.domains:
        found.append(f"verified addresses at {', '.join(allow.domains)}")
    if allow.pattern:
        found.append(f"names that are all of `{allow.pattern}`")
    if kept := "`, `".join(always_kept(auth)):
        found.append(f"whom `jhub users add` puts into `{kept}`")
    return tuple(found)


def administers(auth: Auth) -> tuple[str, ...]:
    """Return who administers, one rule each."""
    groups: tuple[str, ...] = getattr(auth, "admin_groups", ())
    found = [f"users {', '.join(auth.admins)}"] if auth.admins else []
    if groups:
        found.append(f"members of {', '.join(groups)}")
    if HUB_ADMINS in always_kept(auth):
        found.append(f"members of the hub's group `{HUB_ADMINS}`")
    return tuple(found)


def _everyone(auth: Auth) -> str:
    if isinstance(auth, DummyAuth):
        return "everyone who has the password"
    if isinstance(auth, NativeAuth):
        return "everyone whom an administrator has approved"
    return "everyone whom the provider lets log in"
