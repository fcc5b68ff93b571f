"""What the login of a deployment takes for a user, as far as that is known without reaching it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.config.logins.cognito import CognitoAuth, made_groups
from jupyterhub_eks.config.logins.common import INVITED
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.orchestration.asked_secrets import IDENTITY
from jupyterhub_eks.orchestration.record import read_record
from jupyterhub_eks.people.names import NameRules
from jupyterhub_eks.releases.z2jh.login import own_groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.config.auth import AuthConfig


@dataclass(frozen=True, kw_only=True)
class LoginRules:
    """Who can be a user of a deployment.

    Attributes:
        auth: Section ``auth``.
        rules: What names are like.
        typed: Returns a command as it is typed for this deployment.
        groups: Groups that somebody can be put into; None: only the user pool knows.
        joins: Groups of whoever is added, always.
        otherwise: Groups of whoever is added into none.
    """

    auth: AuthConfig
    rules: NameRules
    typed: Callable[[str], str] = field(repr=False)
    groups: tuple[str, ...] | None
    joins: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()

    @property
    def refused_admin(self) -> str:
        """Why nobody can be made an administrator here; empty if that can be."""
        if isinstance(self.auth, DummyAuth):
            return (
                "administrators have a password of their own, which the hub knows by the names "
                "in auth.admins"
            )
        if isinstance(self.auth, CognitoAuth) and not self.auth.admin_groups:
            return "auth.admin_groups names no group"
        return ""

    @property
    def is_open(self) -> bool:
        """Whether everybody with the shared password may enter."""
        allow = self.auth.allow
        return isinstance(self.auth, DummyAuth) and (allow.everyone or allow.is_empty)


def login_of(project: Project) -> LoginRules:
    """Return what the configuration alone says of the users; nothing is reached.

    Raises:
        StateError: The record of the deployment cannot be read.
    """
    auth = project.require().settings.auth
    if not isinstance(auth, CognitoAuth):
        return LoginRules(
            auth=auth,
            rules=NameRules(auth.type),
            typed=project.typed,
            groups=own_groups(auth),
            joins=(INVITED,),
        )
    return LoginRules(
        auth=auth,
        rules=NameRules(auth.type, are_addresses=True),
        typed=project.typed,
        groups=None if auth.existing or _has_pool(project) else made_groups(auth),
        otherwise=auth.allow.groups[:1],
    )


def _has_pool(project: Project) -> bool:
    """Whether there may be a pool, into which somebody may have put further groups."""
    record = read_record(project.workspace.record)
    return record is not None and IDENTITY in record.deployed
