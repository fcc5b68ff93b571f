"""The previewed hub: ``python -m jupyterhub_eks.preview.hub DOCUMENT``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub.app import JupyterHub

from jupyterhub_eks.coalescing import coalesce
from jupyterhub_eks.preview.hub.chart import DEFAULTS, chart_module
from jupyterhub_eks.preview.hub.running import previewed
from jupyterhub_eks.preview.hub.with_parent import end_with_parent

if TYPE_CHECKING:
    import signal

    from jupyterhub_eks.preview.document import Document


class PreviewedHub(JupyterHub):  # type: ignore[misc]
    """JupyterHub that is asked to end once, however many signals say so."""

    _is_ending = False

    async def shutdown_cancel_tasks(self, sig: signal.Signals | None = None) -> None:
        """End all servers, then the hub."""
        if not self._is_ending:
            self._is_ending = True
            await super().shutdown_cancel_tasks(sig)


def main(path: str) -> None:
    """Run the hub of a document until it is told to end, or whoever has started it is gone."""
    end_with_parent()
    document: Document = json.loads(Path(path).read_text(encoding="utf-8"))
    os.environ.update(document["environment"])
    # Where a configuration of this machine's own would not be found.
    state = Path(document["state"])
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chdir(state)
    module = chart_module(coalesce(DEFAULTS, document["values"]))
    sys.modules[module.__name__] = module
    config = previewed(document)
    PreviewedHub.instance(config=config)
    PreviewedHub.launch_instance([])


if __name__ == "__main__":
    main(sys.argv[1])
