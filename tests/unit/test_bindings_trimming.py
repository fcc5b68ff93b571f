"""Cutting a binding's npm package down to the submodules in use."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.bindings.caching import (
    read_checked,
    usable_cache,
    write_checked,
)
from jupyterhub_eks.bindings.layout import Layout, LayoutError, find_layout
from jupyterhub_eks.bindings.trimming import ensure_trimmed
from jupyterhub_eks.replacing import replace_file
from tests.support.bindings import ASSEMBLY, TARBALL, FakeBinding

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on ``sys.path``."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def layout_of(binding: FakeBinding, site: Path) -> Layout:
    binding.write(site)
    return find_layout(binding.package)


def unpack(folder: Path) -> dict[str, bytes]:
    """Return the files of the npm package in ``folder`` by name."""
    with tarfile.open(fileobj=io.BytesIO((folder / TARBALL).read_bytes())) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def assembly_in(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(unpack(folder)["package/.jsii"])
    return result


@pytest.mark.parametrize("submodule", ["bot_v2", "subnet", "vpc"])
def test_only_the_submodule_in_use_is_described(site: Path, tmp_path: Path, submodule: str) -> None:
    """The first, a middle and the last entry can each be the only one left."""
    binding = FakeBinding(package="fake_one")
    folder = ensure_trimmed(layout_of(binding, site), frozenset({submodule}), tmp_path)
    camel = binding.submodules[submodule][0]
    assembly = assembly_in(folder)
    assert list(assembly["submodules"]) == [f"{ASSEMBLY}.{camel}"]
    assert set(assembly["types"]) == {f"{ASSEMBLY}.{camel}.{t}" for t in ("Thing", "ThingConfig")}


def test_only_the_folder_in_use_is_packed(site: Path, tmp_path: Path) -> None:
    """JavaScript of other submodules is left out; licence and package.json stay."""
    layout = layout_of(FakeBinding(package="fake_files"), site)
    files = unpack(ensure_trimmed(layout, frozenset({"bot_v2"}), tmp_path))
    assert set(files) == {
        "package/.jsii",
        "package/LICENSE",
        "package/lib/bot-v2/index.js",
        "package/lib/bot-v2/structs.js",
        "package/lib/index.js",
        "package/package.json",
    }
    assert b'{"botV2": "bot-v2"}' in files["package/lib/index.js"]


def test_prose_is_left_out(site: Path, tmp_path: Path) -> None:
    """Documentation, which the kernel never reads, is dropped from the description."""
    layout = layout_of(FakeBinding(package="fake_prose"), site)
    folder = ensure_trimmed(layout, frozenset({"vpc"}), tmp_path)
    assert b"prose" not in unpack(folder)["package/.jsii"]


def test_a_referenced_submodule_is_kept(site: Path, tmp_path: Path) -> None:
    """What a type in use mentions is described too, and its JavaScript is packed."""
    binding = FakeBinding(package="fake_refs", references={"vpc": "subnet", "subnet": "bot_v2"})
    folder = ensure_trimmed(layout_of(binding, site), frozenset({"vpc"}), tmp_path)
    assert len(assembly_in(folder)["submodules"]) == 3
    assert "package/lib/bot-v2/index.js" in unpack(folder)


def test_two_builds_are_byte_identical(site: Path, tmp_path: Path) -> None:
    """Two processes that build at once write the same bytes."""
    layout = layout_of(FakeBinding(package="fake_same"), site)
    folders = [ensure_trimmed(layout, frozenset({"vpc"}), tmp_path / name) for name in ("a", "b")]
    assert (folders[0] / TARBALL).read_bytes() == (folders[1] / TARBALL).read_bytes()


def test_the_cache_answers_without_reading_the_npm_package(site: Path, tmp_path: Path) -> None:
    """A second call does not open the binding's npm package again."""
    layout = layout_of(FakeBinding(package="fake_cached"), site)
    first = ensure_trimmed(layout, frozenset({"vpc"}), tmp_path)
    layout.tarball.write_bytes(b"\0" * layout.tarball.stat().st_size)
    assert ensure_trimmed(layout, frozenset({"vpc"}), tmp_path) == first


def test_another_set_of_submodules_has_another_place(site: Path, tmp_path: Path) -> None:
    """Two sets of submodules live in the cache beside each other."""
    layout = layout_of(FakeBinding(package="fake_sets"), site)
    one = ensure_trimmed(layout, frozenset({"vpc"}), tmp_path)
    two = ensure_trimmed(layout, frozenset({"vpc", "subnet"}), tmp_path)
    assert one != two


def test_packages_made_long_ago_are_removed(site: Path, tmp_path: Path) -> None:
    """The cache keeps the sets of submodules of the last month only."""
    layout = layout_of(FakeBinding(package="fake_old"), site)
    old, recent = (
        ensure_trimmed(layout, frozenset({name}), tmp_path) for name in ("vpc", "subnet")
    )
    os.utime(old, (0, 0))
    newest = ensure_trimmed(layout, frozenset({"vpc", "subnet"}), tmp_path)
    assert set(old.parent.iterdir()) == {recent, newest}


@pytest.mark.parametrize("damage", ["truncated", "emptied", "checksum lost"])
def test_a_damaged_cache_file_is_made_again(site: Path, tmp_path: Path, damage: str) -> None:
    """Whatever happened to the cached file, the next call leaves an intact one."""
    layout = layout_of(FakeBinding(package="fake_damage"), site)
    target = ensure_trimmed(layout, frozenset({"vpc"}), tmp_path) / TARBALL
    intact = target.read_bytes()
    if damage == "checksum lost":
        target.with_name(f"{TARBALL}.sha256").unlink()
    else:
        target.write_bytes(intact[: 100 if damage == "truncated" else 0])
    ensure_trimmed(layout, frozenset({"vpc"}), tmp_path)
    assert read_checked(target) == intact


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        (FakeBinding(package="bad_order", assembly_first=False), "does not begin with"),
        (FakeBinding(package="bad_print", indent=None), "not printed as expected"),
        (FakeBinding(package="bad_indent", indent=4), "not printed as expected"),
        (
            FakeBinding(package="bad_js", extra_js={"vpc": 'require("../subnet");'}),
            "another submodule",
        ),
    ],
    ids=lambda value: value.package if isinstance(value, FakeBinding) else "",
)
def test_an_unexpected_npm_package_is_refused(
    site: Path, tmp_path: Path, binding: FakeBinding, message: str
) -> None:
    """Another order, another way of printing or a cross-reference is noticed."""
    with pytest.raises(LayoutError, match=message):
        ensure_trimmed(layout_of(binding, site), frozenset({"vpc"}), tmp_path)


def test_a_truncated_npm_package_is_refused(site: Path, tmp_path: Path) -> None:
    """A broken installation ends in a layout error, not in a traceback of tarfile."""
    layout = layout_of(FakeBinding(package="bad_tar"), site)
    layout.tarball.write_bytes(layout.tarball.read_bytes()[:-200])
    with pytest.raises(LayoutError, match="cannot be read"):
        ensure_trimmed(layout, frozenset({"vpc"}), tmp_path)


def test_an_unknown_submodule_is_refused(site: Path, tmp_path: Path) -> None:
    """A submodule that the binding does not have is named in the message."""
    layout = layout_of(FakeBinding(package="fake_unknown"), site)
    with pytest.raises(LayoutError, match="no submodule 'vcp'"):
        ensure_trimmed(layout, frozenset({"vcp"}), tmp_path)


def test_finding_the_layout_runs_no_code_of_the_binding(site: Path) -> None:
    """The package is looked at on disk only."""
    layout = layout_of(FakeBinding(package="fake_layout"), site)
    assert (layout.assembly, layout.version) == (ASSEMBLY, "1.2.3")
    assert "fake_layout" not in sys.modules


def test_a_second_npm_package_is_refused(site: Path) -> None:
    """With two npm packages nobody knows which one is loaded."""
    root = FakeBinding(package="fake_two").write(site)
    (root / "_jsii" / "other@1.jsii.tgz").touch()
    with pytest.raises(LayoutError, match="2 npm packages"):
        find_layout("fake_two")


def test_a_missing_binding_is_refused() -> None:
    """A binding that is not installed has no layout."""
    with pytest.raises(LayoutError, match="not installed"):
        find_layout("no_such_binding_anywhere")


def test_an_unwritable_cache_is_replaced_by_a_temporary_one(tmp_path: Path) -> None:
    """Where the cache cannot be made, a writable folder is used instead."""
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    cache = usable_cache(in_the_way / "cache")
    assert read_checked(cache / "x") is None
    write_checked(cache / "x", b"content")
    assert read_checked(cache / "x") == b"content"


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    """When the file cannot be put in place, its temporary file is gone as well."""
    (tmp_path / "target" / "child").mkdir(parents=True)
    with pytest.raises(OSError, match="target"):
        replace_file(tmp_path / "target", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
