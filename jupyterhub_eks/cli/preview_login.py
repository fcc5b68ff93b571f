"""The login of a preview: who may come in, and what stands in for their provider."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.files import unwritable
from jupyterhub_eks.preview.login_people import people_of
from jupyterhub_eks.preview.login_values import for_preview, needs_provider
from jupyterhub_eks.preview.making import Login, hub_values
from jupyterhub_eks.preview.people import parse_people, read_people
from jupyterhub_eks.preview.provider.server import stand_in
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.preview.files import PreviewFiles
    from jupyterhub_eks.preview.people import Person

# What was made up for the login, which the next preview goes on with: passwords stay.
_KEPT: Final = "login.json"


@dataclass(frozen=True, kw_only=True)
class OpenLogin:
    """The login, with whatever stands in for a provider listening.

    Attributes:
        login: For the hub.
        how: How to log in, a line each; with passwords.
        notes: What is not as on AWS.
    """

    login: Login
    how: tuple[str, ...] = field(repr=False)
    notes: tuple[str, ...]


def people_for(
    deployment: Deployment, named: Sequence[str], file: Path | None
) -> tuple[Person, ...]:
    """Return who can log in: those who are named, or one of each kind.

    Args:
        deployment: What is previewed.
        named: Values of ``--as``.
        file: Value of ``--users``.

    Raises:
        ConfigError: Somebody cannot be; carries every fault.
        UsageError: The file cannot be read.
    """
    listed = read_people(file) if file else ()
    return people_of(deployment, (*listed, *parse_people(named)))


@contextlib.contextmanager
def open_login(
    deployment: Deployment, people: Sequence[Person], files: PreviewFiles, url: str
) -> Iterator[OpenLogin]:
    """Lead the login to this machine, and let what stands in for the provider listen meanwhile.

    Args:
        deployment: What is previewed.
        people: Who can log in.
        files: Where the state lies; its folder exists.
        url: What people open.

    Raises:
        ConfigError: The login cannot be previewed.
        StateError: The state cannot be written.
    """
    values = hub_values(deployment)
    with contextlib.ExitStack() as stack:
        provider = stack.enter_context(stand_in()) if needs_provider(deployment, values) else None
        made = for_preview(
            deployment,
            values,
            provider_url=provider.url if provider else "",
            hub_url=url,
            people=people,
            kept=_kept(files.home / _KEPT),
        )
        _keep(files.home / _KEPT, made.made_up)
        if provider and made.registration:
            provider.register(made.registration)
        login = Login(
            values=made.values,
            environment=made.environment,
            provider=provider.url if provider else "",
        )
        yield OpenLogin(login=login, how=made.how_to_log_in, notes=made.notes)


def _kept(path: Path) -> dict[str, str]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in known.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _keep(path: Path, made_up: Mapping[str, str]) -> None:
    try:
        replace_file(path, json.dumps(dict(made_up)).encode())
    except OSError as error:
        raise unwritable(path, error) from error
