"""Clients of the embedded AWS listen to nothing but their target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.aws.session import Clients

if TYPE_CHECKING:
    import pytest

TARGET = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4000",
    "AWS_ACCESS_KEY_ID": "jhub-embedded",
    "AWS_SECRET_ACCESS_KEY": "jhub-embedded",
}
USERS = {
    "AWS_PROFILE": "nobody",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_CONFIG_FILE": "/nowhere",
    "AWS_DATA_PATH": "/nowhere",
    "AWS_DEFAULTS_MODE": "junk",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1",
    "AWS_MAX_ATTEMPTS": "junk",
    "AWS_REGION": "mars-1",
    "AWS_REQUEST_CHECKSUM_CALCULATION": "junk",
    "AWS_RETRY_MODE": "junk",
    "AWS_STS_REGIONAL_ENDPOINTS": "junk",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTPS_PROXY": "http://127.0.0.1:2",
    "HTTP_PROXY": "http://127.0.0.1:2",
}


def test_no_setting_of_the_user_reaches_the_embedded_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither endpoint, region, key, proxy nor patience is the user's; junk is no error."""
    for name, value in USERS.items():
        monkeypatch.setenv(name, value)

    client = Clients("us-west-2", TARGET).get("sts")

    assert client.meta.endpoint_url == TARGET["AWS_ENDPOINT_URL"]
    assert client.meta.region_name == "us-west-2"
    config = client.meta.config
    assert (config.proxies, config.retries["mode"]) == ({}, "standard")
    assert (config.use_fips_endpoint, config.use_dualstack_endpoint) == (None, None)
    assert client._request_signer._credentials.access_key == "jhub-embedded"
