"""Stack ``identity``: a Cognito user pool, its OAuth client, login page and groups.

Made only for ``auth.type: cognito``. It needs no other stack. Groups reach the hub
as a claim of the id token, so there is no Lambda trigger and no permission to
forget (D4, G9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cognito_user_group import CognitoUserGroup
from cdktf_cdktf_provider_aws.cognito_user_pool import (
    CognitoUserPool,
    CognitoUserPoolAccountRecoverySetting,
    CognitoUserPoolAccountRecoverySettingRecoveryMechanism,
    CognitoUserPoolAdminCreateUserConfig,
    CognitoUserPoolPasswordPolicy,
    CognitoUserPoolSoftwareTokenMfaConfiguration,
    CognitoUserPoolUserAttributeUpdateSettings,
    CognitoUserPoolUsernameConfiguration,
)
from cdktf_cdktf_provider_aws.cognito_user_pool_client import (
    CognitoUserPoolClient,
    CognitoUserPoolClientTokenValidityUnits,
)
from cdktf_cdktf_provider_aws.cognito_user_pool_domain import CognitoUserPoolDomain

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.problems import Problem
from stacks.base import BaseStack
from stacks.cognito_names import group_construct_id, login_host, prefix_of
from stacks.contracts import IdentityOutputs
from stacks.partitions import dns_suffix_of

if TYPE_CHECKING:
    from constructs import Construct

    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.config.logins.cognito import CognitoAuth

MFA: Final = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
BUILT_IN_GROUPS: Final = {
    "users": "May log in",
    "admins": "Administrators of the hub",
}
# A week: as long as a server may live by default, so that nobody logs in twice for one.
REFRESH_TOKEN_DAYS: Final = 7
TEMPORARY_PASSWORD_DAYS: Final = 7


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
        pool = self._create_pool(auth)
        client = self._create_client(pool, host)
        prefix = auth.domain_prefix or prefix_of(settings.name, host)
        domain = CognitoUserPoolDomain(self, "Domain", domain=prefix, user_pool_id=pool.id)
        self._create_groups(pool, auth)
        suffix = dns_suffix_of(self.aws_region)
        self.outputs = IdentityOutputs(
            user_pool_id=pool.id,
            client_id=client.id,
            client_secret=client.client_secret,
            login_url=f"https://{login_host(domain.domain, self.aws_region)}",
            issuer=f"https://cognito-idp.{self.aws_region}.{suffix}/{pool.id}",
        )
        self._add_outputs()

    def _create_pool(self, auth: CognitoAuth) -> CognitoUserPool:
        return CognitoUserPool(
            self,
            "UserPool",
            name=self.name_of("users", "cognito_pool"),
            # The e-mail address is the user name: homes and admin page stay readable (D6).
            username_attributes=["email"],
            username_configuration=CognitoUserPoolUsernameConfiguration(case_sensitive=False),
            auto_verified_attributes=["email"],
            # A changed address counts only once it is verified, else a user could
            # become somebody else by typing their address.
            user_attribute_update_settings=CognitoUserPoolUserAttributeUpdateSettings(
                attributes_require_verification_before_update=["email"]
            ),
            admin_create_user_config=CognitoUserPoolAdminCreateUserConfig(
                allow_admin_create_user_only=not auth.self_sign_up
            ),
            password_policy=CognitoUserPoolPasswordPolicy(
                minimum_length=auth.password_min_length,
                require_lowercase=True,
                require_uppercase=True,
                require_numbers=True,
                require_symbols=False,
                temporary_password_validity_days=TEMPORARY_PASSWORD_DAYS,
            ),
            mfa_configuration=MFA[auth.mfa],
            software_token_mfa_configuration=(
                None
                if auth.mfa == "off"
                else CognitoUserPoolSoftwareTokenMfaConfiguration(enabled=True)
            ),
            account_recovery_setting=CognitoUserPoolAccountRecoverySetting(
                recovery_mechanism=[
                    CognitoUserPoolAccountRecoverySettingRecoveryMechanism(
                        name="verified_email", priority=1
                    )
                ]
            ),
            # Not ACTIVE: `jhub destroy` removes the pool, and its own confirmation is
            # the protection. What it keeps are files, not logins.
            deletion_protection="INACTIVE",
        )

    def _create_client(self, pool: CognitoUserPool, host: str) -> CognitoUserPoolClient:
        return CognitoUserPoolClient(
            self,
            "Client",
            name=self.name_of("hub", "cognito_pool"),
            user_pool_id=pool.id,
            generate_secret=True,
            supported_identity_providers=["COGNITO"],
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=["email", "openid", "profile"],
            # Exactly what the hub sends; Cognito compares whole strings (facts 6.4).
            callback_urls=[f"https://{host}/hub/oauth_callback"],
            logout_urls=[f"https://{host}/hub/login"],
            # Passwords are typed on the login page only, never sent to an API.
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            access_token_validity=60,
            id_token_validity=60,
            refresh_token_validity=REFRESH_TOKEN_DAYS,
            token_validity_units=[
                CognitoUserPoolClientTokenValidityUnits(
                    access_token="minutes",  # noqa: S106 - a unit, not a secret
                    id_token="minutes",  # noqa: S106 - a unit, not a secret
                    refresh_token="days",  # noqa: S106 - a unit, not a secret
                )
            ],
        )

    def _create_groups(self, pool: CognitoUserPool, auth: CognitoAuth) -> None:
        own = dict.fromkeys(sorted(auth.groups), "Group of this hub")
        for name, description in {**own, **BUILT_IN_GROUPS}.items():
            CognitoUserGroup(
                self,
                group_construct_id(name),
                name=name,
                user_pool_id=pool.id,
                description=description,
            )

    def _add_outputs(self) -> None:
        out = self.outputs
        self.add_output("user_pool_id", out.user_pool_id, "Cognito user pool")
        self.add_output("client_id", out.client_id, "OAuth client of the hub")
        self.add_output("login_url", out.login_url, "Base URL of the login page")
        self.add_output("issuer", out.issuer, "OpenID Connect issuer")
