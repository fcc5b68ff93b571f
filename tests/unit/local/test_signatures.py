"""Signatures of presigned requests, with botocore as the other opinion."""

from __future__ import annotations

import base64
from urllib.parse import parse_qs, urlsplit

from jupyterhub_eks.aws.token import make_token
from jupyterhub_eks.local.emulator.messages import AwsRequest
from jupyterhub_eks.local.emulator.signatures import matches

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_SESSION_TOKEN": "session/token+with=signs",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
}


def presigned(cluster: str) -> tuple[AwsRequest, dict[str, str]]:
    """The request of a token for ``cluster``, as the cluster would send it."""
    packed = make_token(cluster, "eu-west-1", KEYS).text.partition(".")[2]
    url = urlsplit(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode())
    headers = {"host": url.netloc, "x-k8s-aws-id": cluster}
    request = AwsRequest.of("GET", url.path, url.query, headers, b"")
    return request, {key: values[0] for key, values in parse_qs(url.query).items()}


def test_a_signature_of_botocore_is_right() -> None:
    """What botocore signs is accepted, session token and all."""
    request, query = presigned("demo")

    assert matches(request, query, SECRET)


def test_another_secret_is_not() -> None:
    """Whoever does not have the secret cannot make the signature."""
    request, query = presigned("demo")

    assert not matches(request, query, f"{SECRET}x")


def test_another_cluster_is_not() -> None:
    """A signed header that was changed on the way changes the signature."""
    request, query = presigned("demo")
    request.headers["x-k8s-aws-id"] = "other"

    assert not matches(request, query, SECRET)


def test_another_parameter_is_not() -> None:
    """Neither can a parameter be changed or added."""
    request, query = presigned("demo")

    assert not matches(request, {**query, "Action": "GetSessionToken"}, SECRET)
    assert not matches(request, {**query, "DurationSeconds": "3600"}, SECRET)


def test_no_signature_is_not() -> None:
    """A request that only looks presigned is none."""
    request, query = presigned("demo")
    del query["X-Amz-Signature"]

    assert not matches(request, query, SECRET)
