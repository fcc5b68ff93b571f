"""Which label keeps a server from a pool, and what to change."""

from __future__ import annotations

from tests.support.foreign import one
from tests.unit.foreign.test_placing import pool, takes, verdict

ZONE = "topology.kubernetes.io/zone"


def test_a_pool_with_the_label_and_not_the_zone() -> None:
    """The zone is the reason, not the label, which the pool has; the order does not matter."""
    zoned = f"{takes('m5.xlarge')}, {{key: {ZONE}, operator: In, values: [us-west-2a]}}"
    pools = pool("a", zoned, labels="{np: cpu}") + pool("b", takes("g5.xlarge"))
    for selector in (f"np: cpu, {ZONE}: us-west-2b", f"{ZONE}: us-west-2b, np: cpu"):
        found = one(f"{{node_selector: {{{selector}}}}}", pools)
        status, reasons = verdict(found)
        assert status == "never"
        assert reasons == (
            f"pool `a`: its nodes have `{ZONE}` us-west-2a, and `{ZONE}: us-west-2b` is demanded",
        )
        assert found.shapes[0].verdict.hint == (
            "select us-west-2a, or let the requirements of the pool `a` have us-west-2b"
        )


def test_labels_that_no_pool_has_together() -> None:
    """Neither is said to be missing everywhere."""
    pools = pool("a", takes("m5.xlarge"), labels="{x: one}")
    pools += pool("b", takes("m5.xlarge"), labels="{y: two}")
    _, reasons = verdict(one("{node_selector: {x: one, y: two}}", pools))
    assert reasons == ("pool `a`: its nodes have no label `y`, and `y: two` is demanded",)


def test_what_leaves_out_every_pool() -> None:
    """What is no label of a pool is never to be added as one."""
    terms = "[{matchExpressions: [{key: np, operator: NotIn, values: [cpu]}]}]"
    found = one(
        f"{{node_affinity_required: {terms}}}",
        pool("a", takes("m5.xlarge"), labels="{np: cpu}"),
    )
    _, reasons = verdict(found)
    assert reasons == ("pool `a`: its nodes have `np` cpu, and `np NotIn cpu` is demanded",)
    hint = found.shapes[0].verdict.hint
    assert hint == "take away `np NotIn cpu`, or give a pool whose nodes meet it"
