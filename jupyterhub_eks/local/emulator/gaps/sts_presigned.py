"""STS checks the signature of a presigned GetCallerIdentity.

``ministack`` takes the caller's access key for the caller, whatever was signed. A token for
an EKS cluster is such a request, with the cluster's name among the signed headers: unchecked,
a token for one cluster would open every other one, and so would a token without any secret.

Like STS it accepts a request for 15 minutes and does not look at ``X-Amz-Expires``
(aws-iam-authenticator, "token.go").
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from jupyterhub_eks.local.emulator import signatures
from jupyterhub_eks.local.emulator.messages import AwsResponse

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, Forward

VALIDITY: Final = timedelta(minutes=15)
# Clocks may differ by so much (AWS IAM user guide, "Signing AWS API requests").
_SKEW: Final = timedelta(minutes=5)


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer a presigned STS request only if its signature is right."""
    query = {key: values[0] for key, values in request.params.items()}
    scope = query.get("X-Amz-Credential", "").split("/")
    if len(scope) != 5 or scope[3] != "sts":
        return await forward(request)
    if refusal := _refusal(request, query, scope):
        return refusal
    return await forward(request)


def _refusal(request: AwsRequest, query: dict[str, str], scope: list[str]) -> AwsResponse | None:
    if any(len(values) > 1 for values in parse_qs(request.query).values()):
        return _error("InvalidQueryParameter", "A parameter is given twice")
    signed = _time(query.get("X-Amz-Date", ""))
    if signed is None or scope[1] != query["X-Amz-Date"][:8] or scope[4] != "aws4_request":
        return _error("IncompleteSignature", "Date or credential scope is not well-formed")
    if reason := _untimely(signed, datetime.now(UTC)):
        return _error("SignatureDoesNotMatch", reason)
    return _unproven(request, query, scope[0])


def _untimely(signed: datetime, now: datetime) -> str:
    if signed + VALIDITY < now:
        return f"Signature expired: {signed} is now earlier than {now - VALIDITY}"
    if signed - _SKEW > now:
        return f"Signature not yet current: {signed} is still later than {now + _SKEW}"
    return ""


def _unproven(request: AwsRequest, query: dict[str, str], access_key: str) -> AwsResponse | None:
    secret = signatures.find_secret(access_key, query.get("X-Amz-Security-Token"))
    if secret is None:
        return _error("InvalidClientTokenId", "The security token in the request is invalid")
    named = "host" in query.get("X-Amz-SignedHeaders", "").split(";")
    if named and signatures.matches(request, query, secret):
        return None
    return _error(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided",
    )


def _time(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{8}T\d{6}Z", text):
        return None
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _error(code: str, message: str) -> AwsResponse:
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
        f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    ).encode()
    headers = (("content-type", "text/xml"), ("content-length", str(len(body))))
    return AwsResponse(403, headers, body)
