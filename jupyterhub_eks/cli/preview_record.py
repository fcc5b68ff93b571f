"""``jhub preview --record``: keep what visitors see as files, and say which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jupyterhub_eks.cli.console.places import short_path
from jupyterhub_eks.preview.recording import Recorder
from jupyterhub_eks.preview.recording_pictures import chromium

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from jupyterhub_eks.cli.console.screen import Screen
    from jupyterhub_eks.cli.preview_login import OpenLogin
    from jupyterhub_eks.preview.people import Person

# How variables of the hub are called that hold one.
_PASSWORD: Final = "_PASSWORD"  # noqa: S105 - a part of names


def record(
    screen: Screen, folder: Path, url: str, people: Sequence[Person], opened: OpenLogin
) -> None:
    """Write the pages of a hub that answers, as one of its ordinary users sees them.

    Args:
        screen: Told of each file.
        folder: Where they are written.
        url: Of the hub.
        people: Who can log in.
        opened: The login.

    Raises:
        PreviewError: The hub does not answer, or lets nobody in.
        StateError: The folder cannot be written.
    """
    # Of everybody, of those named for the preview, of administrators.
    known = opened.login.environment
    passwords = [known[name] for name in sorted(known, reverse=True) if name.endswith(_PASSWORD)]
    names = [person.name for person in sorted(people, key=lambda person: person.admin)]
    if not chromium():
        screen.notes("pages only: there is no Chromium on PATH that could draw pictures of them")
    recorder = Recorder(url=url, names=names, passwords=passwords, folder=folder)
    for path in recorder.record():
        screen.result([f"{short_path(str(path))}  {path.stat().st_size / 1000:.0f} kB"])
