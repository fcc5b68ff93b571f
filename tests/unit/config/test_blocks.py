"""A proposed address range is free, and fits."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.network import NetworkConfig
from jupyterhub_eks.config.rules.blocks import RFC1918, TAKEN, free_block
from jupyterhub_eks.config.rules.network import network_rules

BLOCKS = st.one_of(
    st.builds(
        lambda address, prefix: str(IPv4Network((address, prefix), strict=False)),
        st.one_of(
            st.integers(0, 2**32 - 1),
            st.integers(10 << 24, (11 << 24) - 1),
            st.integers((172 << 24) + (16 << 16), (172 << 24) + (32 << 16) - 1),
            st.integers((100 << 24) + (64 << 16), (100 << 24) + (128 << 16) - 1),
        ),
        st.integers(0, 32),
    ),
    st.sampled_from(["nonsense", "", "10.1.0.0", "10.1.2.3/16", "0.0.0.0/0", "10.0.0.0/8"]),
)


def proposals(cidr: str, secondary: str | None) -> dict[str, str]:
    """Return the last line proposed for each of the two keys."""
    network = NetworkConfig(cidr=cidr, secondary_cidr=secondary)
    found = {}
    for finding in network_rules(DeploymentFile(network=network)):
        key = str(finding.path[-1])
        _, line, rest = finding.hint.partition(f"`{key}: ")
        assert line, finding
        found[key] = rest.partition("`")[0]
    return found


@given(cidr=BLOCKS, secondary=st.one_of(st.none(), BLOCKS))
def test_what_is_proposed_is_accepted(cidr: str, secondary: str | None) -> None:
    """Whatever was written, writing the proposed lines leaves nothing to complain about."""
    proposed = proposals(cidr, secondary)
    network = NetworkConfig(
        cidr=proposed.get("cidr", cidr), secondary_cidr=proposed.get("secondary_cidr", secondary)
    )
    assert list(network_rules(DeploymentFile(network=network))) == []


def test_the_size_and_the_range_that_were_chosen_stay() -> None:
    """Only what has to change is changed."""
    assert free_block("10.100.0.0/18", RFC1918) == IPv4Network("10.1.0.0/18")
    assert free_block("172.20.0.0/16", RFC1918) == IPv4Network("172.16.0.0/16")


@pytest.mark.parametrize("taken", [block for block, _ in TAKEN])
def test_what_others_use_is_never_proposed(taken: IPv4Network) -> None:
    """Docker, and the ranges that EKS takes for Services."""
    assert not free_block(str(taken), RFC1918).overlaps(taken)


def test_an_overlap_is_not_answered_with_the_same_range() -> None:
    """The remedy of the second range avoids the first."""
    assert proposals("100.64.0.0/16", "100.64.0.0/16") == {
        "cidr": "10.1.0.0/16",
        "secondary_cidr": "100.65.0.0/16",
    }
