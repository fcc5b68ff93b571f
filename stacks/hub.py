"""Stack ``hub``: namespace, volumes, secrets and JupyterHub, as Helm releases.

See ``releases.hub``; this only joins them to the AWS half. What browsers are let in by is
made by the load-balancer controller, from what the release says; its name is looked up by
stack ``dns``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import Fn, TerraformVariable

from jupyterhub_eks.instances.catalog import catalog
from jupyterhub_eks.placement.told import told_of
from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.given_secrets import hub_variable, keys_from_outside
from jupyterhub_eks.releases.hub import PUBLIC_SERVICE, hub_releases
from jupyterhub_eks.releases.z2jh.inputs import CognitoClient, HubInputs
from stacks.certificate import issued_certificate
from stacks.helm_stack import HelmStack

if TYPE_CHECKING:
    from constructs import Construct, IConstruct

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.deployment import Deployment
    from stacks.contracts import (
        CertificateOutputs,
        ClusterOutputs,
        IdentityOutputs,
        NetworkOutputs,
        StorageOutputs,
    )

FORWARDED_PORT: Final = 8080


class HubStack(HelmStack):
    """JupyterHub in the cluster.

    Args:
        scope: The cdktf app.
        deployment: Both configuration files.
        network: The VPC, for the load balancer's subnets.
        cluster: How the cluster is reached.
        storage: File system and access points.
        identity: The user pool, with ``auth.type: cognito``.
        certificate: The certificate that was asked for, if one was.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        network: NetworkOutputs,
        cluster: ClusterOutputs,
        storage: StorageOutputs,
        identity: IdentityOutputs | None = None,
        certificate: CertificateOutputs | None = None,
    ) -> None:
        settings = deployment.settings
        waits = certificate is not None and not certificate.is_issued
        super().__init__(scope, "hub", settings=settings, cluster=cluster, uses_aws=waits)
        arn, after = self._certificate(settings.access, certificate)
        inputs = HubInputs(
            file_system_id=storage.file_system_id,
            home_access_point_id=storage.home_access_point_id,
            shared_access_point_id=storage.shared_access_point_id,
            certificate_arn=arn,
            subnet_ids=_subnets(settings.access, network),
            cognito=_client(identity) if identity else None,
            given={key: self._variable(key) for key in keys_from_outside(settings.auth)},
            told=told_of(deployment, catalog()),
        )
        for release in hub_releases(deployment, inputs):
            self.add_release(release, after=after)
        self.add_output("url", url_of(settings.access), "Where the hub answers; " + _HOW)
        self.add_output("namespace", labels.HUB_NAMESPACE, "Namespace of the hub")

    def _variable(self, key: str) -> str:
        """Return the value of a secret that is given to Terraform, never written."""
        variable = TerraformVariable(
            self,
            hub_variable(key),
            type="string",
            sensitive=True,
            nullable=False,
            # So that what is in the cluster stays; the chart refuses where nothing is.
            default="",
            description=f"Value of {key} in the hub's Secret; empty: what is there stays",
        )
        value: str = variable.string_value
        return value

    def _certificate(
        self, access: AccessConfig, certificate: CertificateOutputs | None
    ) -> tuple[str, tuple[IConstruct, ...]]:
        """Return the ARN, and what must be there before a load balancer is made with it."""
        if certificate is None:
            return access.certificate_arn or "", ()
        if certificate.is_issued:
            return certificate.arn, ()
        issued = issued_certificate(self, certificate.arn)
        return issued.certificate_arn, (issued,)


_HOW: Final = (
    "with access.visibility port-forward after `kubectl -n "
    f"{labels.HUB_NAMESPACE} port-forward service/{PUBLIC_SERVICE} {FORWARDED_PORT}:http`"
)


def url_of(access: AccessConfig) -> str:
    """Return the address to open in a browser."""
    if access.effective_visibility == "port-forward":
        return f"http://localhost:{FORWARDED_PORT}/"
    return f"https://{access.domain}/"


def _client(identity: IdentityOutputs) -> CognitoClient:
    return CognitoClient(
        client_id=identity.client_id,
        # A value read from another stack's state is not secret by itself.
        client_secret=Fn.sensitive(identity.client_secret),
        login_url=identity.login_url,
    )


def _subnets(access: AccessConfig, network: NetworkOutputs) -> tuple[str, ...]:
    if access.effective_visibility == "public":
        return network.public_subnet_ids
    return network.private_subnet_ids
