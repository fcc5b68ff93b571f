"""Whether Karpenter is sure to know a price of a pool's machines: it starts none without. Pure.

It asks AWS's price list, which has a public address, and endpoints in few regions. Where it cannot
reach that, prices stand that come with it: those of us-east-1; in China and GovCloud their own.
What has none there is not offered on demand (provider 1.14.1, ``pkg/providers/pricing/pricing.go``
and ``pkg/providers/instancetype/offering/base_resolver.go``). A spot machine without such a price
is offered once EC2 has told its own, and reservations need none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.rules.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.placement.proof import Verdict

# Provider whose prices these are not in.
KARPENTER: Final = "1.14.1"
# Families of EC2 without a type in `zz_generated.pricing_aws.go`, which was made on 2026-07-06.
FAMILIES: Final = frozenset(
    {
        "dl2q", "g7", "hpc6a", "hpc6id", "hpc7a", "hpc8a", "p5e", "r9g", "r9gd", "t8i", "trn2",
        "trn2u", "x8aedz",
    }
)  # fmt: skip
_OWN_PRICES: Final = ("cn-", "us-gov-")


def unpriced_findings(deployment: Deployment, verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Warn of each pool that starts nothing unless the network has a way to the price list."""
    settings, seen = deployment.settings, set()
    # A network of ours always has such a way, by its NAT gateway.
    if not settings.network.existing or settings.region.startswith(_OWN_PRICES):
        return
    for verdict in verdicts:
        machines = [fit.machine for fit in verdict.machines]
        is_on_demand = deployment.profiles.pools[verdict.pool].capacity == ("on-demand",)
        if verdict.pool in seen or not machines or not is_on_demand:
            continue
        if all(each.family in FAMILIES for each in machines):
            seen.add(verdict.pool)
            yield _finding(verdict, sorted({each.family for each in machines}))


def _finding(verdict: Verdict, families: list[str]) -> Finding:
    return Finding(
        path=("pools", verdict.pool, "instances"),
        message=f"Karpenter {KARPENTER} comes without a price of {', '.join(families)}, and starts "
        f"no machine without one: `{verdict.title}` starts only if the private subnets of "
        "`network.existing` have a way to AWS's price list",
        hint="give them a route to the internet, e.g. by NAT (Karpenter asks `api.pricing`), add "
        "machines of other families, or reserve capacity and write `capacity: reserved`",
        also=(("profiles", verdict.index), ("network", "existing"), ("region",)),
        severity="warning",
    )
