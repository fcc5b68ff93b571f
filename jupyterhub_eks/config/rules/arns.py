"""The ARNs a user writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.placeholders import PLACEHOLDER
from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

_PRINCIPAL = re.compile(
    r"arn:aws[a-z-]{0,10}:iam::\d{12}:(?:role|user)/[\w+=,.@/-]{1,512}", re.ASCII
)
_SESSION = re.compile(
    r"arn:(aws[a-z-]{0,10}):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/.*", re.ASCII
)
_PART_OF_PRINCIPAL = re.compile(r"(?:.*:)?(\d{12})?:?(role|user)/([\w+=,.@/-]{1,512})", re.ASCII)
_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KMS_KEY = re.compile(r"arn:aws[a-z-]{0,10}:kms:([a-z0-9-]+):\d{12}:key/[A-Za-z0-9-]+")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]{0,10}:acm:([a-z0-9-]+):\d{12}:certificate/[A-Za-z0-9-]+")
_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def principal_finding(path: Path, arn: str, account: str | None = None) -> Finding | None:
    """Return what is wrong with an IAM principal of an EKS access entry.

    Args:
        path: Key that it stands at.
        arn: What was written.
        account: Account of the deployment, if it is known.
    """
    if _PRINCIPAL.fullmatch(arn):
        return None
    if session := _SESSION.fullmatch(arn):
        role = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}"
        return Finding(
            path=path,
            message=f"`{arn}` is a session of a role; EKS wants the role itself",
            hint=f"write `{role}`; a role with a path needs the path too",
        )
    if arn.endswith(":root"):
        message = f"`{arn}` is a whole account; EKS admits single roles and users only"
    else:
        message = f"`{arn}` is not the ARN of an IAM role or user"
    hint = f"write e.g. `{_principal_meant(arn, account)}`"
    return Finding(path=path, message=message, hint=hint)


def _principal_meant(text: str, account: str | None) -> str:
    """Return the ARN of the role or user that a part of it names."""
    if part := _PART_OF_PRINCIPAL.fullmatch(text):
        return f"arn:aws:iam::{part[1] or account or PLACEHOLDER}:{part[2]}/{part[3]}"
    if _NAME.fullmatch(text) and "@" not in text:
        return f"arn:aws:iam::{account or PLACEHOLDER}:role/{text}"
    return f"arn:aws:iam::{account or '123456789012'}:role/Admin"


def kms_findings(path: Path, arn: str, settings: DeploymentFile) -> Iterator[Finding]:
    """Yield what is wrong with a KMS key ARN for use in the deployment's region."""
    if "alias/" in arn:
        alias = arn[arn.index("alias/") :]
        yield Finding(
            path=path,
            message=f"`{arn}` is the alias of a KMS key; the key itself is needed",
            hint=f"write the ARN that `aws kms describe-key --key-id {alias} --region "
            f"{settings.region} --query KeyMetadata.Arn` prints",
        )
        return
    example = ("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab")
    yield from _regional(path, arn, settings, _KMS_KEY, example)


def certificate_findings(path: Path, arn: str, settings: DeploymentFile) -> Iterator[Finding]:
    """Yield what is wrong with an ACM certificate ARN for a load balancer."""
    example = ("acm", "certificate/12345678-1234-1234-1234-123456789012")
    yield from _regional(path, arn, settings, _CERTIFICATE, example)


def _regional(
    path: Path,
    arn: str,
    settings: DeploymentFile,
    pattern: re.Pattern[str],
    example: tuple[str, str],
) -> Iterator[Finding]:
    region, what = settings.region, {"kms": "a KMS key", "acm": "an ACM certificate"}[example[0]]
    match = pattern.fullmatch(arn)
    if not match:
        meant = _regional_meant(arn, settings, example)
        yield Finding(
            path=path,
            message=f"`{arn}` is not the ARN of {what}",
            hint=f"write e.g. `{path[-1]}: {meant}`",
        )
    elif match[1] != region:
        yield Finding(
            path=path,
            message=f"`{arn}` is in {match[1]}, the deployment in {region}",
            hint=f"use {what} in {region}, or deploy to `region: {match[1]}`",
            also=(("region",),),
        )


def _regional_meant(text: str, settings: DeploymentFile, example: tuple[str, str]) -> str:
    service, resource = example
    partition = next(
        (name for start, name in _PARTITIONS.items() if settings.region.startswith(start)), "aws"
    )
    account = settings.account or "123456789012"
    if identifier := re.search(_ID, text.lower()):
        resource = f"{resource.partition('/')[0]}/{identifier[0]}"
        account = settings.account or PLACEHOLDER
    return f"arn:{partition}:{service}:{settings.region}:{account}:{resource}"
