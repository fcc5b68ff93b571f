"""What is not imported takes no time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("cdktf", "boto3", "botocore", "stacks")
HEAVY_FOR_HELP = (*HEAVY, "pydantic", "rich", "ruamel")
PROGRAM = (
    "import sys; from jupyterhub_eks.cli.app import run; "
    "code = run(sys.argv[2:]); heavy = sys.argv[1].split(','); "
    "print('IMPORTED', code, *[name for name in heavy if name in sys.modules])"
)


def _imported(heavy: tuple[str, ...], folder: Path, *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, ",".join(heavy), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.splitlines()[-1]


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    """The list of commands needs neither models nor drawing nor AWS."""
    assert _imported(HEAVY_FOR_HELP, tmp_path, "--help") == "IMPORTED 0"


def test_validate_imports_neither_aws_nor_cdktf(tmp_path: Path) -> None:
    """Checking files needs the models, and no display that moves."""
    heavy = (*HEAVY, "rich.live", "rich.markdown", "rich.traceback")

    assert _imported(heavy, tmp_path, "validate") == "IMPORTED 0"


def test_version_imports_none_of_the_parts_it_names(tmp_path: Path) -> None:
    """Their versions are read from what pip wrote, not from the packages."""
    heavy = (*HEAVY, "jsii", "ministack", "cdktf_cdktf_provider_aws", "rich.live")

    assert _imported(heavy, tmp_path, "version") == "IMPORTED 0"
