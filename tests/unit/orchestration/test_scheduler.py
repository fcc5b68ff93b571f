"""Tasks run at the same time, in the order of their dependencies, and fail apart."""

from __future__ import annotations

import threading

import pytest

from jupyterhub_eks.errors import TerraformError
from jupyterhub_eks.orchestration.interrupt import Interrupt
from jupyterhub_eks.orchestration.scheduler import Scheduler, Task


def _fail() -> None:
    raise TerraformError("broken")


def test_independent_tasks_run_at_the_same_time() -> None:
    """Two tasks that wait for each other both finish."""
    barrier = threading.Barrier(2, timeout=5)
    tasks = [Task(name=name, run=barrier.wait) for name in "ab"]

    results = Scheduler(2, Interrupt()).run(tasks)

    assert set(results.done) == {"a", "b"}


def test_parallelism_is_a_limit() -> None:
    """With a limit of one, never two tasks run at once."""
    running: list[int] = []
    most: list[int] = []

    def work() -> None:
        running.append(1)
        most.append(len(running))
        running.pop()

    Scheduler(1, Interrupt()).run([Task(name=str(each), run=work) for each in range(20)])

    assert max(most) == 1


def test_a_task_starts_after_what_it_depends_on() -> None:
    """The order of finishing respects the dependencies, whatever the order given."""
    finished: list[str] = []
    tasks = [
        Task(name="c", depends_on=("b",), run=lambda: finished.append("c")),
        Task(name="b", depends_on=("a",), run=lambda: finished.append("b")),
        Task(name="a", run=lambda: finished.append("a")),
    ]

    Scheduler(4, Interrupt()).run(tasks)

    assert finished == ["a", "b", "c"]


def test_a_failure_stops_only_what_depends_on_it() -> None:
    """Siblings finish; direct and indirect dependants are skipped with the reason."""
    told: dict[str, str] = {}
    tasks = [
        Task(name="bad", run=_fail),
        Task(name="child", depends_on=("bad",), run=_fail),
        Task(name="grandchild", depends_on=("child",), run=_fail),
        Task(name="sibling", run=lambda: 7),
    ]

    results = Scheduler(4, Interrupt()).run(tasks, told.__setitem__)

    assert results.done == {"sibling": 7}
    assert set(results.failed) == {"bad"}
    assert told == {"child": "bad not finished", "grandchild": "child not finished"}


def test_an_interrupt_lets_the_running_finish_and_starts_nothing_new() -> None:
    """What runs is waited for; the rest is skipped."""
    interrupt = Interrupt()
    tasks = [
        Task(name="a", run=interrupt.set),
        Task(name="b", depends_on=("a",), run=_fail),
    ]

    results = Scheduler(2, interrupt).run(tasks)

    assert list(results.done) == ["a"]
    assert results.skipped == {"b": "interrupted"}


def test_a_question_is_asked_on_the_calling_thread() -> None:
    """Only the main thread gets Ctrl-C while it waits for an answer."""
    scheduler = Scheduler(2, Interrupt())
    tasks = [Task(name="a", run=lambda: scheduler.on_caller(threading.current_thread))]

    results = scheduler.run(tasks)

    assert results.done["a"] is threading.current_thread()


def test_an_error_in_a_question_reaches_the_task_that_asked() -> None:
    """The asking task fails; the loop goes on."""
    scheduler = Scheduler(2, Interrupt())
    tasks = [
        Task(name="a", run=lambda: scheduler.on_caller(_fail)),
        Task(name="b", run=lambda: 1),
    ]

    results = scheduler.run(tasks)

    assert set(results.failed) == {"a"}
    assert results.done == {"b": 1}


def test_a_bug_is_raised_after_all_tasks_have_ended() -> None:
    """An unexpected exception is not taken for a failed stack."""
    done: list[str] = []

    def bug() -> None:
        raise KeyError("bug")

    tasks = [Task(name="a", run=bug), Task(name="b", run=lambda: done.append("b"))]

    with pytest.raises(KeyError):
        Scheduler(1, Interrupt()).run(tasks)

    assert done == ["b"]
