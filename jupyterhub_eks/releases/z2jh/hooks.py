"""Python that runs inside the hub, kept as files in ``helm_values/hub-config``."""

from __future__ import annotations

from typing import Any

from jupyterhub_eks.resources import read_text


def hook(name: str) -> dict[str, Any]:
    """Return the values that add ``helm_values/hub-config/<name>.py`` to the hub."""
    # The chart runs entries by the order of their names, `who_may_enter` after all logins, and in
    # one scope: what they call later belongs into their classes.
    return {"hub": {"extraConfig": {name: read_text(f"helm_values/hub-config/{name}.py")}}}
