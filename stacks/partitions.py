"""AWS partitions by region name, so that no data source is needed for an ARN.

Source: AWS General Reference, "Amazon Resource Names (ARNs)".
"""

from __future__ import annotations

from typing import Final

_BY_PREFIX: Final = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"))


def partition_of(region: str) -> str:
    """Return the ARN partition of ``region``, e.g. ``aws-cn`` for ``cn-north-1``."""
    for prefix, partition in _BY_PREFIX:
        if region.startswith(prefix):
            return partition
    return "aws"


def dns_suffix_of(region: str) -> str:
    """Return the DNS suffix of AWS service principals and endpoints in ``region``."""
    return "amazonaws.com.cn" if partition_of(region) == "aws-cn" else "amazonaws.com"
