"""AWS requests are understood as the SDKs write them."""

from __future__ import annotations

import json

import pytest

from jupyterhub_eks.local.emulator.messages import AwsRequest, ec2_error, json_error

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=KEY/20260101/us-west-2/eks/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def request(method: str = "GET", path: str = "/", body: bytes = b"", **headers: str) -> AwsRequest:
    return AwsRequest.of(method, path, "", headers, body)


def test_scope_is_read_from_the_signature() -> None:
    """Account key, region and service come from the credential scope."""
    found = request(authorization=SIGNATURE)

    assert (found.access_key, found.region, found.service) == ("KEY", "us-west-2", "eks")


def test_unsigned_request_has_no_scope() -> None:
    """A request without a signature belongs to no service."""
    assert request().service == ""


@pytest.mark.parametrize(
    ("method", "headers", "body", "changes"),
    [
        ("GET", {}, b"", False),
        ("DELETE", {}, b"", True),
        ("POST", FORM, b"Action=DescribeVpcs&Version=1", False),
        ("POST", FORM, b"Action=CreateVpc&Version=1", True),
        ("POST", {"x-amz-target": "AmazonSQS.ListQueues"}, b"{}", False),
        ("POST", {"x-amz-target": "AmazonSQS.CreateQueue"}, b"{}", True),
        ("POST", {"x-amz-target": "Unknown.FrobnicateThing"}, b"{}", True),
    ],
)
def test_calls_that_may_change_something(
    method: str, headers: dict[str, str], body: bytes, *, changes: bool
) -> None:
    """Reads are told apart from writes; an unknown verb counts as a write."""
    assert AwsRequest.of(method, "/", "", headers, body).changes_state is changes


def test_inner_request_keeps_the_caller() -> None:
    """A call that a gap makes on its own is made for the same caller and region."""
    inner = request(authorization=SIGNATURE).to("ec2", "POST", "/", b"Action=CreateTags")

    assert (inner.access_key, inner.region, inner.service) == ("KEY", "us-west-2", "ec2")


def test_malformed_json_is_empty() -> None:
    """A body that is no JSON object is left to the emulator to refuse."""
    assert request("POST", body=b"[1]").json == {}
    assert request("POST", body=b"{").json == {}


def test_errors_have_the_form_that_sdks_parse() -> None:
    """The code is in the header and body of REST-JSON, in the XML of EC2."""
    answer = json_error(400, "InvalidParameterException", "no")

    assert dict(answer.headers)["x-amzn-errortype"] == "InvalidParameterException"
    assert json.loads(answer.body)["message"] == "no"
    assert b"<Code>InvalidVpc.Range</Code>" in ec2_error("InvalidVpc.Range", "no").body
