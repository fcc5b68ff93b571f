"""The login page of stack ``identity``: at a prefix of Cognito's, or at a name of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.cognito_user_pool_domain import CognitoUserPoolDomain
from cdktf_cdktf_provider_aws.data_aws_route53_zone import DataAwsRoute53Zone
from cdktf_cdktf_provider_aws.route53_record import Route53Record, Route53RecordAlias

from stacks.cognito_names import login_host, prefix_of

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.cognito_user_pool import CognitoUserPool

    from jupyterhub_eks.config.access import AccessConfig
    from jupyterhub_eks.config.logins.cognito import CognitoAuth
    from stacks.base import BaseStack


def create_login_page(
    stack: BaseStack, pool: CognitoUserPool, auth: CognitoAuth, access: AccessConfig
) -> str:
    """Add the login page and return its host, known once it is there."""
    if auth.custom_domain:
        return _at_own_name(stack, pool, auth, access)
    prefix = auth.domain_prefix or prefix_of(stack.deployment, access.domain or "")
    domain = CognitoUserPoolDomain(stack, "Domain", domain=prefix, user_pool_id=pool.id)
    return login_host(domain.domain, stack.aws_region)


def _at_own_name(
    stack: BaseStack, pool: CognitoUserPool, auth: CognitoAuth, access: AccessConfig
) -> str:
    domain = CognitoUserPoolDomain(
        stack,
        "CustomDomain",
        domain=auth.custom_domain or "",
        certificate_arn=auth.custom_domain_certificate_arn,
        user_pool_id=pool.id,
    )
    target = domain.cloudfront_distribution
    if access.hosted_zone and f".{auth.custom_domain}".endswith(f".{access.hosted_zone}"):
        zone = DataAwsRoute53Zone(stack, "HostedZone", name=access.hosted_zone, private_zone=False)
        Route53Record(
            stack,
            "LoginPageRecord",
            zone_id=zone.zone_id,
            name=auth.custom_domain or "",
            type="A",
            alias=Route53RecordAlias(
                name=target,
                zone_id=domain.cloudfront_distribution_zone_id,
                # There is only one to choose from.
                evaluate_target_health=False,
            ),
        )
    stack.add_output(
        "login_page_target", target, "What the DNS record of the login page has to lead to"
    )
    host: str = domain.domain
    return host
