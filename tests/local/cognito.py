"""Stack ``identity`` by the real Terraform on an embedded AWS, and the hub that logs in by it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3

from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.releases.z2jh.inputs import CognitoClient, HubInputs
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from jupyterhub_eks.tools.providers import provider_environment
from jupyterhub_eks.tools.terraform_binary import find_terraform
from tests.support.hub_configuration import configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from traitlets.config import Config

    from tests.support.login_hub import Browser, Page

REGION = "us-west-2"
HOST = "hub.example.org"
PASSWORD = "A-long-pass-phrase-1"
METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="idp">'
    '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
    '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
    'Location="https://idp.example.org/sso"/></IDPSSODescriptor></EntityDescriptor>'
)
_EMAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
_SYNTHESIZE = """
import json, sys
from pathlib import Path
from jupyterhub_eks.config.deployment import Deployment, DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile
from jupyterhub_eks.synth import synthesize

settings, out = sys.argv[1:]
deployment = Deployment(
    settings=DeploymentFile.model_validate(json.loads(settings)), profiles=ProfilesFile()
)
synthesize(deployment, Path(out), protect_data=False)
"""


@dataclass(frozen=True)
class Identity:
    """Stack ``identity`` of a deployment.

    Attributes:
        settings: As in ``jhub.yaml``.
        folder: The stack's.
        env: Variables that lead Terraform and boto3 to the embedded AWS.
    """

    settings: dict[str, Any]
    folder: Path
    env: dict[str, str]

    def terraform(self, *arguments: str, code: int = 0) -> str:
        """Run Terraform and return what it says."""
        done = subprocess.run(
            [str(find_terraform()), *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def apply(self) -> dict[str, str]:
        """Make what the stack wants and return all outputs, also those for stack ``hub``."""
        self.terraform("init", "-input=false")
        self.terraform("apply", "-auto-approve", "-input=false")
        outputs = json.loads(self.terraform("output", "-json"))
        return {name: each["value"] for name, each in outputs.items()}

    def hub_config(self, outputs: Mapping[str, str], endpoint: str) -> Config:
        """Return the hub's configuration, as it is rendered, with addresses of the embedded AWS.

        Args:
            outputs: Of this stack.
            endpoint: Of the embedded AWS, which serves the login page too.
        """
        client = CognitoClient(
            client_id=outputs["client_id"],
            client_secret=client_secret(outputs),
            login_url=outputs["login_url"],
        )
        inputs = HubInputs(
            file_system_id="fs-1",
            home_access_point_id="fsap-1",
            shared_access_point_id="fsap-2",
            cognito=client,
        )
        deployment = Deployment(
            settings=DeploymentFile.model_validate(self.settings), profiles=ProfilesFile()
        )
        text = json.dumps(jupyterhub_values(deployment, inputs))
        assert outputs["login_url"] in text
        return configuration(json.loads(text.replace(outputs["login_url"], endpoint)))


def client_secret(outputs: Mapping[str, str]) -> str:
    """Return the secret of the hub's client, as stack ``hub`` gets it."""
    return next(value for name, value in outputs.items() if "client_secret" in name)


def synthesize(
    name: str, auth: dict[str, Any], out: Path, env: Mapping[str, str], **access: str
) -> Identity:
    """Return stack ``identity`` of a deployment; the others are not looked at.

    Args:
        name: Of the deployment.
        auth: Section ``auth``.
        out: Where the stacks go.
        env: Variables that lead to the embedded AWS.
        access: Keys of section ``access`` beside domain and certificate.
    """
    settings = {
        "name": name,
        "region": REGION,
        "auth": {"type": "cognito", **auth},
        "access": {"domain": HOST, "certificate_arn": "arn:aws:acm:x", **access},
    }
    subprocess.run([sys.executable, "-c", _SYNTHESIZE, json.dumps(settings), str(out)], check=True)
    for stack in (out / "stacks").iterdir():
        if stack.name != "identity":
            shutil.rmtree(stack)
    source = provider_environment(out)
    found = {**os.environ, **env, **source.env, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}
    return Identity(settings, out / "stacks" / "identity", found)


class Pool:
    """A user pool, as its administrator sees it through the API."""

    def __init__(self, endpoint: str, pool_id: str) -> None:
        self.id = pool_id
        self.client = boto3.client(
            "cognito-idp",
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def add(self, email: str, *groups: str, password: str = PASSWORD) -> None:
        """Invite a user with a temporary password, and put them into groups."""
        self.client.admin_create_user(
            UserPoolId=self.id,
            Username=email,
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
        for group in groups:
            self.join(email, group)

    def join(self, email: str, group: str) -> None:
        """Put a user into a group."""
        self.client.admin_add_user_to_group(UserPoolId=self.id, Username=email, GroupName=group)

    def leave(self, email: str, group: str) -> None:
        """Take a user out of a group."""
        self.client.admin_remove_user_from_group(
            UserPoolId=self.id, Username=email, GroupName=group
        )


async def log_in(browser: Browser, name: str, password: str = PASSWORD) -> Page:
    """Press the hub's button, fill in Cognito's form, and choose a password if that is asked."""
    start = f"https://{HOST}/hub/oauth_login?next=%2Fhub%2Fhome"
    return await log_in_at(browser, start, name, password)


async def log_in_at(browser: Browser, start: str, name: str, password: str = PASSWORD) -> Page:
    """Log in where a login begins: at the hub, or on Cognito's page."""
    page = await browser.open(start)
    page = await browser.submit(page, username=name, password=password)
    if "np_token" in page.form:
        chosen = f"{PASSWORD}-chosen"
        page = await browser.submit(page, new_password=chosen, confirm_password=chosen)
    return page


def assertion(request: Page, subject: str, email: str) -> dict[str, str]:
    """Return the form that a SAML provider answers a request with; unsigned.

    Args:
        request: Where Cognito has sent the browser, at the provider.
        subject: Name of the user at the provider.
        email: What the provider calls the user's address.
    """
    namespace = "urn:oasis:names:tc:SAML:2.0"
    text = (
        f'<Response xmlns="{namespace}:protocol"><Assertion xmlns="{namespace}:assertion">'
        f"<Subject><NameID>{subject}</NameID></Subject><AttributeStatement>"
        f'<Attribute Name="{_EMAIL}"><AttributeValue>{email}</AttributeValue></Attribute>'
        "</AttributeStatement></Assertion></Response>"
    )
    asked = parse_qs(urlsplit(request.url).query)
    return {
        "SAMLResponse": base64.b64encode(text.encode()).decode(),
        "RelayState": asked["RelayState"][0],
    }
