"""A runner that starts nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyterhub_eks.tools.process import Command, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.tools.capture import LineSink


@dataclass
class ScriptedRunner:
    """Answers every command the same way and remembers it."""

    stdout: str = ""
    returncode: int = 0
    interrupted: bool = False
    commands: list[Command] = field(default_factory=list)

    def run(
        self,
        command: Command,
        log: Path | None,  # noqa: ARG002 - the protocol's
        on_line: LineSink | None = None,  # noqa: ARG002 - the protocol's
    ) -> Outcome:
        """Remember the command."""
        self.commands.append(command)
        return Outcome(
            returncode=self.returncode,
            stdout=self.stdout,
            stderr="",
            seconds=0,
            interrupted=self.interrupted,
        )

    def interrupt(self) -> None:
        """Do nothing."""
