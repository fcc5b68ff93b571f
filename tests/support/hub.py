"""Values of the hub, rendered for tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.releases.z2jh.inputs import CognitoClient, HubInputs
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
Z2JH = ROOT.parent / "shared" / "data" / "z2jh-4.4.0"
LOGIN_URL = "https://hub-1234.auth.us-west-2.amazoncognito.com"
SECRET = "n0t-to-be-found-in-values"
INPUTS = HubInputs(
    file_system_id="fs-1",
    home_access_point_id="fsap-1",
    shared_access_point_id="fsap-2",
    certificate_arn="arn:aws:acm:us-west-2:123456789012:certificate/1",
    subnet_ids=("subnet-1", "subnet-2", "subnet-3"),
    cognito=CognitoClient(client_id="client-1", client_secret=SECRET, login_url=LOGIN_URL),
)
# What the Secret of chart `hub-base` gives to the hub.
ENVIRONMENT = {
    "JHUB_USER_PASSWORD": "user-password-of-32-characters-xx",
    "JHUB_ADMIN_PASSWORD": "admin-password-of-32-characters-x",
    "OAUTH_CLIENT_SECRET": SECRET,
}
# A login of each kind that can be exposed.
COGNITO = {"type": "cognito", "admins": ["root@example.org"], "allow": {"groups": ["users"]}}
EXISTING_POOL: dict[str, Any] = {
    **COGNITO,
    "existing": {"user_pool_id": "us-west-2_AbCdEf123", "client_id": "client0123456789"},
}
# Providers of both protocols behind a login page with a name of its own, without passwords.
FEDERATED: dict[str, Any] = {
    **COGNITO,
    "pool_login": False,
    "session_days": 1,
    "custom_domain": "login.example.org",
    "custom_domain_certificate_arn": (
        "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    ),
    "allow": {"groups": ["users", "University"], "domains": ["example.org"]},
    "identity_providers": {
        "University": {
            "saml": {"metadata_url": "https://idp.example.org/metadata.xml"},
            "email_domains": ["example.org"],
        },
        "Partner": {
            "oidc": {
                "issuer": "https://login.example.com",
                "client_id": "hub",
                "client_secret": {"env": "PARTNER_CLIENT_SECRET"},
            },
            "email_domains": ["example.com"],
        },
    },
}
NATIVE = {"type": "native", "admins": ["teacher"], "allow": {"everyone": True}}
OAUTH: dict[str, Any] = {
    "type": "oauth",
    "provider": "gitlab",
    "client_id": "client-2",
    "admins": ["root"],
    "admin_groups": ["ops"],
    "allow": {"users": ["bob"], "groups": ["science"]},
}
DOMAIN = {"domain": "hub.example.org", "hosted_zone": "example.org"}


def deployment(profiles: Mapping[str, Any] | None = None, **settings: Any) -> Deployment:
    """Return a deployment with settings as in ``jhub.yaml``."""
    return Deployment(
        settings=DeploymentFile.model_validate(settings),
        profiles=ProfilesFile.model_validate(profiles or {}),
    )


def values(profiles: Mapping[str, Any] | None = None, **settings: Any) -> dict[str, Any]:
    """Return the values of the chart for settings as in ``jhub.yaml``."""
    return jupyterhub_values(deployment(profiles, **settings), INPUTS)
