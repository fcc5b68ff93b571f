"""Services with a price of their own, besides machines: their units, and how AWS names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = Literal["hour", "GB-month", "GB", "user-month"]

HOURS_PER_MONTH: Final = 730


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A priced item.

    Attributes:
        unit: What the price is for.
        page: AWS's page with the price.
        code: Service code of the price list.
        usage: Usage type there, without the prefix of the region.
        fields: Attributes of the product that narrow down what is asked for.
        also: Attributes that a product must have, looked at here.
    """

    unit: Unit
    page: str
    code: str
    usage: str
    fields: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)


def _family(name: str) -> dict[str, str]:
    return {"productFamily": name}


_EKS: Final = "Amazon EKS pricing"
_VPC: Final = "Amazon VPC pricing"
_LINK: Final = "AWS PrivateLink pricing"
_BALANCER: Final = "Elastic Load Balancing pricing"
_EFS: Final = "Amazon EFS pricing"

SERVICES: Final[Mapping[str, Service]] = {
    "eks": Service(unit="hour", page=_EKS, code="AmazonEKS", usage="AmazonEKS-Hours:perCluster"),
    # On top of the former.
    "eks-extended": Service(
        unit="hour", page=_EKS, code="AmazonEKS", usage="AmazonEKS-Hours:extendedSupport"
    ),
    "nat": Service(
        unit="hour",
        page=_VPC,
        code="AmazonEC2",
        usage="NatGateway-Hours",
        fields=_family("NAT Gateway"),
    ),
    "nat-traffic": Service(
        unit="GB",
        page=_VPC,
        code="AmazonEC2",
        usage="NatGateway-Bytes",
        fields=_family("NAT Gateway"),
    ),
    "ipv4": Service(unit="hour", page=_VPC, code="AmazonVPC", usage="PublicIPv4:InUseAddress"),
    "endpoint": Service(unit="hour", page=_LINK, code="AmazonVPC", usage="VpcEndpoint-Hours"),
    "endpoint-traffic": Service(unit="GB", page=_LINK, code="AmazonVPC", usage="VpcEndpoint-Bytes"),
    "nlb": Service(
        unit="hour",
        page=_BALANCER,
        code="AWSELB",
        usage="LoadBalancerUsage",
        fields=_family("Load Balancer-Network"),
    ),
    "nlb-unit": Service(
        unit="hour",
        page=_BALANCER,
        code="AWSELB",
        usage="LCUUsage",
        fields=_family("Load Balancer-Network"),
    ),
    "alb": Service(
        unit="hour",
        page=_BALANCER,
        code="AWSELB",
        usage="LoadBalancerUsage",
        fields=_family("Load Balancer-Application"),
    ),
    "alb-unit": Service(
        unit="hour",
        page=_BALANCER,
        code="AWSELB",
        usage="LCUUsage",
        fields=_family("Load Balancer-Application"),
    ),
    "gp3": Service(
        unit="GB-month",
        page="Amazon EBS pricing",
        code="AmazonEC2",
        usage="EBS:VolumeUsage.gp3",
        fields={**_family("Storage"), "volumeApiName": "gp3"},
    ),
    "efs": Service(unit="GB-month", page=_EFS, code="AmazonEFS", usage="TimedStorage-ByteHrs"),
    "efs-infrequent": Service(
        unit="GB-month", page=_EFS, code="AmazonEFS", usage="IATimedStorage-ET-ByteHrs"
    ),
    "efs-read": Service(
        unit="GB",
        page=_EFS,
        code="AmazonEFS",
        usage="ETDataAccess-Bytes",
        also={"accessType": "Read"},
    ),
    "efs-write": Service(
        unit="GB",
        page=_EFS,
        code="AmazonEFS",
        usage="ETDataAccess-Bytes",
        also={"accessType": "Write"},
    ),
    "backup": Service(
        unit="GB-month",
        page="AWS Backup pricing",
        code="AWSBackup",
        usage="WarmStorage-ByteHrs-EFS",
    ),
    "logs": Service(
        unit="GB",
        page="Amazon CloudWatch pricing",
        code="AmazonCloudWatch",
        usage="DataProcessing-Bytes",
        fields=_family("Data Payload"),
    ),
    "cognito": Service(
        unit="user-month",
        page="Amazon Cognito pricing",
        code="AmazonCognito",
        usage="CognitoEssentialsMAU",
    ),
}
