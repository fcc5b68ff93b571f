"""Environment variables on both sides of the embedded AWS.

Everything is redirected by environment alone, never by a change in the Terraform
files, so that what is tried here is what is applied on AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Id and secret of the key of the embedded account's root. It is no secret: whoever reaches
# the loopback port may do everything.
KEY: Final = "jhub-embedded"
# Tells the server the work folder, in which control planes keep their records.
PLANES_IN: Final = "JHUB_PLANES_IN"
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
        environ: The caller's environment. Whatever it tells AWS clients would send a call
            elsewhere, sign it as somebody or let them wait otherwise; it is emptied, which
            the SDKs and the provider take for unset.
    """
    nothing = str(home / "no-aws-profile")
    direct = ",".join(filter(None, (environ.get("NO_PROXY"), "127.0.0.1", "localhost")))
    return {
        **{key: "" for key in environ if key.startswith("AWS_")},
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
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
