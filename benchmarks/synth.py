"""How long synthesis takes and how much memory, against stock cdktf in the same run.

``python benchmarks/synth.py [REPEATS]`` (default 3, at least 2, because the very
first stock run also unpacks 400 MB; the best of the repeats counts).
All rows synthesize the project's stacks of one deployment in a process of its own:

* stock: the bindings are imported the way they come
* first: with an empty cache, so the trimmed assemblies are made
* changed: the code or the configuration changed since the last synthesis
* unchanged: nothing changed, and the synthesized files come from the cache
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Figures:
    """Seconds of wall time and MiB of peak memory of one process."""

    seconds: float
    python: float
    node: float


def measure(way: str, out: Path, cache: Path, *, unchanged: bool = False) -> Figures:
    """Synthesize once in a process of its own."""
    flags = ["--use-cache"] if unchanged else []
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.synthesize", *flags, way, str(out / "project")],
        cwd=ROOT,
        env={**os.environ, "JHUB_CACHE_DIR": str(cache)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds = time.perf_counter() - started
    memory = json.loads(done.stdout)
    return Figures(seconds, memory["python_mib"], memory["node_mib"])


def measure_first(out: Path, cache: Path) -> Figures:
    """Synthesize with nothing in the cache."""
    shutil.rmtree(cache, ignore_errors=True)
    return measure("fast", out, cache)


def main(repeats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        out, cache = Path(folder, "out"), Path(folder, "cache")
        ways = {
            "stock": lambda: measure("stock", out, cache),
            "first": lambda: measure_first(out, cache),
            "changed": lambda: measure("fast", out, cache),
            "unchanged": lambda: measure("fast", out, cache, unchanged=True),
        }
        print(f"{'':10} {'wall s':>7} {'ratio':>7} {'python MiB':>11} {'ratio':>7} {'node MiB':>9}")
        base = None
        for name, way in ways.items():
            runs = [way() for _ in range(repeats)]
            best = min(runs, key=lambda figures: figures.seconds)
            base = base or best
            print(
                f"{name:10} {best.seconds:7.2f} {base.seconds / best.seconds:6.1f}x"
                f" {best.python:11.0f} {base.python / best.python:6.1f}x {best.node:9.0f}"
            )


if __name__ == "__main__":
    main(max(2, int(sys.argv[1])) if len(sys.argv) > 1 else 3)
