"""KubeSpawner whose servers run on this machine.

Server page, choices, hooks and the pod are its own; no Kubernetes API is asked for anything.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from jupyterhub.utils import maybe_future

from jupyterhub_eks.preview.hub.events import Step, limit_reached, no_room, out_of_stock, steps
from jupyterhub_eks.preview.hub.processes import CannotStart, PreviewSpawner, told
from jupyterhub_eks.preview.hub.server_process import free_port

if TYPE_CHECKING:
    from jupyterhub_eks.preview.document import Document, SizeFacts
    from jupyterhub_eks.preview.hub.server_process import ServerProcess

# How long a start takes at least, so that what users read while they wait can be read.
_SHORT_SECONDS: Final = 2.0
# Until a start that would wait for ever is given up, if it is not to take its real time.
_REFUSED_SECONDS: Final = 2.0
_POOL: Final = "jhub/pool"
# What the hub's own words for a pending start advise; nobody waits for one that has failed.
_WAIT: Final = re.compile(
    r"It is (?:asked|tried) again every few minutes: wait, or choose another profile\."
)
_LATER: Final = "Try again later, or choose another profile."


class LocalServers(PreviewSpawner):
    """The spawner of one server."""

    def __init__(self, *args: Any, **given: Any) -> None:
        # The credentials of a cluster, if this machine has any, are not looked for.
        with patch("kubespawner.spawner.load_config"):
            super().__init__(*args, **given)
        self._told: list[dict[str, Any]] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        """What has been told of the pod since its start."""
        return list(self._told)

    async def _start_watching_events(self, replace: bool = False) -> None:  # noqa: FBT001, FBT002
        """Watch nothing: events are played."""

    async def _start_watching_pods(self, replace: bool = False) -> None:  # noqa: FBT001, FBT002
        """Watch nothing: there are no pods."""

    async def _start(self) -> str:
        """Start the server as its pod says, and return its URL.

        Raises:
            CannotStart: It would not start on AWS either, or this machine cannot start it.
        """
        self._told = []
        await self.load_user_options()
        pod = await self._pod()
        port = free_port()
        with told():
            server, notes = await self._process(pod, port)
            kept = await self._keep(pod, notes)
            facts = kept["facts"]
            pool = facts["pool"] if facts else pod["spec"].get("nodeSelector", {}).get(_POOL, "")
            await self._refuse(kept["profile"], pool, facts)
            self._local = server
            await self._play_and_run(server, port, self._steps(pool), self._seconds(facts))
        return f"http://127.0.0.1:{port}"

    async def _pod(self) -> dict[str, Any]:
        """Return the pod that would be posted."""
        made = await self.get_pod_manifest()
        if self.modify_pod_hook:
            made = await maybe_future(self.modify_pod_hook(self, made))
        return self._plain(made)

    def _steps(self, pool: str) -> tuple[Step, ...]:
        return steps(f"{self.namespace}/{self.pod_name}", pool, self.image)

    def _seconds(self, facts: SizeFacts | None) -> float:
        return facts["seconds"] if facts and self.document["real_time"] else _SHORT_SECONDS

    async def _play_and_run(
        self, server: ServerProcess, port: int, coming: tuple[Step, ...], seconds: float
    ) -> None:
        """Tell the events of a start, and start the server; in real time only at their end."""
        playing = self._play(coming, seconds)
        if self.document["real_time"]:
            await playing
            await server.start()
            await server.listening(port)
            return
        await server.start()
        await asyncio.gather(playing, server.listening(port))

    async def _play(self, coming: tuple[Step, ...], seconds: float) -> None:
        gone = 0.0
        for step in coming:
            await asyncio.sleep((step.share - gone) * seconds)
            gone = step.share
            self._tell(step)

    def _tell(self, step: Step) -> dict[str, Any]:
        event = step.happen(str(self.pod_name), str(self.namespace))
        self._told.append(event)
        return event

    async def _refuse(self, profile: str, pool: str, facts: SizeFacts | None) -> None:
        """Do nothing where AWS starts the server; else fail as it would there.

        Raises:
            CannotStart: In the words that the user has read meanwhile, without the advice to wait.
        """
        if facts and facts["reason"]:
            self._tell(no_room())
            await asyncio.sleep(_REFUSED_SECONDS)
            raise CannotStart(facts["reason"])
        if profile in self.document["unavailable"]:
            step = out_of_stock(pool)
        elif profile in self.document["full"]:
            step = limit_reached(pool)
        else:
            return
        self._tell(no_room())
        told = self._tell(step)
        # The hub gives such a start up itself.
        await asyncio.sleep(self.start_timeout if self.document["real_time"] else _REFUSED_SECONDS)
        raise CannotStart(after_failure(await self._as_told(told)))

    async def _as_told(self, event: dict[str, Any]) -> str:
        """Return an event in the words of the hub's own progress."""
        async for step in self.progress():
            if step.get("raw_event") == event:
                return str(step["message"])
        return str(event["message"])

    async def poll(self) -> int | None:
        """Return how the server has ended; None while it runs or starts."""
        if self._start_future is not None and not self._start_future.done():
            return None
        return 0 if self._local is None else self._local.poll()

    async def stop(self, now: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as it is called
        """End the server with all that it has started."""
        starting = self._start_future
        if starting is not None and not starting.done():
            starting.cancel()
        await self._end_process()


def after_failure(words: str) -> str:
    """Return the words for a pending start as they fit one that has failed."""
    return _WAIT.sub(_LATER, words)


def local_servers(document: Document) -> type[LocalServers]:
    """Return the spawner of a previewed hub."""
    return type("LocalServers", (LocalServers,), {"document": document})
