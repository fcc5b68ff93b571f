"""Find a Terraform that is new enough, or bring one.

The SHA-256 sums of the release archives are pinned below, so that a mirror
(``JHUB_TERRAFORM_URL``) needs no trust. They are those of HashiCorp's
``terraform_1.11.4_SHA256SUMS``, as several independent package definitions
repeat them; the sum of the program inside the Linux archive was checked too.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from jupyterhub_eks.errors import ToolError
from jupyterhub_eks.tools.program_file import install_program
from jupyterhub_eks.versions import TERRAFORM_BUNDLED, TERRAFORM_MINIMUM
from jupyterhub_eks.workspace import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

RELEASES: Final = "https://releases.hashicorp.com/terraform"
SHA256: Final[Mapping[str, str]] = {
    "darwin_amd64": "a56d5002b9f7647291faccc3dd1a70350e60fb61e4c45037629508b8fdc2575b",
    "darwin_arm64": "867e0808fa971217043e25b7a792b10720c79b1546f8a68479b74f138be73e18",
    "linux_amd64": "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc",
    "linux_arm64": "a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633",
}
_VERSION_SECONDS: Final = 30
_CONNECT_SECONDS: Final = 30
_WAYS: Final = (
    "1. let './install.sh' bring it; 2. install Terraform "
    f"{'.'.join(map(str, TERRAFORM_MINIMUM[:2]))} or newer and put it on PATH; "
    "3. set JHUB_TERRAFORM to the path of the program"
)


def terraform_version(binary: Path) -> str:
    """Return the version that ``binary`` reports, e.g. ``1.11.4``.

    Raises:
        ToolError: It does not run, or is not Terraform.
    """
    # Without a call home for updates; arguments, plug-ins or a configuration file of the
    # user's have no part in the answer.
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    env |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    try:
        done = subprocess.run(
            [str(binary), "version", "-json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_VERSION_SECONDS,
            env=env,
        )
        return str(json.loads(done.stdout)["terraform_version"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        raise ToolError(
            f"{binary} does not run as Terraform", cause=str(error), hint=_WAYS
        ) from error


def find_terraform(
    environ: Mapping[str, str] | None = None,
    *,
    version_of: Callable[[Path], str] = terraform_version,
) -> Path:
    """Return the Terraform to use: ``JHUB_TERRAFORM``, on ``PATH``, or one that was brought.

    A Terraform on ``PATH`` that is too old is passed over when a newer one was
    brought. ``JHUB_TERRAFORM`` is never passed over: it is what the user asked for.

    Args:
        environ: The process's environment.
        version_of: Tells the version of a program.

    Raises:
        ToolError: There is none, or the only one is too old or does not run.
    """
    env = os.environ if environ is None else environ
    if explicit := env.get("JHUB_TERRAFORM"):
        return _checked(Path(explicit).expanduser().absolute(), version_of)
    on_path = shutil.which("terraform", path=env.get("PATH"))
    candidates = [Path(on_path)] if on_path else []
    candidates += [path for path in (brought_path(),) if path.is_file()]
    if not candidates:
        raise ToolError("Terraform is not installed", cause="none on PATH", hint=_WAYS)
    refusal: ToolError | None = None
    for candidate in candidates:
        try:
            return _checked(candidate, version_of)
        except ToolError as error:
            refusal = refusal or error
    assert refusal is not None  # noqa: S101 - there was at least one candidate
    raise refusal


def brought_path() -> Path:
    """Return where :func:`bring_terraform` puts the program by default."""
    return cache_dir() / "bin" / "terraform"


def _checked(binary: Path, version_of: Callable[[Path], str]) -> Path:
    version = version_of(binary)
    # A pre-release counts as its release: 1.12.0-beta1 has what 1.12 has.
    numbers = tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())
    if numbers < TERRAFORM_MINIMUM:
        wanted = ".".join(map(str, TERRAFORM_MINIMUM))
        raise ToolError(
            f"Terraform {version} is too old: {wanted} or newer is needed",
            cause=f"found {binary}",
            hint=_WAYS,
        )
    return binary


def platform_name() -> str:
    """Return this machine as HashiCorp spells it, e.g. ``linux_amd64``."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"


def download(url: str) -> bytes:
    """Return what is at an https address (plain http on this machine only).

    Raises:
        ToolError: The address is not acceptable, or does not answer.
    """
    parts = urlsplit(url)
    on_loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    if parts.scheme != "https" and not on_loopback:
        raise ToolError(f"{url} is not an https address", hint="correct JHUB_TERRAFORM_URL")
    request = Request(url, headers={"User-Agent": "jhub"})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=_CONNECT_SECONDS) as answer:  # noqa: S310 - checked above
            content: bytes = answer.read()
    except (OSError, ValueError) as error:  # URLError and timeouts are OSErrors
        raise ToolError(
            f"cannot download Terraform from {url}",
            cause=str(error),
            hint=f"{_WAYS}; a mirror can be named in JHUB_TERRAFORM_URL",
        ) from error
    return content


def bring_terraform(
    destination: Path | None = None,
    *,
    sums: Mapping[str, str] = SHA256,
    environ: Mapping[str, str] | None = None,
    fetch: Callable[[str], bytes] = download,
) -> Path:
    """Download Terraform for this machine, check it, and put it in place at once.

    Args:
        destination: Path of the program; by default :func:`brought_path`.
        sums: SHA-256 of the archive by platform.
        environ: ``JHUB_TERRAFORM_URL`` in it replaces the address of the releases,
            for mirrors with the same layout. Proxies are taken from the process's
            environment, as everywhere.
        fetch: Returns what is at an address.

    Raises:
        ToolError: No archive for this machine, not reachable, or not the pinned one.
    """
    env = os.environ if environ is None else environ
    target = destination or brought_path()
    name = platform_name()
    if name not in sums:
        raise ToolError(f"there is no Terraform to bring for {name}", hint=_WAYS)
    base = (env.get("JHUB_TERRAFORM_URL") or RELEASES).rstrip("/")
    url = f"{base}/{TERRAFORM_BUNDLED}/terraform_{TERRAFORM_BUNDLED}_{name}.zip"
    archive = fetch(url)
    found = hashlib.sha256(archive).hexdigest()
    if found != sums[name]:
        raise ToolError(
            f"the Terraform from {url} is not the published one",
            cause=f"its SHA-256 is {found}, expected {sums[name]}",
            hint=_WAYS,
        )
    _install(archive, target)
    return target


def _install(archive: bytes, target: Path) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
            install_program(unpacked.read("terraform"), target)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ToolError(
            f"cannot install Terraform as {target}", cause=str(error), hint=_WAYS
        ) from error
