"""Stack ``certificate``: a certificate of AWS for the hub's domain.

Made when the hub is exposed under a domain and ``access.certificate_arn`` names none. It
needs no other stack: AWS takes some minutes to see the record by which the domain is
shown to be ours, and the cluster takes longer.

With ``access.hosted_zone`` the record is made here, and the stack is done when the
certificate is issued. Without, somebody has to make it where the domain is kept: the
outputs say which, and stack ``hub`` waits for the certificate before anything needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.acm_certificate_validation import (
    AcmCertificateValidation,
    AcmCertificateValidationTimeouts,
)
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record

from stacks.base import BaseStack
from stacks.contracts import CertificateOutputs

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.deployment import DeploymentFile

RECORD_SECONDS: Final = 300
ISSUE_TIMEOUT: Final = "30m"


def wants_certificate(access: AccessConfig) -> bool:
    """Return whether a certificate has to be asked for."""
    exposed = access.effective_visibility != "port-forward"
    return bool(exposed and access.domain and not access.certificate_arn)


class CertificateStack(BaseStack):
    """A certificate for one host name, shown to be ours by a DNS record.

    Raises:
        ValueError: There is no domain.
    """

    outputs: CertificateOutputs

    def __init__(self, scope: Construct, *, settings: DeploymentFile) -> None:
        super().__init__(scope, "certificate", settings=settings)
        host = settings.access.domain
        if not host:
            raise ValueError("a certificate needs access.domain")
        certificate = AcmCertificate(
            self,
            "Certificate",
            domain_name=host,
            validation_method="DNS",
            tags=self.named("hub"),
            # One in use cannot be deleted, so its successor comes first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        proof = certificate.domain_validation_options.get(0)
        zone = settings.access.hosted_zone
        arn = self._prove(certificate, zone) if zone else certificate.arn
        self.outputs = CertificateOutputs(arn=arn, is_issued=bool(zone))
        self.add_output("certificate_arn", arn, "Certificate of the hub's domain")
        self.add_output(
            "validation_name",
            proof.resource_record_name,
            "Name of the CNAME record that shows the domain to be yours",
        )
        self.add_output("validation_value", proof.resource_record_value, "Value of that record")

    def _prove(self, certificate: AcmCertificate, zone_name: str) -> str:
        """Make the record and wait until AWS has seen it; return the certificate's ARN."""
        zone = DataAwsRoute53Zone(self, "HostedZone", name=zone_name, private_zone=False)
        proof = certificate.domain_validation_options.get(0)
        record = Route53Record(
            self,
            "ValidationRecord",
            zone_id=zone.zone_id,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=RECORD_SECONDS,
            # The same for every certificate of this name in the account, so an earlier
            # deployment may have left it.
            allow_overwrite=True,
        )
        arn: str = issued_certificate(self, certificate.arn, [record.fqdn]).certificate_arn
        return arn


def issued_certificate(
    stack: BaseStack, arn: str, records: list[str] | None = None
) -> AcmCertificateValidation:
    """Add the wait for a certificate to be issued.

    Args:
        stack: Where the wait goes.
        arn: ARN of the certificate.
        records: Names of the records that prove the domain; None if made elsewhere.
    """
    return AcmCertificateValidation(
        stack,
        "CertificateIssued",
        certificate_arn=arn,
        validation_record_fqdns=records,
        timeouts=AcmCertificateValidationTimeouts(create=ISSUE_TIMEOUT),
    )
