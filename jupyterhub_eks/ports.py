"""What the orchestration needs of the outside world, as protocols.

``tools``, ``aws`` and ``local`` implement them; ``cli.wiring`` puts both ends
together; tests put fakes in their place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.releases.model import chart_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyterhub_eks.workspace import TargetKind


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the deployment goes.

    Attributes:
        kind: ``aws`` or ``local``.
        env: Environment for Terraform and the AWS SDK. For ``local`` it redirects
            every AWS call to the embedded AWS, so that the synthesized files are
            the very ones that are applied on AWS.
        instance_id: Identity of the embedded AWS's state; a record that names
            another one was made on an account that is gone. Empty for ``aws``.
    """

    kind: TargetKind
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    instance_id: str = ""


@dataclass(frozen=True, order=True)
class Resource:
    """A resource that exists in the account.

    Attributes:
        service: AWS service as its API spells it, e.g. ``ec2``.
        kind: Kind of resource, e.g. ``vpc``.
        identifier: Id, name or ARN by which AWS knows it.
    """

    service: str
    kind: str
    identifier: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A resource that is configured and of which Terraform's state knows nothing.

    Attributes:
        address: Terraform's address.
        type: Terraform's type, e.g. ``aws_iam_role``.
        settings: Its arguments; references are resolved where their values are known, and
            left out elsewhere.
    """

    address: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Cloud(Protocol):
    """The AWS account behind a target."""

    def account_id(self) -> str:
        """Return the 12-digit account of the credentials in use."""

    def identity_arn(self) -> str:
        """Return the ARN of the credentials in use; for a role that of its session."""

    def find_resources(self, deployment: str) -> tuple[Resource, ...]:
        """Return every resource that carries the deployment's tag or name."""

    def find_owned(self, deployment: str) -> tuple[Resource, ...]:
        """Return every resource that carries the deployment's tag, or is part of one that does."""

    def find_existing(self, deployment: str, wanted: Iterable[Wanted]) -> dict[str, str]:
        """Return the import id of each wanted resource that exists and carries the tag."""

    def remove(
        self,
        deployment: str,
        resources: Iterable[Resource],
        on_removed: Callable[[Resource], None],
        check: Callable[[], None],
    ) -> dict[Resource, str]:
        """Remove what carries the deployment's tag; return what stays, and why.

        ``on_removed`` is told of each resource that is gone; ``check`` is called while AWS
        works, and raises when the run was asked to stop.
        """

    def ensure_state_bucket(self, bucket: str, region: str) -> None:
        """Make the bucket of the ``s3`` backend if it does not exist."""


class SecretReader(Protocol):
    """Where secrets are that the configuration names and does not hold."""

    def variable(self, name: str) -> str:
        """Return an environment variable of the user's; empty: it is not set."""

    def stored(self, name: str) -> str:
        """Return a secret of AWS Secrets Manager, by name or ARN.

        Raises:
            PreflightError: It is not there, may not be read, or is not one text.
        """

    def ask(self, question: str) -> str:
        """Return what somebody types unseen; empty: nobody is there."""


class NoSecrets:
    """No place holds any secret, and nobody is there to be asked."""

    def variable(self, name: str) -> str:  # noqa: ARG002 - the port's
        """Know of none."""
        return ""

    def stored(self, name: str) -> str:
        """Know of none."""
        raise PreflightError(f"there is no secret {name}")

    def ask(self, question: str) -> str:  # noqa: ARG002 - the port's
        """Get no answer."""
        return ""


@dataclass(frozen=True, kw_only=True)
class PlannedChange:
    """One line of a plan: ``actions`` as in ``terraform show -json``.

    Besides, ``("import",)`` adopts an existing resource as it is, ``("forget",)`` leaves
    one behind, and a changed output has the type ``output``.
    """

    address: str
    type: str
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A resource started, finished or failed while Terraform applies."""

    address: str
    action: str
    status: str


ProgressSink = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class StackRun:
    """What one Terraform invocation needs to know.

    Attributes:
        stack: Name of the stack.
        directory: Folder with ``cdk.tf.json``.
        log: File to which Terraform's whole output is appended.
        env: Additional environment.
    """

    stack: str
    directory: Path
    log: Path
    env: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A release whose chart is to be rendered, without any cluster.

    Attributes:
        name: Name of the release.
        namespace: Its namespace.
        chart: Name of the chart, or its path relative to ``directory``.
        version: Exact version of the chart.
        digest: SHA-256 of the chart; empty: not known.
        values: YAML texts, the later ones laid over.
        directory: Folder of the release's stack.
        path: Where the chart is, if that is known.
    """

    name: str
    namespace: str
    chart: str
    version: str
    digest: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)
    directory: Path
    path: str = ""

    @property
    def label(self) -> str:
        """The chart for people."""
        return f"{chart_name(self.chart)} {self.version}".strip()


# Returns the manifest, or raises ``DeployerError`` with why there is none.
Render = Callable[[Rendering], str]


class Terraform(Protocol):
    """The operations of the Terraform command that are used."""

    def version(self) -> str:
        """Return the version of the binary, e.g. ``1.11.4``."""

    def init(self, run: StackRun, backend: Mapping[str, str]) -> None:
        """Install providers and configure the backend; never upgrades."""

    def plan(
        self, run: StackRun, out: Path, *, destroy: bool = False, replace: Iterable[str] = ()
    ) -> tuple[PlannedChange, ...]:
        """Save a plan to ``out`` and return what it would change; empty: nothing.

        ``replace``: addresses that are made anew although nothing of them has changed.
        """

    def apply(self, run: StackRun, plan: Path, on_progress: ProgressSink) -> None:
        """Apply exactly the saved plan."""

    def show(self, run: StackRun, plan: Path) -> tuple[PlannedChange, ...]:
        """Return what a saved plan would change."""

    def show_json(self, run: StackRun, plan: Path) -> str:
        """Return a saved plan as the JSON text of ``terraform show -json``; it holds secrets."""

    def state_pull(self, run: StackRun) -> str:
        """Return the state as JSON text, from wherever the backend keeps it; empty: none."""

    def state_push(self, run: StackRun, state: Path) -> None:
        """Give a state file to a shared backend, which refuses an older or a foreign one."""

    def untaint(self, run: StackRun, address: str) -> None:
        """Take a resource whose creation was cut short as it is, instead of replacing it."""

    def state_forget(self, run: StackRun, addresses: tuple[str, ...]) -> None:
        """Remove addresses from the state without touching the resources."""

    def interrupt(self) -> None:
        """Ask every running child to stop and to write its state; again: to stop at once.

        Called from a signal handler: takes no locks and does not wait.
        """
