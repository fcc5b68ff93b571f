"""What the previewed hub's spawners share: a pod that is shown, and a process that serves."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from jupyterhub.utils import maybe_future
from kubespawner import KubeSpawner
from tornado import web

from jupyterhub_eks.preview.hub import enclosing
from jupyterhub_eks.preview.hub.choices import chosen, facts_of
from jupyterhub_eks.preview.hub.pods import PodRecord, write
from jupyterhub_eks.preview.hub.server_process import ServerError, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jupyterhub_eks.preview.document import Document


class CannotStart(web.HTTPError):
    """A server does not start, for a reason that its user is told.

    Args:
        reason: For the user, as text.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(503, "%s", reason)
        self.jupyterhub_message = reason


@contextmanager
def told() -> Iterator[None]:
    """Tell users why the process of their server does not start.

    Raises:
        CannotStart: It does not.
    """
    try:
        yield
    except ServerError as error:
        raise CannotStart(str(error)) from error
    except OSError as error:
        words = f"The state of the preview cannot be written: {error.strerror}."
        raise CannotStart(words) from error


class PreviewSpawner(KubeSpawner):  # type: ignore[misc]
    """KubeSpawner whose pods are shown, and whose servers may be processes of this machine.

    Attributes:
        document: The previewed hub; set by whoever makes the class of a hub.
    """

    document: ClassVar[Document]

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._local: ServerProcess | None = None

    async def _choice(self) -> tuple[str, str]:
        """Return the slugs of the chosen profile and of its size."""
        profiles = self.profile_list
        if callable(profiles):
            profiles = await maybe_future(profiles(self))
        return chosen(self._get_initialized_profile_list(profiles), self.user_options)

    def _plain(self, made: Any) -> dict[str, Any]:
        """Return a pod as it is posted."""
        pod: dict[str, Any] = self.api.api_client.sanitize_for_serialization(made)
        return pod

    async def _keep(self, pod: dict[str, Any], notes: Sequence[str]) -> PodRecord:
        """Keep the pod for the page that shows it.

        Args:
            pod: As it is posted.
            notes: What is not as in the deployed cluster.
        """
        profile, size = await self._choice()
        record = PodRecord(
            user=self.user.name,
            server=self.name,
            profile=profile,
            size=size,
            pod=pod,
            facts=facts_of(self.document["facts"], profile, size),
            notes=list(notes),
        )
        write(Path(self.document["state"]), record)
        return record

    async def _process(self, pod: dict[str, Any], port: int) -> tuple[ServerProcess, list[str]]:
        """Return the process that serves for a pod, not started yet, and what is not real of it.

        Raises:
            ServerError: A volume is asked for that cannot be.
            OSError: A folder cannot be made.
        """
        made, notes = await enclosing.enclosure(pod, self.document, port, self.get_args())
        log = Path(self.document["state"]) / "logs" / f"{self.pod_name}.log"
        return ServerProcess(made, log), notes

    async def _end_process(self) -> None:
        """End the process with all that it has started."""
        if self._local is not None:
            await self._local.stop()
            self._local = None
