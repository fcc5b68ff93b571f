"""The pages of docs/logins say what the program does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.cli.commands.auth import PORT
from jupyterhub_eks.config.load import ConfigSources, LoadedConfig, load
from jupyterhub_eks.config.logins.presets import PRESETS
from jupyterhub_eks.oidc.registration import registration_of
from jupyterhub_eks.synth.login_page import login_page
from tests.support.login_pages import FOLDER, PAGES, blocks

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    pytest.param(page, number, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, _ in enumerate(blocks(page))
]


def loaded(folder: Path, text: str) -> LoadedConfig:
    """Return a block as it is read from a file."""
    file = folder / "jhub.yaml"
    file.write_text(text, encoding="utf-8")
    return load(ConfigSources(files=(file,)))


@pytest.mark.parametrize(("page", "number"), CASES)
def test_blocks_are_whole_configurations(page: Path, number: int, tmp_path: Path) -> None:
    """Whoever copies one has nothing to correct; its login is the page's."""
    text = blocks(page)[number]
    config = loaded(tmp_path, text)
    assert text.startswith("# jhub.yaml\n")
    assert config.warnings == ()
    auth = config.deployment.settings.auth
    assert page.stem == getattr(auth, "provider", auth.type)


@pytest.mark.parametrize(("page", "number"), CASES)
def test_pages_name_what_is_to_be_entered(page: Path, number: int, tmp_path: Path) -> None:
    """Callback, URL after a logout and scopes that `jhub auth show` prints, letter by letter."""
    settings = loaded(tmp_path, blocks(page)[number]).deployment.settings
    text = page.read_text(encoding="utf-8")
    at = login_page(settings, settings.auth) if settings.auth.type == "cognito" else ""
    found = registration_of(settings, login_page=at, port=PORT)
    named = [found.callback, found.test_callback, found.logout, found.issuer, found.client_id]
    named += [each.callback for each in found.behind if each.protocol == "oidc"]
    assert [each for each in named if each not in text] == []
    if not found.callback:
        assert "no callback URL" in text or "callback URL\nincluded" in text
    for scope in found.scopes:
        # Of those that a console asks for; others a provider gives to every client.
        if found.provider in ("gitlab", "cilogon", "oidc", "github"):
            assert scope == "user:email" or f"`{scope}`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_say_how_it_is_tested_and_what_goes_wrong(page: Path) -> None:
    """Each has its sections; those with a secret say how it is changed."""
    text = page.read_text(encoding="utf-8")
    for heading in ("## jhub.yaml", "## Groups", "## Test", "## What goes wrong"):
        assert f"\n{heading}\n" in text
    assert "\n## Change " in text
    if page.stem in PRESETS:
        assert "jhub auth test" in text
        assert "\n## At the provider\n" in text
    assert max(map(len, text.splitlines())) < 240


def test_every_login_has_a_page_and_a_row() -> None:
    """The table leads to all of them, and to nothing else."""
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[[^]]+\]\((\w+)\.md\)", table, re.MULTILINE)
    known = {*PRESETS, "cognito", "dummy", "native", "custom"}
    assert sorted(rows) == sorted(known)
    assert {page.stem for page in PAGES} == known
    assert f"http://localhost:{PORT}/hub/oauth_callback" in table


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    """Of files of this project."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert links
    assert all((page.parent / link).is_file() for link in links)
