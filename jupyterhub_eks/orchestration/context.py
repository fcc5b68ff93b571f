"""Everything a use case works with, put together once by ``cli.wiring``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from jupyterhub_eks.orchestration.atomic import Write, write_atomically
from jupyterhub_eks.orchestration.interrupt import Interrupt
from jupyterhub_eks.orchestration.kubernetes import Kubernetes
from jupyterhub_eks.ports import NoSecrets

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.orchestration.events import EventSink
    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.ports import Cloud, SecretReader, Target, Terraform
    from jupyterhub_eks.workspace import Workspace


class Synthesize(Protocol):
    """Writes the stacks of a deployment as Terraform JSON."""

    def __call__(
        self, deployment: Deployment, out: Path, *, protect_data: bool
    ) -> tuple[StackNode, ...]:
        """Synthesize into ``out`` and return the stacks, upstream first.

        ``protect_data`` sets ``prevent_destroy`` on the file system.
        """


@dataclass(frozen=True, kw_only=True)
class Context:
    """Dependencies of the use cases.

    Attributes:
        parallelism: Most stacks worked on at the same time; 1 means in sequence.
        sources: Configuration files and flags, JSON-ready, remembered in the record,
            so that the next command without any goes on with the same.
        interrupt: Set by the signal handlers of ``cli``; then no new stack is started,
            Terraform is asked to stop, and the use case raises ``InterruptedRunError``.
        kubernetes: How the stacks that live in a cluster are treated.
        secrets: Where the secrets are that the configuration names.
        write_record: Puts the record's text into its file in one step.
    """

    workspace: Workspace
    target: Target
    terraform: Terraform
    cloud: Cloud
    synthesize: Synthesize
    emit: EventSink
    parallelism: int = 8
    sources: dict[str, object]
    interrupt: Interrupt = field(default_factory=Interrupt)
    secrets: SecretReader = field(default_factory=NoSecrets)
    write_record: Write = write_atomically
    kubernetes: Kubernetes = field(default_factory=Kubernetes)
