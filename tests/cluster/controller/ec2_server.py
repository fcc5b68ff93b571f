"""``python -m …ec2_server PORT_FILE``: moto's EC2 on loopback, with what it lacks for Karpenter.

Ours is in front: public SSM parameters and the images that they name, fleets that take the
cheapest machine in stock with the launch template's security groups, spot or in a reservation as
they ask for, and an empty answer about placement groups. A test says by ``PUT /stock`` what is
out of stock, and by ``PUT /reservations`` what is reserved.
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

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from tests.cluster.controller.ec2 import RESERVED, STOCK
from tests.cluster.controller.fleets import Fleets
from tests.cluster.controller.reservations import Reservation, described

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMESPACE: Final = "http://ec2.amazonaws.com/doc/2016-11-15/"
# What AWS publishes for a version of Kubernetes; any other parameter does not exist.
_PARAMETER: Final = re.compile(
    r"/aws/service/(?:"
    r"eks/optimized-ami/1\.\d+/amazon-linux-2023/"
    r"(?:(?P<al_x86>x86_64)/(?:standard|nvidia|neuron)|(?P<al_arm>arm64)/(?:standard|nvidia))"
    r"/[\w.-]+/image_id"
    r"|bottlerocket/aws-k8s-1\.\d+(?:-nvidia)?/(?P<br>x86_64|arm64)/[\w.-]+/image_id)"
)
_SERVICE: Final = re.compile(r"Credential=[^/]+/\d+/(?P<region>[\w-]+)/(?P<service>[\w-]+)/")


@dataclass
class Server:
    """The WSGI application.

    Attributes:
        fleets: What launches instances.
        moto: What answers the rest.
    """

    fleets: Fleets
    moto: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))
    images: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer what moto cannot; hand over the rest."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        answer = self._answer(environ, body)
        if answer is None:
            environ["wsgi.input"] = BytesIO(body)
            if b"Action=DescribeInstances&" in body + b"&":
                return self._instances(environ, start_response)
            handed: Iterable[bytes] = self.moto(environ, start_response)
            return handed
        status, kind, text = answer
        start_response(status, [("Content-Type", kind)])
        return [text.encode()]

    def _answer(self, environ: dict[str, Any], body: bytes) -> tuple[str, str, str] | None:
        if environ["REQUEST_METHOD"] == "PUT" and environ["PATH_INFO"] in {STOCK, RESERVED}:
            self._told(environ["PATH_INFO"], json.loads(body))
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
        if action == "DescribePlacementGroups":
            text = "<placementGroupSet/>"
        elif action == "DescribeCapacityReservations":
            text = described(self.fleets.reservations.values(), form)
        elif action == "DescribeImages":
            text = self._images(form)
        elif action == "CreateFleet" and form.get("DryRun") != "true":
            with self.lock:
                text = self.fleets.launch(form, found["region"])
        if text is None:
            return None
        whole = f'<{action}Response xmlns="{_NAMESPACE}">{text}</{action}Response>'
        return "200 OK", "text/xml", whole

    def _told(self, path: str, what: Any) -> None:
        if path == STOCK:
            self.fleets.absent = what
        else:
            made = (Reservation(**each) for each in what)
            self.fleets.reservations = {each.id: each for each in made}

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

    def _images(self, form: dict[str, str]) -> str:
        asked = {value for value in form.values() if value in self.images}
        items = (
            f"<item><imageId>{each}</imageId><architecture>{self.images[each]}</architecture>"
            f"<name>image-{each}</name><imageState>available</imageState>"
            "<creationDate>2026-10-03T00:00:00.000Z</creationDate></item>"
            for each in sorted(asked)
        )
        return f"<imagesSet>{''.join(items)}</imagesSet>"

    def _instances(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Hand over, and add to moto's answer what it does not say of instances."""
        begun: list[Any] = []
        text = b"".join(self.moto(environ, lambda *start: begun.extend(start))).decode()
        for instance, more in self.fleets.said.items():
            tag = f"<instanceId>{instance}</instanceId>"
            text = text.replace(tag, tag + more)
        headers = [each for each in begun[1] if each[0].lower() != "content-length"]
        start_response(begun[0], headers)
        return [text.encode()]


def main() -> None:
    """Listen on a free port, write it to the file, and serve until killed."""
    app = Server(Fleets())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.fleets.port = server.server_port
    path = Path(sys.argv[1])
    draft = path.with_suffix(".draft")
    draft.write_text(str(server.server_port))
    draft.replace(path)
    server.serve_forever()


if __name__ == "__main__":
    main()
