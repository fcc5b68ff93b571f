"""What the stand-in is asked and what it answers, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request.

    Attributes:
        method: ``GET`` or ``POST``.
        path: Without query.
        query: Parameters of the address, the first of each name.
        form: Fields of the body.
        authorization: Header of that name.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    authorization: str = field(default="", repr=False)

    @property
    def bearer(self) -> str:
        """The token that the request is made with; empty without one."""
        return self.authorization.partition(" ")[2]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer.

    Attributes:
        status: HTTP status.
        content: Body.
        headers: Headers besides length.
    """

    status: HTTPStatus = HTTPStatus.OK
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def in_json(content: Any, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an answer in JSON."""
    headers = {"Content-Type": "application/json"}
    return Answer(status=status, content=json.dumps(content).encode(), headers=headers)


def redirect(address: str, parameters: Mapping[str, str]) -> Answer:
    """Return an answer that leads to an address with parameters."""
    joined = "&" if "?" in address else "?"
    location = f"{address}{joined}{urlencode(parameters)}"
    return Answer(status=HTTPStatus.FOUND, headers={"Location": location})
