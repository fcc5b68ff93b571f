"""The AWS account behind a target: credentials, clients, and errors worth reading.

``boto3`` is imported inside functions: loading it costs more than most commands.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import DeployerError, PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Error codes by which AWS says that the caller may not, over all services.
DENIED: Final = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}
)
_BAD_CREDENTIALS: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_LOGIN_HINT: Final = (
    "log in again, e.g. 'aws sso login', or set AWS_PROFILE or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY; without an account use --local"
)


class Clients:
    """Clients of one region, made once each and shared by threads.

    Args:
        region: AWS region, e.g. ``us-west-2``.
        env: Variables of the target. Only the endpoint and the keys in it are used;
            whatever it leaves out is taken from the usual AWS configuration.
    """

    def __init__(self, region: str, env: Mapping[str, str]) -> None:
        self.region = region
        self._env = dict(env)
        self._lock = threading.Lock()
        self._made: dict[str, Any] = {}
        self._session: Any = None

    def get(self, service: str) -> Any:
        """Return the client of ``service``, as boto3 spells it."""
        with self._lock:  # making clients is not thread-safe in boto3, using them is
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        import botocore.config  # noqa: PLC0415

        endpoint = self._env.get("AWS_ENDPOINT_URL") or None
        settings = botocore.config.Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"total_max_attempts": 5, "mode": "standard"},
            max_pool_connections=16,
            proxies={} if endpoint else None,
        )
        keys = {}
        if endpoint:
            keys = {
                "aws_access_key_id": self._env["AWS_ACCESS_KEY_ID"],
                "aws_secret_access_key": self._env["AWS_SECRET_ACCESS_KEY"],
            }
        return self._session_for(endpoint).client(
            service, region_name=self.region, endpoint_url=endpoint, config=settings, **keys
        )

    def _session_for(self, endpoint: str | None) -> Any:
        if self._session is None:
            import boto3  # noqa: PLC0415
            import botocore.session  # noqa: PLC0415

            core = botocore.session.Session()
            if endpoint:
                _isolate(core)
            self._session = boto3.Session(botocore_session=core)
        return self._session


def _isolate(core: Any) -> None:
    """Let no profile, file or variable of the user's have a say in the session."""
    from botocore.configprovider import (  # noqa: PLC0415
        BOTOCORE_DEFAUT_SESSION_VARIABLES as VARIABLES,
    )
    from botocore.configprovider import ConstantProvider  # noqa: PLC0415

    store = core.get_component("config_store")
    defaults = {name: default for name, (_, _, default, _) in VARIABLES.items()}
    nothing = {"config_file": os.devnull, "credentials_file": os.devnull}
    for name, value in (defaults | nothing).items():
        store.set_config_provider(name, ConstantProvider(value))


def explain(error: Exception, what: str) -> DeployerError:
    """Return the error of an AWS call as one that says what to do.

    Args:
        error: What boto3 raised.
        what: What was being done, e.g. ``list SQS queues``.
    """
    code = error_code(error)
    cause = str(error)
    if code in DENIED:
        return PreflightError(
            f"access denied: cannot {what}",
            cause=cause,
            hint="grant the identity that runs jhub this permission, then run the command again",
        )
    if code in _BAD_CREDENTIALS or "Credential" in type(error).__name__ or "Token" in code:
        return PreflightError(
            f"the AWS credentials are missing or not valid: cannot {what}",
            cause=cause,
            hint=_LOGIN_HINT,
        )
    return PreflightError(
        f"AWS did not answer as expected: cannot {what}",
        cause=cause,
        hint="check the network and the region, then run the command again",
    )


def error_code(error: Exception) -> str:
    """Return AWS's error code of a boto3 exception; empty for any other."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    return str(response.get("Error", {}).get("Code", ""))
