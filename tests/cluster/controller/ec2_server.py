"""``python -m …ec2_server PORT_FILE``: moto's EC2 on loopback, with what it lacks for Karpenter.

Ours is in front: public SSM parameters and the images that they name, fleets that take the
cheapest machine in stock with the launch template's security groups, and empty answers about
reservations and placement groups. A test says what is out of stock by ``PUT /stock``.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from jupyterhub_eks.instances.catalog import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

Form = dict[str, str]
_NAMESPACE: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"
# What AWS publishes for a version of Kubernetes; any other parameter does not exist.
_PARAMETER: Final = re.compile(
    r"/aws/service/(?:"
    r"eks/optimized-ami/1\.\d+/amazon-linux-2023/"
    r"(?:(?P<al_x86>x86_64)/(?:standard|nvidia|neuron)|(?P<al_arm>arm64)/(?:standard|nvidia))"
    r"/[\w.-]+/image_id"
    r"|bottlerocket/aws-k8s-1\.\d+(?:-nvidia)?/(?P<br>x86_64|arm64)/[\w.-]+/image_id)"
)
_EMPTY: Final = {
    "DescribeCapacityReservations": "capacityReservationSet",
    "DescribePlacementGroups": "placementGroupSet",
}
_SERVICE: Final = re.compile(r"Credential=[^/]+/\d+/(?P<region>[\w-]+)/(?P<service>[\w-]+)/")


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
class Server:
    """The WSGI application.

    Attributes:
        port: Where it listens.
        absent: Instance types that are out of stock in all zones.
    """

    port: int
    moto: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))
    absent: set[str] = field(default_factory=set)
    images: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer what moto cannot; hand over the rest."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._answer(environ, body)
        if answer is None:
            environ["wsgi.input"] = BytesIO(body)
            handed: Iterable[bytes] = self.moto(environ, start_response)
            return handed
        status, kind, text = answer
        start_response(status, [("Content-Type", kind)])
        return [text.encode()]

    def _answer(self, environ: dict[str, Any], body: bytes) -> tuple[str, str, str] | None:
        if environ["PATH_INFO"] == "/stock" and environ["REQUEST_METHOD"] == "PUT":
            self.absent = set(json.loads(body))
            return "200 OK", "application/json", "{}"
        found = _SERVICE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if found is None:
            return None
        if found["service"] == "ssm":
            return self._parameter(body)
        if found["service"] != "ec2":
            return None
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        action = form.get("Action", "")
        text: str | None = None
        if action in _EMPTY:
            text = f"<{_EMPTY[action]}/>"
        elif action == "DescribeImages":
            text = self._images(form)
        elif action == "CreateFleet" and form.get("DryRun") != "true":
            with self.lock:
                text = self._fleet(form, found["region"])
        if text is None:
            return None
        whole = f'<{action}Response xmlns="{_NAMESPACE}">{text}</{action}Response>'
        return "200 OK", "text/xml", whole

    def _parameter(self, body: bytes) -> tuple[str, str, str]:
        """Answer ``GetParameter``; there are no parameters but those that AWS publishes."""
        name = json.loads(body)["Name"]
        kind = "application/x-amz-json-1.1"
        found = _PARAMETER.fullmatch(name)
        if found is None:
            return "400 Bad Request", kind, json.dumps({"__type": "ParameterNotFound"})
        image = f"ami-{hashlib.sha256(name.encode()).hexdigest()[:17]}"
        architecture = next(filter(None, found.groups()))
        self.images[image] = architecture
        answer = {"Parameter": {"Name": name, "Type": "String", "Value": image, "Version": 1}}
        return "200 OK", kind, json.dumps(answer)

    def _images(self, form: Form) -> str:
        asked = {value for value in form.values() if value in self.images}
        items = (
            f"<item><imageId>{each}</imageId><architecture>{self.images[each]}</architecture>"
            f"<name>image-{each}</name><imageState>available</imageState>"
            "<creationDate>2026-10-03T00:00:00.000Z</creationDate></item>"
            for each in sorted(asked)
        )
        return f"<imagesSet>{''.join(items)}</imagesSet>"

    def _fleet(self, form: Form, region: str) -> str:
        """Launch the cheapest machine that is in stock; say of which there was none."""
        offered = sorted(_overrides(form), key=lambda each: (_price(region, each), each.zone))
        wanted = int(form["TargetCapacitySpecification.TotalTargetCapacity"])
        life = form["TargetCapacitySpecification.DefaultTargetCapacityType"]
        launched: list[str] = []
        errors: list[str] = []
        for each in offered:
            if each.instance_type in self.absent:
                errors.append(_shortage(each, life))
                continue
            launched = [self._run(each, form, region) for _ in range(wanted)]
            ids = "".join(f"<item>{instance}</item>" for instance in launched)
            instances = (
                f"<item>{each.as_xml()}<lifecycle>{life}</lifecycle><instanceIds>{ids}</instanceIds>"
                f"<instanceType>{each.instance_type}</instanceType></item>"
            )
            break
        found = f"<fleetInstanceSet>{instances if launched else ''}</fleetInstanceSet>"
        fleet = hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()[:12]
        return f"<fleetId>fleet-{fleet}</fleetId><errorSet>{''.join(errors)}</errorSet>{found}"

    def _run(self, chosen: _Override, form: Form, region: str) -> str:
        api = boto3.client(
            "ec2",
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        versions = api.describe_launch_template_versions(
            LaunchTemplateName=chosen.template, Versions=["$Latest"]
        )
        data = versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]
        cards = data.get("NetworkInterfaces") or [{}]
        answer = api.run_instances(
            ImageId=chosen.image,
            InstanceType=chosen.instance_type,
            SubnetId=chosen.subnet,
            SecurityGroupIds=data.get("SecurityGroupIds") or cards[0].get("Groups") or [],
            IamInstanceProfile=data["IamInstanceProfile"],
            MinCount=1,
            MaxCount=1,
            TagSpecifications=[{"ResourceType": "instance", "Tags": _instance_tags(form)}],
        )
        return str(answer["Instances"][0]["InstanceId"])


def _overrides(form: Form) -> Iterable[_Override]:
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


def _shortage(override: _Override, life: str) -> str:
    return (
        f"<item>{override.as_xml()}<lifecycle>{life}</lifecycle>"
        "<errorCode>InsufficientInstanceCapacity</errorCode><errorMessage>We currently do not have "
        f"sufficient {override.instance_type} capacity in the Availability Zone you requested "
        f"({override.zone}).</errorMessage></item>"
    )


def _instance_tags(form: Form) -> list[dict[str, str]]:
    """Return the tags that the request has for instances."""
    found: dict[str, str] = {}
    for key, kind in form.items():
        if re.fullmatch(r"TagSpecification\.\d+\.ResourceType", key) and kind == "instance":
            start = key.removesuffix("ResourceType")
            for each in range(1, 51):
                if name := form.get(f"{start}Tag.{each}.Key"):
                    found[name] = form.get(f"{start}Tag.{each}.Value", "")
    return [{"Key": key, "Value": value} for key, value in found.items()]


def main() -> None:
    """Listen on a free port, write it to the file, and serve until killed."""
    app = Server(port=0)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.port = server.server_port
    path = Path(sys.argv[1])
    draft = path.with_suffix(".draft")
    draft.write_text(str(server.server_port))
    draft.replace(path)
    server.serve_forever()


if __name__ == "__main__":
    main()
