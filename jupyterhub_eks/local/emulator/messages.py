"""AWS calls as values: what the gap handlers receive and return."""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

_CREDENTIAL: Final = re.compile(r"Credential=([^/,]+)/\d{8}/([^/,]+)/([^/,]+)/aws4_request")
_READ_VERBS: Final = ("Describe", "Get", "List", "Search", "Head", "Lookup", "Validate")


@dataclass(frozen=True)
class AwsRequest:
    """One HTTP request that an AWS SDK signed.

    Attributes:
        headers: Names in lower case.
        access_key, region, service: From the signature's credential scope; empty
            when the request is not signed.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    access_key: str = ""
    region: str = ""
    service: str = ""

    @classmethod
    def of(
        cls, method: str, path: str, query: str, headers: dict[str, str], body: bytes
    ) -> AwsRequest:
        """Build a request and read the credential scope from its signature."""
        scope = _CREDENTIAL.search(headers.get("authorization", ""))
        access_key, region, service = scope.groups() if scope else ("", "", "")
        return cls(method, path, query, headers, body, access_key, region, service)

    @property
    def form(self) -> dict[str, str]:
        """Parameters of the query protocol (EC2, IAM, STS), first value each."""
        if "form-urlencoded" not in self.headers.get("content-type", ""):
            return {}
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}

    @property
    def params(self) -> dict[str, list[str]]:
        """Parameters of the URL."""
        return parse_qs(self.query, keep_blank_values=True)

    @property
    def json(self) -> dict[str, Any]:
        """Body of a JSON protocol; empty for an empty or malformed one."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def action(self) -> str:
        """Operation name in the query and JSON-RPC protocols, else empty."""
        if target := self.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        return self.form.get("Action", "")

    @property
    def changes_state(self) -> bool:
        """Whether the call may change something; when in doubt, yes."""
        if self.action:
            return not self.action.startswith(_READ_VERBS)
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def with_json(self, document: dict[str, Any]) -> AwsRequest:
        """Return the request with another JSON body."""
        body = json.dumps(document).encode()
        headers = {**self.headers, "content-length": str(len(body))}
        return dataclasses.replace(self, body=body, headers=headers)

    def to(
        self, service: str, method: str, path: str, body: bytes = b"", content_type: str = ""
    ) -> AwsRequest:
        """Return a new request by the same caller to another operation."""
        credential = f"{self.access_key}/20260101/{self.region}/{service}/aws4_request"
        headers = {
            "host": self.headers.get("host", "localhost"),
            "authorization": f"AWS4-HMAC-SHA256 Credential={credential}, "
            "SignedHeaders=host, Signature=internal",
            "content-type": content_type or "application/json",
            "content-length": str(len(body)),
        }
        return AwsRequest.of(method, path, "", headers, body)


@dataclass(frozen=True)
class AwsResponse:
    """One HTTP response; ``headers`` as (name, value) pairs."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 300

    @property
    def json(self) -> dict[str, Any]:
        """Body as JSON object."""
        document = json.loads(self.body or b"{}")
        return document if isinstance(document, dict) else {}

    def with_body(self, body: bytes) -> AwsResponse:
        """Return the response with another body and a matching length."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != "content-length")
        return AwsResponse(self.status, (*kept, ("content-length", str(len(body)))), body)


Forward = Callable[[AwsRequest], Awaitable[AwsResponse]]
Gap = Callable[[AwsRequest, Forward], Awaitable[AwsResponse]]


def _response(
    status: int, body: bytes, content_type: str, extra: tuple[tuple[str, str], ...] = ()
) -> AwsResponse:
    headers = (
        ("content-type", content_type),
        ("content-length", str(len(body))),
        ("x-amzn-requestid", str(uuid.uuid4())),
        *extra,
    )
    return AwsResponse(status, headers, body)


def json_response(document: dict[str, Any]) -> AwsResponse:
    """Return a successful answer of a REST-JSON service."""
    return _response(200, json.dumps(document).encode(), "application/json")


def json_error(status: int, code: str, message: str) -> AwsResponse:
    """Return an error of a REST-JSON service, as the SDKs parse it."""
    body = json.dumps({"__type": code, "message": message}).encode()
    return _response(status, body, "application/json", (("x-amzn-errortype", code),))


def ec2_response(action: str, inner: str) -> AwsResponse:
    """Return a successful answer of the EC2 query protocol."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        f"<requestId>{uuid.uuid4()}</requestId>{inner}</{action}Response>"
    )
    return _response(200, body.encode(), "text/xml;charset=UTF-8")


def ec2_error(code: str, message: str) -> AwsResponse:
    """Return an error of the EC2 query protocol (always status 400)."""
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        f"<RequestID>{uuid.uuid4()}</RequestID></Response>"
    )
    return _response(400, body.encode(), "text/xml;charset=UTF-8")
