"""The user pool of a deployment, and a client of it to try the login with."""

from __future__ import annotations

import hashlib
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.cognito_trial import Origin, TrialPool
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.cli.wiring import reach_target, region_of, state_puller
from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.flow import Client
from jupyterhub_eks.orchestration.output import outputs
from jupyterhub_eks.releases.z2jh.cognito import pool_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from jupyterhub_eks.releases.z2jh.provider import Provider


@dataclass(frozen=True, kw_only=True)
class UserPool:
    """A user pool that is there.

    Attributes:
        id: Its id.
        client_id: The hub's client.
    """

    id: str
    client_id: str


def user_pool(project: Project, auth: CognitoAuth) -> UserPool | None:
    """Return the pool of a deployment; None before it is deployed."""
    if auth.existing:
        return UserPool(id=auth.existing.user_pool_id, client_id=auth.existing.client_id)
    values = outputs(project.workspace, show_sensitive=False, pull=state_puller(project))
    made = values.get("identity", {})
    if not made.get("user_pool_id"):
        return None
    return UserPool(id=str(made["user_pool_id"]), client_id=str(made["client_id"]))


@contextmanager
def at_the_pool(
    project: Project,
    auth: CognitoAuth,
    callback: str,
    tell: Callable[[str], None],
    given: Client | None,
) -> Iterator[tuple[Provider, Client]]:
    """Yield the pool, as the hub speaks to it, and a client for one login.

    Args:
        project: The deployment.
        auth: Its ``auth`` section.
        callback: Where the pool leads back to.
        tell: Told what is made and what is left.
        given: A client that is there; else one is made, and removed at the end.

    Raises:
        PreflightError: There is no pool yet, it has no login page, or AWS refuses.
    """
    pool = user_pool(project, auth)
    if pool is None:
        raise PreflightError(
            f"there is no user pool of {project.workspace.name!r} to log in at yet",
            cause="stack identity is not deployed",
            hint=f"{project.workspace.typed('deploy')}, then try the login",
        )
    target, endpoint = reach_target(project)
    trials = TrialPool(Clients(region_of(project), target.env), pool.id)
    page = endpoint or _login_page(trials, pool, region_of(project))
    for each in _not_served(auth) if endpoint else ():
        tell(each)
    provider = pool_provider(page)
    if given:
        yield provider, given
        return
    tell("a client of the user pool is made for this login, and removed at its end")
    with trials.client(pool.client_id, callback, _origin(project), tell) as made:
        yield provider, Client(id=made.id, secret=made.secret, callback=callback)


def _login_page(trials: TrialPool, pool: UserPool, region: str) -> str:
    from jupyterhub_eks.synth.login_page import page_of_pool  # noqa: PLC0415 - for pools only

    if page := page_of_pool(trials.describe(), region):
        return page
    raise PreflightError(
        f"the user pool {pool.id} has no domain, and so no login page",
        hint="give it one, in the console under Cognito > User pools > Domain",
    )


def _not_served(auth: CognitoAuth) -> Iterator[str]:
    """Yield what the login page of the embedded AWS lacks."""
    yield (
        "the embedded AWS shows its login page on this machine; it asks for no second factor, "
        "and keeps no session"
    )
    if auth.identity_providers:
        yield (
            "a login by an identity provider ends there: the provider leads back to the pool's "
            "address on AWS, not to this machine"
        )


def _origin(project: Project) -> Origin:
    place = f"{socket.gethostname()}\n{project.workspace.root}"
    return Origin(
        deployment=project.workspace.name,
        place=hashlib.sha256(place.encode()).hexdigest()[:8],
        process=os.getpid(),
        runs=_runs,
    )


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
