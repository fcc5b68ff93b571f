"""Lead the login of rendered values to this machine; nothing that decides who enters changes."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyterhub_eks.preview.login_environment import hub_variables
from jupyterhub_eks.preview.login_groups import keep_cookies_apart, put_people_in
from jupyterhub_eks.preview.login_provider import lead_to_stand_in, provider_kind
from jupyterhub_eks.preview.login_words import how_to_log_in, login_notes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.people import Person
    from jupyterhub_eks.preview.provider.registration import Registration


@dataclass(frozen=True, kw_only=True)
class LoginPreview:
    """The login of a preview.

    Attributes:
        values: Of the chart, with the login led to this machine.
        environment: Variables of the hub that stand in ``hub.extraEnv``, and its own key.
        made_up: Those of them that were made up here. Given as ``kept`` to the next preview,
            passwords stay as they are. Secret.
        registration: What the stand-in for the provider is to be told; None without one.
        how_to_log_in: For the user, a line each; with passwords, which are good here only.
        notes: What is not as on AWS, a line each.
    """

    values: dict[str, Any] = field(repr=False)
    environment: dict[str, str] = field(repr=False)
    made_up: dict[str, str] = field(repr=False)
    registration: Registration | None
    how_to_log_in: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]


def needs_provider(deployment: Deployment, values: Mapping[str, Any]) -> bool:
    """Whether a provider has to be stood in for.

    Args:
        deployment: What is previewed.
        values: Rendered values of the chart.
    """
    return bool(provider_kind(deployment.settings.auth, values))


def for_preview(
    deployment: Deployment,
    values: Mapping[str, Any],
    *,
    provider_url: str,
    hub_url: str,
    people: Sequence[Person],
    kept: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoginPreview:
    """Return the login of a preview.

    Args:
        deployment: What is previewed.
        values: Rendered values of the chart; not changed.
        provider_url: Where the stand-in listens, without trailing slash; unused without one.
        hub_url: What people open, without trailing slash.
        people: Who can log in, from ``login_people.people_of``.
        kept: What was made up for the preview before this one.
        environ: Environment of this process; where it is not given, as it is.
    """
    auth = deployment.settings.auth
    known = os.environ if environ is None else environ
    changed = copy.deepcopy(dict(values))
    variables = hub_variables(auth, changed, kept=kept or {}, environ=known)
    _lead_people_to(changed, hub_url)
    keep_cookies_apart(changed, urlsplit(hub_url).port or 80)
    put_people_in(auth, changed, people)
    registration = None
    if kind := provider_kind(auth, values):
        registration = lead_to_stand_in(
            kind, deployment, changed, provider_url=provider_url, hub_url=hub_url, people=people
        )
    return LoginPreview(
        values=changed,
        environment=dict(variables.all),
        made_up={name: variables.all[name] for name in sorted(variables.made_up)},
        registration=registration,
        how_to_log_in=how_to_log_in(
            auth,
            changed,
            people,
            variables=variables.all,
            registration=registration,
            hub_url=hub_url,
        ),
        notes=(*login_notes(auth, changed, registration), *variables.notes),
    )


def _lead_people_to(values: dict[str, Any], hub_url: str) -> None:
    """Tell the hub where people open it, so that cookies are not for TLS only."""
    settings = values["hub"]["config"].get("JupyterHub", {})
    if "public_url" in settings:
        settings["public_url"] = f"{hub_url}/"
