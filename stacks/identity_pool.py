"""The user pool of stack ``identity``, its app client and its groups."""

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

from jupyterhub_eks.releases.z2jh.cognito import SCOPES
from stacks.cognito_names import callback_url, group_construct_id, logout_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from stacks.base import BaseStack

MFA: Final = {"off": "OFF", "optional": "OPTIONAL", "required": "ON"}
BUILT_IN_GROUPS: Final = {
    "users": "May log in",
    "admins": "Administrators of the hub",
}
TEMPORARY_PASSWORD_DAYS: Final = 7
# The pool's own users, among the providers of a client.
POOL_ITSELF: Final = "COGNITO"


def create_pool(stack: BaseStack, auth: CognitoAuth) -> CognitoUserPool:
    """Add the pool: users are known by a verified e-mail address, and are invited."""
    return CognitoUserPool(
        stack,
        "UserPool",
        name=stack.name_of("users", "cognito_pool"),
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


def create_client(
    stack: BaseStack,
    pool: CognitoUserPool,
    host: str,
    auth: CognitoAuth,
    providers: Sequence[str],
) -> CognitoUserPoolClient:
    """Add the hub as a confidential client that gets a code, never a token or a password.

    Args:
        stack: Where it goes.
        pool: The user pool.
        host: Host name of the hub.
        auth: The ``auth`` section.
        providers: Names of the identity providers, known once they are made.
    """
    return CognitoUserPoolClient(
        stack,
        "Client",
        name=stack.name_of("hub", "cognito_pool"),
        user_pool_id=pool.id,
        generate_secret=True,
        supported_identity_providers=[*([POOL_ITSELF] if auth.pool_login else []), *providers],
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_flows=["code"],
        allowed_oauth_scopes=sorted(SCOPES),
        # Exactly what the hub sends; Cognito compares whole strings (facts 6.4).
        callback_urls=[callback_url(host)],
        logout_urls=[logout_url(host)],
        # Passwords are typed on the login page only, never sent to an API.
        explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
        prevent_user_existence_errors="ENABLED",
        enable_token_revocation=True,
        access_token_validity=60,
        id_token_validity=60,
        refresh_token_validity=auth.session_days,
        token_validity_units=[
            CognitoUserPoolClientTokenValidityUnits(
                access_token="minutes",  # noqa: S106 - a unit, not a secret
                id_token="minutes",  # noqa: S106 - a unit, not a secret
                refresh_token="days",  # noqa: S106 - a unit, not a secret
            )
        ],
    )


def create_groups(stack: BaseStack, pool: CognitoUserPool, auth: CognitoAuth) -> None:
    """Add the groups that administrators put users into."""
    own = dict.fromkeys(sorted(auth.groups), "Group of this hub")
    for name, description in {**own, **BUILT_IN_GROUPS}.items():
        CognitoUserGroup(
            stack,
            group_construct_id(name),
            name=name,
            user_pool_id=pool.id,
            description=description,
        )
