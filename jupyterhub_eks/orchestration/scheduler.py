"""Run tasks at the same time, each as soon as those it depends on are finished."""

from __future__ import annotations

import queue
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from jupyterhub_eks.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jupyterhub_eks.orchestration.interrupt import Interrupt

R = TypeVar("R")
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Task:
    """A named piece of work; ``run`` is called on a thread of its own."""

    name: str
    depends_on: tuple[str, ...] = ()
    run: Callable[[], object]


@dataclass(kw_only=True)
class Results:
    """What became of the tasks.

    Attributes:
        done: Return values by name.
        failed: Errors by name; the rest of the tasks was not disturbed by them.
        skipped: Why a task was not started, by name.
    """

    done: dict[str, object] = field(default_factory=dict)
    failed: dict[str, DeployerError] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


class Scheduler:
    """Runs tasks on threads while the calling thread waits and serves them.

    Args:
        parallelism: Most tasks at a time.
        interrupt: Once set, nothing new is started.
    """

    def __init__(self, parallelism: int, interrupt: Interrupt) -> None:
        self._parallelism = parallelism
        self._interrupt = interrupt
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def on_caller(self, function: Callable[[], R]) -> R:
        """Run ``function`` on the thread that called :meth:`run` and return its result.

        For questions: only the main thread gets Ctrl-C while it waits for an answer.
        """
        answer: Future[R] = Future()

        def call() -> None:
            try:
                answer.set_result(function())
            except BaseException as error:  # noqa: BLE001 - handed to the task that asked
                answer.set_exception(error)

        self._calls.put(call)
        return answer.result()

    def run(
        self, tasks: Sequence[Task], on_skip: Callable[[str, str], None] | None = None
    ) -> Results:
        """Run the tasks; dependencies on names that are no task count as finished.

        Args:
            tasks: In any order.
            on_skip: Told the name and the reason of a task that will not be started.

        Raises:
            Exception: An error that is no ``DeployerError``, after all tasks have ended.
        """
        results = Results()
        pending = {task.name: task for task in tasks}
        running: dict[str, Future[object]] = {}
        bugs: list[BaseException] = []
        with ThreadPoolExecutor(self._parallelism, thread_name_prefix="stack") as pool:
            while pending or running:
                self._skip(pending, results, on_skip)
                for task in self._ready(pending, running, len(running)):
                    del pending[task.name]
                    future = pool.submit(task.run)
                    running[task.name] = future
                    future.add_done_callback(self._wake)
                self._serve(running)
                for name in [name for name, future in running.items() if future.done()]:
                    self._collect(name, running.pop(name), results, bugs)
        if bugs:
            raise bugs[0]
        return results

    def _ready(
        self, pending: dict[str, Task], running: dict[str, Future[object]], busy: int
    ) -> list[Task]:
        if self._interrupt.is_set:
            return []
        blocked = pending.keys() | running.keys()
        ready = [task for task in pending.values() if not blocked & set(task.depends_on)]
        return ready[: self._parallelism - busy]

    def _skip(
        self,
        pending: dict[str, Task],
        results: Results,
        on_skip: Callable[[str, str], None] | None,
    ) -> None:
        for name, task in list(pending.items()):
            broken = [
                each
                for each in task.depends_on
                if each in results.failed or each in results.skipped
            ]
            if self._interrupt.is_set:
                reason = "interrupted"
            elif broken:
                reason = f"{', '.join(broken)} not finished"
            else:
                continue
            results.skipped[name] = reason
            del pending[name]
            if on_skip:
                on_skip(name, reason)

    def _serve(self, running: dict[str, Future[object]]) -> None:
        if not running:
            return
        try:
            self._calls.get(timeout=_LOOK_SECONDS)()
        except queue.Empty:
            return

    def _wake(self, _: Future[object]) -> None:
        self._calls.put(lambda: None)

    @staticmethod
    def _collect(
        name: str, future: Future[object], results: Results, bugs: list[BaseException]
    ) -> None:
        error = future.exception()
        if error is None:
            results.done[name] = future.result()
        elif isinstance(error, DeployerError):
            results.failed[name] = error
        else:
            bugs.append(error)
            results.failed[name] = DeployerError(f"{name}: {error!r}")
