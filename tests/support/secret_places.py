"""Places of secrets: in memory, and AWS Secrets Manager on loopback."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass
class Places:
    """``ports.SecretReader`` of given contents; counts the questions."""

    variables: dict[str, str] = field(default_factory=dict)
    store: dict[str, str] = field(default_factory=dict)
    typed: str = ""
    asked: list[str] = field(default_factory=list)

    def variable(self, name: str) -> str:
        """Return a variable."""
        return self.variables.get(name, "")

    def stored(self, name: str) -> str:
        """Return a stored secret, or say that there is none."""
        if name not in self.store:
            raise PreflightError(f"there is no secret {name}")
        return self.store[name]

    def ask(self, question: str) -> str:
        """Type the answer."""
        self.asked.append(question)
        return self.typed


@contextmanager
def secrets_manager(store: Mapping[str, str]) -> Iterator[str]:
    """Yield the address of an AWS Secrets Manager that has these secrets."""

    @Request.application
    def answer(request: Request) -> Response:
        name = json.loads(request.get_data())["SecretId"]
        if name in store:
            return Response(json.dumps({"Name": name, "SecretString": store[name]}))
        fault = {"__type": "ResourceNotFoundException", "Message": "there is none"}
        return Response(json.dumps(fault), 400)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
