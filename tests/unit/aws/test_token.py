"""Tokens for EKS: what is signed, with whose keys, and how long they last."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from jupyterhub_eks.aws.token import VALIDITY, Token, exec_credential, make_token

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}


def url_of(token: Token) -> str:
    packed = token.text.removeprefix("k8s-aws-v1.")
    return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()


def test_the_cluster_is_signed_but_not_in_the_url() -> None:
    """The server adds the cluster's name itself, so a token is good for one cluster only."""
    url = urlsplit(url_of(make_token("demo", "eu-west-1", KEYS)))
    query = parse_qs(url.query)

    assert (url.scheme, url.hostname, url.path) == ("https", "sts.eu-west-1.amazonaws.com", "/")
    assert query["Action"] == ["GetCallerIdentity"]
    assert query["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert query["X-Amz-Credential"][0].startswith("AKIDEXAMPLE/")
    assert "demo" not in url.query


def test_two_clusters_have_two_signatures() -> None:
    """The name of the cluster is part of what is signed."""
    signatures = {
        parse_qs(urlsplit(url_of(make_token(name, "eu-west-1", KEYS))).query)["X-Amz-Signature"][0]
        for name in ("one", "two")
    }

    assert len(signatures) == 2


def test_token_has_no_padding() -> None:
    """EKS decodes without padding, and '=' would end a header field early."""
    for length in range(1, 5):
        assert "=" not in make_token("c" * length, "eu-west-1", KEYS).text


def test_the_endpoint_of_the_embedded_aws_is_used() -> None:
    """With an endpoint in the environment nothing of AWS is named."""
    environ = {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"}

    assert url_of(make_token("demo", "eu-west-1", environ)).startswith("http://127.0.0.1:4566/?")


def test_an_ignored_endpoint_is_not_used() -> None:
    """AWS_IGNORE_CONFIGURED_ENDPOINT_URLS switches it off, as for the SDKs."""
    environ = {
        **KEYS,
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }

    assert url_of(make_token("demo", "eu-west-1", environ)).startswith("https://sts.")


def test_session_token_goes_along() -> None:
    """Keys of a role are not valid without their session token."""
    environ = {**KEYS, "AWS_SESSION_TOKEN": "session"}
    query = parse_qs(urlsplit(url_of(make_token("demo", "eu-west-1", environ))).query)

    assert query["X-Amz-Security-Token"] == ["session"]


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"),
        ("us-east-1", "sts.us-east-1.amazonaws.com"),
    ],
)
def test_every_partition_has_its_sts(region: str, host: str) -> None:
    """The regional STS is used, never the global one, which EKS does not accept everywhere."""
    assert urlsplit(url_of(make_token("demo", region, KEYS))).hostname == host


def test_it_says_to_expire_before_eks_refuses_it() -> None:
    """EKS accepts it for 15 minutes; a client renews it a minute before."""
    before = datetime.now(UTC)
    token = make_token("demo", "eu-west-1", KEYS)

    assert before + VALIDITY <= token.expires <= datetime.now(UTC) + VALIDITY
    assert timedelta(minutes=14) == VALIDITY


def test_the_plugin_answer_is_what_kubernetes_clients_read() -> None:
    """Version, kind, token, and an expiry in RFC 3339 without fractions."""
    token = Token(text="k8s-aws-v1.x", expires=datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC))

    assert exec_credential(token) == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"expirationTimestamp": "2026-11-21T12:00:00Z", "token": "k8s-aws-v1.x"},
    }


def test_a_token_is_not_shown_by_accident() -> None:
    """Whoever logs the value does not log the bearer token."""
    assert "k8s-aws" not in repr(make_token("demo", "eu-west-1", KEYS))
