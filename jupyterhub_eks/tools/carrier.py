"""Install or uninstall one Helm release for a ``terraform_data`` resource.

Terraform runs ``python -m jupyterhub_eks.tools.carrier install|uninstall`` with the
release in variables ``JHUB_RELEASE_…`` (see ``orchestration.carrying``). What is printed
goes into the log of the stack; the last line of an error is what the user reads.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import ClusterError, DeployerError
from jupyterhub_eks.kubeconfig import kubeconfig
from jupyterhub_eks.tools.helm_binary import find_helm
from jupyterhub_eks.tools.parent_death import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PREFIX: Final = "JHUB_RELEASE_"
_VARIABLE: Final = "TF_VAR_"
# Where the cluster of this machine is now, as JSON with ``host`` and ``ca``. A state goes on
# naming the place of a control plane that has been emptied and started again elsewhere.
MOVED: Final = "JHUB_LOCAL_CLUSTER"
_KEPT_REVISIONS: Final = 5
_NOT_FOUND: Final = "release: not found"
_MOST_CHARACTERS: Final = 2000


class CarrierError(ClusterError):
    """Helm could not do what the release asks for."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """The release as Terraform hands it over; see ``from_environment``."""

    name: str
    namespace: str
    timeout: str
    connection: Mapping[str, str]
    chart: str = ""
    wanted: str = ""
    skip_crds: bool = False
    values: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Release:
        """Read the release from ``JHUB_RELEASE_…``.

        Raises:
            CarrierError: A variable is missing: this was not called by Terraform.
        """
        given = {
            name.removeprefix(_PREFIX).lower(): text
            for name, text in environ.items()
            if name.startswith(_PREFIX)
        }
        try:
            return cls(
                name=given["name"],
                namespace=given["namespace"],
                timeout=given["timeout"],
                connection=_connection(given, environ.get(MOVED, "")),
                chart=given.get("chart", ""),
                wanted=given.get("wanted", ""),
                skip_crds=given.get("skip_crds") == "true",
                values=_values(given),
            )
        except KeyError as error:
            raise CarrierError(
                "the release is not described", cause=f"{_PREFIX}{error.args[0].upper()} is not set"
            ) from error


def _connection(given: Mapping[str, str], moved: str) -> dict[str, str]:
    if context := given.get("context"):
        return {"context": context}
    found = {key: given[key] for key in ("host", "ca", "token_command", "token_arguments")}
    return found | (json.loads(moved) if moved else {})


def _values(given: Mapping[str, str]) -> tuple[str, ...]:
    indexes = sorted(int(key.removeprefix("values_")) for key in given if key.startswith("values_"))
    return tuple(given[f"values_{index}"] for index in indexes)


class Helm:
    """The real Helm, talking to one cluster.

    Args:
        binary: Path of the program.
        kubeconfig: File that says how to reach the cluster; without one the user's own is
            asked for the release's context.
        release: What is worked on.
    """

    def __init__(self, binary: Path, kubeconfig: Path | None, release: Release) -> None:
        self._binary = binary
        self._kubeconfig = kubeconfig
        self._release = release

    def install(self) -> None:
        """Install or upgrade, and wait until every object is ready."""
        release = self._release
        self._clear_unfinished()
        with nameless_files(release.values) as descriptors:
            files = [part for each in descriptors for part in ("-f", f"/dev/fd/{each}")]
            self._run(
                *("upgrade", release.name, release.chart, "--install", "--reset-values"),
                *("--wait", "--timeout", f"{release.timeout}s", "--cleanup-on-fail"),
                *("--history-max", str(_KEPT_REVISIONS)),
                *(("--skip-crds",) if release.skip_crds else ()),
                *files,
                descriptors=descriptors,
            )

    def uninstall(self) -> None:
        """Uninstall and wait until the objects are gone; nothing to do if there is none."""
        if self._status():
            self._remove()

    def _remove(self) -> None:
        timeout = f"{self._release.timeout}s"
        self._run("uninstall", self._release.name, "--wait", "--timeout", timeout)

    def _clear_unfinished(self) -> None:
        """End what a killed run left "in progress", which Helm refuses to go on from."""
        status = self._status()
        if status in {"pending-install", "uninstalling"}:
            self._remove()
        elif status in {"pending-upgrade", "pending-rollback"}:
            self._run("rollback", self._release.name, "--wait=false")

    def _status(self) -> str:
        """Return Helm's word for the state of the release; empty if there is none."""
        done = self._call("status", self._release.name, "-o", "json")
        if done.returncode:
            if _NOT_FOUND in done.stderr:
                return ""
            raise self._error("status", done)
        answer: dict[str, Any] = json.loads(done.stdout)
        return str(answer["info"]["status"])

    def _run(self, *arguments: str, descriptors: tuple[int, ...] = ()) -> None:
        done = self._call(*arguments, descriptors=descriptors)
        if done.returncode:
            raise self._error(arguments[0], done)

    def _call(
        self, *arguments: str, descriptors: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        config = {"KUBECONFIG": str(self._kubeconfig)} if self._kubeconfig else {}
        context = self._release.connection.get("context")
        chosen = ("--kube-context", context) if context else ()
        return subprocess.run(
            [str(self._binary), *arguments, "-n", self._release.namespace, *chosen],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={**_without_secrets(os.environ), **config},
            pass_fds=descriptors,
            preexec_fn=end_with_parent,
        )

    def _error(self, action: str, done: subprocess.CompletedProcess[str]) -> CarrierError:
        return CarrierError(
            f"helm {action} of release {self._release.name!r} failed", cause=_cause(done)
        )


def _cause(done: subprocess.CompletedProcess[str]) -> str:
    """Return what Helm said without its log, or how it ended if it said nothing."""
    if done.returncode < 0:
        return f"it was ended by {signal.Signals(-done.returncode).name}"
    lines = [line for line in done.stderr.splitlines() if not line.startswith("level=")]
    said = "\n".join(line.removeprefix("Error: ") for line in lines).strip()
    return said[-_MOST_CHARACTERS:] or f"it ended with {done.returncode}"


def _without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for Helm, which gets values otherwise and reads no variable of ours."""
    return {
        name: text for name, text in environ.items() if not name.startswith((_PREFIX, _VARIABLE))
    }


@contextmanager
def nameless_files(texts: Iterable[str]) -> Iterator[tuple[int, ...]]:
    """Yield a descriptor for each text, in files that nobody else can open or leave behind.

    Values of a release may hold secrets, and whoever is killed removes no file.
    """
    with ExitStack() as stack:
        files = []
        for text in texts:
            file = stack.enter_context(tempfile.TemporaryFile(buffering=0))
            file.write(text.encode())
            file.seek(0)
            files.append(file)
        yield tuple(file.fileno() for file in files)


@contextmanager
def kubeconfig_file(connection: Mapping[str, str]) -> Iterator[Path | None]:
    """Yield a kubeconfig that asks for a new token whenever one is needed.

    None for a context, which is looked for in the user's own.
    """
    if connection.get("context"):
        yield None
        return
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": connection["token_command"],
        "args": [each for each in connection["token_arguments"].split("\n") if each],
        "interactiveMode": "Never",
    }
    document = kubeconfig(
        "eks",
        server=connection["host"],
        authority=base64.b64encode(connection["ca"].encode()).decode(),
        user={"exec": plugin},
    )
    with tempfile.TemporaryDirectory(prefix="jhub-kube-") as folder:
        path = Path(folder) / "config"
        path.write_text(json.dumps(document), encoding="utf-8")
        path.chmod(0o600)
        yield path


def carry(action: str, environ: Mapping[str, str]) -> None:
    """Do ``install`` or ``uninstall`` for the release in the environment."""
    release = Release.from_environment(environ)
    if action == "install" and not release.chart:
        _say(f"release {release.name}: not installed, {release.wanted} is not reachable")
        return
    with kubeconfig_file(release.connection) as config:
        helm = Helm(find_helm(environ), config, release)
        if action == "install":
            helm.install()
        else:
            helm.uninstall()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main() -> int:
    """Run for Terraform; return its exit code."""
    try:
        carry(sys.argv[1], os.environ)
    except DeployerError as error:
        sys.stderr.write(f"{error.message}: {error.cause}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
