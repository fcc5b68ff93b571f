"""Route 53 hosted zones."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from jupyterhub_eks.aws.session import Clients, explain

if TYPE_CHECKING:
    from collections.abc import Mapping


def ensure_zone(name: str, region: str, env: Mapping[str, str]) -> bool:
    """Make a public hosted zone unless there is one; return whether it was made.

    Args:
        name: Domain of the zone, e.g. ``example.org``.
        region: Region of the deployment.
        env: Variables of the target.

    Raises:
        PreflightError: Route 53 cannot be asked.
    """
    client = Clients(region, env).get("route53")
    try:
        found = client.list_hosted_zones_by_name(DNSName=name, MaxItems="1")["HostedZones"]
        if any(zone["Name"].rstrip(".") == name.rstrip(".") for zone in found):
            return False
        client.create_hosted_zone(Name=name, CallerReference=uuid.uuid4().hex)
    except Exception as error:
        raise explain(error, f"look for the hosted zone {name}") from error
    return True
