"""Rules for the login page of Cognito: where it is, and where an existing pool is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.rules.arns import certificate_findings
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import host_hint, is_host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

# Cognito serves a custom domain by CloudFront, which takes certificates of this region only
# (Amazon Cognito developer guide, "Using your own domain for managed login").
CERTIFICATE_REGION: Final = "us-east-1"
_DOMAIN: Path = ("auth", "custom_domain")
_CERTIFICATE: Path = ("auth", "custom_domain_certificate_arn")
_HUB: Path = ("access", "domain")


def login_page_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the login page, and the region of an existing pool."""
    auth = settings.auth
    if not isinstance(auth, CognitoAuth):
        return
    if auth.existing:
        yield from _region(auth.existing.user_pool_id, settings.region)
        return
    yield from _both(auth)
    if auth.custom_domain:
        yield from _domain(auth.custom_domain, settings.access.domain or "")
    if auth.custom_domain_certificate_arn:
        elsewhere = settings.model_copy(update={"region": CERTIFICATE_REGION})
        for finding in certificate_findings(
            _CERTIFICATE, auth.custom_domain_certificate_arn, elsewhere
        ):
            yield _in_the_one_region(finding)


def _region(pool: str, region: str) -> Iterator[Finding]:
    there = pool.partition("_")[0]
    if there != region:
        yield Finding(
            path=("auth", "existing", "user_pool_id"),
            message=f"the user pool `{pool}` is in {there}, the deployment in {region}",
            hint=f"use a pool in {region}, or deploy to `region: {there}`",
            also=(("region",),),
        )


def _both(auth: CognitoAuth) -> Iterator[Finding]:
    if auth.custom_domain and not auth.custom_domain_certificate_arn:
        yield Finding(
            path=_CERTIFICATE,
            message=f"`custom_domain: {auth.custom_domain}` needs a certificate",
            hint=f"ask ACM in {CERTIFICATE_REGION} for one, and write its ARN as "
            "`custom_domain_certificate_arn`",
            also=(_DOMAIN,),
        )
    elif auth.custom_domain_certificate_arn and not auth.custom_domain:
        yield Finding(
            path=_CERTIFICATE,
            message="`custom_domain_certificate_arn` is not used without a `custom_domain`",
            hint="add e.g. `custom_domain: login.example.org`, or remove it",
            also=(_DOMAIN,),
            severity="warning",
        )
    if auth.custom_domain and auth.domain_prefix:
        yield Finding(
            path=("auth", "domain_prefix"),
            message="the login page is at `custom_domain`; `domain_prefix` has no use",
            hint="remove one of them",
            also=(_DOMAIN,),
        )


def _domain(domain: str, hub: str) -> Iterator[Finding]:
    if not is_host(domain):
        yield Finding(
            path=_DOMAIN,
            message=f"`custom_domain: {domain}` is not a host name",
            hint=host_hint("custom_domain: ", domain, "login.example.org"),
        )
        return
    sibling = f"login.{hub.partition('.')[2]}" if hub.count(".") > 1 else "login.example.org"
    if domain == hub:
        yield Finding(
            path=_DOMAIN,
            message=f"`{domain}` is the hub itself; the login page needs a name of its own",
            hint=f"write e.g. `custom_domain: {sibling}`",
            also=(_HUB,),
        )
    elif domain.partition(".")[2] == hub:
        yield Finding(
            path=_DOMAIN,
            message=f"Cognito wants an address record of `{hub}` before it serves `{domain}`; that "
            "of the hub is made last",
            hint=f"write e.g. `custom_domain: {sibling}`",
            also=(_HUB,),
        )


def _in_the_one_region(finding: Finding) -> Finding:
    if not finding.also:
        return finding
    return Finding(
        path=finding.path,
        message=f"the certificate of a login page has to be in {CERTIFICATE_REGION}, whatever the "
        "region of the deployment",
        hint=f"ask ACM in {CERTIFICATE_REGION} for one, and write its ARN",
    )
