"""Signature Version 4 of presigned requests (AWS IAM user guide, "Create a signed request")."""

from __future__ import annotations

import hashlib
import hmac
import importlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.local.emulator.messages import AwsRequest


def find_secret(access_key: str, session_token: str | None) -> str | None:
    """Return the secret of an access key that the emulated account knows, else None.

    Args:
        access_key: The key's id.
        session_token: What was given with it; keys of a session need theirs.
    """
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    found = evaluator.resolve_credential(access_key, None, session_token or None)
    secret = getattr(found, "secret_access_key", None)  # an error value has none
    return str(secret) if secret else None


def matches(request: AwsRequest, query: Mapping[str, str], secret: str) -> bool:
    """Return whether a presigned request without a body was signed with ``secret``."""
    expected = sign(request.method, request.path, request.headers, query, secret)
    return hmac.compare_digest(expected, query.get("X-Amz-Signature", ""))


def sign(
    method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str], secret: str
) -> str:
    """Return the signature that belongs to a presigned request, in lower-case hex.

    Args:
        method: HTTP method.
        path: Path as it is sent.
        headers: Names in lower case.
        query: All parameters, decoded; a signature among them has no part in it.
        secret: Secret of the access key.
    """
    _, date, region, service, end = query["X-Amz-Credential"].split("/")
    names = query["X-Amz-SignedHeaders"]
    canonical = "\n".join(
        [
            method,
            path or "/",
            _canonical_query(query),
            *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names.split(";")),
            "",
            names,
            hashlib.sha256(b"").hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scope = f"{date}/{region}/{service}/{end}"
    text = "\n".join(("AWS4-HMAC-SHA256", query["X-Amz-Date"], scope, digest))
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, end):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _canonical_query(query: Mapping[str, str]) -> str:
    pairs = sorted(
        (quote(name, safe="-_.~"), quote(value, safe="-_.~"))
        for name, value in query.items()
        if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in pairs)
