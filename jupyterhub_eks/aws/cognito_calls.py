"""Calls to a Cognito user pool, made again where they come too soon.

Cognito allows a few dozen calls a second of each kind in an account (service quotas, "API
request rate quotas"), fewer than an address list has; whoever is refused waits and asks again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.aws.session import error_code, explain
from jupyterhub_eks.errors import PreflightError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SLOW_DOWN: Final = frozenset({"TooManyRequestsException", "ThrottlingException"})
_SPENT: Final = "LimitExceededException"
_ATTEMPTS: Final = 8
_LONGEST_PAUSE_SECONDS: Final = 20.0


@dataclass(frozen=True)
class PoolCalls:
    """The API of one user pool.

    Attributes:
        client: Of boto3, for ``cognito-idp``.
        pool_id: Id of the pool.
        sleep: Waits for some seconds.
    """

    client: Any
    pool_id: str
    sleep: Callable[[float], None]

    def pages(
        self, action: str, key: str, token: str, *, limit: str = "Limit", **given: Any
    ) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, page by page.

        Args:
            action: Call that lists them.
            key: Where they are in its answer.
            token: What the next page is asked by.
            limit: What says how many a page has.
            given: Further parameters.
        """
        following: dict[str, str] = {}
        while True:
            answer = self.ask(action, **{limit: 60}, **given, **following)
            yield from answer[key]
            if not answer.get(token):
                return
            following = {token: answer[token]}

    def ask(self, action: str, **given: Any) -> dict[str, Any]:
        """Call the API about the pool, as :meth:`call` does."""
        return self.call(action, UserPoolId=self.pool_id, **given)

    def call(self, action: str, **given: Any) -> dict[str, Any]:
        """Call the API; a call that comes too soon is made again, later and later.

        Raises:
            PreflightError: It refuses.
        """
        for attempt in range(_ATTEMPTS):
            try:
                answer: dict[str, Any] = getattr(self.client, action)(**given)
            except Exception as error:
                if error_code(error) not in _SLOW_DOWN or attempt == _ATTEMPTS - 1:
                    raise _explained(error, action) from error
                longest = min(_LONGEST_PAUSE_SECONDS, 2.0**attempt)
                self.sleep(random.uniform(longest / 4, longest))  # noqa: S311 - no secret
            else:
                return answer
        raise AssertionError


def _explained(error: Exception, action: str) -> Exception:
    code = error_code(error)
    what = f"{action.replace('_', ' ')} (cognito-idp)"
    if code == _SPENT:
        return PreflightError(
            "Cognito sends no more e-mails today",
            cause=str(error),
            hint="run the same command again tomorrow, which goes on from here; or give "
            "passwords by file (--passwords FILE), or let the pool send by SES",
        )
    if code == "ResourceNotFoundException" and "client" in str(error).lower():
        return PreflightError(
            "the user pool has no such client",
            cause=str(error),
            hint="with `auth.existing`, correct `client_id`; else `jhub plan` shows what is gone",
        )
    if code == "ResourceNotFoundException" and "roup" not in str(error):
        return PreflightError(
            "the user pool does not exist",
            cause=str(error),
            hint="`jhub status` shows what is deployed; with `auth.existing`, correct its id "
            "and the region",
        )
    return explain(error, what)
