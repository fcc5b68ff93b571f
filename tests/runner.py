"""Run the project's checks and tests, each in the environment it needs.

Standard library only: this file makes the environments before it uses them.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / "jupyterhub_eks" / "tools" / "environment.py"
DEV = ROOT / ".venv-dev"
POLICY = ROOT / ".venv-policy"
LOCKS = ROOT / "requirements"


@dataclass(frozen=True)
class Step:
    """One check: its name and the command, relative to the development environment."""

    name: str
    command: tuple[str, ...]
    fast: bool = True


def _pytest(tree: str, *options: str) -> tuple[str, ...]:
    return ("pytest", "-q", f"tests/{tree}", *options)


STEPS = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("layers", ("lint-imports", "--no-cache")),
    Step("types", ("mypy",)),
    Step("unit", _pytest("unit", "-n", "2")),
    Step("synth", _pytest("synth")),
    Step("policy", _pytest("policy"), fast=False),
    Step("local", _pytest("local"), fast=False),
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


def _run(step: Step, extra: list[str]) -> tuple[int, float]:
    sys.stdout.write(f"\n== {step.name}: {' '.join(step.command)}\n")
    sys.stdout.flush()
    started = time.monotonic()
    environment = {
        **os.environ,
        "JHUB_POLICY_PYTHON": str(POLICY / "bin" / "python"),
        "PATH": f"{DEV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    command = [str(DEV / "bin" / step.command[0]), *step.command[1:]]
    if step.command[0] == "pytest":
        command += extra
    finished = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    return finished.returncode, time.monotonic() - started


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
    results = [(step.name, *_run(step, extra)) for step in steps]
    sys.stdout.write("\n")
    for name, code, seconds in results:
        verdict = "passed" if code == 0 else f"FAILED ({code})"
        sys.stdout.write(f"{name:<8} {verdict:<12} {seconds:6.1f} s\n")
    return int(any(code for _, code, _ in results))


if __name__ == "__main__":
    raise SystemExit(main())
