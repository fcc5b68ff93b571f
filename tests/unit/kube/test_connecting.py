"""Clients of a Kubernetes API."""

from __future__ import annotations

import pytest

from jupyterhub_eks.errors import ClusterError
from jupyterhub_eks.kube.connecting import eks_client


@pytest.mark.parametrize("authority", ["none", "-----BEGIN CERTIFICATE-----\n"])
def test_an_authority_that_is_none_is_named(authority: str) -> None:
    """As the cluster of an AWS that only says so has one."""
    with pytest.raises(ClusterError, match="cannot be trusted") as caught:
        eks_client("https://127.0.0.1:1", authority, "token")
    assert "is no certificate" in caught.value.cause
