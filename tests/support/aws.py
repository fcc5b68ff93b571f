"""An AWS that answers from a table."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from jupyterhub_eks.aws.session import Clients


def aws_error(code: str, operation: str = "Call", message: str = "no") -> ClientError:
    """Return the exception that boto3 raises for an error code."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class FakeClient:
    """Answers each operation with what is in ``answers``; an exception is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def can_paginate(self, _operation: str) -> bool:
        """Nothing is paged here."""
        return False

    def __getattr__(self, operation: str) -> Any:
        """Return a function that answers ``operation``."""

        def call(**arguments: Any) -> Any:
            self.calls.append((operation, arguments))
            answer = self.answers.get(operation, {})
            answer = answer(**arguments) if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class FakeClients(Clients):
    """Hands out fake clients by service; a service without answers is empty."""

    def __init__(self, **answers: dict[str, Any]) -> None:
        super().__init__("us-west-2", {})
        self._fakes = {key.replace("_", "-"): FakeClient(value) for key, value in answers.items()}

    def get(self, service: str) -> FakeClient:
        """Return the fake of ``service``."""
        return self._fakes.setdefault(service, FakeClient({}))
