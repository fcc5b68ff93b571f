"""The real Terraform behind ``ports.Terraform``."""

from __future__ import annotations

import fcntl
import json
import signal
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import InterruptedRunError, PreflightError, TerraformError
from jupyterhub_eks.tools import terraform_init, terraform_rescue
from jupyterhub_eks.tools.process import Command
from jupyterhub_eks.tools.terraform_binary import terraform_version
from jupyterhub_eks.tools.terraform_errors import failure
from jupyterhub_eks.tools.terraform_output import (
    changes_in,
    changes_of_plan,
    errors_in,
    parse_line,
    progress_of,
)
from jupyterhub_eks.workspace import require_temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jupyterhub_eks.errors import DeployerError
    from jupyterhub_eks.ports import PlannedChange, ProgressSink, StackRun
    from jupyterhub_eks.tools.capture import LineSink
    from jupyterhub_eks.tools.process import Outcome, Runner

# Variables of the user that would change what a command does behind our back:
# arguments (``-auto-approve``, ``-target``), another data folder for all stacks at once,
# another workspace, questions.
_UNWANTED: Final = ("TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_INPUT")
_ALWAYS: Final = {
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
    "CHECKPOINT_DISABLE": "1",
}
_SECRET_NAMES: Final = ("SECRET_ACCESS_KEY", "SESSION_TOKEN", "PASSWORD", "_TOKEN")
_SHORTEST_SECRET: Final = 8
# Variables of stacks are given in this way only where they are secret.
_VARIABLE: Final = "TF_VAR_"
# Terraform of a run that was killed finishes its stack; an EKS cluster takes some ten minutes.
_LOCK_TIMEOUT: Final = "-lock-timeout=30m"


def ignored_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the user's Terraform variables that are not passed on."""
    return tuple(sorted(name for name in environ if name.startswith(_UNWANTED)))


def _no_explanation(_text: str, _directory: Path) -> DeployerError | None:
    """Know nothing more than the table of known causes."""
    return None


def _secrets_in(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of credentials, as they are and as JSON writes them.

    Short ones protect nothing and occur by chance.
    """
    values = (
        value
        for name, value in environ.items()
        if (name.endswith(_SECRET_NAMES) or name.startswith(_VARIABLE))
        and len(value) >= _SHORTEST_SECRET
    )
    return tuple(dict.fromkeys(form for value in values for form in _forms(value)))


def _forms(value: str) -> tuple[str, ...]:
    return (value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])


class TerraformCommand:
    """Runs Terraform for one deployment; may be used by several threads.

    Args:
        binary: Path of Terraform.
        runner: Starts the processes.
        environ: Environment of the user; a run's own ``env`` comes on top.
        secrets: Texts that must not reach a log, besides the credentials in ``environ``.
        explain: May turn the text of a failure in a stack's folder into a more precise error.
        version_of: Tells the version of a program.
    """

    def __init__(
        self,
        binary: str,
        runner: Runner,
        environ: Mapping[str, str],
        *,
        secrets: tuple[str, ...] = (),
        explain: Callable[[str, Path], DeployerError | None] = _no_explanation,
        version_of: Callable[[Path], str] = terraform_version,
    ) -> None:
        self._binary = binary
        self._runner = runner
        unwanted = ignored_variables(environ)
        kept = {name: value for name, value in environ.items() if name not in unwanted}
        self._environ = {**kept, **_ALWAYS}
        self._secrets = (*secrets, *_secrets_in(environ))
        self._explain = explain
        self._version_of = version_of
        self._backends: dict[Path, Mapping[str, str]] = {}

    @cached_property
    def _version(self) -> str:
        return self._version_of(Path(self._binary))

    def version(self) -> str:
        """Return the version, which whoever found the program has compared with the minimum.

        Raises:
            ToolError: It is not Terraform.
        """
        return self._version

    def init(self, run: StackRun, backend: Mapping[str, str]) -> None:
        """Initialise the folder unless it is already, for the same content.

        Raises:
            PreflightError: The folder for temporary files, or the plug-in cache, that the
                environment names cannot be used.
            ToolError: There is no fitting provider, or another one than is locked.
        """
        require_temporary_folder(self._environ)
        self._backends[run.directory] = backend
        terraform_init.discard_damaged(run.directory, run.log)
        if terraform_init.is_initialised(run.directory, self._version, backend):
            return
        settings = tuple(f"-backend-config={key}={value}" for key, value in backend.items())
        # The state of a folder whose backend was changed by hand is never moved silently.
        arguments = ("init", "-input=false", "-no-color", "-json", *settings)
        with self._provider_cache_locked(run):
            self._run(run, arguments)
        terraform_init.remember(run.directory, self._version, backend)

    def plan(
        self, run: StackRun, out: Path, *, destroy: bool = False, replace: Iterable[str] = ()
    ) -> tuple[PlannedChange, ...]:
        """Save a plan and return its changes."""
        out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        options = (*(("-destroy",) if destroy else ()), *(f"-replace={each}" for each in replace))
        outcome = self._run_initialised(
            run,
            ("plan", *options, f"-out={out}", "-input=false", "-json", _LOCK_TIMEOUT),
        )
        out.chmod(0o600)
        return changes_in(outcome.stdout)

    def show(self, run: StackRun, plan: Path) -> tuple[PlannedChange, ...]:
        """Return the changes in a saved plan."""
        return changes_of_plan(self.show_json(run, plan))

    def show_json(self, run: StackRun, plan: Path) -> str:
        """Return a saved plan as JSON text, which reaches no log."""
        arguments = ("show", "-json", "-no-color", str(plan))
        return self._run_initialised(run, arguments, private=True).stdout

    def apply(self, run: StackRun, plan: Path, on_progress: ProgressSink) -> None:
        """Apply the saved plan, telling of each resource."""

        def tell(line: str) -> None:
            message = parse_line(line)
            progress = progress_of(message) if message else None
            if progress:
                on_progress(progress)

        self._run(run, ("apply", "-input=false", "-json", _LOCK_TIMEOUT, str(plan)), tell)

    def state_pull(self, run: StackRun) -> str:
        """Return the state as JSON text."""
        return self._run_initialised(run, ("state", "pull"), private=True).stdout

    def state_push(self, run: StackRun, state: Path) -> None:
        """Give a state file to the backend, which refuses an older or a foreign one."""
        self._run_initialised(run, ("state", "push", _LOCK_TIMEOUT, str(state)))

    def untaint(self, run: StackRun, address: str) -> None:
        """Let the state take a resource as it is."""
        self._run_initialised(run, ("untaint", "-no-color", _LOCK_TIMEOUT, address))

    def state_forget(self, run: StackRun, addresses: tuple[str, ...]) -> None:
        """Remove addresses from the state."""
        self._run_initialised(run, ("state", "rm", _LOCK_TIMEOUT, *addresses))

    def interrupt(self) -> None:
        """Pass the request on to every child."""
        self._runner.interrupt()

    def _run_initialised(
        self, run: StackRun, arguments: tuple[str, ...], *, private: bool = False
    ) -> Outcome:
        """Run, and once more after an init if Terraform asks for one."""
        outcome = self._execute(run, arguments, private=private)
        if outcome.returncode != 0 and terraform_init.wants_init(outcome.stdout + outcome.stderr):
            terraform_init.forget(run.directory)
            self.init(run, self._backends.get(run.directory, {}))
            outcome = self._execute(run, arguments, private=private)
        return self._checked(run, arguments, outcome)

    def _run(
        self, run: StackRun, arguments: tuple[str, ...], on_line: LineSink | None = None
    ) -> Outcome:
        return self._checked(run, arguments, self._execute(run, arguments, on_line))

    def _execute(
        self,
        run: StackRun,
        arguments: tuple[str, ...],
        on_line: LineSink | None = None,
        *,
        private: bool = False,
    ) -> Outcome:
        command = Command(
            argv=(self._binary, *arguments),
            cwd=run.directory,
            env={**self._environ, **run.env},
            secrets=(*self._secrets, *_secrets_in(run.env)),
            private=private,
        )
        return self._runner.run(command, run.log, on_line)

    def _checked(self, run: StackRun, arguments: tuple[str, ...], outcome: Outcome) -> Outcome:
        if outcome.returncode == 0:
            return outcome
        what = f"terraform {arguments[0]} of stack {run.stack!r}"
        if state := terraform_rescue.dumped_state(outcome.stdout):
            raise terraform_rescue.save(state, run.directory, what, run.log)
        if outcome.interrupted:
            raise InterruptedRunError(
                f"{what} was interrupted",
                hint="run the same command again to continue",
                log=str(run.log),
            )
        if outcome.returncode < 0:
            raise TerraformError(
                f"{what} was killed by {signal.Signals(-outcome.returncode).name}",
                cause="it did not end by itself, as when the machine runs out of memory",
                hint="run the same command again: what AWS was making just then is found by its "
                "tag and taken back",
                log=str(run.log),
            )
        raise failure(
            f"{what} failed",
            errors_in(outcome.stdout),
            outcome.stderr or outcome.stdout,
            run.log,
            lambda text: self._explain(text, run.directory),
        )

    @contextmanager
    def _provider_cache_locked(self, run: StackRun) -> Iterator[None]:
        """Let one init at a time write Terraform's plug-in cache, if there is one.

        Terraform documents that the cache "is not guaranteed to be concurrency safe".
        """
        cache = run.env.get("TF_PLUGIN_CACHE_DIR") or self._environ.get("TF_PLUGIN_CACHE_DIR")
        if not cache:
            yield
            return
        try:
            Path(cache).mkdir(parents=True, exist_ok=True)
            lock = (Path(cache) / ".jhub-lock").open("w")
        except OSError as error:
            raise PreflightError(
                f"TF_PLUGIN_CACHE_DIR={cache} cannot be used",
                cause=str(error),
                hint="correct the folder's permissions, name another one, or unset the variable",
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
