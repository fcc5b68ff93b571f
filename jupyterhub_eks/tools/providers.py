"""Where Terraform gets the AWS provider from: the user's way, a mirror, or the registry.

Terraform's own plug-in directories are searched by Terraform itself only while no
``provider_installation`` block exists, so they are listed here too.
"""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.replacing import replace_file
from jupyterhub_eks.tools.terraform_binary import platform_name
from jupyterhub_eks.versions import (
    AWS_PROVIDER_RANGE,
    AWS_PROVIDER_SOURCE,
    HELM_PROVIDER_RANGE,
    HELM_PROVIDER_SOURCE,
)
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONFIG_NAME: Final = "terraform.rc"
OPTIONAL_SOFTWARE: Final = Path("/opt")
WAYS: Final = (
    "1. let this machine reach Terraform's registry, through HTTPS_PROXY if there is a proxy; "
    "2. set JHUB_PROVIDER_MIRROR to a folder made with 'terraform providers mirror', or put such "
    "a folder directly under /opt or into Terraform's plug-in directory; "
    "3. name a mirror in a Terraform CLI configuration file and set TF_CLI_CONFIG_FILE to it"
)


@dataclass(frozen=True, kw_only=True)
class ProviderSource:
    """How Terraform will find providers.

    Attributes:
        env: Variables for every Terraform process.
        description: One line for people.
    """

    env: Mapping[str, str] = field(default_factory=dict)
    description: str


def provider_environment(
    directory: Path,
    *,
    environ: Mapping[str, str] | None = None,
    optional_software: Path = OPTIONAL_SOFTWARE,
) -> ProviderSource:
    """Return where providers come from, writing a CLI configuration if one is needed.

    Order: the user's own CLI configuration file, if it exists; a file-system mirror
    that holds a fitting AWS provider for this machine; the registry, with a cache
    that all stacks share.

    Args:
        directory: Folder of the deployment; gets ``terraform.rc``.
        environ: The process's environment.
        optional_software: Folder whose direct sub-folders may be mirrors.
    """
    env = os.environ if environ is None else environ
    if own := user_configuration(env):
        return ProviderSource(env={"TF_CLI_CONFIG_FILE": str(own)}, description=f"as {own} says")
    mirror = find_mirror(env, optional_software)
    if mirror is None:
        cache = cache_dir() / "terraform-plugins"
        cache.mkdir(parents=True, exist_ok=True)
        # Since 1.4 Terraform downloads again for each lock file that does not know the
        # provider yet, unless the second line allows sums of this platform only.
        text = (
            f"plugin_cache_dir = {_quoted(cache)}\n"
            "plugin_cache_may_break_dependency_lock_file = true\n"
        )
        return ProviderSource(env=_write(directory, text), description="Terraform's registry")
    held = [AWS_PROVIDER_SOURCE]
    if provider_versions(mirror, HELM_PROVIDER_SOURCE, HELM_PROVIDER_RANGE):
        held.append(HELM_PROVIDER_SOURCE)
    sources = ", ".join(f'"{each}"' for each in held)
    text = (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {_quoted(mirror)}\n"
        f"    include = [{sources}]\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = [{sources}]\n"
        "  }\n"
        "}\n"
    )
    return ProviderSource(env=_write(directory, text), description=f"the mirror {mirror}")


def user_configuration(environ: Mapping[str, str]) -> Path | None:
    """Return the user's own CLI configuration file, if there is one.

    ``TF_CLI_CONFIG_FILE`` may name a file that does not exist; that counts as unset.
    """
    home = Path(environ.get("HOME") or Path.home())
    for text in (environ.get("TF_CLI_CONFIG_FILE"), str(home / ".terraformrc")):
        if text and Path(text).expanduser().is_file():
            return Path(text).expanduser().absolute()
    return None


def find_mirror(environ: Mapping[str, str], optional_software: Path) -> Path | None:
    """Return the first folder that holds a fitting AWS provider for this machine.

    Raises:
        ToolError: ``JHUB_PROVIDER_MIRROR`` is set and holds none.
    """
    if explicit := environ.get("JHUB_PROVIDER_MIRROR"):
        mirror = Path(explicit).expanduser().absolute()
        if not has_aws_provider(mirror):
            raise ToolError(
                f"JHUB_PROVIDER_MIRROR={explicit} holds no AWS provider {AWS_PROVIDER_RANGE}",
                cause=f"no {AWS_PROVIDER_SOURCE}/VERSION/{platform_name()} in it",
                hint="make it with 'terraform providers mirror', or unset the variable",
            )
        return mirror
    return next(
        (path for path in _candidates(environ, optional_software) if has_aws_provider(path)), None
    )


def _candidates(environ: Mapping[str, str], optional_software: Path) -> Iterator[Path]:
    """Terraform's implied local mirrors (its docs, "Implied Local Mirrors"), then /opt."""
    home = Path(environ.get("HOME") or Path.home())
    yield home / ".terraform.d" / "plugins"
    if platform.system() == "Darwin":
        yield home / "Library" / "Application Support" / "io.terraform" / "plugins"
        yield Path("/Library/Application Support/io.terraform/plugins")
    else:
        data_home = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
        shared = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        for folder in (data_home, *map(Path, filter(None, shared.split(":")))):
            yield folder / "terraform" / "plugins"
    try:
        yield from sorted(path for path in optional_software.iterdir() if path.is_dir())
    except OSError:
        return


def has_aws_provider(mirror: Path) -> bool:
    """Whether the folder holds a version in the range, packed or unpacked, for this machine."""
    return bool(aws_provider_versions(mirror))


def aws_provider_versions(mirror: Path) -> tuple[str, ...]:
    """Return the versions in the range that a folder holds for this machine, oldest first."""
    return provider_versions(mirror, AWS_PROVIDER_SOURCE, AWS_PROVIDER_RANGE)


def provider_versions(mirror: Path, source: str, wanted: str) -> tuple[str, ...]:
    """Return a provider's versions in a range that a folder holds for this machine.

    Args:
        mirror: A folder as ``terraform providers mirror`` makes it.
        source: Host, namespace and name of the provider.
        wanted: Range as :func:`in_range` takes it.

    Returns:
        The versions, oldest first.
    """
    tree = mirror / source
    name = platform_name()
    archive = f"terraform-provider-{source.rpartition('/')[2]}_"
    unpacked = (path.parent.name for path in tree.glob(f"*/{name}") if path.is_dir())
    packed = (
        path.name.removeprefix(archive).removesuffix(f"_{name}.zip")
        for path in tree.glob(f"{archive}*_{name}.zip")
    )
    try:
        fitting = {version for version in (*unpacked, *packed) if in_range(version, wanted)}
    except OSError:  # a folder that may not be read is no mirror
        return ()
    return tuple(sorted(fitting, key=lambda version: _numbers(version) or ()))


def in_range(version: str, wanted: str = AWS_PROVIDER_RANGE) -> bool:
    """Whether ``version`` satisfies a range such as ``>= 5.100.0, < 7.0.0``."""
    number = _numbers(version)
    if number is None:
        return False
    for term in wanted.split(","):
        operator, _, bound = term.strip().partition(" ")
        limit = _numbers(bound)
        if limit is None or operator not in (">=", "<"):
            raise ValueError(f"{wanted!r} is not a range of '>=' and '<'")
        if (operator == ">=" and number < limit) or (operator == "<" and number >= limit):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...] | None:
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version.strip())
    return tuple(map(int, found.groups())) if found else None


def _quoted(path: Path) -> str:
    """Return a path as an HCL string; ``${`` and ``%{`` would start a template."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("${", "$${").replace("%{", "%%{") + '"'


def _write(directory: Path, text: str) -> dict[str, str]:
    """Write the configuration unless it already says the same."""
    path = directory.absolute() / _CONFIG_NAME
    directory.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        replace_file(path, text.encode())
    return {"TF_CLI_CONFIG_FILE": str(path)}
