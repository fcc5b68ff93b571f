"""What an EKS token may ask for, and when it is too old."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from jupyterhub_eks.aws.token import make_token
from jupyterhub_eks.local.cluster.authenticator.tokens import RefusedTokenError, presigned_url

ENDPOINT = "http://127.0.0.1:4566"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_ENDPOINT_URL": ENDPOINT,
}


def decoded(token: str) -> str:
    packed = token.partition(".")[2]
    return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()


def encoded(url: str) -> str:
    return f"k8s-aws-v1.{base64.urlsafe_b64encode(url.encode()).decode().rstrip('=')}"


@pytest.fixture
def token() -> str:
    """A token that was made just now."""
    return make_token("demo", "us-west-2", KEYS).text


def test_a_good_token_is_the_request_it_holds(token: str) -> None:
    """It comes out as it went in."""
    assert presigned_url(token, ENDPOINT, datetime.now(UTC)) == decoded(token)


@pytest.mark.parametrize(
    "endpoint", ["http://127.0.0.1:4567", "https://127.0.0.1:4566", "http://localhost:4566"]
)
def test_only_the_present_endpoint_is_asked(token: str, endpoint: str) -> None:
    """Whoever shows a token does not decide where its request goes."""
    with pytest.raises(RefusedTokenError, match="embedded AWS is"):
        presigned_url(token, endpoint, datetime.now(UTC))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("GetCallerIdentity", "AssumeRole", "unexpected action"),
        ("host%3Bx-k8s-aws-id", "host", "is not signed"),
        ("X-Amz-Expires=60", "X-Amz-Expires=901", "wants to be valid"),
        ("X-Amz-Expires=60", "X-Amz-Expires=-1", "wants to be valid"),
        ("X-Amz-Expires=60", "X-Amz-Expires=60&Policy=x", "unexpected parameter"),
        ("X-Amz-Expires=60", "X-Amz-Expires=60&action=GetCallerIdentity", "given twice"),
        ("X-Amz-Date=2", "X-Amz-Date=x", "no date"),
        ("4566/?", "4566/other?", "unexpected path"),
        ("4566/?", "4566@example.invalid/?", "embedded AWS is"),
        ("http://127", "http://user@127", "embedded AWS is"),
    ],
)
def test_every_other_request_is_refused(token: str, old: str, new: str, reason: str) -> None:
    """Nothing is sent that GetCallerIdentity for this cluster does not need."""
    url = decoded(token)
    assert old in url

    with pytest.raises(RefusedTokenError, match=reason):
        presigned_url(encoded(url.replace(old, new, 1)), ENDPOINT, datetime.now(UTC))


@pytest.mark.parametrize(
    ("later", "accepted"),
    [
        (timedelta(minutes=14), True),
        (timedelta(minutes=15, seconds=2), False),
        (timedelta(minutes=-4), True),
        (timedelta(minutes=-6), False),
    ],
)
def test_it_is_good_for_a_quarter_of_an_hour(
    token: str, later: timedelta, *, accepted: bool
) -> None:
    """Nor is one accepted whose time is to come, beyond a difference of clocks."""
    now = datetime.now(UTC) + later
    if accepted:
        assert presigned_url(token, ENDPOINT, now)
    else:
        with pytest.raises(RefusedTokenError, match=r"expired|future"):
            presigned_url(token, ENDPOINT, now)


@pytest.mark.parametrize(
    "text", ["", "k8s-aws-v1.", "k8s-aws-v1.!!!!", "k8s-aws-v2.aaaa", "k8s-aws-v1." + "a" * 5000]
)
def test_what_is_no_token_is_refused(text: str) -> None:
    """Whatever is sent, the answer is a refusal and never a crash."""
    with pytest.raises(RefusedTokenError):
        presigned_url(text, ENDPOINT, datetime.now(UTC))
