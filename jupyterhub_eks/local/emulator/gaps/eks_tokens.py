"""EKS calls that are repeated with their token are answered as the first time.

An SDK repeats a call whose answer got lost, with the same ``clientRequestToken``. The
emulator takes that for a second call and refuses it, so that Terraform is left with a
resource that it does not know. EKS knows the token again (its API reference,
"clientRequestToken") and refuses it only with other parameters.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.local.emulator.messages import json_error

if TYPE_CHECKING:
    from jupyterhub_eks.local.emulator.messages import AwsRequest, AwsResponse, Forward

_TOKEN: Final = "clientRequestToken"  # noqa: S105 - the name of a field
# An SDK gives up long before as many other calls have been made.
_REMEMBERED: Final = 1000

_Key = tuple[str, str, str, str, str]
_answers: Final[OrderedDict[_Key, tuple[str, AwsResponse]]] = OrderedDict()


async def handle(request: AwsRequest, forward: Forward) -> AwsResponse:
    """Answer a repeated call from memory; remember the answer of a first one."""
    token = request.json.get(_TOKEN) if request.method in {"POST", "DELETE", "PUT"} else None
    if not isinstance(token, str) or not token:
        return await forward(request)
    key = (request.access_key, request.region, request.method, request.path, token)
    wanted = _digest(request)
    if key in _answers:
        before, answer = _answers[key]
        return answer if before == wanted else _mismatch()
    answer = await forward(request)
    if answer.ok:
        _answers[key] = (wanted, answer)
        while len(_answers) > _REMEMBERED:
            _answers.popitem(last=False)
    return answer


def _digest(request: AwsRequest) -> str:
    return hashlib.sha256(json.dumps(request.json, sort_keys=True).encode()).hexdigest()


def _mismatch() -> AwsResponse:
    return json_error(
        400, "InvalidParameterException", f"the {_TOKEN} was used with other parameters"
    )
