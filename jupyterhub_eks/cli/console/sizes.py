"""A proposal of machines as a table, as YAML to paste, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from jupyterhub_eks.cli.console.amounts import money, plain, priced, text_of
from jupyterhub_eks.cli.console.blocks import heading
from jupyterhub_eks.cli.console.costs import whose_prices
from jupyterhub_eks.cli.console.places import as_typed
from jupyterhub_eks.cli.console.tables import draw_table
from jupyterhub_eks.config.yamltext import as_yaml, as_yaml_line
from jupyterhub_eks.costs.sizing import SHARING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.sizing_model import Proposal, SingleServer, Sizing
    from jupyterhub_eks.instances.model import Currency


def draw_sizing(found: Sizing, currency: Currency, width: int, whence: str) -> Iterator[Text]:
    """Yield machines, amounts that fill a node, the month, and what to paste.

    Args:
        found: The proposal, which has a machine.
        currency: Of its amounts.
        width: Columns of the terminal.
        whence: What the idle floor goes by: configuration files, or the defaults.
    """
    need = found.need
    yield heading(f"Machines for {need.concurrent} at the same time, of {need.users} users")
    head = ("machine", "cores", "GiB", "users", "nodes", "an hour", "user-hour")
    yield from draw_table([_row(each) for each in found.proposals], width, head=head)
    yield Text("  users: servers on a node; an hour: of all nodes with their disks", "dim")
    yield from _sharing(found, currency)
    yield Text("")
    yield heading(f"Amounts that fill a {found.proposals[0].machine.name} exactly")
    rows = [(str(each.users), each.memory, f"{each.cpu:g}") for each in found.fillings]
    yield from draw_table(rows, width, head=("users", "memory", "cores"), left=())
    yield Text("  as guarantees of a profile they leave nothing of a node unused;", "dim")
    yield Text(f"  {found.proposals[0].users} on a node is what is proposed above", "dim")
    yield Text("")
    yield from _month(found, currency, whence)
    yield Text("")
    if found.estimate:
        notes = whose_prices(found.estimate.region, found.sources)
        yield from (Text(as_typed(each), "dim") for each in notes)
        yield Text("")
    yield heading("To paste: as profiles.yaml, or its entries below your `pools:` and `profiles:`")
    yield from (Text(line) for line in yaml_of(found))


def _row(each: Proposal) -> tuple[str, ...]:
    machine = each.machine
    return (
        machine.name,
        str(machine.vcpu),
        f"{machine.memory_mib / 1024:g}",
        str(each.users),
        str(each.nodes),
        money(each.hourly, 3),
        money(each.user_hourly, 3),
    )


def _sharing(found: Sizing, currency: Currency) -> Iterator[Text]:
    shared, best = found.shared, found.proposals[0]
    if shared is None:
        return
    nodes = f"{shared.nodes} x {shared.machine.name}, {_users(shared.users)} on each"
    whole = priced(best.hourly, currency, 3)
    costs = f"{priced(shared.hourly, currency, 3)} an hour instead of {whole}"
    yield Text(f"  GPUs can be shared: `gpu: {as_yaml(_sharing_values())}` in the pool")
    yield Text(f"  would need {nodes}:")
    yield Text(f"  {costs}. Users then share the GPU's memory, too.")


def _sharing_values() -> dict[str, object]:
    return SHARING.model_dump(exclude_unset=True)


def _users(count: int) -> str:
    return f"{count} user{'' if count == 1 else 's'}"


def _floor_words(found: Estimate) -> Iterator[str]:
    """Yield what of the changeable parts is in the idle floor, and what is not."""
    lines = {each.key: each for each in found.floor.lines}
    yield "with a load balancer" if "load-balancer" in lines else "without a load balancer"
    if "efs" in lines:
        backup = " and their backup" if "backup" in lines else ""
        yield f"{plain(lines['efs'].count)} GiB of files on EFS{backup}"


def _month(found: Sizing, currency: Currency, whence: str) -> Iterator[Text]:
    need, month = found.need, found.month
    rates = month.by_profile[0] if month else None
    if month is None or rates is None:
        return
    yield heading(f"A month, {need.hours.normalize():f} hours for each user")
    low, middle, high = (
        priced(each, currency) for each in (rates.least, rates.average, rates.most)
    )
    span = "" if low == high else f" ({low} to {high})"
    yield Text(f"  cluster        {middle} with nodes half full{span}")
    yield Text(
        f"                 of which {priced(found.floor_monthly, currency)} idle floor", "dim"
    )
    if found.estimate:
        yield Text(
            f"  idle floor: as in jhub cost ({whence}), without warm nodes and homes;", "dim"
        )
        yield Text(f"  {', '.join(_floor_words(found.estimate))}", "dim")
    yield from _single(found.single, currency, cheaper=is_single_cheaper(found))


def is_single_cheaper(found: Sizing) -> bool:
    """Whether one machine for all would cost less than the cluster does on average."""
    rates = found.month.by_profile[0] if found.month else None
    return bool(found.single and rates and found.single.monthly < rates.average)


def _single(single: SingleServer | None, currency: Currency, *, cheaper: bool) -> Iterator[Text]:
    if single is None:
        yield Text("  single server  no machine looked at is large enough for all at once")
        return
    amount = priced(single.monthly, currency)
    yield Text(f"  single server  {amount}: {single.machine.name}, always on")
    if cheaper:
        yield Text(
            "  One machine would be enough, and cheaper: consider a single-server JupyterHub (The "
            "Littlest JupyterHub) instead of a cluster."
        )
    else:
        yield Text("  One machine would be enough too, but dearer, as it never shrinks.", "dim")


def yaml_of(found: Sizing) -> Iterator[str]:
    """Yield ``profiles.yaml`` with the proposed pools and profiles."""
    if found.profiles is None:
        return
    yield "pools:"
    for name, pool in found.profiles.pools.items():
        values = {"instances": list(pool.instances), "max": dict(pool.max)}
        yield f"  {as_yaml_line(name, values)}"
    yield "profiles:"
    for profile in found.profiles.profiles:
        yield f"- name: {as_yaml(profile.name)}"
        shown = profile.model_dump(include={"pool", "cpu", "memory", "gpu", "images"})
        if profile.default:
            yield "  default: true  # leave this out beside a default of yours"
        yield from (f"  {as_yaml_line(key, value)}" for key, value in shown.items() if value)


def sizing_document(found: Sizing, region: str, currency: Currency) -> dict[str, Any]:
    """Return the proposal for ``--json``: amounts as texts."""
    need, single = found.need, found.single
    rates = found.month.by_profile[0] if found.month else None
    return {
        "region": region,
        "currency": currency,
        "users": need.users,
        "concurrent": need.concurrent,
        "machines": [
            {
                "type": each.machine.name,
                "users": each.users,
                "nodes": each.nodes,
                "hourly": text_of(each.hourly),
                "user_hourly": text_of(each.user_hourly),
            }
            for each in found.proposals
        ],
        "fillings": [
            {"users": each.users, "memory": each.memory, "cpu": each.cpu} for each in found.fillings
        ],
        "gpu_sharing": {
            **_sharing_values(),
            "type": found.shared.machine.name,
            "users": found.shared.users,
            "nodes": found.shared.nodes,
            "hourly": text_of(found.shared.hourly),
            "user_hourly": text_of(found.shared.user_hourly),
        }
        if found.shared
        else None,
        "price_regions": sorted({where for where, _ in found.sources}),
        "month": {
            "hours": f"{need.hours.normalize():f}",
            "idle_floor": text_of(found.floor_monthly),
            "least": text_of(rates.least),
            "average": text_of(rates.average),
            "most": text_of(rates.most),
        }
        if rates
        else None,
        "single_server": {
            "type": single.machine.name,
            "disk_gib": f"{single.disk_gib.normalize():f}",
            "monthly": text_of(single.monthly),
            "is_cheaper": is_single_cheaper(found),
        }
        if single
        else None,
        "profiles_yaml": "".join(f"{line}\n" for line in yaml_of(found)),
    }
