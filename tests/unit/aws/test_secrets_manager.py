"""Secrets of AWS Secrets Manager are read where they are."""

from __future__ import annotations

import pytest

from jupyterhub_eks.aws.secrets_manager import SecretsManager
from jupyterhub_eks.errors import PreflightError
from tests.support.secret_places import secrets_manager

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lab/hub-a1b2c3"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def test_an_arn_is_read_in_its_own_region() -> None:
    """A name is sought in the region of the deployment, an ARN in the one that it names."""
    with secrets_manager({ARN: "word"}) as url:
        reader = SecretsManager("us-west-2", {**KEYS, "AWS_ENDPOINT_URL": url})
        assert reader.read(ARN) == "word"
        with pytest.raises(PreflightError, match="in eu-west-1"):
            reader.read(f"{ARN}x")
        with pytest.raises(PreflightError, match="in us-west-2"):
            reader.read("lab/hub")
