"""What happened in a cluster, in order, by its audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyterhub_eks.local.cluster.audit import read_changes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterhub_eks.local.cluster.audit import Change

# Administrators of the control plane; jhub and Helm under it show a token of EKS instead.
ADMINISTRATOR = "jhub-admin"
TOKENS = "arn:aws:"


def is_jhub(change: Change) -> bool:
    """Return whether jhub, or Helm under it, asked for a change."""
    return change.user.startswith(TOKENS)


@dataclass(frozen=True)
class Story:
    """The changes of one destroy that were carried out, in order."""

    changes: tuple[Change, ...]

    @classmethod
    def read(cls, log: Path, since: str) -> Story:
        """Read it.

        Args:
            log: Audit log of a control plane.
            since: Name of the pod whose creation was the last change before the destroy.
        """
        done = [each for each in read_changes(log) if each.ok]
        start = max(
            index
            for index, each in enumerate(done)
            if (each.verb, each.resource, each.name) == ("create", "pods", since)
        )
        return cls(tuple(done[start + 1 :]))

    def places(self, verb: str, resource: str, prefix: str = "", *, by: str = "") -> list[int]:
        """Return where in the story changes of a kind stand; fail if there is none."""
        found = [
            index
            for index, each in enumerate(self.changes)
            if (each.verb, each.resource) == (verb, resource)
            and each.name.startswith(prefix)
            and each.user.startswith(by)
        ]
        assert found, f"no {verb} of {resource} {prefix}"
        return found

    def uninstalls(self, release: str) -> list[int]:
        """Return where Helm worked on the removal of a release."""
        records = f"sh.helm.release.v1.{release}.v"
        return self.places("update", "secrets", records) + self.places("delete", "secrets", records)

    def asked_by_jhub(self) -> set[tuple[str, str]]:
        """Return what jhub asked for besides deletions: verb and resource."""
        return {
            (each.verb, each.resource)
            for each in self.changes
            if is_jhub(each) and not each.verb.startswith("delete")
        }

    def expect_order(self, *, servers: Iterable[str], namespace: str, nodes: Iterable[str]) -> None:
        """Fail unless each step of a destroy was done before the next one began."""
        stopped = self.places("patch", "deployments", "hub", by=TOKENS)
        ended = [self.places("delete", "pods", each, by=TOKENS)[0] for each in servers]
        hub = self.uninstalls("hub-base") + self.places("delete", "namespaces", namespace)
        pools = self.places("delete", "nodepools", by=TOKENS)
        gone = [self.places("patch", "nodeclaims", each, by=ADMINISTRATOR)[-1] for each in nodes]
        platform = [
            place
            for release in ("nodes", "karpenter-crd", "storage-classes")
            for place in self.uninstalls(release)
        ]
        assert min(stopped) < min(ended), "a server could start while servers were stopped"
        assert max(ended) < min(hub), "the hub was removed while a server ran"
        assert max(hub) < min(pools), "pools went while the hub was there"
        assert max(pools) < min(gone), "a node went before its pool"
        assert max(gone) < min(platform), "Karpenter went while a node was there"
