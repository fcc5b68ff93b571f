"""``CreateFleet`` of the emulated EC2: an instant fleet of the cheapest machines to be had.

Moto's takes the first machine, whatever its price, and forgets the launch template's security
groups.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

import boto3

from jupyterhub_eks.instances.catalog import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.cluster.controller.reservations import Reservation

SPOT: Final = "spot"
ON_DEMAND: Final = "on-demand"
# How a launch template says that it stands for a reservation, and for nothing else.
_ONLY_RESERVED: Final = "capacity-reservations-only"


@dataclass(frozen=True, kw_only=True)
class _Override:
    """One machine in one subnet that a fleet may take."""

    template: str
    instance_type: str
    subnet: str
    zone: str
    image: str

    def as_xml(self) -> str:
        return (
            "<launchTemplateAndOverrides><launchTemplateSpecification>"
            f"<launchTemplateName>{escape(self.template)}</launchTemplateName>"
            "<version>$Latest</version></launchTemplateSpecification><overrides>"
            f"<instanceType>{self.instance_type}</instanceType><subnetId>{self.subnet}</subnetId>"
            f"<availabilityZone>{self.zone}</availabilityZone><imageId>{self.image}</imageId>"
            "</overrides></launchTemplateAndOverrides>"
        )


@dataclass
class Fleets:
    """What launches instances.

    Attributes:
        port: Where EC2 listens.
        absent: Instance types that are out of stock in all zones, by purchase option.
        reservations: What is reserved, by id; it is never out of stock.
        said: What EC2 says of an instance and moto does not, as XML by the instance's id.
    """

    port: int = 0
    absent: dict[str, list[str]] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def launch(self, form: Mapping[str, str], region: str) -> str:
        """Launch the cheapest machines that are in stock; say of which there was none."""
        offered = sorted(_overrides(form), key=lambda each: (_price(region, each), each.zone))
        wanted = int(form["TargetCapacitySpecification.TotalTargetCapacity"])
        life = form["TargetCapacitySpecification.DefaultTargetCapacityType"]
        templates = {
            name: self._template(name, region) for name in {each.template for each in offered}
        }
        instances: list[str] = []
        errors: list[str] = []
        for each in offered:
            template = templates[each.template]
            reservation = self._reservation(template)
            while len(instances) < wanted and self._is_there(each, life, reservation):
                instance = self._run(each, template, form, region)
                self._note(instance, life, reservation)
                instances.append(_launched(each, life, instance))
            if len(instances) == wanted:
                break
            errors.append(_shortage(each, life))
        fleet = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()[:12]
        return (
            f"<fleetId>fleet-{fleet}</fleetId><errorSet>{''.join(errors)}</errorSet>"
            f"<fleetInstanceSet>{''.join(instances)}</fleetInstanceSet>"
        )

    def _reservation(self, template: Mapping[str, Any]) -> Reservation | None:
        wanted = template.get("CapacityReservationSpecification", {})
        if wanted.get("CapacityReservationPreference") != _ONLY_RESERVED:
            return None
        return self.reservations[wanted["CapacityReservationTarget"]["CapacityReservationId"]]

    def _is_there(self, chosen: _Override, life: str, reservation: Reservation | None) -> bool:
        if reservation:
            return reservation.takes(chosen.instance_type, chosen.zone)
        return chosen.instance_type not in self.absent.get(life, ())

    def _note(self, instance: str, life: str, reservation: Reservation | None) -> None:
        if life == SPOT:
            self.said[instance] = "<instanceLifecycle>spot</instanceLifecycle>"
        if reservation:
            reservation.holders.append(instance)
            self.said[instance] = (
                f"<capacityReservationId>{reservation.id}</capacityReservationId>"
                "<capacityReservationSpecification><capacityReservationPreference>"
                f"{_ONLY_RESERVED}</capacityReservationPreference>"
                "</capacityReservationSpecification>"
            )

    def _api(self, region: str) -> Any:
        return boto3.client(
            "ec2",
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _template(self, name: str, region: str) -> dict[str, Any]:
        versions = self._api(region).describe_launch_template_versions(
            LaunchTemplateName=name, Versions=["$Latest"]
        )
        found: dict[str, Any] = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        return found

    def _run(
        self, chosen: _Override, template: dict[str, Any], form: Mapping[str, str], region: str
    ) -> str:
        cards = template.get("NetworkInterfaces") or [{}]
        answer = self._api(region).run_instances(
            ImageId=chosen.image,
            InstanceType=chosen.instance_type,
            SubnetId=chosen.subnet,
            SecurityGroupIds=template.get("SecurityGroupIds") or cards[0].get("Groups") or [],
            IamInstanceProfile=template["IamInstanceProfile"],
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": _instance_tags(form)}],
        )
        return str(answer["Instances"][0]["InstanceId"])


def _overrides(form: Mapping[str, str]) -> Iterable[_Override]:
    configs = {_number(key) for key in form if key.startswith("LaunchTemplateConfigs.")}
    for config in sorted(configs):
        start = f"LaunchTemplateConfigs.{config}."
        count = {_number(key[len(start) :]) for key in form if key.startswith(f"{start}Overrides.")}
        for number in sorted(count):
            at = f"{start}Overrides.{number}."
            yield _Override(
                template=form[f"{start}LaunchTemplateSpecification.LaunchTemplateName"],
                instance_type=form[f"{at}InstanceType"],
                subnet=form[f"{at}SubnetId"],
                zone=form[f"{at}AvailabilityZone"],
                image=form[f"{at}ImageId"],
            )


def _number(key: str) -> int:
    return int(key.split(".")[1])


def _price(region: str, override: _Override) -> float:
    """Return an hour's price; a machine without a known one is taken last."""
    found = catalog().price(region, override.instance_type)
    return float(found.per_hour) if found else float("inf")


def _launched(override: _Override, life: str, instance: str) -> str:
    return (
        f"<item>{override.as_xml()}<lifecycle>{life}</lifecycle>"
        f"<instanceIds><item>{instance}</item></instanceIds>"
        f"<instanceType>{override.instance_type}</instanceType></item>"
    )


def _shortage(override: _Override, life: str) -> str:
    return (
        f"<item>{override.as_xml()}<lifecycle>{life}</lifecycle>"
        "<errorCode>InsufficientInstanceCapacity</errorCode><errorMessage>We currently do not have "
        f"sufficient {override.instance_type} capacity in the Availability Zone you requested "
        f"({override.zone}).</errorMessage></item>"
    )


def _instance_tags(form: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the tags that the request has for instances."""
    found: dict[str, str] = {}
    for key, kind in form.items():
        if re.fullmatch(r"TagSpecification\.\d+\.ResourceType", key) and kind == "instance":
            start = key.removesuffix("ResourceType")
            for each in range(1, 51):
                if name := form.get(f"{start}Tag.{each}.Key"):
                    found[name] = form.get(f"{start}Tag.{each}.Value", "")
    return [{"Key": key, "Value": value} for key, value in found.items()]
