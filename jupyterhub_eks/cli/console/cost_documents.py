"""What a deployment costs, as JSON: amounts as texts, so that none is rounded on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyterhub_eks.cli.console.amounts import plain, text_of

if TYPE_CHECKING:
    from jupyterhub_eks.costs.estimate import Estimate
    from jupyterhub_eks.costs.floor import Floor
    from jupyterhub_eks.costs.usage import Month, ProfileCost
    from jupyterhub_eks.costs.worst import WorstCase


def costs_document(found: Estimate) -> dict[str, Any]:
    """Return the report for ``--json``: amounts as texts, so that none is rounded on the way."""
    return {
        "region": found.region,
        "currency": found.currency,
        "floor": _floor_document(found.floor),
        "profiles": [_profile_document(each) for each in found.profiles],
        "worst_case": worst_document(found.worst),
        "max_hourly_usd": text_of(found.max_hourly),
        "month": _month_document(found, found.month) if found.month else None,
        "sources": [
            {"region": where, "source": str(source), "date": source.date}
            for where, source in found.sources
        ],
    }


def short_document(found: Estimate) -> dict[str, Any]:
    """Return what a plan has of it."""
    return {
        "region": found.region,
        "currency": found.currency,
        "idle_floor_monthly": text_of(found.floor.monthly),
        "unpriced": list(found.floor.unpriced),
        "profiles": [_profile_document(each) for each in found.profiles],
        "worst_case_hourly": text_of(found.worst.hourly),
        "price_regions": sorted({where for where, _ in found.sources}),
    }


def _floor_document(floor: Floor) -> dict[str, Any]:
    return {
        "monthly": text_of(floor.monthly),
        "hourly": text_of(floor.hourly),
        "unpriced": list(floor.unpriced),
        "lines": [
            {
                "key": each.key,
                "what": each.what,
                "count": f"{each.count.normalize():f}",
                "each": text_of(each.each),
                "monthly": text_of(each.monthly),
                "note": each.note,
            }
            for each in floor.lines
        ],
        "by_use": [
            {"what": each.what, "amount": text_of(each.amount), "unit": each.unit}
            for each in floor.by_use
        ],
    }


def _profile_document(cost: ProfileCost) -> dict[str, Any]:
    alone, shared = cost.alone, cost.shared
    return {
        "profile": cost.profile,
        "pool": cost.pool,
        "alone": {"machine": alone.machine, "hourly": text_of(alone.hourly)} if alone else None,
        "shared": {
            "machine": shared.machine,
            "users": shared.users,
            "hourly": text_of(shared.hourly / shared.users),
        }
        if shared
        else None,
    }


def worst_document(worst: WorstCase) -> dict[str, Any]:
    """Return the worst case for ``--json``."""
    return {
        "hourly": text_of(worst.hourly),
        "floor": text_of(worst.floor),
        "pools": [
            {
                "pool": each.pool,
                "state": each.state,
                "hourly": text_of(each.hourly),
                "machines": each.machines,
                "limit": each.limit,
                "exact": each.is_exact,
                "priced_on_demand": list(each.other_capacity),
            }
            for each in worst.pools
        ],
    }


def _month_document(found: Estimate, month: Month) -> dict[str, Any]:
    demand = month.demand
    return {
        "users": demand.users,
        "hours": plain(demand.hours),
        "home_gib": plain(demand.home_gib),
        "homes": text_of(month.homes),
        "logins": text_of(month.logins),
        "idle": text_of(month.idle),
        "profiles": [
            {
                "profile": cost.profile,
                "least": text_of(rates.least if rates else None),
                "average": text_of(rates.average if rates else None),
                "most": text_of(rates.most if rates else None),
                "always": text_of(always),
                "at_once": {
                    "servers": limit.servers,
                    "alone": limit.alone,
                    "held_by": None if limit.alone is None else limit.held_by,
                    "lets_all": limit.lets(demand.users),
                },
            }
            for cost, rates, always, limit in zip(
                found.profiles, month.by_profile, month.always, month.at_once, strict=True
            )
        ],
    }
