"""Names that Cognito puts into URLs. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from jupyterhub_eks.naming import resource_name
from stacks.partitions import partition_of

# Words that Cognito refuses in a domain prefix (CreateUserPoolDomain).
_RESERVED: Final = re.compile(r"amazon|cognito|aws")


def prefix_of(deployment: str, host: str) -> str:
    """Return a prefix of the login page, unique in the region.

    Deployment names repeat in other accounts; the hash of name and host does not.

    Args:
        deployment: Name of the deployment.
        host: Host name of the hub.
    """
    digest = hashlib.sha256(f"{deployment}/{host}".encode()).hexdigest()[:8]
    readable = re.sub(r"-+", "-", _RESERVED.sub("-", deployment)).strip("-") or "hub"
    return resource_name(readable, digest, "cognito_domain")


def login_host(prefix: str, region: str) -> str:
    """Return the host of the login page for a domain prefix."""
    if partition_of(region) == "aws-us-gov":
        return f"{prefix}.auth-fips.{region}.amazoncognito.com"
    return f"{prefix}.auth.{region}.amazoncognito.com"


def callback_url(host: str) -> str:
    """Return where Cognito sends the browser after a login; registered exactly so (facts 6.4)."""
    return f"https://{host}/hub/oauth_callback"


def logout_url(host: str) -> str:
    """Return where Cognito sends the browser after a logout; registered exactly so."""
    return f"https://{host}/hub/login"


def group_construct_id(group: str) -> str:
    """Return the construct id of a group; ids lose punctuation, so a hash keeps them apart."""
    if re.fullmatch(r"[A-Za-z0-9-]+", group):
        return f"Group-{group}"
    digest = hashlib.sha256(group.encode()).hexdigest()[:8]
    return f"Group-{re.sub(r'[^A-Za-z0-9]+', '-', group)}-{digest}"
