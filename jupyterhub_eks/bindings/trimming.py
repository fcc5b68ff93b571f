"""Cut the npm package inside a binding down to the submodules in use.

The package (``_jsii/<name>@<version>.jsii.tgz``) holds ``package/.jsii``, a JSON
description of every type, and one folder ``package/lib/<submodule>`` of JavaScript
each. The description is pretty-printed by the jsii compiler, one key per line,
indented by two spaces a level, so the entries wanted are picked while it streams
past; the 131 MB are never in memory. What was picked is parsed as JSON and
checked, and anything unexpected ends in a :class:`LayoutError`.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import posixpath
import re
import shutil
import tarfile
import time
from typing import IO, TYPE_CHECKING, Any, Final

from jupyterhub_eks.bindings.caching import read_checked, write_checked
from jupyterhub_eks.bindings.layout import LayoutError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.bindings.layout import Layout

# Part of the cache key: raise it when the trimmed package would look different.
_FORMAT: Final = 1
_KEPT_SECONDS: Final = 30 * 24 * 3600
_ASSEMBLY: Final = "package/.jsii"
_ENTRY: Final = re.compile(rb'^    "(?P<name>[^"]+)": \{$')
_FILTERED: Final = (b'  "submodules": {', b'  "types": {')
_SYMBOL: Final = re.compile(r"^src/(?P<folder>[^/:]+)/index:")
_REQUIRE: Final = re.compile(rb"require\(\"(?P<path>\.[^\"]*)\"\)")
# Read by people and documentation tools, never by the jsii kernel.
_PROSE: Final = frozenset({"docs", "locationInModule", "readme"})


def ensure_trimmed(layout: Layout, submodules: frozenset[str], cache: Path) -> Path:
    """Return a folder with the trimmed package, under the stock package's file name.

    It is made if the cache does not hold it intact for this binding version and
    this set of submodules.

    Raises:
        LayoutError: The npm package is not laid out as expected.
        OSError: The cache cannot be written.
    """
    stamp = {
        "format": _FORMAT,
        "assembly": layout.assembly,
        "version": layout.version,
        "size": layout.tarball.stat().st_size,
        "submodules": sorted(submodules),
    }
    digest = hashlib.sha256(json.dumps(stamp).encode()).hexdigest()[:16]
    target = cache / "bindings" / f"{layout.package}-{layout.version}-{digest}"
    target /= layout.tarball.name
    if read_checked(target) is None:
        write_checked(target, _trim(layout, submodules))
        _forget_old(target.parent.parent, layout.package)
    return target.parent


def _forget_old(folder: Path, package: str) -> None:
    """Remove packages made long ago; one still in use is made again in two seconds."""
    oldest = time.time() - _KEPT_SECONDS
    for path in folder.glob(f"{package}-*"):
        if path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)


def _trim(layout: Layout, submodules: frozenset[str]) -> bytes:
    wanted = frozenset(layout.qualified_name(name) for name in submodules)
    while True:
        try:
            with tarfile.open(layout.tarball, "r|gz") as source:
                assembly = _read_assembly(source, layout, wanted)
                missing = _references(assembly, layout.assembly) - wanted
                if not missing:
                    return _pack(source, assembly)
        except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
            raise LayoutError(f"its npm package cannot be read ({error})") from error
        wanted |= missing


def _read_assembly(
    source: tarfile.TarFile, layout: Layout, wanted: frozenset[str]
) -> dict[str, Any]:
    member = source.next()
    stream = source.extractfile(member) if member and member.name == _ASSEMBLY else None
    if stream is None:
        raise LayoutError(f"its npm package does not begin with {_ASSEMBLY}")
    try:
        assembly: dict[str, Any] = json.loads(_pick(stream, wanted))
    except ValueError as error:
        raise LayoutError(f"its {_ASSEMBLY} is not printed as expected ({error})") from error
    found = (assembly.get("name"), assembly.get("version"))
    if found != (layout.assembly, layout.version):
        raise LayoutError(f"its {_ASSEMBLY} describes {found[0]} {found[1]}")
    described = {name.rpartition(".")[0] for name in assembly.get("types", {})}
    absent = sorted(wanted - described) or sorted(wanted - set(assembly.get("submodules", {})))
    if absent:
        raise LayoutError(f"its {_ASSEMBLY} does not describe {absent[0]}")
    if described - wanted:
        raise LayoutError(f"its {_ASSEMBLY} is not printed as expected")
    slim: dict[str, Any] = _without_prose(assembly)
    return slim


def _pick(stream: IO[bytes], wanted: frozenset[str]) -> bytes:
    """Return the description without the types and submodules that are not wanted."""
    prefixes = tuple(f"{name}." for name in wanted)
    picked: list[bytes] = []
    filtered, keep = False, True
    for line in stream:
        if filtered and line.startswith(b"    "):
            if line[4:5] == b'"':
                entry = _ENTRY.match(line)
                name = entry["name"].decode() if entry else ""
                keep = name in wanted or name.startswith(prefixes)
            if keep:
                picked.append(line)
            continue
        if filtered and picked[-1].endswith(b",\n"):
            picked[-1] = picked[-1][:-2] + b"\n"  # the entry after it was left out
        picked.append(line)
        filtered = line.rstrip() in _FILTERED
    return b"".join(picked)


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_prose(v) for k, v in value.items() if k not in _PROSE}
    if isinstance(value, list):
        return [_without_prose(item) for item in value]
    return value


def _references(value: Any, assembly: str) -> frozenset[str]:
    """Return the submodules of ``assembly`` that types in ``value`` mention."""
    names = re.findall(rf'"({re.escape(assembly)}\.\w+)\.', json.dumps(value))
    return frozenset(names)


def _pack(source: tarfile.TarFile, assembly: dict[str, Any]) -> bytes:
    """Return the package with only the folders of the assembly's submodules."""
    folders = _folders(assembly)
    buffer = io.BytesIO()
    # No time stamps: two processes that make it at once write the same bytes.
    with (
        gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as target,
    ):
        _add(target, _ASSEMBLY, json.dumps(assembly).encode())
        _add(target, "package/lib/index.js", _index(folders))
        seen = set()
        for member in source:
            folder = _folder_of(member.name)
            if folder in folders.values() or _is_package_file(member.name):
                content = _read(source, member)
                _check_requires(member.name, content)
                _add(target, member.name, content)
                seen.add(folder)
    absent = sorted(set(folders.values()) - seen)
    if absent:
        raise LayoutError(f"its npm package has no folder lib/{absent[0]}")
    return buffer.getvalue()


def _folders(assembly: dict[str, Any]) -> dict[str, str]:
    """Return the folder below ``lib`` by the name under which index.js exports it."""
    folders = {}
    for name, description in assembly["submodules"].items():
        match = _SYMBOL.match(description.get("symbolId", ""))
        if match is None:
            raise LayoutError(f"its {_ASSEMBLY} does not say where {name} stands")
        folders[name.rpartition(".")[2]] = match["folder"]
    return folders


def _index(folders: dict[str, str]) -> bytes:
    """Return an index.js that loads a submodule when it is first asked for."""
    return (
        '"use strict";\n'
        'Object.defineProperty(exports, "__esModule", { value: true });\n'
        f"const folders = {json.dumps(folders, sort_keys=True)};\n"
        "for (const [name, folder] of Object.entries(folders)) {\n"
        "  Object.defineProperty(exports, name, {\n"
        '    enumerable: true, get: () => require("./" + folder),\n'
        "  });\n"
        "}\n"
    ).encode()


def _folder_of(name: str) -> str:
    parts = name.split("/")
    return parts[2] if parts[:2] == ["package", "lib"] and len(parts) > 3 else ""


def _is_package_file(name: str) -> bool:
    return name in {"package/package.json", "package/LICENSE"}


def _check_requires(name: str, content: bytes) -> None:
    if not name.endswith(".js"):
        return
    for match in _REQUIRE.finditer(content):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), match["path"].decode()))
        if _folder_of(f"{path}/") != _folder_of(name):
            raise LayoutError(f"{name} requires {path}, another submodule")


def _read(source: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = source.extractfile(member)
    if stream is None:
        raise LayoutError(f"{member.name} in its npm package is not a file")
    return stream.read()


def _add(target: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    target.addfile(info, io.BytesIO(content))
