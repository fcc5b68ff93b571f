"""Whoever writes a login by another name is told what it is called here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem


def refused(folder: Path, text: str) -> list[Problem]:
    """Return what is wrong with a configuration file."""
    path = folder / "jhub.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(path,)))
    return list(caught.value.problems)


@pytest.mark.parametrize("name", PRESETS)
def test_each_provider_is_one_of_oauth(name: str, tmp_path: Path) -> None:
    """In the file and as a flag, the remedy is two keys; the other keys are those of oauth."""
    (problem,) = refused(tmp_path, f"auth: {{type: {name}, client_id: x}}\n")
    assert problem.hint == f"write `type: oauth` with `provider: {name}`"

    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(overrides={"auth.type": name}))
    assert caught.value.problems[0].hint == f"write `--auth oauth` with `provider: {name}`"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("azure", "write `type: oauth` with `provider: entra`"),
        ("AzureAD", "write `type: oauth` with `provider: entra`"),
        ("azure-ad", "write `type: oauth` with `provider: entra`"),
        ("microsoft", "write `type: oauth` with `provider: entra`"),
        ("gihub", "write `type: oauth` with `provider: github`"),
        ("authentik", "write `type: oauth` with `provider: oidc`"),
        ("saml", "write `type: cognito`, with the provider under `identity_providers`"),
        ("ldap", "write `type: custom` with `authenticator: ldapauthenticator.LDAPAuthenticator`"),
        ("oauth2", "did you mean `type: oauth`?"),
        ("Cognito", "did you mean `type: cognito`?"),
        ("cogito", "did you mean `type: cognito`?"),
        ("kerberos", "write one of them, e.g. `type: dummy`"),
    ],
)
def test_other_names_of_logins(written: str, hint: str, tmp_path: Path) -> None:
    """A slip of the keys in our own names comes first; what nobody knows gets the list."""
    assert refused(tmp_path, f"auth: {{type: {written}}}\n")[0].hint == hint


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("azure", "write `provider: entra`"),
        ("entra-id", "write `provider: entra`"),
        ("gitlb", "did you mean `provider: gitlab`?"),
        ("cognito", "write `type: cognito`, which has no `provider`"),
        ("saml", "write `type: cognito`, with the provider under `identity_providers`"),
    ],
)
def test_other_names_of_providers(written: str, hint: str, tmp_path: Path) -> None:
    """Also those that are no provider of oauth."""
    found = refused(tmp_path, f"auth: {{type: oauth, provider: {written}}}\n")
    assert [each.hint for each in found if each.path == "auth.provider"] == [hint]


def test_a_login_without_a_section_becomes_one(tmp_path: Path) -> None:
    """The line to write has both keys."""
    (problem,) = refused(tmp_path, "auth: GitHub\n")
    assert problem.hint == "write `auth: {type: oauth, provider: github}`"
