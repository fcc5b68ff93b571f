"""A made-up provider binding, laid out on disk as jsii-pacmak does it."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

ASSEMBLY = "@fake/provider-x"
VERSION = "1.2.3"
TARBALL = f"provider-x@{VERSION}.jsii.tgz"

# Does with importlib.resources what jsii does, and keeps what jsii would load.
_JSII_INIT = f"""
import importlib.resources

class JSIIAssembly:
    @classmethod
    def load(cls, name, version, module, filename):
        files = importlib.resources.files(f"{{module}}._jsii")
        with importlib.resources.as_file(files.joinpath(filename)) as path:
            return path.read_bytes()

LOADED = JSIIAssembly.load("{ASSEMBLY}", "{VERSION}", __name__[0:-6], "{TARBALL}")
"""


@dataclass(kw_only=True)
class FakeBinding:
    """Describes the binding; :meth:`write` puts it into a folder.

    Attributes:
        package: Import name.
        submodules: Python name to (jsii name, JavaScript folder).
        references: Submodules that another one's types mention, by Python name.
        extra_js: JavaScript appended to a submodule's index.js, by Python name.
        indent: Of the printed ``.jsii``; jsii uses 2.
        assembly_first: Whether ``.jsii`` is the first file of the npm package.
    """

    package: str
    submodules: dict[str, tuple[str, str]] = field(
        default_factory=lambda: {
            "bot_v2": ("botV2", "bot-v2"),
            "subnet": ("subnet", "subnet"),
            "vpc": ("vpc", "vpc"),
        }
    )
    references: dict[str, str] = field(default_factory=dict)
    extra_js: dict[str, str] = field(default_factory=dict)
    indent: int | None = 2
    assembly_first: bool = True

    def write(self, site: Path) -> Path:
        """Write the package below ``site`` and return its folder."""
        root = site / self.package
        (root / "_jsii").mkdir(parents=True)
        (root / "__init__.py").write_text("ROOT_WAS_RUN = True\n")
        (root / "_jsii" / "__init__.py").write_text(_JSII_INIT)
        (root / "_jsii" / TARBALL).write_bytes(self.npm_package())
        for name, (camel, _) in self.submodules.items():
            (root / name).mkdir()
            source = f'from .._jsii import LOADED\njsii_type="{ASSEMBLY}.{camel}.Thing"\n'
            (root / name / "__init__.py").write_text(source)
        return root

    def npm_package(self) -> bytes:
        """Return the npm package as a compressed tar file."""
        files = {"package/.jsii": json.dumps(self._assembly(), indent=self.indent).encode()}
        files["package/LICENSE"] = b"licence\n"
        files["package/lib/index.js"] = b"// requires everything\n"
        for name, (_, folder) in self.submodules.items():
            text = f'const own = require("./structs");\n{self.extra_js.get(name, "")}\n'
            files[f"package/lib/{folder}/index.js"] = text.encode()
            files[f"package/lib/{folder}/structs.js"] = b"// structs\n"
        files["package/package.json"] = b"{}\n"
        ordered = list(files) if self.assembly_first else list(reversed(files))
        buffer = io.BytesIO()
        with (
            gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for name in ordered:
                info = tarfile.TarInfo(name)
                info.size = len(files[name])
                tar.addfile(info, io.BytesIO(files[name]))
        return buffer.getvalue()

    def _assembly(self) -> dict[str, Any]:
        submodules, types = {}, {}
        for name, (camel, folder) in self.submodules.items():
            submodules[f"{ASSEMBLY}.{camel}"] = {
                "readme": {"markdown": "# prose"},
                "symbolId": f"src/{folder}/index:",
            }
            other = self.references.get(name)
            fqn = f"{ASSEMBLY}.{self.submodules[other][0]}.Thing" if other else "cdktf.Thing"
            types[f"{ASSEMBLY}.{camel}.Thing"] = {"docs": {"summary": "prose"}, "base": fqn}
            types[f"{ASSEMBLY}.{camel}.ThingConfig"] = {"kind": "interface"}
        return {
            "name": ASSEMBLY,
            "submodules": submodules,
            "types": types,
            "version": VERSION,
        }
