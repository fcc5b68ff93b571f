"""The end of a destroy: look for what is left, remove it, and tidy up when nothing is."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.orchestration import keeping
from jupyterhub_eks.orchestration.events import Note
from jupyterhub_eks.orchestration.reports import DestroyReport, PlanReport
from jupyterhub_eks.orchestration.sweeping import as_plan

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.reports import DestroyRequest, StackOutcome
    from jupyterhub_eks.orchestration.sweeping import Sweeping
    from jupyterhub_eks.ports import Resource


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What comes after the stacks.

    Attributes:
        sweeping: Removes what carries the tag.
        request: How to destroy.
        was_known: Whether the deployment was made from here. Otherwise the tag may be that
            of somebody else's deployment of the same name: only people can tell.
    """

    sweeping: Sweeping
    request: DestroyRequest
    was_known: bool

    def report(self, outcomes: tuple[StackOutcome, ...], started: float) -> DestroyReport:
        """Return what was done and what is left."""
        session = self.sweeping.session
        workspace = session.ctx.workspace
        left = self._left()
        if left and self._may_remove(left):
            self.sweeping.remove(self.sweeping.removable(left))
            left = self._left()
        kept = {
            *keeping.as_resources(session.store.record.kept),
            *(each for each in left if self.sweeping.is_data(each)),
        }
        left = tuple(each for each in left if each not in kept)
        if not left and not session.store.record.kept:
            session.store.remove()
            for folder in (workspace.terraform, workspace.home / "applied"):
                shutil.rmtree(folder, ignore_errors=True)
        return DestroyReport(
            deployment=workspace.name,
            stacks=(*outcomes, *self.sweeping.outcomes()),
            kept=tuple(sorted(kept)),
            left=left,
            log_dir=session.log_dir,
            seconds=time.monotonic() - started,
        )

    def _left(self) -> tuple[Resource, ...]:
        session = self.sweeping.session
        found = session.ctx.cloud.find_resources(session.ctx.workspace.name)
        kept = session.store.record.kept
        return tuple(each for each in found if not keeping.is_kept(each, kept))

    def _may_remove(self, left: tuple[Resource, ...]) -> bool:
        session = self.sweeping.session
        removable = self.sweeping.removable(left)
        if not removable or self.was_known or session.ctx.target.kind == "local":
            return bool(removable)
        if self.request.unattended:
            return False
        name = session.ctx.workspace.name
        text = f"nothing here knows of what carries the tag of {name!r}: is it yours to remove?"
        session.emit(Note(text=text))
        return self.request.confirm(PlanReport(deployment=name, stacks=as_plan(removable)))
