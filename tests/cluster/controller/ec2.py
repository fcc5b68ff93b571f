"""The emulated EC2 of a region, with what ``jhub`` makes of an account before Karpenter starts."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import boto3

from tests.cluster.controller.children import running
from tests.cluster.controller.fleets import ON_DEMAND, SPOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.cluster.controller.reservations import Reservation

CLUSTER = "lab"
PROFILE = "lab-nodes"
DISCOVERY = {"Key": "karpenter.sh/discovery", "Value": CLUSTER}
# The first zones of a region, as stack `network` takes them.
ZONES = 3
_RANGE = "10.0.0.0/16"
# Where a test says what is out of stock, and what is reserved.
STOCK = "/stock"
RESERVED = "/reservations"


@dataclass(frozen=True)
class Ec2:
    """A running emulation.

    Attributes:
        port: Where it listens on loopback.
        region: Region that was furnished.
        subnets: Ids of the nodes' subnets.
        zone_ids: Ids of their zones.
    """

    port: int
    region: str
    subnets: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """URL of all of its APIs."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def credentials(self) -> dict[str, str]:
        """Environment for programs that are to use it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a client of one of its APIs."""
        return boto3.client(
            service,
            region_name=self.region,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @contextmanager
    def out_of_stock(
        self, *types: str, options: Iterable[str] = (SPOT, ON_DEMAND)
    ) -> Iterator[None]:
        """Let exactly these instance types be out of stock, by purchase option, for a while."""
        self._tell(STOCK, dict.fromkeys(options, types))
        try:
            yield
        finally:
            self._tell(STOCK, {})

    def reserve(self, reservations: Iterable[Reservation]) -> None:
        """Let exactly this be reserved."""
        self._tell(RESERVED, [asdict(each) for each in reservations])

    def _tell(self, path: str, what: Any) -> None:
        body = json.dumps(what).encode()
        request = Request(f"{self.endpoint}{path}", data=body, method="PUT")  # noqa: S310 - loopback
        with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
            assert answer.status == 200

    def instances(self) -> dict[str, dict[str, Any]]:
        """Return the instances that run, by id."""
        pages = self.client("ec2").get_paginator("describe_instances").paginate()
        return {
            each["InstanceId"]: each
            for page in pages
            for reservation in page["Reservations"]
            for each in reservation["Instances"]
            if each["State"]["Name"] == "running"
        }


@contextmanager
def emulated(folder: Path, region: str) -> Iterator[Ec2]:
    """Run the emulation, with a network, a node's profile and a cluster in ``region``."""
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    argv = [sys.executable, "-m", "tests.cluster.controller.ec2_server", str(port_file)]
    with running(
        argv,
        folder / "ec2.log",
        env={"AWS_EC2_METADATA_DISABLED": "true", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        is_ready=lambda: port_file.is_file() and _answers(int(port_file.read_text())),
    ):
        yield _furnish(Ec2(port=int(port_file.read_text()), region=region))


def _answers(port: int) -> bool:
    request = Request(f"http://127.0.0.1:{port}{STOCK}", data=b"{}", method="PUT")
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


def _furnish(found: Ec2) -> Ec2:
    api = found.client("ec2")
    vpc = api.create_vpc(CidrBlock=_RANGE)["Vpc"]["VpcId"]
    zones = sorted(
        api.describe_availability_zones()["AvailabilityZones"], key=lambda each: each["ZoneName"]
    )[:ZONES]
    subnets = [
        api.create_subnet(
            VpcId=vpc,
            AvailabilityZone=zone["ZoneName"],
            CidrBlock=f"10.0.{index * 32}.0/19",
        )["Subnet"]["SubnetId"]
        for index, zone in enumerate(zones)
    ]
    group = api.create_security_group(GroupName="nodes", Description="nodes", VpcId=vpc)["GroupId"]
    api.create_tags(Resources=[*subnets, group], Tags=[DISCOVERY])
    iam = found.client("iam")
    role = iam.create_role(RoleName="nodes", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    iam.create_instance_profile(InstanceProfileName=PROFILE)
    iam.add_role_to_instance_profile(InstanceProfileName=PROFILE, RoleName="nodes")
    found.client("eks").create_cluster(
        name=CLUSTER,
        roleArn=role,
        resourcesVpcConfig={"subnetIds": subnets},
        kubernetesNetworkConfig={"serviceIpv4Cidr": "172.20.0.0/16"},
    )
    return Ec2(
        port=found.port,
        region=found.region,
        subnets=tuple(subnets),
        zone_ids=tuple(each["ZoneId"] for each in zones),
    )
