"""Tokens for the API of an EKS cluster.

A token is a signed request that the caller has not sent: STS's GetCallerIdentity, with the
name of the cluster among the signed headers. The cluster sends it and learns who signed
(EKS user guide, "Cluster authentication"; the format is that of aws-iam-authenticator).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
# EKS takes a token for 15 minutes after it was signed; the last one is left as a margin.
VALIDITY: Final = timedelta(minutes=14)
# STS does not look at it, and every other client writes this.
_EXPIRES_SECONDS: Final = 60
_QUERY: Final = "Action=GetCallerIdentity&Version=2011-06-15"


@dataclass(frozen=True, kw_only=True)
class Token:
    """A bearer token; ``expires`` is the time from which it is not to be used any more."""

    text: str = field(repr=False)
    expires: datetime


def make_token(cluster: str, region: str, environ: Mapping[str, str]) -> Token:
    """Return a token for the API of a cluster. Nothing is sent, except to get credentials.

    Args:
        cluster: Name of the cluster.
        region: Its region.
        environ: Keys and an endpoint in it are used; without keys they are looked for
            where the AWS SDKs look (profile, SSO, role of the machine).

    Raises:
        PreflightError: There are no credentials, or no such region.
    """
    from botocore.auth import SigV4QueryAuth  # noqa: PLC0415 - slow to load
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - slow to load

    signed_at = datetime.now(UTC)
    endpoint = _endpoint(environ) or _public_endpoint(region)
    request = AWSRequest(
        method="GET", url=f"{endpoint}/?{_QUERY}", headers={CLUSTER_HEADER: cluster}
    )
    credentials = _given_credentials(environ) or _found_credentials()
    SigV4QueryAuth(credentials, "sts", region, expires=_EXPIRES_SECONDS).add_auth(request)
    packed = base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")
    return Token(text=f"{PREFIX}{packed}", expires=signed_at + VALIDITY)


def exec_credential(token: Token) -> dict[str, Any]:
    """Return the answer that Kubernetes clients expect of a credential plug-in."""
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {
            "expirationTimestamp": token.expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "token": token.text,
        },
    }


def _endpoint(environ: Mapping[str, str]) -> str:
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return ""
    named = environ.get("AWS_ENDPOINT_URL_STS") or environ.get("AWS_ENDPOINT_URL") or ""
    return named.rstrip("/")


def _given_credentials(environ: Mapping[str, str]) -> Any:
    """Return the keys in ``environ``, which the AWS SDKs prefer to everything else."""
    from botocore.credentials import Credentials  # noqa: PLC0415 - slow to load

    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret:
        return None
    return Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)


def _found_credentials() -> Any:
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - slow to load
    from botocore.session import Session  # noqa: PLC0415 - slow to load

    cause = ""
    try:
        if found := Session().get_credentials():
            return found.get_frozen_credentials()
    except BotoCoreError as error:
        cause = str(error)
    raise PreflightError(
        "there are no AWS credentials to make a token with",
        cause=cause,
        hint="log in again, e.g. 'aws sso login', or set AWS_PROFILE or AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY",
    )


def _public_endpoint(region: str) -> str:
    """Return the address of STS in a region, of whatever partition it is."""
    from botocore.regions import EndpointResolver  # noqa: PLC0415 - slow to load
    from botocore.session import Session  # noqa: PLC0415 - slow to load

    session = Session()
    found = EndpointResolver(session.get_data("endpoints")).construct_endpoint(
        "sts", region, use_fips_endpoint=bool(session.get_config_variable("use_fips_endpoint"))
    )
    if not found:
        raise PreflightError(
            f"there is no STS in the region {region!r}", hint="correct the name of the region"
        )
    return f"https://{found['hostname']}"
