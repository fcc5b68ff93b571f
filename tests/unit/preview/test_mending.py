"""What was lost from the cache is noticed, and installed anew by the next command."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.preview import mending
from jupyterhub_eks.preview.installing import STAMP
from jupyterhub_eks.preview.mending import mend_hub, mend_proxy
from jupyterhub_eks.preview.proxy_program import ProxyProgram, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

LOST = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'commander' imported from bin/proxy\n"


def purelib(python: Path) -> Path:
    """Return where its packages are."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the Python of an environment with one package, which is all that is locked."""
    folder = tmp_path / "hub"
    venv.EnvBuilder(symlinks=True).create(folder)
    made = folder / "bin" / "python"
    (folder / "bin" / "pip").touch()
    (folder / STAMP).touch()
    packages = purelib(made)
    (packages / "thing-1.dist-info").mkdir()
    (packages / "thing-1.dist-info" / "METADATA").write_text("Name: thing\nVersion: 1\n")
    (packages / "thing-1.dist-info" / "RECORD").write_text("thing.py,,\nthing.pyc,,\n")
    (packages / "thing.py").touch()
    monkeypatch.setattr(mending, "packages_of_all", lambda: ("thing",))
    return made


def test_an_environment_that_is_whole_stays(python: Path) -> None:
    """Something else was wrong; what was compiled may be missing."""
    assert mend_hub(python) == ""
    assert (python.parent / "pip").exists()
    assert (python.parent.parent / STAMP).exists()


@pytest.mark.parametrize(
    "lose",
    [
        lambda python: (purelib(python) / "thing.py").unlink(),
        lambda python: shutil.rmtree(purelib(python) / "thing-1.dist-info"),
        lambda python: python.unlink(),
    ],
    ids=["a file", "a package", "its Python"],
)
def test_an_environment_that_has_lost_something_is_made_anew(
    python: Path, lose: Callable[[Path], None]
) -> None:
    """Without pip, which would take its packages for installed."""
    lose(python)

    assert "run the same command again, which installs it anew" in mend_hub(python)
    assert not (python.parent / "pip").exists()
    assert not (python.parent.parent / STAMP).exists()


@pytest.mark.parametrize(("said", "is_whole"), [(LOST, False), ("Error: address in use\n", True)])
def test_a_proxy_that_has_lost_something_is_installed_anew(
    tmp_path: Path, said: str, *, is_whole: bool
) -> None:
    """Only if that is why it has ended."""
    script = tmp_path / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    program = ProxyProgram(Path("node"), script)
    (tmp_path / STAMP).touch()

    assert (mend_proxy(program, said) == "") == is_whole
    assert folder_of(program) == tmp_path
    assert (tmp_path / STAMP).exists() == is_whole
