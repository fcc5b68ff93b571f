"""The dearest whole numbers of things under several limits at once. Pure.

An integer programme: all limits together are held against prices by multipliers, of which the
linear programme has the best; what a set costs is never above what they make of it. Branches that
cannot be dearer are left out, and so are things that others outdo. Where more branches are left
than are gone through, the multipliers' bound stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Branches that are gone through, about 0.05 s of processor time.
_MOST_BRANCHES: Final = 20_000
_MOST_PIVOTS: Final = 200
_TINY: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Packing:
    """What limits let through.

    Attributes:
        counts: How many of each thing, of the dearest set that was found.
        bound: No set is dearer than this.
        is_exact: Whether none is dearer than the one that was found.
        shares: What each limit's multiplier makes of it: the largest holds most.
    """

    counts: tuple[int, ...]
    bound: float
    is_exact: bool
    shares: tuple[float, ...]


def pack(
    prices: Sequence[float], weights: Sequence[Sequence[int]], limits: Sequence[int]
) -> Packing:
    """Return the dearest set of whole things that all limits let through.

    Args:
        prices: Of each thing; above 0.
        weights: What each takes of each limit, 0 or more; of one at least more than 0.
        limits: How much there is.
    """
    kept = list(_undominated(prices, weights, limits))
    if not kept:
        empty = tuple(0 for _ in limits)
        return Packing(counts=(0,) * len(prices), bound=0.0, is_exact=True, shares=empty)
    own, taken = [prices[i] for i in kept], [weights[i] for i in kept]
    multipliers = _multipliers(own, taken, limits)
    shares = tuple(each * most for each, most in zip(multipliers, limits, strict=True))
    search = _Search(own, taken, multipliers)
    search.run(limits)
    counts = dict(zip((kept[i] for i in search.order), search.counts, strict=True))
    return Packing(
        counts=tuple(counts.get(i, 0) for i in range(len(prices))),
        bound=sum(shares),
        is_exact=search.branches <= _MOST_BRANCHES,
        shares=shares,
    )


def _undominated(
    prices: Sequence[float], weights: Sequence[Sequence[int]], limits: Sequence[int]
) -> Iterator[int]:
    """Yield what fits at all and is not outdone by so many of another that take no more."""
    fitting = [
        i
        for i, own in enumerate(weights)
        if all(weight <= most for weight, most in zip(own, limits, strict=True))
    ]
    kept: list[int] = []
    for i in sorted(fitting, key=lambda i: (sum(weights[i]), -prices[i])):
        if not any(_times(weights[i], weights[j]) * prices[j] >= prices[i] for j in kept):
            kept.append(i)
    yield from sorted(kept)


def _times(room: Sequence[int], wanted: Sequence[int]) -> int:
    return min(have // each for have, each in zip(room, wanted, strict=True) if each)


def _multipliers(
    prices: Sequence[float], weights: Sequence[Sequence[int]], limits: Sequence[int]
) -> list[float]:
    """Return a multiplier of each limit, with which nothing is worth less than its price."""
    found = [max(each, 0.0) for each in _duals(prices, weights, limits)]
    for price, own in zip(prices, weights, strict=True):
        if _worth(found, own) < price / 2:
            # Rounding, or too few pivots: any multipliers that are large enough give a bound.
            at = next(k for k, weight in enumerate(own) if weight)
            found[at] += price / own[at]
    scale = max(price / _worth(found, own) for price, own in zip(prices, weights, strict=True))
    return [each * max(scale, 1.0) for each in found]


def _worth(multipliers: Sequence[float], amounts: Sequence[int]) -> float:
    return sum(each * amount for each, amount in zip(multipliers, amounts, strict=True))


def _duals(
    prices: Sequence[float], weights: Sequence[Sequence[int]], limits: Sequence[int]
) -> list[float]:
    """Return the multipliers of the linear programme, by the simplex method with Bland's rule."""
    count, rows = len(prices), len(limits)
    table = [
        [
            *(float(own[k]) for own in weights),
            *(1.0 if k == row else 0.0 for row in range(rows)),
            float(limits[k]),
        ]
        for k in range(rows)
    ]
    basis = [count + k for k in range(rows)]
    costs = [*(-float(price) for price in prices), *([0.0] * (rows + 1))]
    for _ in range(_MOST_PIVOTS):
        column = next((j for j in range(count + rows) if costs[j] < -_TINY), None)
        if column is None:
            break
        ratios = [
            (table[k][-1] / table[k][column], basis[k], k)
            for k in range(rows)
            if table[k][column] > _TINY
        ]
        if not ratios:
            break
        row = min(ratios)[2]
        pivot = table[row][column]
        table[row] = [each / pivot for each in table[row]]
        for other in [*(table[k] for k in range(rows) if k != row), costs]:
            if factor := other[column]:
                other[:] = [a - factor * b for a, b in zip(other, table[row], strict=True)]
        basis[row] = column
    return costs[count : count + rows]


class _Search:
    """Goes through sets, those first that come nearest to the bound."""

    def __init__(
        self,
        prices: Sequence[float],
        weights: Sequence[Sequence[int]],
        multipliers: Sequence[float],
    ) -> None:
        lost = [
            _worth(multipliers, own) - price for price, own in zip(prices, weights, strict=True)
        ]
        self.order = sorted(range(len(prices)), key=lambda i: (lost[i], i))
        self._prices = [prices[i] for i in self.order]
        self._weights = [weights[i] for i in self.order]
        self._multipliers = multipliers
        self.counts = [0] * len(prices)
        self.branches = 0
        self._best = 0.0
        self._now = [0] * len(prices)

    def run(self, limits: Sequence[int]) -> None:
        self._from(0, 0.0, limits)

    def _from(self, index: int, value: float, room: Sequence[int]) -> None:
        if value > self._best + _TINY:
            self._best, self.counts = value, list(self._now)
        if index == len(self._prices):
            return
        own, price = self._weights[index], self._prices[index]
        for count in range(_times(room, own), -1, -1):
            self.branches += 1
            if self.branches > _MOST_BRANCHES:
                break
            left = [have - count * each for have, each in zip(room, own, strict=True)]
            reached = value + count * price
            if reached + _worth(self._multipliers, left) > self._best + _TINY:
                self._now[index] = count
                self._from(index + 1, reached, left)
        self._now[index] = 0
