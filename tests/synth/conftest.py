"""Deployments synthesized once per test session."""

from __future__ import annotations

import pytest

from jupyterhub_eks.config.access import AccessConfig
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.profiles import ProfilesFile
from tests.support.synth import Stacks, Synthesizer


@pytest.fixture(scope="session")
def synthesizer(tmp_path_factory: pytest.TempPathFactory) -> Synthesizer:
    """Synthesizes any deployment, each only once in the session."""
    return Synthesizer(tmp_path_factory.mktemp("synthesized"))


@pytest.fixture(scope="session")
def default_stacks(synthesizer: Synthesizer) -> Stacks:
    """The stacks of a deployment in which everything is left at its default."""
    return synthesizer(Deployment(settings=DeploymentFile(), profiles=ProfilesFile()))


@pytest.fixture(scope="session")
def cognito_stacks(synthesizer: Synthesizer) -> Stacks:
    """The stacks of a deployment with Cognito login, and defaults otherwise."""
    settings = DeploymentFile(
        auth=CognitoAuth(type="cognito"), access=AccessConfig(domain="hub.example.org")
    )
    return synthesizer(Deployment(settings=settings, profiles=ProfilesFile()))
