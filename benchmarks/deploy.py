"""Does ``deploy --local`` gain what it can by working on stacks at the same time?

Deploys the quickstart twice in an embedded AWS of its own, first with the default
parallelism and then one stack after the other, and prints two ratios of that one run:

- wall time to the longest chain of stack times (wanted: at most 1.25),
- sequential to parallel wall time (wanted: at least 1.4).

``python benchmarks/deploy.py`` takes some five minutes. The targets are printed, never
enforced: times depend on the machine.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def jhub(folder: Path, *arguments: str) -> Any:
    """Run a command with ``--json`` in ``folder`` and return its document."""
    command = [sys.executable, "-m", "jupyterhub_eks", *arguments, "--json"]
    done = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def measure(parallelism: int) -> tuple[float, dict[str, float], dict[str, list[str]]]:
    """Deploy and destroy once; return wall seconds, seconds by stack, and dependencies."""
    with tempfile.TemporaryDirectory(prefix="jhub-benchmark-") as name:
        folder = Path(name)
        for path in (ROOT / "examples" / "quickstart").glob("*.yaml"):
            shutil.copy(path, folder)
        try:
            report = jhub(folder, "deploy", "--local", "--yes", "--parallelism", str(parallelism))
            (manifest,) = folder.glob(".jhub/local/*/terraform/manifest.json")
            stacks = json.loads(manifest.read_text())["stacks"]
            jhub(folder, "destroy", "--local", "--yes")
        finally:
            jhub(folder, "local", "stop")
    seconds = {each["stack"]: float(each["seconds"]) for each in report["stacks"]}
    return float(report["seconds"]), seconds, {k: v["dependencies"] for k, v in stacks.items()}


def longest_chain(seconds: dict[str, float], depends_on: dict[str, list[str]]) -> float:
    """Return the seconds of the slowest chain of stacks that wait for each other."""

    @cache
    def until(stack: str) -> float:
        return seconds[stack] + max((until(each) for each in depends_on[stack]), default=0.0)

    return max(until(stack) for stack in seconds)


def main() -> None:
    """Measure and print."""
    parallel, seconds, depends_on = measure(8)
    sequential, _, _ = measure(1)
    chain = longest_chain(seconds, depends_on)
    print(f"parallel    {parallel:7.1f} s")
    for stack, each in seconds.items():
        print(f"  {stack:<10}{each:7.1f} s")
    print(f"longest chain {chain:5.1f} s; wall / chain {parallel / chain:.2f} (wanted <= 1.25)")
    print(f"sequential  {sequential:7.1f} s; {sequential / parallel:.2f} x (wanted >= 1.4)")


if __name__ == "__main__":
    main()
