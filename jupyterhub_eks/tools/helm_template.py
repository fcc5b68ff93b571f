"""Let the real Helm make the objects of a release, without any cluster."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.capture import redact

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterhub_eks.releases.model import Release

_SECONDS: Final = 120


@dataclass(frozen=True, kw_only=True)
class HelmTemplate:
    """Renders charts for one version of Kubernetes.

    Attributes:
        helm: The program.
        kubernetes: Minor version that charts are told, e.g. ``1.36``.
    """

    helm: Path
    kubernetes: str

    def __call__(self, release: Release, chart: Path, secrets: Iterable[str]) -> str:
        """Return the objects of a release as YAML documents, secrets included.

        Values go in through standard input, so that no file and no list of processes has them.

        Args:
            release: What is rendered.
            chart: Its chart, a folder or an archive.
            secrets: Texts that an error must not show.

        Raises:
            ToolError: Helm refuses the chart or its values, or does not end.
        """
        crds = "--skip-crds" if release.skip_crds else "--include-crds"
        argv = [
            *(str(self.helm), "template", release.name, str(chart)),
            *("--namespace", release.namespace, "--kube-version", self.kubernetes),
            *(crds, "--values", "-"),
        ]
        try:
            done = subprocess.run(
                argv,
                input=json.dumps(release.values),
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise _failed(release, chart, f"no end within {_SECONDS} s") from error
        except OSError as error:
            raise _failed(release, chart, str(error)) from error
        if done.returncode:
            raise _failed(release, chart, redact(done.stderr.strip(), tuple(secrets)))
        return done.stdout


def _failed(release: Release, chart: Path, cause: str) -> ToolError:
    return ToolError(
        f"Helm cannot make the objects of release {release.name} from {chart}",
        cause=cause.removeprefix("Error: "),
        hint="correct the values that it names, most often in `hub_values`; or the chart is "
        "damaged: jhub charts pull",
    )
