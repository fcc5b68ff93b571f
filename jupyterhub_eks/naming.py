"""Names of AWS resources: they carry the deployment and respect each service's limit."""

from __future__ import annotations

import hashlib
from typing import Final

DEPLOYMENT_TAG: Final = "jhub.deployment"

# Longest name that each service accepts, in characters (AWS service documentation).
LIMITS: Final = {
    "iam_role": 64,
    "iam_policy": 128,
    "instance_profile": 128,
    "sqs_queue": 80,
    "event_rule": 64,
    "backup_vault": 50,
    "backup_plan": 50,
    "budget": 100,
    "cognito_pool": 128,
    "cognito_domain": 63,
    "security_group": 255,
    "launch_template": 128,
    "node_group": 63,
    "s3_bucket": 63,
    "efs_creation_token": 64,
}


def resource_name(deployment: str, suffix: str, kind: str) -> str:
    """Return ``<deployment>-<suffix>``, shortened with a hash to the limit of ``kind``.

    The hash is taken of the whole deployment name, so that two long names that
    begin alike stay apart.
    """
    limit = LIMITS[kind]
    full = f"{deployment}-{suffix}" if suffix else deployment
    if len(full) <= limit:
        return full
    digest = hashlib.sha256(deployment.encode()).hexdigest()[:8]
    tail = f"-{digest}-{suffix}" if suffix else f"-{digest}"
    return deployment[: limit - len(tail)].rstrip("-") + tail


def state_bucket_name(deployment: str, account: str, region: str) -> str:
    """Return the name of the bucket that holds Terraform's state, unique in all of AWS.

    Args:
        deployment: Name of the deployment.
        account: 12-digit account id.
        region: Region of the deployment and the bucket.

    Raises:
        ValueError: ``account`` is empty; without it the name would not be unique.
    """
    if not account:
        raise ValueError("the state bucket cannot be named without an account id")
    return resource_name(deployment, f"state-{account}-{region}", "s3_bucket")
