"""Stack ``dns``: the record that leads from the domain to the load balancer.

The load balancer is made by its controller in the cluster, so its name is known only
after stack ``hub`` is up. A stack of its own is the way to look it up that always holds:

* It is planned after ``hub`` has been applied, and again whenever that was changed. So
  the name is a known value in its plan, and one ``jhub deploy`` makes the record.
* The look-up asks for all load balancers with the hub's tag and takes none for an answer.
  Inside ``hub`` a look-up of exactly one would fail where there is none: on the embedded
  AWS, which has no controller, and in a destroy that was interrupted after the load
  balancer had gone. Here the record is then left out, and output ``load_balancer`` is
  empty, which is what is reported.
* It is destroyed before ``hub``: the name stops leading anywhere before the hub goes.

Without ``access.hosted_zone`` there is no record; the outputs say what to point where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.data_aws_lb import DataAwsLb
from cdktf_cdktf_provider_aws.data_aws_lbs import DataAwsLbs
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias

from jupyterhub_eks.releases import labels
from jupyterhub_eks.releases.hub import JUPYTERHUB, PUBLIC_SERVICE
from stacks.base import BaseStack

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
    from stacks.hub import HubStack

# How the controller tags what it makes for a Service or an Ingress (its source,
# pkg/deploy/tracking/provider.go).
CLUSTER_TAG: Final = "elbv2.k8s.aws/cluster"
_OWNERS: Final = {
    "nlb": ("service.k8s.aws/stack", f"{labels.HUB_NAMESPACE}/{PUBLIC_SERVICE}"),
    "alb": ("ingress.k8s.aws/stack", f"{labels.HUB_NAMESPACE}/{JUPYTERHUB}"),
}
_FOUND: Final = "data.aws_lbs.LoadBalancers.arns"


class DnsStack(BaseStack):
    """The hub's domain, and the load balancer that it leads to.

    Args:
        scope: The cdktf app.
        settings: Contents of ``jhub.yaml``; the hub is exposed.
        hub: The hub, which this comes after.
    """

    def __init__(self, scope: Construct, *, settings: DeploymentFile, hub: HubStack) -> None:
        super().__init__(scope, "dns", settings=settings)
        self.add_dependency(hub)
        DataAwsLbs(self, "LoadBalancers", tags=owner_tags(settings.name, settings.access))
        balancer = DataAwsLb(self, "LoadBalancer", arn=f"${{tolist({_FOUND})[0]}}")
        self._only_if_found(balancer)
        if settings.access.hosted_zone:
            self._add_record(settings.access, settings.access.hosted_zone)
        self.add_output(
            "load_balancer",
            self._of_the_found("dns_name"),
            "Name of the load balancer; empty if there is none (yet)",
        )

    def _add_record(self, access: AccessConfig, zone_name: str) -> None:
        zone = DataAwsRoute53Zone(self, "HostedZone", name=zone_name, private_zone=False)
        record = Route53Record(
            self,
            "Record",
            zone_id=zone.zone_id,
            name=access.domain or "",
            type="A",
            alias=Route53RecordAlias(
                name=_attribute("dns_name"),
                zone_id=_attribute("zone_id"),
                # There is only one to choose from.
                evaluate_target_health=False,
            ),
        )
        self._only_if_found(record)
        self.add_output(
            "record", '${join("", aws_route53_record.Record[*].fqdn)}', "The DNS record"
        )

    def _only_if_found(self, element: DataAwsLb | Route53Record) -> None:
        element.add_override("count", f"${{length({_FOUND}) > 0 ? 1 : 0}}")

    def _of_the_found(self, attribute: str) -> str:
        return f'${{join("", data.aws_lb.LoadBalancer[*].{attribute})}}'


def owner_tags(deployment: str, access: AccessConfig) -> dict[str, str]:
    """Return the tags by which the hub's load balancer is found."""
    key, value = _OWNERS[access.load_balancer]
    return {CLUSTER_TAG: deployment, key: value}


def _attribute(name: str) -> str:
    return f"${{data.aws_lb.LoadBalancer[0].{name}}}"
