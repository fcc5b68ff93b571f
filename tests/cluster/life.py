"""A deployment of both halves, made by the real ``jhub``, and how tests look at it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lightkube import Client, KubeConfig

from jupyterhub_eks.local.cluster import control_plane
from tests.cluster.waiting import wait_for
from tests.support.command import make_jhub
from tests.support.helm import helm_or_skip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.command import Jhub

NAME = "life"
REGION = "us-west-2"
# Who the tests are to the API; jhub and its Helm come with a token of EKS.
TESTS = "jhub-tests"
_SETTINGS = f"""\
name: {NAME}
region: {REGION}
auth: {{type: dummy}}
access: {{visibility: port-forward}}
"""
STACKS = ("network", "cluster", "storage", "interruption", "karpenter", "platform", "hub")


@dataclass
class Following:
    """A command whose progress lines are read as they come.

    Attributes:
        process: The command.
        lines: What it has written on stderr so far.
    """

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin to read."""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as stream:
            for line in stream:
                self.lines.append(line)

    def wait_for_line(self, *words: str, seconds: float = 600.0) -> None:
        """Return as soon as a line holds all words; fail if the command ends before."""

        def seen() -> bool:
            return any(all(word in line for word in words) for line in list(self.lines))

        wait_for(lambda: seen() or self.process.poll() is not None, f"a line with {words}", seconds)
        assert seen(), f"no line with {words} before the end:\n{self.text()}"

    def kill(self) -> None:
        """End it without letting it do anything more."""
        self.process.kill()
        self.ended()

    def ended(self, seconds: float = 900.0) -> int:
        """Wait for its end and return its exit code."""
        code = self.process.wait(seconds)
        # A child that outlives a killed command holds the other end of the pipe.
        self._reader.join(5)
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def text(self) -> str:
        """Return what it has written on stderr so far."""
        return "".join(self.lines)


@dataclass(frozen=True)
class Life:
    """The deployment.

    Attributes:
        jhub: The command line in its work folder.
    """

    jhub: Jhub

    @classmethod
    def in_folder(cls, folder: Path) -> Life:
        """Put the configuration into an empty folder."""
        jhub = make_jhub(folder, kubernetes=True)
        (folder / "jhub.yaml").write_text(_SETTINGS)
        return cls(jhub)

    @contextlib.contextmanager
    def connect(self) -> Iterator[Client]:
        """Yield an administrator of the cluster that shares nothing with the product."""
        path = self.jhub.folder / ".jhub" / "local-cluster" / NAME / "kubeconfig"
        config = KubeConfig.from_file(path).get()
        with Client(config=config, field_manager=TESTS, trust_env=False) as client:
            yield client

    def deploy(self) -> dict[str, Any]:
        """Deploy and return the report."""
        found: dict[str, Any] = self.jhub.json("deploy", "--local", "--yes")
        return found

    def ensure_deployed(self) -> None:
        """Deploy unless an earlier test has left a deployment there."""
        stacks = self.jhub.json("status", "--local")["stacks"]
        if {each["stack"] for each in stacks if each["state"] == "applied"} != {*STACKS}:
            assert not self.deploy()["unapplied"]

    def ensure_destroyed(self) -> None:
        """Destroy what an earlier test has left."""
        if self.jhub.json("status", "--local")["stacks"]:
            self.jhub.run("destroy", "--local", "--yes")

    def follow(self, *arguments: str) -> Following:
        """Start a command whose progress is followed."""
        return Following(self.jhub.start(*arguments))

    def helm(self, *arguments: str) -> None:
        """Run Helm as an administrator does, past ``jhub``."""
        kubeconfig = self.jhub.folder / ".jhub" / "local-cluster" / NAME / "kubeconfig"
        environment = {**self.jhub.env, "KUBECONFIG": str(kubeconfig)}
        subprocess.run([helm_or_skip(), *arguments], env=environment, check=True)

    def limit(self, cores: int) -> None:
        """Change the most cores that pool ``cpu`` may have."""
        path = self.jhub.folder / "profiles.yaml"
        lines = path.read_text().splitlines(keepends=True)
        wanted = [
            f"    max: {{cpu: {cores}}}\n" if line.strip().startswith("max: {cpu:") else line
            for line in lines
        ]
        assert wanted != lines
        path.write_text("".join(wanted))

    def break_api(self) -> None:
        """Stop all processes of Kubernetes, under whatever uses it, as a crash would."""
        assert control_plane.stop(self.jhub.folder / ".jhub", NAME)

    def audit(self, run: str) -> Path:
        """Return the audit log that the last run of a command has kept."""
        logs = self.jhub.folder / ".jhub" / "local" / NAME / "logs"
        return max(logs.glob(f"*-{run}")) / "kubernetes-audit.log"

    def end(self) -> None:
        """Stop all of its processes."""
        self.jhub.run("local", "stop", "--force")
