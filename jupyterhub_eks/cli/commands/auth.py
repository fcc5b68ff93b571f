"""``jhub auth``: what to enter at the identity provider, and a login to try it."""

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from jupyterhub_eks.cli.client_secret import client_secret
from jupyterhub_eks.cli.console.auth import draw_registration, draw_verdict
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.options import Output, Place, Sources
from jupyterhub_eks.cli.project import Project, load_config, target_of, work_dir
from jupyterhub_eks.cli.sources import resolve
from jupyterhub_eks.cli.user_pool import at_the_pool
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.placeholders import PLACEHOLDER
from jupyterhub_eks.errors import EXIT_OK, InterruptedRunError, RefusedError, UsageError
from jupyterhub_eks.oidc.callback import Callback, callback_on
from jupyterhub_eks.oidc.endpoints import endpoints_of
from jupyterhub_eks.oidc.flow import Client, Login
from jupyterhub_eks.oidc.registration import registration_of
from jupyterhub_eks.oidc.verdict import judge
from jupyterhub_eks.releases.z2jh.provider import Provider
from jupyterhub_eks.releases.z2jh.providers import provider_of
from jupyterhub_eks.workspace import Workspace

PORT = 8765
Port = Annotated[
    int,
    typer.Option(
        "--port", metavar="PORT", min=1, max=65535, help="Port of this machine for the callback."
    ),
]


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How the login is tried."""

    port: Port = PORT
    client_id: Annotated[
        str | None,
        typer.Option("--client-id", metavar="ID", help="Another client, made for trials."),
    ] = None
    wait: Annotated[
        int,
        typer.Option("--wait", metavar="SECONDS", min=1, max=3600, help="Time for the login."),
    ] = 300
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the login in the browser.")
    ] = True


def show(*, sources: Sources, place: Place, output: Output, port: Port = PORT) -> None:
    """Show what to enter at the provider, who gets in, and where secrets come from.

    Nothing has to be deployed for it, and nobody is asked.
    """
    screen = Screen(as_json=output.json)
    settings = _project(screen, sources, place).require().settings
    found = registration_of(settings, login_page=_login_page(settings), port=port)
    screen.result(draw_registration(found))
    screen.document(found)


def test(*, sources: Sources, place: Place, output: Output, trial: Trial) -> int:
    """Log in at the provider, and show what the hub would make of it.

    The callback http://localhost:PORT/hub/oauth_callback must be registered at the provider
    meanwhile, besides the hub's own; at a Cognito user pool, which must be there, a client
    is made for it and removed again. Ends with 10 when the hub would not let you in.
    """
    screen = Screen(as_json=output.json)
    project = _project(screen, sources, place)
    auth = _testable(project.require().settings)
    if PLACEHOLDER.lower() in (trial.client_id or "").lower():
        hint = "give the client id that the provider issued"
        raise UsageError(f"`--client-id` still holds the placeholder {PLACEHOLDER}", hint=hint)
    try:
        # Once the port is there, so that no secret is asked for and no client made for nothing.
        with Callback(trial.port) as page, _at_provider(project, screen, auth, trial) as found:
            provider, client = found
            login = Login(provider, endpoints_of(auth, provider), client)
            screen.info("log in here:", f"  {login.address}")
            if trial.browser and not webbrowser.open(login.address):
                screen.notes("no browser could be opened: copy the address")
            told = login.finish(page.wait(trial.wait, login.state))
    except KeyboardInterrupt:
        raise InterruptedRunError("stopped before somebody had logged in") from None
    verdict = judge(auth, provider, told)
    screen.result(draw_verdict(verdict))
    screen.document(verdict)
    return EXIT_OK if verdict.allowed else RefusedError.exit_code


def _project(screen: Screen, sources: Sources, place: Place) -> Project:
    """Return the deployment that is meant, whose login alone has to be right."""
    root, target = work_dir(place), target_of(place)
    resolved = resolve(sources, root, target)
    if resolved.note:
        screen.notes(resolved.note)
    loaded = load_config(resolved)
    workspace = Workspace(root, target, loaded.deployment.name)
    return Project(workspace=workspace, resolved=resolved, loaded=loaded)


def _login_page(settings: DeploymentFile) -> str:
    if not isinstance(settings.auth, CognitoAuth):
        return ""
    from jupyterhub_eks.synth.login_page import login_page  # noqa: PLC0415 - for pools only

    return login_page(settings, settings.auth)


@contextmanager
def _at_provider(
    project: Project, screen: Screen, auth: OAuthAuth | CognitoAuth, trial: Trial
) -> Iterator[tuple[Provider, Client]]:
    """Yield the provider, as the hub speaks to it, and the client for one login."""
    callback, other = callback_on(trial.port), trial.client_id

    def known(client: str) -> Client:
        secret = client_secret(project, screen, of_its_own=other is not None)
        screen.notes(f"this callback must be registered at the provider: {callback}")
        return Client(id=client, secret=secret, callback=callback)

    if isinstance(auth, OAuthAuth):
        yield provider_of(auth), known(other or auth.client_id)
        return
    given = known(other) if other else None
    with at_the_pool(project, auth, callback, screen.notes, given) as found:
        yield found


def _testable(settings: DeploymentFile) -> OAuthAuth | CognitoAuth:
    auth = settings.auth
    if isinstance(auth, (OAuthAuth, CognitoAuth)):
        return auth
    hints = {"custom": "the class runs in the hub only: deploy, and log in there"}
    raise UsageError(
        f"`auth.type: {auth.type}` has no provider that could be asked from here",
        hint=hints.get(auth.type, "`jhub auth show` says who gets in"),
    )


COMMANDS = (show, test)
