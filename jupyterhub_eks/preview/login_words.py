"""Say who can log in to the preview and how, and what is not as on AWS. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.preview.login_environment import PEOPLE_PASSWORD
from jupyterhub_eks.preview.login_people import open_to_all
from jupyterhub_eks.preview.login_provider import authenticator_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.preview.people import Person
    from jupyterhub_eks.preview.provider.registration import Registration

# The hub fails without it, here as on AWS.
_TAKEN_AWAY: Final = "(none: `hub_values` replaces `hub.extraEnv`, in which it was)"


def how_to_log_in(
    auth: AuthConfig,
    values: Mapping[str, Any],
    people: Sequence[Person],
    *,
    variables: Mapping[str, str],
    registration: Registration | None,
    hub_url: str,
) -> tuple[str, ...]:
    """Return how to log in, a line each; with passwords.

    Args:
        auth: The ``auth`` section.
        values: Of the chart.
        people: Who can log in.
        variables: Of the hub; passwords are among them.
        registration: What stands in for a provider; None without one.
        hub_url: What people open.
    """
    if registration is not None:
        lines = _by_choice(people, registration)
    elif isinstance(auth, DummyAuth):
        lines = _by_shared_password(auth, people, variables)
    elif isinstance(auth, NativeAuth):
        lines = _by_own_password(people, variables, hub_url)
    else:
        lines = iter([f"as {authenticator_class(values)} asks", *map(_described, people)])
    return tuple(lines)


def login_notes(
    auth: AuthConfig, values: Mapping[str, Any], registration: Registration | None
) -> tuple[str, ...]:
    """Return what is not as on AWS with this login, a line each."""
    if registration is not None:
        title = registration.title
        stands_in = f"a page on this machine stands in for {title}"
        return (f"{stands_in}; it asks for no password, so all on this machine can be anyone",)
    if isinstance(auth, DummyAuth | NativeAuth):
        return ("passwords are made up for this preview; the deployed hub has others",)
    named = authenticator_class(values)
    return (f"nothing stands in for what {named} asks; it is asked itself",)


def _by_choice(people: Sequence[Person], registration: Registration) -> Iterator[str]:
    yield f"log in with {registration.title}, and choose one of these people"
    yield from map(_described, people)


def _by_shared_password(
    auth: DummyAuth, people: Sequence[Person], variables: Mapping[str, str]
) -> Iterator[str]:
    who = "any name" if open_to_all(auth) else "the name of somebody who is allowed"
    yield f"{who}, password {variables.get('JHUB_USER_PASSWORD', _TAKEN_AWAY)}"
    if admin := variables.get("JHUB_ADMIN_PASSWORD"):
        yield f"administrators ({', '.join(auth.admins)}), password {admin}"
    # Who was made up and is anybody, the first line speaks of; who was named has no `about`.
    yield from (_described(person) for person in people if person.groups or not person.about)


def _by_own_password(
    people: Sequence[Person], variables: Mapping[str, str], hub_url: str
) -> Iterator[str]:
    listed = [person.name for person in people if person.admin and not person.groups]
    if listed:
        told = variables.get("JHUB_ADMIN_PASSWORD", _TAKEN_AWAY)
        yield f"{', '.join(listed)}, with {told} for the first login"
    others = [person for person in people if person.name not in listed]
    if others:
        yield f"these, with password {variables[PEOPLE_PASSWORD]}"
        yield from map(_described, others)
    yield f"or sign up; an administrator lets people in at {hub_url}/hub/authorize"


def _described(person: Person) -> str:
    known = person.about or ", ".join(filter(None, (_role(person), _groups(person))))
    return f"  {person.name}: {known}" if known else f"  {person.name}"


def _role(person: Person) -> str:
    return "administrator" if person.admin else ""


def _groups(person: Person) -> str:
    return f"in {', '.join(person.groups)}" if person.groups else ""
