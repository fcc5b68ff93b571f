"""Make one error of everything that went wrong in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import DeployerError, InterruptedRunError, TerraformError

if TYPE_CHECKING:
    from jupyterhub_eks.orchestration.scheduler import Results
    from jupyterhub_eks.orchestration.session import Session


def raise_failures(session: Session, results: Results) -> None:
    """Raise if the run was interrupted or any task failed.

    Raises:
        InterruptedRunError: The run was asked to stop and not everything is finished.
        DeployerError: The failure, or one that names all failures.
    """
    errors = results.failed
    unfinished = [*errors, *results.skipped]
    if session.ctx.interrupt.is_set and unfinished:
        raise InterruptedRunError(
            f"interrupted; not finished: {', '.join(unfinished)}",
            cause="Terraform has written its state, and what was finished is recorded",
            hint=f"run `jhub {session.command}` again to continue",
            log=str(session.log_dir),
        )
    if errors:
        raise combine(errors, str(session.log_dir))


def combine(errors: dict[str, DeployerError], log: str) -> DeployerError:
    """Return the only error, or one of their common class that tells of all."""
    different = list({(each.message, each.cause): each for each in errors.values()}.values())
    if len(different) == 1:
        return different[0]
    kinds = {type(each) for each in different}
    kind = kinds.pop() if len(kinds) == 1 else TerraformError
    return kind(
        f"{len(errors)} stacks failed: {', '.join(errors)}",
        cause="\n".join(f"{each.message}\n{each.cause}".rstrip() for each in different),
        hint="\n".join(dict.fromkeys(each.hint for each in different if each.hint)),
        log=log,
    )
