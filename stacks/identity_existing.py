"""A user pool that stack ``identity`` finds and does not change, with ``auth.existing``.

What a login would fail at is asked of its app client while planning, and said then: the
code flow, the scopes, a secret, and both URLs, which Cognito compares as whole strings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import Fn, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_cognito_user_pool import DataAwsCognitoUserPool
from cdktf_cdktf_provider_aws.data_aws_cognito_user_pool_client import (
    DataAwsCognitoUserPoolClient,
)

from jupyterhub_eks.releases.z2jh.cognito import SCOPES
from stacks.cognito_names import callback_url, login_host, logout_url
from stacks.contracts import IdentityOutputs
from stacks.partitions import dns_suffix_of

if TYPE_CHECKING:
    from jupyterhub_eks.config.logins.cognito import ExistingPool
    from stacks.base import BaseStack

_READ: Final = '"email", "email_verified"'
_SCOPES: Final = ", ".join(f'"{scope}"' for scope in sorted(SCOPES))


def find_pool(stack: BaseStack, existing: ExistingPool, host: str) -> IdentityOutputs:
    """Look up the pool and its client, and return them as if they had been made.

    Args:
        stack: Where the look-up goes.
        existing: The pool and its client.
        host: Host name of the hub.
    """
    pool = DataAwsCognitoUserPool(
        stack,
        "ExistingUserPool",
        user_pool_id=existing.user_pool_id,
        lifecycle=TerraformResourceLifecycle(
            postcondition=[
                _demand(
                    'coalesce(self.custom_domain, self.domain) != ""',
                    "has no domain, and so no login page: give it one",
                    existing.user_pool_id,
                )
            ]
        ),
    )
    client = DataAwsCognitoUserPoolClient(
        stack,
        "ExistingClient",
        user_pool_id=pool.user_pool_id,
        client_id=existing.client_id,
        lifecycle=TerraformResourceLifecycle(
            postcondition=_of_the_client(existing.client_id, host)
        ),
    )
    # A null in a text is an error, also in one that is not taken.
    parts = Fn.compact([pool.domain, login_host("", stack.aws_region).removeprefix(".")])
    login = Fn.coalesce([pool.custom_domain, Fn.join(".", parts)])
    suffix = dns_suffix_of(stack.aws_region)
    return IdentityOutputs(
        user_pool_id=pool.user_pool_id,
        client_id=client.client_id,
        client_secret=client.client_secret,
        login_url=f"https://{login}",
        issuer=f"https://cognito-idp.{stack.aws_region}.{suffix}/{existing.user_pool_id}",
    )


def _of_the_client(client: str, host: str) -> list[Postcondition]:
    back, out = callback_url(host), logout_url(host)
    return [
        _demand(
            f'contains(self.callback_urls, "{back}")',
            f"does not allow the callback URL {back}: add it, exactly so",
            client,
        ),
        _demand(
            f'contains(self.logout_urls, "{out}")',
            f"does not allow the sign-out URL {out}: add it, exactly so",
            client,
        ),
        _demand(
            "self.allowed_oauth_flows_user_pool_client && "
            'contains(self.allowed_oauth_flows, "code")',
            "does not allow the authorization code grant: allow it",
            client,
        ),
        _demand(
            f"length(setsubtract([{_SCOPES}], self.allowed_oauth_scopes)) == 0",
            f"does not allow all of the scopes {' '.join(sorted(SCOPES))}: allow them",
            client,
        ),
        _demand(
            # None listed: all of them.
            f"try(length(self.read_attributes), 0) == 0 || "
            f"length(setsubtract([{_READ}], self.read_attributes)) == 0",
            "does not let the hub read email and email_verified: let it",
            client,
        ),
        _demand(
            "length(self.client_secret) > 0",
            "has no secret, which the hub needs: make a client with one",
            client,
        ),
    ]


def _demand(condition: str, otherwise: str, of: str) -> Postcondition:
    # What was never set is null, of which nothing can be asked.
    return Postcondition(
        condition=f"${{try({condition}, false)}}", error_message=f"{of} {otherwise}."
    )
