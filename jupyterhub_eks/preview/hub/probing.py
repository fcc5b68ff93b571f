"""What this machine can do to keep servers apart."""

from __future__ import annotations

KIND_PLAIN = "plain"


async def kind_here() -> tuple[str, str]:
    """Return how servers are enclosed here, and why not better."""
    return KIND_PLAIN, "not built yet"
