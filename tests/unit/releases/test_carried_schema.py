"""The schema of JupyterHub's chart that comes with the package."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from jupyterhub_eks.releases import catalog
from jupyterhub_eks.releases.carried_schema import FILE, carried_facts
from jupyterhub_eks.resources import data_root, read_text
from tests.support.hub import Z2JH
from tests.support.z2jh_schema import contents, text_of


def test_it_is_that_of_the_pinned_chart() -> None:
    """A new version of the chart brings a new file."""
    facts = carried_facts(catalog.JUPYTERHUB)
    assert facts is not None
    assert facts.version == catalog.JUPYTERHUB.version


def test_it_says_nothing_of_another_version_or_chart() -> None:
    """Values are never held against the schema of another version."""
    assert carried_facts(replace(catalog.JUPYTERHUB, version="4.4.1")) is None
    assert carried_facts(replace(catalog.KARPENTER, version=catalog.JUPYTERHUB.version)) is None


def test_it_is_what_its_generator_makes_of_the_chart() -> None:
    """Nobody edits it by hand."""
    if not Z2JH.is_dir():
        pytest.skip(f"the chart's files are not at {Z2JH.relative_to(data_root().parent)}")
    assert read_text(FILE) == text_of(contents(Z2JH))


def test_its_licence_stands_beside_it() -> None:
    """With the project, tag and commit that it is made of."""
    source = json.loads(read_text(FILE))["source"]
    assert source["licence"].startswith("BSD-3-Clause, Copyright (c) 2017")
    assert len(source["commit"]) == 40
    licence = (data_root() / FILE).with_name("LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("BSD 3-Clause License\n\nCopyright (c) 2017, Project Jupyter")
