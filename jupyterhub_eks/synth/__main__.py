"""``python -m jupyterhub_eks.synth``: the app of ``cdktf.json``.

The CDKTF command line runs it in the folder of ``cdktf.json`` and says by
``CDKTF_OUTDIR`` where it looks for the result. The configuration is ``jhub.yaml``
there, or the files that ``JHUB_CONFIG`` lists (separated as in ``PATH``), or
without any the defaults. The CDKTF command line cannot lift ``prevent_destroy``
for a moment as ``jhub destroy`` does, so ``storage.keep_on_destroy`` decides.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError, DeployerError
from jupyterhub_eks.synth import synthesize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def main(environment: Mapping[str, str], folder: Path) -> None:
    """Synthesize the configuration that ``environment`` and ``folder`` point to.

    Raises:
        DeployerError: The configuration is invalid or synthesis failed.
    """
    listed = [name for name in environment.get("JHUB_CONFIG", "").split(os.pathsep) if name]
    default = folder / "jhub.yaml"
    files = [Path(name) for name in listed] or ([default] if default.is_file() else [])
    deployment = load(ConfigSources(files=tuple(files))).deployment
    out = folder / (environment.get("CDKTF_OUTDIR") or "cdktf.out")
    synthesize(deployment, out, protect_data=deployment.settings.storage.keep_on_destroy)


def _describe(error: DeployerError) -> Iterator[str]:
    yield error.message
    if isinstance(error, ConfigError):
        for problem in error.problems:
            yield f"{problem.location}: {problem.path}: {problem.message}"
            if problem.hint:
                yield f"  {problem.hint}"
    yield from (text for text in (error.cause, error.hint) if text)


if __name__ == "__main__":
    try:
        main(os.environ, Path.cwd())
    except DeployerError as failure:
        sys.stderr.write("".join(f"{line}\n" for line in _describe(failure)))
        sys.exit(failure.exit_code)
