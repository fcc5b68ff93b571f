"""What `jhub init` writes."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, LoadedConfig, load
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.config.template import (
    AuthType,
    InitAnswers,
    render_jhub_yaml,
    render_profiles_yaml,
)
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

COMPLETE: dict[AuthType, InitAnswers] = {
    "dummy": InitAnswers(),
    "cognito": InitAnswers(
        auth="cognito",
        name="lab",
        region="eu-west-1",
        account="012345678901",
        domain="hub.example.org",
        hosted_zone="example.org",
        admins=("alice@example.org",),
        allow_groups=("users", "ml"),
        public_access_cidrs=("203.0.113.0/24",),
        gpu_pools=("gpu-shared", "gpu"),
        team_state=True,
    ),
    "oauth": InitAnswers(
        auth="oauth",
        provider="google",
        client_id="123-abc.apps.example.com",
        domain="hub.example.org",
        admins=("alice@example.org",),
        allow_domains=("example.org",),
        gpu_pools=("gpu",),
    ),
    "native": InitAnswers(auth="native", admins=("alice",), domain="hub.example.org"),
    "custom": InitAnswers(
        auth="custom",
        authenticator="ldapauthenticator.LDAPAuthenticator",
        admins=("alice",),
        allow_users=("bob", "carol"),
        domain="hub.example.org",
    ),
}


def write_and_load(folder: Path, answers: InitAnswers, text: str | None = None) -> LoadedConfig:
    """Write both files as `jhub init` does, and load them."""
    path = folder / "jhub.yaml"
    path.write_text(text or render_jhub_yaml(answers), encoding="utf-8")
    (folder / "profiles.yaml").write_text(render_profiles_yaml(answers), encoding="utf-8")
    return load(ConfigSources(files=(path,)))


@pytest.mark.parametrize("auth", sorted(COMPLETE))
def test_written_files_load(auth: AuthType, tmp_path: Path) -> None:
    """What is written from complete answers has no problem, and says what was answered."""
    answers = COMPLETE[auth]
    config = write_and_load(tmp_path, answers)
    settings = config.deployment.settings
    assert config.warnings == ()
    assert (settings.name, settings.region, settings.account) == (
        answers.name,
        answers.region,
        answers.account,
    )
    assert settings.auth.type == auth
    assert settings.auth.admins == answers.admins
    assert settings.access.domain == answers.domain
    assert settings.access.hosted_zone == answers.hosted_zone
    assert settings.cluster.public_access_cidrs == answers.public_access_cidrs
    assert set(config.deployment.profiles.pools) == {"cpu", *answers.gpu_pools}


@pytest.mark.parametrize("provider", PRESETS)
def test_every_provider_gets_the_keys_it_needs(provider: str, tmp_path: Path) -> None:
    """An issuer where it has its own, names of the form that it tells, and rules it keeps."""
    preset = PRESETS[provider]
    by_domain = preset.has_domains
    answers = InitAnswers(
        auth="oauth",
        provider=provider,
        issuer=preset.issuer.replace("TENANT-ID", "1111") or None,
        client_id="123",
        domain="hub.example.org",
        admins=(preset.user,),
        allow_domains=("example.org",) if by_domain else (),
        allow_groups=() if by_domain else ("org",),
    )
    assert write_and_load(tmp_path, answers).warnings == ()


@pytest.mark.parametrize("provider", PRESETS)
@pytest.mark.parametrize("auth", sorted(COMPLETE))
def test_what_was_not_answered_is_all_that_is_owed(
    auth: AuthType, provider: str, tmp_path: Path
) -> None:
    """Without answers every problem is a CHANGEME, whatever the login and its provider."""
    answers = InitAnswers(auth=auth, provider=provider)
    if auth == "dummy":
        assert write_and_load(tmp_path, answers).warnings == ()
        return
    with pytest.raises(ConfigError) as caught:
        write_and_load(tmp_path, answers)
    assert {"CHANGEME" in each.message for each in caught.value.problems} == {True}


# The dummy file suggests a domain too, with the words that it needs a real login.
@pytest.mark.parametrize("auth", sorted(COMPLETE.keys() - {"dummy"}))
def test_suggestions_in_comments_are_valid(auth: AuthType, tmp_path: Path) -> None:
    """Taking the comment sign off any suggestion gives a file that still loads."""
    text = render_jhub_yaml(COMPLETE[auth])
    suggestion = re.compile(r"^( *)# ( *[a-z_]+:( .*)?)$", re.MULTILINE)
    uncommented = suggestion.sub(r"\1\2", text)
    assert uncommented != text
    write_and_load(tmp_path, COMPLETE[auth], uncommented)


@pytest.mark.parametrize(
    ("auth", "owed"),
    [("cognito", {"access.domain"}), ("oauth", {"access.domain", "auth.client_id"})],
)
def test_answers_still_owed_are_refused_until_written(
    auth: AuthType, owed: set[str], tmp_path: Path
) -> None:
    """What was not answered stands as CHANGEME, and loading points at each."""
    with pytest.raises(ConfigError) as caught:
        write_and_load(tmp_path, InitAnswers(auth=auth, provider="github"))
    errors = {p.path for p in caught.value.problems if p.severity == "error"}
    assert owed <= errors
    assert all("CHANGEME" in p.message for p in caught.value.problems if p.severity == "error")


def test_awkward_answers_are_read_back_unchanged(tmp_path: Path) -> None:
    """Texts that YAML would take for something else are quoted."""
    answers = InitAnswers(auth="native", admins=("yes", "null", "007", "o'neil", "a:", "#x"))
    assert write_and_load(tmp_path, answers).deployment.settings.auth.admins == answers.admins


def test_no_secret_is_written() -> None:
    """Neither file has a key for a password or a secret."""
    for answers, render in product(COMPLETE.values(), (render_jhub_yaml, render_profiles_yaml)):
        keys = re.findall(r"^\s*([a-z_]+):", render(answers), re.MULTILINE)
        assert not [key for key in keys if "secret" in key or "password" in key]


def test_first_line_points_editors_at_the_schema() -> None:
    """Completion works where the schemas were written."""
    answers = InitAnswers(schema_dir="conf/schema")
    assert render_jhub_yaml(answers).startswith(
        "# yaml-language-server: $schema=conf/schema/jhub.schema.json\n"
    )
    assert render_profiles_yaml(answers).startswith(
        "# yaml-language-server: $schema=conf/schema/profiles.schema.json\n"
    )
