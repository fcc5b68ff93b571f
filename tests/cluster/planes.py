"""A control plane of the tests' own, and calls to its API without any client of the product."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from jupyterhub_eks.local.cluster import control_plane
from jupyterhub_eks.local.cluster.model import PlaneSettings

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.local.cluster.model import ControlPlane
    from jupyterhub_eks.local.cluster.programs import Build


@dataclass
class Plane:
    """A control plane which some tests break and start again."""

    root: Path
    build: Build
    name: str = "demo"
    region: str = ""

    def start(self) -> ControlPlane:
        """Start or repair it."""
        settings = PlaneSettings(root=self.root, deployment=self.name, region=self.region)
        return control_plane.start(settings, self.build, lambda _: None)

    def post(self, path: str, document: Any, token: str = "") -> tuple[int, Any]:
        """Send a document to the API as administrator, or with a token; return status and JSON."""
        running = self.start()
        pki = running.kubeconfig.parent / "pki"
        trust = ssl.create_default_context(cafile=str(pki / "api-ca.crt"))
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        else:
            trust.load_cert_chain(str(pki / "admin.crt"), str(pki / "admin.key"))
        request = Request(  # noqa: S310 - loopback
            f"{running.endpoint}{path}", data=json.dumps(document).encode(), headers=headers
        )
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=trust))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)
