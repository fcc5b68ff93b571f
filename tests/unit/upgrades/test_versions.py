"""The data file of versions holds together."""

from __future__ import annotations

import platform
import tomllib

import pytest

from jupyterhub_eks import versions
from jupyterhub_eks.releases import catalog
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.versions import ALL_KUBERNETES, KubernetesVersion


def _number(minor: str) -> int:
    major, _, rest = minor.partition(".")
    assert major == "1"
    return int(rest)


def test_kubernetes_minors_are_listed_without_a_gap() -> None:
    """An upgrade goes through each of them, so none may be missing."""
    numbers = [_number(each.minor) for each in ALL_KUBERNETES]

    assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_the_default_kubernetes_is_deployable_and_has_a_date() -> None:
    """Nobody is given a version by default whose end is not known."""
    default = next(each for each in ALL_KUBERNETES if each.minor == versions.DEFAULT_KUBERNETES)

    assert default.deployable
    assert default.standard_support_ends


def test_deployable_versions_are_the_newest() -> None:
    """What is retired stays retired."""
    flags = [each.deployable for each in ALL_KUBERNETES]

    assert flags == sorted(flags)


@pytest.mark.parametrize("each", ALL_KUBERNETES, ids=lambda each: each.minor)
def test_extended_support_lasts_a_year_longer(each: KubernetesVersion) -> None:
    """As AWS promises: 12 months after the end of standard support, to the day."""
    standard, extended = each.standard_support_ends, each.extended_support_ends
    assert (standard is None) == (extended is None)
    if standard and extended:
        assert extended == standard.replace(year=standard.year + 1)


def test_every_remote_chart_has_a_source() -> None:
    """Whoever bumps a version finds where its successor stands."""
    charts = {chart.name for chart in catalog.REMOTE_CHARTS}

    assert charts - {catalog.KARPENTER_CRDS.name} == set(versions.CHART_SOURCES)


def test_the_pinned_chart_has_every_known_security_release() -> None:
    """No hub is deployed behind a fix that a chart carries (D30)."""
    newest = max(tuple(map(int, each.version.split("."))) for each in versions.JUPYTERHUB_SECURITY)

    assert tuple(map(int, versions.JUPYTERHUB_CHART.split("."))) >= newest


def test_the_hub_of_the_tests_is_that_of_the_chart() -> None:
    """The tests make the hub's login from the JupyterHub that the chart has."""
    project = tomllib.loads((data_root() / "pyproject.toml").read_text(encoding="utf-8"))

    assert f"jupyterhub=={versions.JUPYTERHUB}" in project["dependency-groups"]["dev"]


def test_the_pinned_and_the_running_tools_have_a_date() -> None:
    """Of Karpenter, the Terraform that is brought along, and this Python the end is known."""
    assert versions.KARPENTER.rpartition(".")[0] in versions.KARPENTER_SUPPORT.minors
    assert versions.TERRAFORM_BUNDLED.rpartition(".")[0] in versions.TERRAFORM_SUPPORT.minors
    assert platform.python_version().rpartition(".")[0] in versions.PYTHON_SUPPORT.minors
