"""Make one error of everything that went wrong in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyterhub_eks.errors import DeployerError, InterruptedRunError, TerraformError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
        again = session.ctx.workspace.typed(session.command)
        others = [each for each in errors.values() if not isinstance(each, InterruptedRunError)]
        raise InterruptedRunError(
            f"interrupted; not finished: {', '.join(unfinished)}",
            cause=_causes(others)
            or "Terraform has written its state, and what was finished is recorded",
            hint=_lines([*_hints(others), f"run `{again}` again to continue"]),
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
        cause=_causes(different),
        hint=_lines(_hints(different)),
        log=log,
    )


def _causes(errors: Sequence[DeployerError]) -> str:
    """Return what happened in each stack; what is no stack's own is told once.

    A stopped emulator or expired credentials fail every stack, in words that differ only in
    what the stack was doing just then.
    """
    groups: dict[tuple[object, ...], list[DeployerError]] = {}
    for each in errors:
        common = not isinstance(each, TerraformError) and each.hint
        own = (type(each), each.cause or each.message)
        key = (type(each), each.hint) if common else own
        groups.setdefault(key, []).append(each)
    if len(groups) == 1 and len(errors) > 1:
        return errors[0].cause
    return _lines(
        _lines([*(each.message for each in group), group[0].cause]).rstrip()
        for group in groups.values()
    )


def _hints(errors: Iterable[DeployerError]) -> list[str]:
    return list(dict.fromkeys(each.hint for each in errors if each.hint))


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(texts)
