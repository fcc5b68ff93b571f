"""A user's AWS settings reach neither the embedded AWS nor what talks to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterhub_eks.local.environment import client_environment, server_environment

HOME = Path("/somewhere/local-aws")
URL = "http://127.0.0.1:4000"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_CA_BUNDLE",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ENDPOINT_URL_S3",
        "AWS_USE_FIPS_ENDPOINT",
        "AWS_RETRY_MODE",
        "AWS_MAX_ATTEMPTS",
        "AWS_REGION",
        "AWS_SOMETHING_OF_NEXT_YEAR",
    ],
)
def test_user_settings_are_overridden(name: str) -> None:
    """Whatever an AWS client would listen to is emptied, known here or not."""
    merged = {name: "user's", **client_environment(URL, HOME, {name: "user's"})}

    assert merged[name] == ""


def test_endpoint_and_profiles() -> None:
    """Calls go to the endpoint, and no profile file is read."""
    env = client_environment(URL, HOME, {})

    assert env["AWS_ENDPOINT_URL"] == URL
    assert env["AWS_CONFIG_FILE"] == env["AWS_SHARED_CREDENTIALS_FILE"]
    assert env["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "AWS_REGION" not in env


def test_proxy_exceptions_are_kept() -> None:
    """Loopback is added to the user's own exceptions."""
    env = client_environment(URL, HOME, {"NO_PROXY": "intranet"})

    assert env["NO_PROXY"] == "intranet,127.0.0.1,localhost"


def test_server_gets_no_emulator_settings() -> None:
    """What tunes another emulator of the user's does not change this one."""
    env = server_environment(
        {"PATH": "/bin", "SERVICES": "s3", "AUTH": "true", "MINISTACK_REGION": "x", "AWS_X": "y"}
    )

    assert env == {"PATH": "/bin"}
