"""Take people's access, and say who might still come in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterhub_eks.cli.hub_access import is_simulated
from jupyterhub_eks.cli.people import cluster_of, open_hub
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.errors import DeployerError, RefusedError
from jupyterhub_eks.tools.hub_users import HubDirectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.home_archive import JobApi
    from jupyterhub_eks.cli.people import People
    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.config.auth import AuthConfig


def archive_cluster(project: Project, screen: Screen) -> JobApi:
    """Return the cluster in which homes are put away.

    Raises:
        RefusedError: No pod runs there.
        ClusterError: There is none.
    """
    from jupyterhub_eks.kube.api import KubernetesApi  # noqa: PLC0415 - slow to load

    if is_simulated(project):
        raise RefusedError(
            "homes cannot be put away here",
            cause="no pod really runs in this machine's own Kubernetes, and there are no homes",
            hint="leave --home archive out",
        )
    found = cluster_of(project, screen.notes)
    if not isinstance(found, KubernetesApi):
        raise TypeError(found)
    return found


def end_at_hub(project: Project, removed: Mapping[str, bool], screen: Screen) -> None:
    """Stop servers and sessions of people whose accounts are kept elsewhere, if there is a hub.

    Args:
        project: The deployment.
        removed: Whether each had an account.
        screen: Told when the hub cannot be asked.
    """
    if is_simulated(project):
        if any(removed.values()):
            screen.notes("no hub runs here, so there were no servers or sessions to end")
        return
    try:
        with open_hub(project, screen.notes) as api:
            hub = HubDirectory(api, signs_up=False)
            for name in removed:
                hub.remove(name)
    except DeployerError as error:
        if ended := ", ".join(name for name, was_there in removed.items() if was_there):
            why = ", ".join(filter(None, (error.message, error.cause)))
            screen.notes(
                f"the hub could not be asked to end servers and sessions of {ended} ({why}): a "
                "session ends when the hub next asks Cognito, a server when it is idle"
            )


def still_let_in(people: People, name: str) -> str:
    """Return which rule of the configuration lets somebody in without an account; or nothing."""
    if isinstance(people.auth, CognitoAuth) and not people.auth.identity_providers:
        return ""
    return next(iter(_rules(people.auth, name)), "")


def _rules(auth: AuthConfig, name: str) -> Iterator[str]:
    if name in map(str.lower, auth.block):
        return
    if name in map(str.lower, auth.admins):
        yield "auth.admins"
    if name in map(str.lower, auth.allow.users):
        yield "auth.allow.users"
    if auth.allow.everyone or (auth.type == "dummy" and auth.allow.is_empty):
        yield "auth.allow.everyone"
    if name.rpartition("@")[2] in map(str.lower, auth.allow.domains):
        yield "auth.allow.domains"
    pattern = auth.allow.pattern
    if pattern and re.fullmatch(pattern, name, re.IGNORECASE | re.ASCII):
        yield "auth.allow.pattern"
