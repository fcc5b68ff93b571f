"""Remove what carries a deployment's tag, in whatever order AWS lets it go.

AWS refuses what is still in use; so everything is tried, those in use again later, until
the inventory shows nothing more or nothing has moved for a while. The inventory is the
proof, not the answer to a removal: some go on for minutes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.aws.inventory import find_owned
from jupyterhub_eks.aws.matching import GONE
from jupyterhub_eks.aws.removers import REMOVERS
from jupyterhub_eks.aws.session import DENIED, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyterhub_eks.aws.session import Clients
    from jupyterhub_eks.ports import Resource

# AWS deletes a cluster within some twelve minutes, a NAT gateway within some two.
SLOW_SECONDS: Final = 1500.0
QUICK_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 3.0
# What vanishes with a cluster that is removed too.
_PARTS: Final = frozenset({"addon", "access-entry", "pod-identity-association"})
_ORDER: Final = {kind: number for number, kind in enumerate(REMOVERS)}


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to go on when nothing moves, and how time passes.

    Attributes:
        quick: Seconds without any change after which what is left stays.
        slow: The same while something is being removed that takes AWS minutes.
        sleep: Waits for some seconds.
        clock: Tells the time, in seconds.
    """

    quick: float = QUICK_SECONDS
    slow: float = SLOW_SECONDS
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def sweep(
    clients: Clients,
    deployment: str,
    chosen: Iterable[Resource],
    on_removed: Callable[[Resource], None],
    patience: Patience | None = None,
) -> dict[Resource, str]:
    """Remove the chosen resources; return those that stay, with the reason that AWS gave.

    Only what carries the deployment's tag, or is part of something that does, is touched,
    whatever was chosen.

    Args:
        clients: Of the deployment's account and region.
        deployment: Its name.
        chosen: What to remove.
        on_removed: Told of each resource that is gone; may raise to stop.
        patience: How long to wait.

    Raises:
        PreflightError: A service could not be asked what is left.
    """
    work = _Sweep(clients, patience or Patience())
    wanted = set(chosen)
    present = wanted & set(find_owned(clients, deployment))
    work.moved()
    while present:
        work.try_all(present)
        left = present & set(find_owned(clients, deployment))
        for gone in sorted(present - left):
            on_removed(gone)
        if left != present:
            work.moved()
        elif work.is_over(left):
            break
        present = left
        if present:
            work.pause()
    return {each: work.reasons.get(each, "AWS does not say why") for each in sorted(present)}


@dataclass
class _Sweep:
    """What was tried so far."""

    clients: Clients
    patience: Patience
    reasons: dict[Resource, str] = field(default_factory=dict)
    _hopeless: set[Resource] = field(default_factory=set)
    _accepted: set[Resource] = field(default_factory=set)
    _since: float = 0.0

    def try_all(self, resources: set[Resource]) -> None:
        """Ask AWS to remove each resource that is not on its way already."""
        leaving = {each.identifier for each in resources if _kind(each) == ("eks", "cluster")}
        for each in sorted(resources, key=lambda each: (_ORDER.get(_kind(each), 0), each)):
            vanishes = each.kind in _PARTS and each.identifier.partition("/")[0] in leaving
            if not (vanishes or each in self._hopeless or each in self._accepted):
                self._try(each)

    def _try(self, resource: Resource) -> None:
        remover = REMOVERS.get(_kind(resource))
        if remover is None:
            self.reasons[resource] = "this kind is not removed by jhub"
            self._hopeless.add(resource)
            return
        try:
            remover.remove(self.clients, resource.identifier)
        except Exception as error:  # noqa: BLE001 - a refusal of one must not keep the others
            code = error_code(error)
            if code not in GONE:
                self.reasons[resource] = str(error)
            if code in DENIED:
                self._hopeless.add(resource)
            return
        if remover.is_slow:
            self.reasons[resource] = "AWS is still removing it"
            self._accepted.add(resource)

    def moved(self) -> None:
        """Note that something is gone."""
        self._since = self.patience.clock()

    def is_over(self, left: set[Resource]) -> bool:
        """Return whether waiting longer is in vain."""
        if left <= self._hopeless:
            return True
        slow = bool(left & self._accepted)
        limit = self.patience.slow if slow else self.patience.quick
        return self.patience.clock() - self._since > limit

    def pause(self) -> None:
        """Let AWS work."""
        self.patience.sleep(_PAUSE_SECONDS)


def _kind(resource: Resource) -> tuple[str, str]:
    return resource.service, resource.kind
