"""Errors of AWS say what to do; the state bucket is made once and made safe."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from jupyterhub_eks.aws.session import explain
from jupyterhub_eks.aws.state_bucket import ensure_state_bucket
from jupyterhub_eks.errors import PreflightError
from tests.support.aws import FakeClient, aws_error


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (aws_error("AccessDeniedException"), "access denied", "permission"),
        (aws_error("UnauthorizedOperation"), "access denied", "permission"),
        (aws_error("ExpiredToken"), "missing or not valid", "--local"),
        (aws_error("InvalidClientTokenId"), "missing or not valid", "--local"),
        (NoCredentialsError(), "missing or not valid", "--local"),
        (aws_error("InternalFailure"), "did not answer as expected", "region"),
        (OSError("unreachable"), "did not answer as expected", "network"),
    ],
)
def test_errors_name_a_remedy(error: Exception, message: str, hint: str) -> None:
    """Each kind of failure has its own message and way out."""
    explained = explain(error, "list queues")

    assert isinstance(explained, PreflightError)
    assert message in explained.message
    assert "list queues" in explained.message
    assert hint in explained.hint


class FakeS3(FakeClient):
    """A bucket that may or may not exist and keeps its policy."""

    def __init__(self, **answers: Any) -> None:
        super().__init__(answers)
        self.meta = SimpleNamespace(region_name="us-west-2")

    def made(self) -> list[str]:
        """Operations that change something, in order."""
        return [name for name, _ in self.calls if name.startswith(("create", "put"))]


ABSENT = aws_error("404")
NO_POLICY = aws_error("NoSuchBucketPolicy")


def test_bucket_is_made_safe() -> None:
    """Versions, encryption, no public access, expiry of old versions, TLS only."""
    s3 = FakeS3(head_bucket=ABSENT, get_bucket_policy=NO_POLICY)

    ensure_state_bucket(s3, "demo-state", "us-west-2")

    assert s3.made() == [
        "create_bucket",
        "put_bucket_versioning",
        "put_bucket_encryption",
        "put_public_access_block",
        "put_bucket_lifecycle_configuration",
        "put_bucket_policy",
    ]
    policy = json.loads(s3.calls[-1][1]["Policy"])
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert policy["Statement"][0]["Resource"] == [
        "arn:aws:s3:::demo-state",
        "arn:aws:s3:::demo-state/*",
    ]


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("us-east-1", None),
        ("eu-west-1", {"LocationConstraint": "eu-west-1"}),
    ],
)
def test_place_of_the_bucket(region: str, place: dict[str, str] | None) -> None:
    """The region is named, except the one that S3 refuses to hear."""
    s3 = FakeS3(head_bucket=ABSENT, get_bucket_policy=NO_POLICY)

    ensure_state_bucket(s3, "demo-state", region)

    arguments = dict(s3.calls)["create_bucket"]
    assert arguments.get("CreateBucketConfiguration") == place


def test_existing_bucket_keeps_other_statements() -> None:
    """A statement of the user's stays beside ours."""
    other = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [other]})}
    s3 = FakeS3(get_bucket_policy=policy)

    ensure_state_bucket(s3, "demo-state", "us-west-2")

    assert "create_bucket" not in s3.made()
    written = json.loads(s3.calls[-1][1]["Policy"])
    assert [statement["Sid"] for statement in written["Statement"]] == ["Theirs", "JhubTlsOnly"]


def test_second_run_writes_no_policy() -> None:
    """The policy is left alone once it says what it should."""
    first = FakeS3(get_bucket_policy=NO_POLICY)
    ensure_state_bucket(first, "demo-state", "us-west-2")

    second = FakeS3(get_bucket_policy={"Policy": first.calls[-1][1]["Policy"]})
    ensure_state_bucket(second, "demo-state", "us-west-2")

    assert "put_bucket_policy" not in second.made()


@pytest.mark.parametrize(
    "answers",
    [
        {"head_bucket": aws_error("403")},
        {"head_bucket": ABSENT, "create_bucket": aws_error("BucketAlreadyExists")},
    ],
)
def test_name_that_belongs_to_someone_else(answers: dict[str, Any]) -> None:
    """A name of another account is an error that says which key to change."""
    with pytest.raises(PreflightError, match="another account") as caught:
        ensure_state_bucket(FakeS3(**answers), "demo-state", "us-west-2")

    assert "state.bucket" in caught.value.hint
