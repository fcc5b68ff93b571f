"""Read an EKS token and have the embedded STS say who signed it.

The checks are those of aws-iam-authenticator, whose server EKS runs, and none is left out.
What a token asks for is never sent anywhere but to the embedded AWS of this machine.
"""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from jupyterhub_eks.aws.token import CLUSTER_HEADER, PREFIX

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

_LONGEST: Final = 4096
_MOST_EXPIRES: Final = 900
_VALIDITY: Final = timedelta(minutes=15)
_SKEW: Final = timedelta(minutes=5)
_SECONDS: Final = 10.0
_PARAMETERS: Final = frozenset(
    {
        "action",
        "version",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)
_ANSWER: Final = "{https://sts.amazonaws.com/doc/2011-06-15/}"


class RefusedTokenError(Exception):
    """The token identifies nobody; the text says why, for the log only."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who signed, as STS says.

    Attributes:
        arn: Of the user, the root or the session of a role.
        account: 12-digit account id.
        user_id: Unique id; of a role's session ``ID:session``.
        access_key: Id of the key that was used.
    """

    arn: str
    account: str
    user_id: str
    access_key: str


def presigned_url(token: str, endpoint: str, now: datetime) -> str:
    """Return the request that a token holds, after it was found to be harmless.

    Args:
        token: As a client sent it.
        endpoint: Address of the embedded AWS now, e.g. ``http://127.0.0.1:4566``.
        now: The time.

    Raises:
        RefusedTokenError: It is no token for this place and time.
    """
    url = _decoded(token)
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != endpoint:
        raise RefusedTokenError(f"it asks {parts.netloc}, and the embedded AWS is {endpoint}")
    if parts.path != "/" or parts.fragment:
        raise RefusedTokenError(f"unexpected path {parts.path!r}")
    query = _parameters(parts.query)
    if query.get("action") != "GetCallerIdentity":
        raise RefusedTokenError(f"unexpected action {query.get('action')!r}")
    if CLUSTER_HEADER not in query.get("x-amz-signedheaders", "").lower().split(";"):
        raise RefusedTokenError(f"{CLUSTER_HEADER} is not signed")
    _check_time(query, now)
    return url


def _decoded(token: str) -> str:
    if len(token) > _LONGEST:
        raise RefusedTokenError("it is too long")
    if not token.startswith(PREFIX):
        raise RefusedTokenError(f"it does not begin with {PREFIX}")
    packed = token.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        return raw.decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise RefusedTokenError(f"it cannot be decoded: {error}") from error


def _parameters(text: str) -> dict[str, str]:
    try:
        found = parse_qs(text, keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        raise RefusedTokenError(f"its query is malformed: {error}") from error
    query: dict[str, str] = {}
    for name, values in found.items():
        key = name.lower()
        if key not in _PARAMETERS:
            raise RefusedTokenError(f"unexpected parameter {name!r}")
        if len(values) > 1 or key in query:
            raise RefusedTokenError(f"parameter {name!r} is given twice")
        query[key] = values[0]
    return query


def _check_time(query: dict[str, str], now: datetime) -> None:
    expires = query.get("x-amz-expires", "")
    if not expires.isdigit() or int(expires) > _MOST_EXPIRES:
        raise RefusedTokenError(f"it wants to be valid for {expires!r} s")
    date = query.get("x-amz-date", "")
    if not re.fullmatch(r"\d{8}T\d{6}Z", date):
        raise RefusedTokenError(f"it has no date: {date!r}")
    try:
        signed = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise RefusedTokenError(f"it has no date: {date!r}") from error
    if signed + _VALIDITY < now:
        raise RefusedTokenError(f"it expired at {signed + _VALIDITY}")
    if signed - _SKEW > now:
        raise RefusedTokenError(f"it is of the future: {signed}")


def identify(token: str, endpoint: str, cluster: str, now: datetime) -> Caller:
    """Return who made a token for ``cluster``; STS checks the signature.

    Raises:
        RefusedTokenError: Nobody did, or not for this cluster.
    """
    url = presigned_url(token, endpoint, now)
    access_key = _parameters(urlsplit(url).query).get("x-amz-credential", "").partition("/")[0]
    return _parsed(_ask(url, cluster), access_key)


class _NoRedirect(HTTPRedirectHandler):
    """An answer that points elsewhere is an error: nothing but the endpoint is asked."""

    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


def _ask(url: str, cluster: str) -> bytes:
    request = Request(url, headers={CLUSTER_HEADER: cluster})  # noqa: S310 - checked: the endpoint
    try:
        with build_opener(ProxyHandler({}), _NoRedirect()).open(
            request, timeout=_SECONDS
        ) as answer:
            body: bytes = answer.read()
    except HTTPError as error:
        with error:
            code = re.search(rb"<Code>(\w+)</Code>", error.read())
        reason = code.group(1).decode() if code else str(error.code)
        raise RefusedTokenError(f"STS refuses it: {reason}") from error
    except (URLError, OSError) as error:
        raise RefusedTokenError(f"STS does not answer: {error}") from error
    return body


def _parsed(body: bytes, access_key: str) -> Caller:
    try:
        result = ET.fromstring(body).find(f"{_ANSWER}GetCallerIdentityResult")  # noqa: S314 - ours
    except ET.ParseError as error:
        raise RefusedTokenError(f"the answer of STS is no XML: {error}") from error
    if result is None:
        raise RefusedTokenError("STS says nothing about the caller")
    arn, account, user_id = (
        result.findtext(f"{_ANSWER}{name}", "") for name in ("Arn", "Account", "UserId")
    )
    if not arn or not account:
        raise RefusedTokenError("STS says nothing about the caller")
    return Caller(arn=arn, account=account, user_id=user_id, access_key=access_key)
