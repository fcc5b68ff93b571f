"""The ARNs a user writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jupyterhub_eks.config.rules.finding import Finding, Path

if TYPE_CHECKING:
    from collections.abc import Iterator

_PRINCIPAL = re.compile(
    r"arn:aws[a-z-]{0,10}:iam::\d{12}:(?:role|user)/[\w+=,.@/-]{1,512}", re.ASCII
)
_SESSION = re.compile(
    r"arn:(aws[a-z-]{0,10}):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/.*", re.ASCII
)
_KMS_KEY = re.compile(r"arn:aws[a-z-]{0,10}:kms:([a-z0-9-]+):\d{12}:key/[A-Za-z0-9-]+")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]{0,10}:acm:([a-z0-9-]+):\d{12}:certificate/[A-Za-z0-9-]+")


def principal_finding(path: Path, arn: str) -> Finding | None:
    """Return what is wrong with an IAM principal of an EKS access entry."""
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
    return Finding(
        path=path, message=message, hint="write e.g. `arn:aws:iam::123456789012:role/Admin`"
    )


def kms_findings(path: Path, arn: str, region: str) -> Iterator[Finding]:
    """Yield what is wrong with a KMS key ARN for use in ``region``."""
    example = f"arn:aws:kms:{region}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    yield from _regional(path, arn, region, _KMS_KEY, f"a KMS key (no alias), e.g. `{example}`")


def certificate_findings(path: Path, arn: str, region: str) -> Iterator[Finding]:
    """Yield what is wrong with an ACM certificate ARN for a load balancer in ``region``."""
    example = f"arn:aws:acm:{region}:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    yield from _regional(path, arn, region, _CERTIFICATE, f"an ACM certificate, e.g. `{example}`")


def _regional(
    path: Path, arn: str, region: str, pattern: re.Pattern[str], what: str
) -> Iterator[Finding]:
    match = pattern.fullmatch(arn)
    if not match:
        yield Finding(
            path=path,
            message=f"`{arn}` has not the form of its ARN",
            hint=f"write the ARN of {what}",
        )
    elif match[1] != region:
        yield Finding(
            path=path,
            message=f"`{arn}` is in {match[1]}, the deployment in {region}",
            hint=f"use one in {region}",
            also=(("region",),),
        )
