"""What to call after a deploy so that the first person can log in."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.orchestration.asked_secrets import HUB, IDENTITY
from jupyterhub_eks.releases.z2jh.login import generated_passwords
from jupyterhub_eks.releases.z2jh.names import USER_PASSWORD

if TYPE_CHECKING:
    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.orchestration.reports import DeployReport

# Of more, only the first are named.
_NAMED: Final = 3


def first_login(
    auth: AuthConfig, report: DeployReport, jhub: str, flags: str
) -> tuple[tuple[str, str], ...]:
    """Return the command that lets somebody in and why; nothing if there is none.

    Args:
        auth: The ``auth`` section.
        report: Of the deploy.
        jhub: How this program is called.
        flags: What the command needs to mean the same deployment, or nothing.
    """
    if isinstance(auth, CognitoAuth):
        return _into_the_pool(auth, report, jhub, flags)
    runs = any(each.stack == HUB and not each.not_installed for each in report.stacks)
    passwords = generated_passwords(auth)
    if not (passwords and runs):
        return ()
    return ((f"{jhub} secrets show {passwords[0]}{flags}", _whose(auth, passwords[0])),)


def _into_the_pool(
    auth: CognitoAuth, report: DeployReport, jhub: str, flags: str
) -> tuple[tuple[str, str], ...]:
    """Return how to add the first administrator, whom no deploy adds, to a pool of our own.

    A deploy that was killed after the pool was made is finished by one that makes the hub.
    """
    is_made = bool(report.outputs.get(IDENTITY, {}).get("user_pool_id"))
    is_new = any(each.added for each in report.stacks if each.stack in {IDENTITY, HUB})
    if auth.existing or not (is_made and is_new):
        return ()
    who = quote(auth.admins[0]) if auth.admins else "ADDRESS"
    admin = " --admin" if auth.admin_groups and not auth.admins else ""
    why = "a deploy adds nobody to the user pool, administrators neither"
    return ((f"{jhub} users add {who}{admin}{flags}", why),)


def _whose(auth: AuthConfig, password: str) -> str:
    if password == USER_PASSWORD:
        return "the shared password, with any name that may enter"
    named = ", ".join(auth.admins[:_NAMED])
    rest = len(auth.admins) - _NAMED
    names = f"{named} and {rest} more" if rest > 0 else named
    if isinstance(auth, DummyAuth):
        return f"the password of {names}"
    return f"the first password of {names or 'the administrators'}"
