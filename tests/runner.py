"""Run the project's checks and tests, each in the environment it needs.

Standard library only: this file makes the environments before it uses them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "jupyterhub_eks" / "tools" / "environment.py"
DEV = ROOT / ".venv-dev"
POLICY = ROOT / ".venv-policy"
LOCKS = ROOT / "requirements"


@dataclass(frozen=True)
class Step:
    """One check.

    Attributes:
        name: What it is called.
        command: Program of the development environment, and arguments.
        fast: Whether it is of every run.
        beside: Whether it mostly waits, so that it runs beside those after it.
    """

    name: str
    command: tuple[str, ...]
    fast: bool = True
    beside: bool = False


@dataclass(frozen=True)
class Running:
    """A step that has begun.

    Attributes:
        output: Where its output is kept until its end; None: it is shown at once.
        started: When it began, of the monotonic clock.
    """

    step: Step
    process: subprocess.Popen[bytes]
    output: IO[bytes] | None
    started: float


def _pytest(tree: str, *options: str) -> tuple[str, ...]:
    return ("pytest", "-q", f"tests/{tree}", *options)


STEPS = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("layers", ("lint-imports", "--no-cache")),
    Step("types", ("mypy",)),
    Step("unit", _pytest("unit", "-n", "2")),
    Step("synth", _pytest("synth")),
    Step("local", _pytest("local"), fast=False, beside=True),
    Step("login", _pytest("login", "-n", "2"), fast=False),
    Step("policy", _pytest("policy"), fast=False),
    # Installs the hub of the preview on its first run, and Chromium where it may.
    Step("preview", _pytest("preview", "-n", "2"), fast=False),
    Step("browser", _pytest("browser"), fast=False),
    # The first run compiles Kubernetes, inside the first test that needs it.
    Step("cluster", _pytest("cluster", "--timeout", "3600"), fast=False),
)


def _make(folder: Path, *locks: str, editable: bool) -> None:
    command = [
        sys.executable,
        str(ENVIRONMENT),
        str(folder),
        *(str(LOCKS / lock) for lock in locks),
    ]
    subprocess.run([*command, *(["--editable"] if editable else [])], check=True)


def _provide_chromium() -> None:
    """Install Debian's Chromium where no question has to be asked for it.

    Where that fails, the tests that need it are skipped and say so.
    """
    if shutil.which("chromium") or shutil.which("google-chrome") or os.geteuid():
        return
    if not (apt := shutil.which("apt-get")):
        return
    sys.stdout.write("\ninstalling Chromium for the step browser\n")
    sys.stdout.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
        subprocess.run(
            [apt, "--quiet=2", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )


def _begin(step: Step, extra: list[str], output: IO[bytes] | None) -> Running:
    command = [str(DEV / "bin" / step.command[0]), *step.command[1:]]
    if step.command[0] == "pytest":
        command += extra
    _announce(step, "(begins, and is shown at its end)" if output else "")
    environment = {
        **os.environ,
        "JHUB_POLICY_PYTHON": str(POLICY / "bin" / "python"),
        "PATH": f"{DEV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        # Ctrl-C of the terminal is not for it: a second one, of _stop, would cut its end short.
        process_group=0 if output else None,
    )
    return Running(step, process, output, time.monotonic())


def _announce(step: Step, remark: str = "") -> None:
    sys.stdout.write(f"\n== {step.name}: {' '.join(step.command)} {remark}".rstrip() + "\n")
    sys.stdout.flush()


def _end(running: Running) -> tuple[str, int, float]:
    """Wait for a step, and show what it has written meanwhile."""
    code = running.process.wait()
    seconds = time.monotonic() - running.started
    if running.output:
        _announce(running.step)
        running.output.seek(0)
        sys.stdout.write(running.output.read().decode(errors="replace"))
    return running.step.name, code, seconds


def _run_all(steps: Iterable[Step], extra: list[str]) -> list[tuple[str, int, float]]:
    beside: list[Running] = []
    results = []
    with ExitStack() as stack:
        stack.callback(_stop, beside)
        for step in steps:
            if step.beside:
                output = stack.enter_context(tempfile.TemporaryFile())
                beside.append(_begin(step, extra, output))
            else:
                results.append(_end(_begin(step, extra, None)))
        return results + [_end(running) for running in beside]


def _stop(beside: Iterable[Running]) -> None:
    """End what still runs as Ctrl-C would, so that it ends what it has started."""
    for running in beside:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGINT)
            running.process.wait()


def main() -> int:
    """Run the steps, print a table, return 0 when all of them passed."""
    parser = argparse.ArgumentParser(description="run the tests; further options go to pytest")
    parser.add_argument("--fast", action="store_true", help="only lint, unit and synth")
    parser.add_argument("--only", action="append", choices=[step.name for step in STEPS])
    arguments, extra = parser.parse_known_args()
    # A shell starts what runs in the background with Ctrl-C ignored, and all below inherits it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    steps = [
        step
        for step in STEPS
        if (step.fast or not arguments.fast) and (not arguments.only or step.name in arguments.only)
    ]
    _make(DEV, "run.txt", "dev.txt", editable=True)
    if any(step.name == "policy" for step in steps):
        _make(POLICY, "policy.txt", editable=False)
    if any(step.name == "browser" for step in steps):
        _provide_chromium()
    results = _run_all(steps, extra)
    sys.stdout.write("\n")
    for name, code, seconds in results:
        verdict = "passed" if code == 0 else f"FAILED ({code})"
        sys.stdout.write(f"{name:<8} {verdict:<12} {seconds:6.1f} s\n")
    return int(any(code for _, code, _ in results))


if __name__ == "__main__":
    raise SystemExit(main())
