"""The tree of expected failures.

Each class owns the exit code of its kind of failure; each instance says where
it happened, why, and what to do next. Only ``cli`` turns one into text and a
process exit, so nothing below it prints or exits.

======  =========================================================
code    class of failure
======  =========================================================
1       unexpected bug (any other exception; the log path is shown)
2       usage: unknown option, a prompt needed where there is no TTY
3       :class:`ConfigError`: the configuration is invalid
4       :class:`PreflightError`: the account or machine is not ready
5       :class:`ToolError`: Terraform, a provider, Helm or a chart is missing or unfit
6       :class:`TerraformError`: Terraform itself failed
7       :class:`StalePlanError`: the reviewed plan no longer applies
8       :class:`VerificationError`: deployed, but a check failed
9       :class:`LeftoverError`: destroy left resources behind
10      :class:`RefusedError`: wrong account, or the answer was no
11      changes are present (``jhub plan --exit-code``; not an error)
12      :class:`LockedError`: another run holds this deployment
13      :class:`StateError`: record or state files unreadable or unwritable
14      :class:`LocalAwsError`: the embedded AWS cannot run or lost its state
15      :class:`OutputError`: the work was done, its output could not be written
16      :class:`LocalClusterError`: the local Kubernetes cannot be built or run
17      :class:`ClusterError`: the Kubernetes API failed, or something in the cluster holds on
18      out of support or vulnerable (``jhub upgrade --check``; not an error)
19      :class:`PreviewError`: the preview cannot be started, or one of its processes ended
130     interrupted by Ctrl-C, SIGTERM or a closed terminal
======  =========================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyterhub_eks.problems import Problem

EXIT_OK: Final = 0
EXIT_BUG: Final = 1
EXIT_CHANGES: Final = 11
EXIT_OUTDATED: Final = 18
EXIT_INTERRUPTED: Final = 130


class DeployerError(Exception):
    """An expected failure: what happened and where, why, and what to do.

    Args:
        message: What happened and where, one line, no full stop.
        cause: Why, as far as it is known; may have several lines.
        hint: The next action, as a sentence or a command to type.
        log: Path of the file with the whole story, if there is one.
    """

    exit_code: ClassVar[int] = EXIT_BUG
    meaning: ClassVar[str] = "unexpected bug"

    def __init__(self, message: str, *, cause: str = "", hint: str = "", log: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.hint = hint
        self.log = log


class UsageError(DeployerError):
    """The command line cannot be carried out as given."""

    exit_code = 2
    meaning = "the command line cannot be carried out as given"


class ConfigError(DeployerError):
    """The configuration is invalid; carries every problem found at once.

    Args:
        problems: What is wrong.
        where: What it is wrong with.
    """

    exit_code = 3
    meaning = "the configuration is invalid"

    def __init__(self, problems: Sequence[Problem], where: str = "the configuration") -> None:
        count = len(problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''} in {where}")
        self.problems = tuple(problems)
        self.where = where


class PreflightError(DeployerError):
    """The account or this machine is not ready for the deployment."""

    exit_code = 4
    meaning = "the account or the machine is not ready"


class ToolError(DeployerError):
    """Terraform, a provider, Helm or a chart is missing, too old or damaged."""

    exit_code = 5
    meaning = "Terraform, a provider, Helm or a chart is missing or cannot be used"


class TerraformError(DeployerError):
    """Terraform ran and failed."""

    exit_code = 6
    meaning = "Terraform failed"


class AlreadyExistsError(TerraformError):
    """AWS has a resource of the name already, of which Terraform's state knows nothing."""


class StalePlanError(DeployerError):
    """The plan that was reviewed no longer matches configuration or state."""

    exit_code = 7
    meaning = "the reviewed plan is stale"


class VerificationError(DeployerError):
    """The deployment was applied, but a check of it failed."""

    exit_code = 8
    meaning = "deployed, but a check failed"


class LeftoverError(DeployerError):
    """Destroy ended and resources of the deployment still exist."""

    exit_code = 9
    meaning = "destroy left resources behind"


class RefusedError(DeployerError):
    """The run was refused: wrong account, protected data, or a plain no."""

    exit_code = 10
    meaning = "refused: wrong account, protected data, or answered no"


class LockedError(DeployerError):
    """Another run holds the lock of this deployment."""

    exit_code = 12
    meaning = "another run holds this deployment"


class StateError(DeployerError):
    """The record or a state file cannot be read or written."""

    exit_code = 13
    meaning = "the record or a state file cannot be read or written"


class LocalAwsError(DeployerError):
    """The embedded AWS cannot be started or no longer has what was deployed."""

    exit_code = 14
    meaning = "the embedded AWS cannot run, or lost its state"


class LocalClusterError(DeployerError):
    """The Kubernetes control plane of this machine cannot be built, started or reached."""

    exit_code = 16
    meaning = "the Kubernetes of this machine cannot be built, started or reached"


class OutputError(DeployerError):
    """What was to be printed could not be written, for example to a full disk."""

    exit_code = 15
    meaning = "the work was done, but its output could not be written (a full disk)"


class ClusterError(DeployerError):
    """The Kubernetes API does not answer or refuses, or something in the cluster holds on."""

    exit_code = 17
    meaning = "the cluster does not answer, or something in it cannot be removed"


class PreviewError(DeployerError):
    """The preview of the hub cannot be started, or a process of it ended by itself."""

    exit_code = 19
    meaning = "the preview of the hub cannot be started, or a process of it ended by itself"


class InterruptedRunError(DeployerError):
    """Ctrl-C, SIGTERM or a closed terminal stopped the run after Terraform wrote its state."""

    exit_code = EXIT_INTERRUPTED
    meaning = "interrupted; run the same command again to continue"
