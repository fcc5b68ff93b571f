"""The S3 bucket of the ``s3`` backend: made once, private, encrypted, versioned."""

from __future__ import annotations

import json
from typing import Any, Final

from jupyterhub_eks.aws.session import error_code, explain
from jupyterhub_eks.errors import DeployerError, PreflightError

_OLD_VERSIONS_DAYS: Final = 90


def ensure_state_bucket(client: Any, bucket: str, region: str) -> None:
    """Make the bucket if it is missing and bring its settings in order.

    Running it again changes nothing. Settings: versions kept (old ones for 90
    days), encryption with S3's own key, no public access, TLS only.

    Args:
        client: S3 client.
        bucket: Name of the bucket, unique in all of AWS.
        region: Region in which it is made.

    Raises:
        PreflightError: The name belongs to someone else, or a permission is missing.
    """
    try:
        if not _exists(client, bucket):
            _create(client, bucket, region)
        for apply in (_versioning, _encryption, _private, _lifecycle, _policy):
            apply(client, bucket)
    except DeployerError:
        raise
    except Exception as error:
        raise explain(error, f"prepare the state bucket {bucket}") from error


def _exists(client: Any, bucket: str) -> bool:
    try:
        client.head_bucket(Bucket=bucket)
    except Exception as error:
        code = error_code(error)
        if code in ("404", "NoSuchBucket"):
            return False
        if code in ("403", "301", "AccessDenied"):
            raise PreflightError(
                f"the state bucket {bucket} belongs to another account or region",
                cause=str(error),
                hint="set state.bucket to another name in jhub.yaml",
            ) from error
        raise
    return True


def _create(client: Any, bucket: str, region: str) -> None:
    # us-east-1 is the one region that may not be named here (S3 API reference).
    place = (
        {}
        if region == "us-east-1"
        else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    try:
        client.create_bucket(Bucket=bucket, **place)
    except Exception as error:
        code = error_code(error)
        if code == "BucketAlreadyOwnedByYou":  # another run was faster
            return
        if code == "BucketAlreadyExists":
            raise PreflightError(
                f"the bucket name {bucket} is taken by another account",
                cause=str(error),
                hint="set state.bucket to another name in jhub.yaml",
            ) from error
        raise


def _versioning(client: Any, bucket: str) -> None:
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def _encryption(client: Any, bucket: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def _private(client: Any, bucket: str) -> None:
    client.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _lifecycle(client: Any, bucket: str) -> None:
    rule = {
        "ID": "expire-old-states",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSIONS_DAYS},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}
    )


def _policy(client: Any, bucket: str) -> None:
    """Refuse plain http; another statement of the user's stays in force."""
    arn = _bucket_arn(client, bucket)
    statement = {
        "Sid": "JhubTlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    try:
        current = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    except Exception as error:
        if error_code(error) != "NoSuchBucketPolicy":
            raise
        current = {"Version": "2012-10-17", "Statement": []}
    statements = [entry for entry in current["Statement"] if entry.get("Sid") != statement["Sid"]]
    wanted = {**current, "Statement": [*statements, statement]}
    if wanted != current:
        client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(wanted))


def _bucket_arn(client: Any, bucket: str) -> str:
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
    region = client.meta.region_name
    prefix = "us-gov" if region.startswith("us-gov-") else region.partition("-")[0]
    return f"arn:{partition.get(prefix, 'aws')}:s3:::{bucket}"
