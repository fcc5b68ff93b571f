"""Walk through the pages of a list call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


def items(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """Yield every item under ``key`` of all pages of ``operation``."""
    if not client.can_paginate(operation):
        yield from getattr(client, operation)(**arguments).get(key) or ()
        return
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key) or ()
