"""Each example is a configuration that loads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = data_root() / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/jhub.yaml"))


def variants() -> list[tuple[Path, ...]]:
    """Return each example, alone and under each of its overlays."""
    found: list[tuple[Path, ...]] = []
    for folder in FOLDERS:
        base = EXAMPLES / folder / "jhub.yaml"
        found.append((base,))
        others = sorted((EXAMPLES / folder).glob("*.yaml"))
        found += [(base, over) for over in others if over.name not in (base.name, "profiles.yaml")]
    return found


@pytest.mark.parametrize("files", variants(), ids=lambda files: "+".join(f.stem for f in files))
def test_example_loads(files: tuple[Path, ...]) -> None:
    """No problem and no warning."""
    config = load(ConfigSources(files=files))
    assert config.warnings == ()
    assert config.files == (*files, files[0].parent / "profiles.yaml")


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/*.yaml")), ids=lambda f: f.parent.name)
def test_example_names_its_schema(file: Path) -> None:
    """The first line leads an editor to a schema that exists."""
    first = file.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    assert (file.parent / first.removeprefix(prefix)).is_file()


def test_every_example_is_listed() -> None:
    """examples/README.md names each folder."""
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert set(FOLDERS) == {
        "accelerators",
        "classic-seven",
        "classroom",
        "cognito-team",
        "existing-vpc",
        "quickstart",
    }
    assert all(f"({folder})" in text for folder in FOLDERS)


def test_quickstart_is_the_newcomers_first_run() -> None:
    """Cognito, a domain, an administrator and the group `users`, under the default name."""
    settings = load(
        ConfigSources(files=(EXAMPLES / "quickstart" / "jhub.yaml",))
    ).deployment.settings
    assert (settings.name, settings.region) == ("jupyterhub-on-eks", "us-west-2")
    assert settings.auth.type == "cognito"
    assert settings.auth.admins == ("alice@example.org",)
    assert settings.auth.allow.groups == ("users",)
    assert settings.access.domain == "hub.example.org"
