"""Where the users of a deployment are kept, and what its login can do with them."""

from __future__ import annotations

import base64
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.cognito_users import CognitoDirectory
from jupyterhub_eks.aws.kubernetes import EksClusters
from jupyterhub_eks.aws.session import Clients
from jupyterhub_eks.cli.cluster_opening import opener
from jupyterhub_eks.cli.hub_access import hub_context, hub_forward, hub_url, is_simulated
from jupyterhub_eks.cli.login_rules import LoginRules, login_of
from jupyterhub_eks.cli.user_pool import user_pool
from jupyterhub_eks.cli.wiring import reach_target, region_of
from jupyterhub_eks.cluster_port import Kind
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.errors import ClusterError, RefusedError
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.z2jh.services import HUB_SECRET, SERVICE, TOKEN_KEY
from jupyterhub_eks.tools.hub_api import HubApi
from jupyterhub_eks.tools.hub_users import HubDirectory
from jupyterhub_eks.tools.port_forward import forwarded, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyterhub_eks.cli.project import Project
    from jupyterhub_eks.cluster_port import ClusterApi
    from jupyterhub_eks.people.model import Directory

_SECRET = Kind("", "v1", "Secret", "secrets")
_LOCAL_HOST = "http://localhost:"


@dataclass(frozen=True, kw_only=True)
class People(LoginRules):
    """The users of a deployment, where they are kept.

    Attributes:
        directory: Where that is.
        gives_passwords: Whether accounts have passwords here.
        e_mails_a_day: How many invitations can be sent; 0: none; None: any number.
        password_length: Fewest characters in a password.
    """

    directory: Directory = field(repr=False)
    gives_passwords: bool = False
    e_mails_a_day: int | None = 0
    password_length: int = 0


@contextmanager
def open_people(project: Project, tell: Callable[[str], None]) -> Iterator[People]:
    """Yield the users of a deployment, where they are kept.

    Args:
        project: The deployment.
        tell: Told what is waited for.

    Raises:
        RefusedError: It is not deployed, or its hub does not run.
        ClusterError: The hub does not answer.
        PreflightError: AWS refuses.
    """
    login = login_of(project)
    auth = login.auth
    if isinstance(auth, CognitoAuth):
        yield _of_pool(project, auth, login)
        return
    with open_hub(project, tell) as api:
        yield People(
            **vars(login),
            directory=HubDirectory(api, signs_up=isinstance(auth, NativeAuth)),
            gives_passwords=isinstance(auth, NativeAuth),
            password_length=getattr(auth, "password_min_length", 0),
        )


def _of_pool(project: Project, auth: CognitoAuth, login: LoginRules) -> People:
    pool = user_pool(project, auth)
    if pool is None:
        raise RefusedError(
            f"there is no user pool of {project.workspace.name!r}",
            cause="stack identity is not deployed",
            hint=project.typed("deploy"),
        )
    clients = Clients(region_of(project), reach_target(project)[0].env)
    directory = CognitoDirectory(clients, pool.id, admin_groups=auth.admin_groups)
    groups = tuple(sorted(directory.groups()))
    entering = tuple(group for group in auth.allow.groups if group in groups)[:1]
    return People(
        **{**vars(login), "groups": groups, "otherwise": entering},
        directory=directory,
        gives_passwords=True,
        e_mails_a_day=directory.e_mails_a_day,
        password_length=directory.password_length,
    )


@contextmanager
def open_hub(project: Project, tell: Callable[[str], None]) -> Iterator[HubApi]:
    """Yield the API of a deployment's hub, through a port of this machine if need be.

    Raises:
        RefusedError: It is not deployed, or does not run.
        ClusterError: It does not answer, or has no token for us.
    """
    url = hub_url(project)
    if is_simulated(project):
        raise RefusedError(
            "the hub does not run here, so that nobody can be listed or added",
            cause="the nodes of this machine's own Kubernetes are simulated: pods are "
            "scheduled, and none really runs",
            hint="give a cluster that runs pods: "
            f"{project.typed('deploy')} --kube-context NAME; with `auth.type: "
            "cognito` users are kept in the user pool, which is there without a hub",
        )
    token = service_token(cluster_of(project, tell), project.typed("deploy"))
    if project.workspace.target != "local" and not url.startswith(_LOCAL_HOST):
        yield from _answering(url, token)
        return
    port = free_port()
    with hub_forward(project, port, os.environ) as forward, forwarded(forward):
        yield from _answering(f"{_LOCAL_HOST}{port}", token)


def _answering(url: str, token: str) -> Iterator[HubApi]:
    api = HubApi(url, token)
    try:
        yield api
    finally:
        api.close()


def cluster_of(project: Project, tell: Callable[[str], None]) -> ClusterApi:
    """Return the Kubernetes API of a deployment.

    Raises:
        ClusterError: There is no such cluster.
    """
    name, region = project.workspace.name, region_of(project)
    clusters = EksClusters(region, reach_target(project)[0].env)
    api = opener(clusters, hub_context(project), check=lambda: None, tell=tell)(name)
    if api is None:
        raise ClusterError(
            f"there is no EKS cluster {name!r} in {region}",
            hint=f"{project.typed('status')} shows what is deployed",
        )
    return api


def service_token(api: ClusterApi, deploy: str) -> str:
    """Return the token of the hub's service for us, which the chart has made.

    Args:
        api: Of the cluster.
        deploy: The command that deploys the hub, as it is typed.

    Raises:
        ClusterError: There is none.
    """
    secrets = api.list(_SECRET, namespace=HUB_NAMESPACE, labels={"component": "hub"})
    for secret in secrets:
        data = secret.body.get("data") or {}
        if secret.name == HUB_SECRET and TOKEN_KEY in data:
            return base64.b64decode(data[TOKEN_KEY]).decode()
    raise ClusterError(
        f"the hub has no token for its service `{SERVICE}`",
        cause=f"Secret {HUB_NAMESPACE}/{HUB_SECRET} has no {TOKEN_KEY}",
        hint=f"it was deployed by an earlier version: `{deploy}` makes one",
    )
