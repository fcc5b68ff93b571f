"""Ask Terraform itself whether it can get a provider here."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.versions import HELM_PROVIDER_RANGE, HELM_PROVIDER_SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

# A registry that is reached sends some 20 MB; one that is not is given up long before.
_SECONDS: Final = 120


def can_have_helm_provider(terraform: str, environ: Mapping[str, str]) -> bool:
    """Return whether ``terraform init`` finds a fitting helm provider.

    Where it does, what it fetched stays in the cache that the stacks share.

    Args:
        terraform: Path of the program.
        environ: Its environment, with where providers come from.
    """
    needs = {"helm": {"source": HELM_PROVIDER_SOURCE, "version": HELM_PROVIDER_RANGE}}
    with tempfile.TemporaryDirectory(prefix="jhub-provider-") as folder:
        document = {"terraform": {"required_providers": needs}}
        Path(folder, "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        try:
            done = subprocess.run(
                [terraform, "init", "-backend=false", "-input=false", "-no-color"],
                cwd=folder,
                env={**environ, "CHECKPOINT_DISABLE": "1"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return False
    return done.returncode == 0
