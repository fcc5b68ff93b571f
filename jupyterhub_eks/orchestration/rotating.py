"""Use case ``secrets rotate``: new values, then restarts; and what is known of secrets.

A run that is killed is gone on with by the same command: what it has written is noted on the
Secret with its time, and is not made once more while a Deployment still runs with the one
before. Values are noted after they are written, so at worst one is made twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal

from jupyterhub_eks.errors import PreflightError, RefusedError, UsageError
from jupyterhub_eks.orchestration.giving import NotThereError, obtain
from jupyterhub_eks.orchestration.hub_objects import (
    DEPLOYMENT,
    contents,
    find_secret,
    restart,
    started_for,
    write_contents,
)
from jupyterhub_eks.orchestration.hub_secrets import HubSecret, hub_secrets
from jupyterhub_eks.releases.labels import HUB_NAMESPACE
from jupyterhub_eks.releases.z2jh.names import LOGIN_SECRET
from jupyterhub_eks.releases.z2jh.services import HUB_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyterhub_eks.cluster_port import ClusterApi, ClusterObject
    from jupyterhub_eks.config.auth import AuthConfig
    from jupyterhub_eks.ports import SecretReader

# On a Secret: when which of its keys was rotated, as JSON.
ROTATED: Final = "jhub/rotated"
Result = Literal["rotated", "finished", "unchanged", "left"]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is there of a secret; never its value.

    Attributes:
        secret: Which one.
        made: When it was made or rotated, ISO 8601; empty: not known.
        is_pending: Whether something still runs with the value before.
    """

    secret: HubSecret
    made: str
    is_pending: bool = False


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What a rotation does to one secret.

    Attributes:
        secret: Which one.
        result: ``finished``: only the restarts were missing. ``left``: not made here.
        reason: Why it is left.
    """

    secret: HubSecret
    result: Result
    reason: str = ""


class Vault:
    """The secrets of a deployed hub.

    Args:
        api: The cluster.
        auth: The ``auth`` section.
        now: Tells the time, ISO 8601.

    Raises:
        RefusedError: The hub is not there.
    """

    def __init__(
        self,
        api: ClusterApi,
        auth: AuthConfig,
        now: Callable[[], str] = lambda: datetime.now(UTC).isoformat(timespec="microseconds"),
    ) -> None:
        self._api = api
        self._now = now
        found = {name: find_secret(api, name) for name in (HUB_SECRET, LOGIN_SECRET)}
        if found[HUB_SECRET] is None:
            raise RefusedError(
                "there are no secrets yet",
                cause=f"Secret {HUB_NAMESPACE}/{HUB_SECRET} is made with the hub, which is not "
                "deployed",
            )
        self._secrets = {name: secret for name, secret in found.items() if secret}
        self._deployments = {
            each.name: each for each in api.list(DEPLOYMENT, namespace=HUB_NAMESPACE)
        }
        self.all = hub_secrets(auth, contents(found[HUB_SECRET]))

    def known(self) -> tuple[Known, ...]:
        """Return what is there, in a fixed order."""
        return tuple(
            Known(secret=each, made=self._made(each), is_pending=self._is_pending(each))
            for each in self.all
        )

    def choose(self, names: Iterable[str]) -> tuple[HubSecret, ...]:
        """Return the secrets of these names; all without any.

        Raises:
            UsageError: There is no such secret.
        """
        by_name = {each.name: each for each in self.all}
        if unknown := [name for name in names if name not in by_name]:
            raise UsageError(
                f"there is no secret {unknown[0]!r}", hint=f"there are: {', '.join(by_name)}"
            )
        return tuple(each for each in self.all if not names or each.name in set(names))

    def value(self, secret: HubSecret) -> str:
        """Return what a secret is; empty: nothing is there."""
        return contents(self._secrets.get(secret.secret)).get(secret.key, "")

    def rotate(
        self, chosen: Iterable[HubSecret], reader: SecretReader, *, dry_run: bool = False
    ) -> tuple[Rotated, ...]:
        """Renew secrets and restart what uses them.

        Args:
            chosen: Which ones.
            reader: Where those are that somebody else made.
            dry_run: Change nothing.

        Raises:
            ClusterError: The cluster does not answer; the same call goes on.
        """
        new: dict[str, dict[str, str]] = defaultdict(dict)
        done = []
        for each in chosen:
            result, value = self._renew(each, reader)
            done.append(result)
            if value:
                new[each.secret][each.key] = value
        if not dry_run:
            self._write(new)
            self._restart(done)
        return tuple(done)

    def _renew(self, secret: HubSecret, reader: SecretReader) -> tuple[Rotated, str]:
        if self._is_pending(secret):
            return Rotated(secret=secret, result="finished"), ""
        if secret.renew:
            return Rotated(secret=secret, result="rotated"), secret.renew(self.value(secret))
        try:
            value = _from_outside(secret, reader)
        except NotThereError as error:
            return Rotated(secret=secret, result="left", reason=str(error)), ""
        if value == self.value(secret):
            return Rotated(secret=secret, result="unchanged"), ""
        return Rotated(secret=secret, result="rotated"), value

    def _write(self, new: dict[str, dict[str, str]]) -> None:
        for name, values in new.items():
            secret = self._secrets[name]
            times = _times(secret) | dict.fromkeys(values, self._now())
            notes = {ROTATED: json.dumps(times, sort_keys=True)}
            write_contents(self._api, secret, values, notes)
            found = find_secret(self._api, name)
            if found is None:
                raise PreflightError(f"Secret {name} has gone while it was written")
            self._secrets[name] = found

    def _restart(self, done: Iterable[Rotated]) -> None:
        since: dict[str, str] = {}
        for each in done:
            if each.result in {"rotated", "finished"}:
                for user in each.secret.users:
                    since[user] = max(since.get(user, ""), self._rotated(each.secret))
        # The proxy first: a hub that starts with a new token needs a proxy that knows it.
        for user in sorted(since, reverse=True):
            restart(self._api, user, since[user])

    def _is_pending(self, secret: HubSecret) -> bool:
        rotated = self._rotated(secret)
        return any(
            started_for(self._deployments[user]) < rotated
            for user in secret.users
            if user in self._deployments
        )

    def _rotated(self, secret: HubSecret) -> str:
        found = self._secrets.get(secret.secret)
        return _times(found).get(secret.key, "") if found else ""

    def _made(self, secret: HubSecret) -> str:
        found = self._secrets.get(secret.secret)
        if found is None or secret.key not in contents(found):
            return ""
        first = str(found.body.get("metadata", {}).get("creationTimestamp") or "")
        return self._rotated(secret) or (first if secret.origin == "generated" else "")


def require_all(planned: Iterable[Rotated]) -> None:
    """Refuse a rotation that would leave a secret as it is.

    Raises:
        PreflightError: Names each of them with its reason.
    """
    left = [f"{each.secret.name}: {each.reason}" for each in planned if each.result == "left"]
    if left:
        raise PreflightError(
            f"{len(left)} secret{'s' if len(left) > 1 else ''} cannot be rotated",
            cause="\n".join(left),
            hint="nothing was changed",
        )


def _from_outside(secret: HubSecret, reader: SecretReader) -> str:
    """Return what somebody else has made.

    Raises:
        NotThereError: It is not there, or goes elsewhere.
    """
    if not secret.asked or not secret.secret:
        raise NotThereError(secret.notice)
    return obtain(reader, secret.asked)


def _times(secret: ClusterObject) -> dict[str, str]:
    """Return when which key was rotated; what somebody has written there instead counts nothing."""
    try:
        found = json.loads(secret.annotations.get(ROTATED, "{}"))
    except ValueError:
        return {}
    return {str(key): str(each) for key, each in found.items()} if isinstance(found, dict) else {}
