"""Providers come from the user's own configuration, a mirror, or the registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.provider_errors import explain_init_failure
from jupyterhub_eks.tools.providers import (
    has_aws_provider,
    in_range,
    provider_environment,
)
from jupyterhub_eks.tools.terraform_binary import platform_name

TREE = "registry.terraform.io/hashicorp/aws"


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment with an empty home folder."""
    monkeypatch.setenv("JHUB_CACHE_DIR", str(tmp_path / "cache"))
    return {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "share")}


def make_mirror(folder: Path, version: str = "5.100.0") -> Path:
    (folder / TREE / version / platform_name()).mkdir(parents=True)
    return folder


def written(tmp_path: Path, env: dict[str, str]) -> str:
    source = provider_environment(tmp_path / "d", environ=env, optional_software=tmp_path / "opt")
    assert source.env == {"TF_CLI_CONFIG_FILE": str(tmp_path / "d" / "terraform.rc")}
    return (tmp_path / "d" / "terraform.rc").read_text()


def test_own_configuration_wins(tmp_path: Path, env: dict[str, str]) -> None:
    """A CLI configuration that exists is used as it is, even where a mirror is."""
    make_mirror(tmp_path / "opt" / "plugins")
    own = tmp_path / "own.rc"
    own.write_text("")

    source = provider_environment(
        tmp_path / "d",
        environ={**env, "TF_CLI_CONFIG_FILE": str(own)},
        optional_software=tmp_path / "opt",
    )

    assert source.env == {"TF_CLI_CONFIG_FILE": str(own)}
    assert not (tmp_path / "d").exists()


def test_configuration_in_the_home_folder_wins(tmp_path: Path, env: dict[str, str]) -> None:
    """``~/.terraformrc`` is the user's own configuration too."""
    own = tmp_path / "home" / ".terraformrc"
    own.parent.mkdir()
    own.write_text("")

    source = provider_environment(tmp_path / "d", environ=env, optional_software=tmp_path / "opt")

    assert source.env == {"TF_CLI_CONFIG_FILE": str(own)}


def test_configuration_that_does_not_exist_counts_as_unset(
    tmp_path: Path, env: dict[str, str]
) -> None:
    """``TF_CLI_CONFIG_FILE`` may name a file that is not there."""
    make_mirror(tmp_path / "opt" / "plugins")

    text = written(tmp_path, {**env, "TF_CLI_CONFIG_FILE": str(tmp_path / "absent")})

    assert str(tmp_path / "opt" / "plugins") in text


@pytest.mark.parametrize(
    "place", ["opt/plugins", "home/.terraform.d/plugins", "share/terraform/plugins"]
)
def test_mirror_is_found(tmp_path: Path, env: dict[str, str], place: str) -> None:
    """A provider tree under /opt or in a plug-in directory serves the AWS provider only."""
    make_mirror(tmp_path / place)

    text = written(tmp_path, env)

    assert f'path    = "{tmp_path / place}"' in text
    assert 'include = ["registry.terraform.io/hashicorp/aws"]' in text
    assert 'exclude = ["registry.terraform.io/hashicorp/aws"]' in text


def test_named_mirror_comes_first(tmp_path: Path, env: dict[str, str]) -> None:
    """``JHUB_PROVIDER_MIRROR`` is taken before any other folder."""
    make_mirror(tmp_path / "opt" / "plugins")
    named = make_mirror(tmp_path / "named")

    assert str(named) in written(tmp_path, {**env, "JHUB_PROVIDER_MIRROR": str(named)})


def test_named_mirror_without_provider_is_an_error(tmp_path: Path, env: dict[str, str]) -> None:
    """A named mirror that holds nothing fitting is not passed over in silence."""
    named = make_mirror(tmp_path / "named", "4.67.0")

    with pytest.raises(ToolError, match="JHUB_PROVIDER_MIRROR"):
        written(tmp_path, {**env, "JHUB_PROVIDER_MIRROR": str(named)})


def test_mirror_with_another_version_is_passed_over(tmp_path: Path, env: dict[str, str]) -> None:
    """Without a fitting mirror the registry is used, with a cache for all stacks."""
    make_mirror(tmp_path / "opt" / "plugins", "4.67.0")

    text = written(tmp_path, env)

    assert f'plugin_cache_dir = "{tmp_path / "cache" / "terraform-plugins"}"' in text
    assert (tmp_path / "cache" / "terraform-plugins").is_dir()


def test_packed_provider_counts(tmp_path: Path) -> None:
    """``terraform providers mirror`` writes archives."""
    tree = tmp_path / TREE
    tree.mkdir(parents=True)
    (tree / f"terraform-provider-aws_6.25.0_{platform_name()}.zip").touch()

    assert has_aws_provider(tmp_path)


def test_provider_of_another_machine_does_not_count(tmp_path: Path) -> None:
    """A provider for another system cannot be used."""
    (tmp_path / TREE / "5.100.0" / "plan9_mips").mkdir(parents=True)

    assert not has_aws_provider(tmp_path)


@pytest.mark.parametrize(
    ("version", "fits"),
    [("5.99.9", False), ("5.100.0", True), ("6.25.0", True), ("7.0.0", False), ("x", False)],
)
def test_range(version: str, *, fits: bool) -> None:
    """Both ends of the provider range hold."""
    assert in_range(version) is fits


def test_path_is_quoted(tmp_path: Path, env: dict[str, str]) -> None:
    """A folder whose name looks like a template or a quote stays a folder's name."""
    mirror = make_mirror(tmp_path / 'odd "${name}')

    text = written(tmp_path, {**env, "JHUB_PROVIDER_MIRROR": str(mirror)})

    assert 'odd \\"$${name}"' in text


REGISTRY_DOWN = """
╷
│ Error: Failed to query available provider packages
│
│ Could not retrieve the list of available versions for provider
│ hashicorp/aws: could not connect to registry.terraform.io: failed to
│ request discovery document: dial tcp: lookup registry.terraform.io: no such host
╵
"""
NO_VERSION = """
│ Error: Failed to query available provider packages
│ Could not retrieve the list of available versions for provider hashicorp/aws: no
│ available releases match the given constraints >= 5.100.0, < 7.0.0
"""
LOCKED = """
│ Error: Failed to install provider
│ Error while installing hashicorp/aws v5.100.0: the local package for
│ registry.terraform.io/hashicorp/aws 5.100.0 doesn't match any of the checksums
│ previously recorded in the dependency lock file
"""


OTHER_VERSION = """
│ Error: Failed to query available provider packages
│ Could not retrieve the list of available versions for provider hashicorp/aws: the
│ previously-selected version 6.0.0 is no longer available
"""
FOLDER = Path("/stacks/network")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (REGISTRY_DOWN, "neither a provider mirror nor", "JHUB_PROVIDER_MIRROR"),
        (NO_VERSION, "no AWS provider >= 5.100.0", "JHUB_PROVIDER_MIRROR"),
        (LOCKED, "not the one that was used before", "rm /stacks/network/.terraform.lock.hcl"),
        (OTHER_VERSION, "version of the AWS provider", "rm /stacks/network/.terraform.lock.hcl"),
    ],
)
def test_provider_failures_are_explained(text: str, message: str, hint: str) -> None:
    """A provider that cannot be had is an error with the ways out."""
    error = explain_init_failure(text, FOLDER)

    assert error is not None
    assert message in error.message
    assert hint in error.hint
    assert error.cause


def test_other_failures_are_not_explained() -> None:
    """A failure that is not about providers is left to others."""
    text = "Error: Failed to get existing workspaces: S3 bucket"
    assert explain_init_failure(text, FOLDER) is None
