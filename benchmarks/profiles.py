"""How long a thousand profiles of six sizes on fifty pools take, and each example.

``python benchmarks/profiles.py [REPEATS]`` (default 3; the best of them counts). Each row is a
process of its own, from its start to its end, and stands beside the bare start of Python in the
same run: on a machine that is busy or slow both are. The thousand do not fit into the Secret
in which the chart keeps them, which is the last that `validate` finds: it ends with 3.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
POOLS, PROFILES, SIZES = 50, 1000, 6
# What a user waits for without a word, and what a container of CI has to spare.
MOST_SECONDS, MOST_MIB = 2.0, 300.0
MOST_SECONDS_OF_AN_EXAMPLE = 0.7


@dataclass(frozen=True)
class Figures:
    """Of one process: seconds of wall time and of the processor, MiB of peak memory."""

    seconds: float
    processor: float
    memory: float


def measure(*command: str, cwd: Path, code: int = 0) -> Figures:
    """Run a program of Python; an exit code other than ``code`` ends the benchmark."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if code else None,
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    seconds = time.perf_counter() - started
    return Figures(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def many(path: Path) -> None:
    """Write a file of profiles, no two sizes of one alike."""
    lines = ["pools:"]
    pool = "{instances: [m7i, m7a], sizes: [xlarge, 2xlarge, 4xlarge]}"
    lines += [f"  p{index}: {pool}" for index in range(POOLS)]
    lines.append("profiles:")
    for profile in range(PROFILES):
        lines += [
            f"- name: Profile {profile}",
            f"  default: {'true' if profile == 0 else 'false'}",
            f"  pool: p{profile % POOLS}",
            "  images: {SciPy: quay.io/jupyter/scipy-notebook:2025-11-10}",
            "  options:",
        ]
        for size in range(SIZES):
            lines += [
                f"    Size {size}:",
                f"      cpu: {{guarantee: {size + 1}, limit: {2 * size + 2}}}",
                f"      memory: {4 + size + profile / 1000:g}G",
            ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(folder: Path) -> Iterator[tuple[str, tuple[str, ...], Path, float]]:
    """Yield name, command, folder and most seconds of each row."""
    jhub = ("-m", "jupyterhub_eks")
    yield "python", ("-c", "pass"), folder, 0.0
    yield "many", (*jhub, "validate", "--profiles", "profiles.yaml"), folder, MOST_SECONDS
    for example in sorted((ROOT / "examples").glob("*/jhub.yaml")):
        command = (*jhub, "profiles", "-f", str(example))
        yield example.parent.name, command, folder, MOST_SECONDS_OF_AN_EXAMPLE


def main(repeats: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many(folder / "profiles.yaml")
        print(f"{'':16} {'wall s':>7} {'cpu s':>7} {'MiB':>6}  at most")
        for title, command, cwd, most in rows(folder):
            code = ConfigError.exit_code if title == "many" else 0
            runs = [measure(*command, cwd=cwd, code=code) for _ in range(repeats)]
            best = min(runs, key=lambda figures: figures.seconds)
            bound = f"{most:g} s" + (f", {MOST_MIB:g} MiB" if title == "many" else "")
            print(
                f"{title:16} {best.seconds:7.2f} {best.processor:7.2f} {best.memory:6.0f}"
                f"  {bound if most else ''}".rstrip()
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
