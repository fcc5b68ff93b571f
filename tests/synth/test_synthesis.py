"""Synthesis with the real cdktf, jsii and Node, in processes of its own."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.bindings import usable_cache
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from tests.support.synth import Stacks

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("project", "bindings")


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def run(
    way: str, *folders: Path, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Synthesize into ``folders`` in a process of its own."""
    paths = [str(ROOT), *filter(None, [environment.pop("PYTHONPATH", "")])]
    return subprocess.run(
        [sys.executable, "-m", "tests.support.synthesize", way, *map(str, folders)],
        cwd=cwd,
        env={
            **os.environ,
            "JHUB_CACHE_DIR": str(cache_dir()),
            "PYTHONPATH": os.pathsep.join(reversed(paths)),
            **environment,
        },
        check=True,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both kinds of stacks, synthesized in one process the fast way."""
    folder = tmp_path_factory.mktemp("fast")
    done = run("fast", *(folder / kind for kind in KINDS))
    assert done.stderr == ""
    return folder


def test_the_output_is_that_of_stock_cdktf(fast: Path, tmp_path: Path) -> None:
    """Every file has the bytes it has when the bindings are imported the stock way."""
    run("stock", *(tmp_path / kind for kind in KINDS))
    for kind in KINDS:
        assert files_below(fast / kind) == files_below(tmp_path / kind)


def test_two_runs_are_byte_identical(fast: Path, tmp_path: Path) -> None:
    """Hash seed, current folder, temporary folder and home make no difference."""
    places = {name: tmp_path / name for name in ("cwd", "TMPDIR", "HOME")}
    for place in places.values():
        place.mkdir()
    home = {name: str(places[name]) for name in ("TMPDIR", "HOME")}
    run("fast", tmp_path / "project", cwd=places["cwd"], PYTHONHASHSEED="7", **home)
    assert files_below(tmp_path / "project") == files_below(fast / "project")


def test_no_path_of_this_machine_is_in_the_output(fast: Path) -> None:
    """Neither the checkout, nor the home, nor any temporary folder is named."""
    text = b"\n".join(files_below(fast).values()).decode()
    for place in (ROOT, Path.home(), fast, cache_dir()):
        assert f"{place}/" not in text
        assert f'"{place}"' not in text


def test_an_unexpected_layout_gives_the_same_output_with_a_warning(
    fast: Path, tmp_path: Path
) -> None:
    """A binding that cannot be trimmed is imported the stock way, and says so."""
    # Not `importlib.util`: another test of this process may have prepared the fast import.
    spec = PathFinder.find_spec("cdktf_cdktf_provider_helm")
    assert spec is not None
    assert spec.origin is not None
    copy = tmp_path / "site" / "cdktf_cdktf_provider_helm"
    shutil.copytree(Path(spec.origin).parent, copy)
    minify(next((copy / "_jsii").glob("*.tgz")))
    done = run("fast", tmp_path / "bindings", PYTHONPATH=str(tmp_path / "site"))
    assert "BindingsWarning: cdktf_cdktf_provider_helm is imported the slow way" in done.stderr
    assert files_below(tmp_path / "bindings") == files_below(fast / "bindings")


def minify(tarball: Path) -> None:
    """Print the description in an npm package on a single line."""
    buffer = io.BytesIO()
    with (
        tarfile.open(tarball) as source,
        gzip.open(buffer, "wb") as packed,
        tarfile.open(fileobj=packed, mode="w") as target,
    ):
        for member in source:
            content = source.extractfile(member).read()  # type: ignore[union-attr]
            if member.name == "package/.jsii":
                content = json.dumps(json.loads(content)).encode()
            member.size = len(content)
            target.addfile(member, io.BytesIO(content))
    tarball.write_bytes(buffer.getvalue())


def test_every_synthesis_in_a_session_is_complete(
    default_stacks: Stacks, cognito_stacks: Stacks
) -> None:
    """Syntheses that follow each other in one process each have all of their stacks."""
    assert sorted(default_stacks) == [
        "cluster",
        "hub",
        "interruption",
        "karpenter",
        "network",
        "platform",
        "storage",
    ]
    added = set(cognito_stacks) - set(default_stacks)
    assert sorted(added) == ["certificate", "dns", "identity"]


def test_an_unwritable_cache_only_costs_time(fast: Path, tmp_path: Path) -> None:
    """Where no cache can be kept, the output is the same."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    run("fast", tmp_path / "bindings", JHUB_CACHE_DIR=str(in_the_way / "cache"))
    assert files_below(tmp_path / "bindings") == files_below(fast / "bindings")


def test_node_is_gone_after_synthesis(tmp_path: Path) -> None:
    """No child outlives the synthesis within the process, and another synthesis works."""
    code = (
        "import os, sys; from pathlib import Path; from tests.support import synthesize as s\n"
        "for name in ('1', '2'):\n"
        "    s._fast(Path(sys.argv[1], name, 'bindings'))\n"
        "    children = Path(f'/proc/self/task/{os.getpid()}/children').read_text()\n"
        "    assert children == '', children\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    assert files_below(tmp_path / "1") == files_below(tmp_path / "2")


def run_as_cdktf_does(cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    cache = usable_cache(cache_dir())
    return subprocess.run(
        [sys.executable, "-m", "jupyterhub_eks.synth"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "JHUB_CACHE_DIR": str(cache), **environment},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_app_of_cdktf_json_works_without_any_file(tmp_path: Path) -> None:
    """In an empty folder the defaults are synthesized into cdktf.out."""
    done = run_as_cdktf_does(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    manifest = json.loads((tmp_path / "cdktf.out/manifest.json").read_text())
    assert {"network", "cluster", "storage", "karpenter"} <= set(manifest["stacks"])


def test_an_invalid_configuration_is_told_in_full(tmp_path: Path) -> None:
    """Each problem is printed with its place, and the exit code is that of its class."""
    (tmp_path / "jhub.yaml").write_text("name: Bad_Name\nregion: nowhere\n")
    done = run_as_cdktf_does(tmp_path)
    assert done.returncode == 3
    assert "jhub.yaml:1:" in done.stderr
    assert "jhub.yaml:2:" in done.stderr


@pytest.mark.parametrize(
    ("node", "message"),
    [("/no/such/node", "cannot be started"), (shutil.which("false"), "ended unexpectedly")],
)
def test_a_node_that_does_not_work_is_named(tmp_path: Path, node: str, message: str) -> None:
    """A wrong ``JSII_NODE`` ends in one clear error of two lines, and nothing else."""
    done = run_as_cdktf_does(tmp_path, JSII_NODE=node, JHUB_CACHE_DIR=str(tmp_path / "cache"))
    assert done.returncode == 5
    assert node in done.stderr
    assert message in done.stderr
    assert done.stderr.count("\n") == 2


def test_an_interrupted_synthesis_leaves_no_node(tmp_path: Path) -> None:
    """Ctrl-C in the middle of building stacks ends Node too, without noise from jsii."""
    code = (
        "import os, pathlib, signal, sys; from tests.support import synthesize as s\n"
        "def build(app, deployment, *, protect_data):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "s._load = lambda module: build\n"
        "try:\n"
        "    s._fast(pathlib.Path(sys.argv[1], 'bindings'))\n"
        "except KeyboardInterrupt:\n"
        "    print(pathlib.Path(f'/proc/self/task/{os.getpid()}/children').read_text() or 'none')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("none\n", "")
