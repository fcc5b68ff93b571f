"""Environment variables on both sides of the embedded AWS.

Everything is redirected by environment alone, never by a change in the Terraform
files, so that what is tried here is what is applied on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Any key does: the emulator checks no signatures. Neither is a secret.
_KEY: Final = "jhub-embedded"
# What a user's shell may hold that would send a call elsewhere or sign it as
# somebody. An empty value counts as unset for the AWS SDKs and the provider.
_NEUTRALISED: Final = (
    "AWS_CA_BUNDLE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_PROFILE",
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_SESSION_TOKEN",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
# Variables by which a user tunes an emulator of their own.
_EMULATOR_PREFIXES: Final = ("MINISTACK_", "LOCALSTACK_", "AWS_", "S3_", "EKS_", "DOCKER_")
_EMULATOR_NAMES: Final = frozenset(
    {
        "AUTH",
        "BIND_HOST",
        "CLOUDTRAIL_RECORDING",
        "EDGE_PORT",
        "GATEWAY_PORT",
        "PERSIST_STATE",
        "SERVICES",
        "STATE_DIR",
        "USE_SSL",
    }
)


def client_environment(endpoint: str, home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that send AWS SDKs and the Terraform provider to an endpoint.

    Args:
        endpoint: URL of the embedded AWS.
        home: Folder of the embedded AWS; names of absent files are made from it.
        environ: The caller's environment, for what has to be overridden in it: an
            endpoint for a single service would win over the general one.
    """
    nothing = str(home / "no-aws-profile")
    single = [key for key in environ if key.startswith("AWS_ENDPOINT_URL_")]
    direct = ",".join(filter(None, (environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return {
        **dict.fromkeys((*_NEUTRALISED, *single), ""),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": _KEY,
        "AWS_SECRET_ACCESS_KEY": _KEY,
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def server_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment without what would change the emulator."""
    return {
        key: value
        for key, value in environ.items()
        if key not in _EMULATOR_NAMES and not key.startswith(_EMULATOR_PREFIXES)
    }
