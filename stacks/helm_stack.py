"""A stack of Helm releases: the provider, how it reaches the cluster, charts of our own.

The provider's credentials come from ``jhub token``, called by the provider itself for
each request, so neither a token is written anywhere nor the AWS CLI is needed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cdktf import AssetType, Fn, TerraformAsset, TerraformLocal
from cdktf_cdktf_provider_helm.provider import (
    HelmProvider,
    HelmProviderKubernetes,
    HelmProviderKubernetesExec,
)
from cdktf_cdktf_provider_helm.release import Release as ReleaseResource
from ruamel.yaml import YAML

from jupyterhub_eks.digests import folder_digest
from jupyterhub_eks.releases.model import RemoteChart
from jupyterhub_eks.resources import data_root
from jupyterhub_eks.versions import HELM_PROVIDER_RANGE
from stacks.base import BaseStack
from stacks.values_text import values_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from constructs import Construct, IConstruct

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.releases.model import LocalChart, Release
    from stacks.contracts import ClusterOutputs

HELM_SOURCE: Final = "hashicorp/helm"
# Helm keeps each revision with all values in a Secret; without a limit, for ever.
KEPT_REVISIONS: Final = 5


class HelmStack(BaseStack):
    """A stack whose resources live in the cluster.

    Args:
        scope: The cdktf app.
        stack: Name of the stack.
        settings: Contents of ``jhub.yaml``.
        cluster: How the cluster is reached.
        uses_aws: Whether the stack has AWS resources too.
    """

    def __init__(
        self,
        scope: Construct,
        stack: str,
        *,
        settings: DeploymentFile,
        cluster: ClusterOutputs,
        uses_aws: bool = False,
    ) -> None:
        super().__init__(scope, stack, settings=settings, uses_aws=uses_aws)
        self._resources: dict[str, ReleaseResource] = {}
        self._charts: dict[str, RemoteChart] = {}
        self._locals: dict[str, str] = {}
        self.add_override("terraform.required_providers.helm.source", HELM_SOURCE)
        self.add_override("terraform.required_providers.helm.version", HELM_PROVIDER_RANGE)
        HelmProvider(self, "Helm", kubernetes=self._connection(cluster))

    def add_releases(self, releases: Iterable[Release]) -> None:
        """Add releases; each comes after those that it needs."""
        for release in releases:
            self.add_release(release)

    def add_release(self, release: Release, *, after: Iterable[IConstruct] = ()) -> ReleaseResource:
        """Add one release.

        Args:
            release: Chart and values.
            after: Constructs of this stack, besides ``release.needs``, that come before.

        Raises:
            KeyError: It needs a release that has not been added before.
        """
        chart = self._locate(release.chart)
        before = [*(self._resources[name] for name in release.needs), *after]
        resource = ReleaseResource(
            self,
            release.construct_id,
            name=release.name,
            namespace=release.namespace,
            chart=chart.name,
            repository=chart.repository or None,
            version=chart.version,
            values=[values_text(release.values, self._local_of)],
            skip_crds=release.skip_crds,
            timeout=release.timeout_seconds,
            wait=True,
            # A first try that failed is taken up again: a plain install would refuse the
            # name. Not `atomic`, which uninstalls it, and with it what users already have.
            upgrade_install=True,
            cleanup_on_fail=True,
            max_history=KEPT_REVISIONS,
            depends_on=before or None,
        )
        self._resources[release.name] = resource
        return resource

    def _connection(self, cluster: ClusterOutputs) -> HelmProviderKubernetes:
        return HelmProviderKubernetes(
            host=cluster.endpoint,
            cluster_ca_certificate=Fn.base64decode(cluster.certificate_authority),
            exec=HelmProviderKubernetesExec(
                api_version="client.authentication.k8s.io/v1",
                command="jhub",
                args=["token", "--cluster", self.deployment, "--region", self.aws_region],
            ),
        )

    def _local_of(self, token: str, key: str) -> str:
        """Return the name of the local with the value of ``token``, named by its first use."""
        if token not in self._locals:
            stem = "value_" + re.sub(r"\W", "_", key, flags=re.ASCII)
            names = (stem, *(f"{stem}_{number}" for number in range(2, len(self._locals) + 2)))
            name = next(name for name in names if name not in self._locals.values())
            TerraformLocal(self, name, token)
            self._locals[token] = name
        return self._locals[token]

    def _locate(self, chart: RemoteChart | LocalChart) -> RemoteChart:
        """Return how Terraform finds a chart; those of our own come along with the stack."""
        if isinstance(chart, RemoteChart):
            return chart
        if chart.name not in self._charts:
            self._charts[chart.name] = self._add_chart(chart)
        return self._charts[chart.name]

    def _add_chart(self, chart: LocalChart) -> RemoteChart:
        folder = data_root() / chart.folder
        words = chart.name.split("-")
        asset = TerraformAsset(
            self,
            f"{''.join(word.capitalize() for word in words)}Chart",
            path=str(folder),
            type=AssetType.DIRECTORY,
            # Part of the path, so that a changed chart is seen as a change.
            asset_hash=folder_digest(folder)[:16],
        )
        # Without a version the provider would go on planning the installed one.
        version = chart_version(folder)
        return RemoteChart(name=f"./{asset.path}", repository="", version=version)


def chart_version(folder: Path) -> str:
    """Return the version in the ``Chart.yaml`` of a chart."""
    description = YAML(typ="safe", pure=True).load((folder / "Chart.yaml").read_text("utf-8"))
    return str(description["version"])
