"""Stack ``identity``: a Cognito user pool, its OAuth client, login page, groups and providers.

Made only for ``auth.type: cognito``. It needs no other stack. Groups reach the hub
as a claim of the id token, so there is no Lambda trigger and no permission to
forget (D4, G9). With ``auth.existing`` nothing is made: pool and client are looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem
from stacks.base import BaseStack
from stacks.contracts import IdentityOutputs
from stacks.identity_domain import create_login_page
from stacks.identity_existing import find_pool
from stacks.identity_federation import add_provider_outputs, create_providers
from stacks.identity_pool import create_client, create_groups, create_pool
from stacks.partitions import dns_suffix_of

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.logins.cognito import CognitoAuth


class IdentityStack(BaseStack):
    """Who may log in, kept by Cognito.

    Raises:
        ConfigError: No ``access.domain``; Cognito redirects to a registered https URL only.
    """

    outputs: IdentityOutputs

    def __init__(self, scope: Construct, *, settings: DeploymentFile, auth: CognitoAuth) -> None:
        super().__init__(scope, "identity", settings=settings)
        host = settings.access.domain
        if not host:
            raise ConfigError(
                [
                    Problem(
                        path="access.domain",
                        message="auth.type cognito needs the host name of the hub",
                        hint="Add `access: {domain: hub.example.org}`, or pass --domain.",
                    )
                ]
            )
        if auth.existing:
            self.outputs = find_pool(self, auth.existing, host)
        else:
            self.outputs = self._make(auth, host, settings.access)
        self._add_outputs()

    def _make(self, auth: CognitoAuth, host: str, access: AccessConfig) -> IdentityOutputs:
        pool = create_pool(self, auth)
        providers = create_providers(self, pool, auth)
        client = create_client(self, pool, host, auth, providers)
        login_url = f"https://{create_login_page(self, pool, auth, access)}"
        create_groups(self, pool, auth)
        if providers:
            add_provider_outputs(self, pool, login_url)
        suffix = dns_suffix_of(self.aws_region)
        return IdentityOutputs(
            user_pool_id=pool.id,
            client_id=client.id,
            client_secret=client.client_secret,
            login_url=login_url,
            issuer=f"https://cognito-idp.{self.aws_region}.{suffix}/{pool.id}",
        )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("user_pool_id", out.user_pool_id, "Cognito user pool")
        self.add_output("client_id", out.client_id, "OAuth client of the hub")
        self.add_output("login_url", out.login_url, "Base URL of the login page")
        self.add_output("issuer", out.issuer, "OpenID Connect issuer")
