"""Names and ids of zones, held against what is known of the region."""

from __future__ import annotations

import pytest

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.pools import PoolConfig
from jupyterhub_eks.config.rules.zones import last_letter, zone_rules


def errors(region: str, *zones: str) -> list[tuple[str, str]]:
    """Return message and hint of each error about the zones of a pool."""
    pool = PoolConfig(instances=("m7i",), zones=zones)
    found = zone_rules(("pools", "p"), pool, DeploymentFile(region=region))
    return [(each.message, each.hint) for each in found if each.severity == "error"]


@pytest.mark.parametrize(
    ("region", "zone", "message", "hint"),
    [
        ("us-west-2", "us-west-2z", "is no zone of us-west-2, as far as is known", "`us-west-2d`"),
        ("eu-central-1", "eu-central-1d", "is no zone of eu-central-1", "`eu-central-1c`"),
        ("eu-central-1", "us-west-2d", "is no zone of eu-central-1", "write e.g. `eu-central-1a`"),
        ("us-west-2", "us-east-1c", "is no zone of us-west-2", "write e.g. `us-west-2c`"),
        ("us-west-2", "us-west-2A", "is no availability zone", "did you mean `us-west-2a`?"),
        ("us-west-2", "usw2-az-1", "is no availability zone", "did you mean `usw2-az1`?"),
        ("us-west-2", "usw2-az9", "is no zone of us-west-2", "it has usw2-az1"),
        ("us-west-2", "us-west-2-lax-1a", "is a local zone", "write e.g. `us-west-2a`"),
        ("us-east-1", "us-east-1-wl1-bos-wlz-1", "is a local zone", "write e.g. `us-east-1a`"),
    ],
)
def test_a_zone_that_the_region_does_not_have(
    region: str, zone: str, message: str, hint: str
) -> None:
    """No node could be started there; what is meant is named."""
    ((said, advice),) = errors(region, zone)
    assert message in said
    assert hint in advice


@pytest.mark.parametrize(
    ("region", "zones"),
    [
        ("us-west-2", ("us-west-2a", "us-west-2d")),
        ("us-east-1", ("us-east-1a", "us-east-1f")),
        # Numbers and letters have gaps, and these letters are given out.
        ("ca-central-1", ("ca-central-1a", "ca-central-1d")),
        ("ap-northeast-1", ("ap-northeast-1a", "ap-northeast-1d")),
        ("us-west-1", ("us-west-1a", "us-west-1c")),
    ],
)
def test_zones_that_accounts_have(region: str, zones: tuple[str, ...]) -> None:
    """Each letter up to that of the highest number may be one of an account."""
    assert errors(region, *zones) == []


def test_of_an_unknown_region_only_the_form_is_known() -> None:
    """No list is made up for it."""
    assert last_letter("mx-central-1") is None
    assert errors("mx-central-1", "mx-central-1z", "mx-central-1a") == []
    ((message, hint),) = errors("mx-central-1", "mx-central")
    assert "is no availability zone" in message
    assert hint == "write e.g. `mx-central-1a`, or `mxc1-az1` by id"
