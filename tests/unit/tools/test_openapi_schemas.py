"""Kubernetes' OpenAPI is brought once, as a whole or not at all, by whoever needs it first."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.openapi_schemas import SchemaStore
from jupyterhub_eks.tools.pinned_package import PinnedPackage, fetch_package
from jupyterhub_eks.versions import KUBERNETES_VERSIONS, OPENAPI_PACKAGE_VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

MINORS = ("1.1", "1.2")
MEMBER = "kubernetes_validate/kubernetes-json-schema/v{}.0-local-strict/_definitions.json"


def wheel(folder: Path, *minors: str) -> Path:
    """Write a package that holds the definitions of some versions."""
    path = folder / "package.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for minor in minors:
            packed.writestr(MEMBER.format(minor), json.dumps({"of": minor}))
    return path


class Index:
    """Gives the package to whoever asks, or fails; counts how often it was asked."""

    def __init__(self, *minors: str) -> None:
        self.minors = minors or MINORS
        self.asked = 0
        self.error: ToolError | None = None
        self.wait: Callable[[], object] = int

    def __call__(self, folder: Path) -> Path:
        """Put the package into a folder."""
        self.asked += 1
        self.wait()
        if self.error:
            raise self.error
        return wheel(folder, *self.minors)


def store(root: Path, index: Index, now: float = 0) -> SchemaStore:
    return SchemaStore(root, fetch=index, minors=MINORS, clock=lambda: time.time() + now)


def files(root: Path) -> set[str]:
    return {path.name for path in (root / "openapi" / OPENAPI_PACKAGE_VERSION).iterdir()}


def test_all_versions_come_at_once_and_only_once(tmp_path: Path) -> None:
    """Nothing else of the package is kept."""
    index = Index("1.0", *MINORS)
    assert store(tmp_path, index).find("1.1") is None
    assert [store(tmp_path, index).bring(each) for each in MINORS] == [{"of": "1.1"}, {"of": "1.2"}]
    assert index.asked == 1
    assert files(tmp_path) == {"1.1.json", "1.2.json", "lock"}
    assert store(tmp_path, index).at_hand("1.2") == {"of": "1.2"}


def test_of_two_at_once_one_brings_for_both(tmp_path: Path) -> None:
    """The other waits, and then finds what it needs."""
    index, asked = Index(), threading.Event()

    def wait_for_the_other() -> None:
        asked.set()
        time.sleep(0.3)

    index.wait = wait_for_the_other
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(store(tmp_path, index).bring, "1.1")
        assert asked.wait(10)
        other = pool.submit(store(tmp_path, index).bring, "1.2")
        assert (one.result(20), other.result(20)) == ({"of": "1.1"}, {"of": "1.2"})
    assert index.asked == 1


KILLED = """
import sys, time
from pathlib import Path
from jupyterhub_eks.tools import openapi_schemas
from tests.unit.tools.test_openapi_schemas import Index, MINORS
write = openapi_schemas.replace_file
def slow(path, content):
    if path.name == "1.2.json":
        (path.parent / ".1.2.json.half").write_bytes(content[:3])
        print("half", flush=True)
        time.sleep(60)
    write(path, content)
openapi_schemas.replace_file = slow
openapi_schemas.SchemaStore(Path(sys.argv[1]), fetch=Index(), minors=MINORS).bring("1.2")
"""


def test_what_a_killed_run_left_is_made_good_by_the_next(tmp_path: Path) -> None:
    """Nobody takes the half for the whole, and no lock stays behind."""
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"half\n"
        run.send_signal(signal.SIGKILL)
    assert files(tmp_path) == {"1.1.json", ".1.2.json.half", "lock"}
    index = Index()
    assert store(tmp_path, index).find("1.2") is None
    assert store(tmp_path, index).bring("1.2") == {"of": "1.2"}
    assert files(tmp_path) == {"1.1.json", "1.2.json", "lock"}


def test_a_damaged_file_is_brought_again(tmp_path: Path) -> None:
    """Somebody's disk was full, or an editor was at it."""
    index = Index()
    store(tmp_path, index).bring("1.1")
    (tmp_path / "openapi" / OPENAPI_PACKAGE_VERSION / "1.1.json").write_text("{")
    assert store(tmp_path, index).bring("1.1") == {"of": "1.1"}
    assert index.asked == 2


def test_a_failure_is_remembered_for_those_that_can_do_without(tmp_path: Path) -> None:
    """A plan does not wait for an index at each turn; who insists asks each time."""
    index = Index()
    index.error = ToolError("no index", hint="find one")
    for _ in range(2):
        with pytest.raises(ToolError, match=r"no index|could not be fetched"):
            store(tmp_path, index).bring_unless_refused("1.1")
    assert index.asked == 1
    with pytest.raises(ToolError, match="no index"):
        store(tmp_path, index).bring("1.1")
    index.error = None
    later = store(tmp_path, index, now=25 * 3600)
    assert later.bring_unless_refused("1.1") == {"of": "1.1"}
    assert files(tmp_path) == {"1.1.json", "1.2.json", "lock"}


def test_without_fetching_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    """It names where it was looked for."""
    index = Index()
    with pytest.raises(ToolError, match="is not at hand") as caught:
        store(tmp_path, index).at_hand("1.1")
    assert str(tmp_path) in caught.value.cause
    assert index.asked == 0


def test_a_package_without_the_version_is_an_error(tmp_path: Path) -> None:
    """And so is a file that is no package; the first is no reason to ask again at once."""
    with pytest.raises(ToolError, match="does not hold"):
        store(tmp_path, Index("1.1")).bring("1.2")
    broken = SchemaStore(tmp_path, fetch=lambda _: Path(__file__), minors=MINORS)
    with pytest.raises(ToolError, match="does not hold"):
        broken.bring("1.2")


def test_a_cache_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """With what to do about it."""
    (tmp_path / "openapi").write_text("a file")
    with pytest.raises(ToolError, match="cannot write") as caught:
        store(tmp_path, Index()).bring("1.1")
    assert "JHUB_CACHE_DIR" in caught.value.hint


def test_the_pinned_package_has_every_version_that_can_be_deployed() -> None:
    """It holds those up to its own number."""
    newest = tuple(map(int, OPENAPI_PACKAGE_VERSION.split(".")[:2]))
    for each in KUBERNETES_VERSIONS:
        assert tuple(map(int, each.minor.split("."))) <= newest


def packaged(folder: Path) -> PinnedPackage:
    """Make a package that pip takes, and return it as it would be pinned."""
    path = folder / "thing-1.0-py3-none-any.whl"
    about = "thing-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
        packed.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        packed.writestr(f"{about}/RECORD", "")
    return PinnedPackage("thing", "1.0", hashlib.sha256(path.read_bytes()).hexdigest())


def test_pip_takes_the_pinned_content_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the real pip and a folder in the place of an index: another hash is refused."""
    found, target = tmp_path / "index", tmp_path / "target"
    found.mkdir()
    target.mkdir()
    right = packaged(found)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(found))
    assert fetch_package(right, target, carries="a thing", ways="").parent == target
    for each in target.glob("*.whl"):
        each.unlink()
    wrong = right._replace(sha256="0" * 64)
    with pytest.raises(ToolError, match="could not fetch thing") as caught:
        fetch_package(wrong, target, carries="a thing", ways="do so", patience_seconds=1)
    assert f"Expected sha256 {wrong.sha256}" in caught.value.cause
    assert caught.value.hint == "do so"
