"""Keep what visitors of a previewed hub see, as files that need nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.errors import PreviewError
from jupyterhub_eks.preview.files import unwritable
from jupyterhub_eks.preview.recording_pages import one_file, with_event, with_theme
from jupyterhub_eks.preview.recording_pictures import SCREENS, chromium, draw
from jupyterhub_eks.preview.recording_visit import Visit
from jupyterhub_eks.replacing import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jupyterhub_eks.preview.recording_visit import Shown

PODS: Final = "/preview/pods"
THEMES: Final = ("light", "dark")
# Of a start, in per cent: the machine is there, and loads the image.
_HALF: Final = 50


@dataclass(frozen=True, kw_only=True)
class Recorder:
    """What is recorded.

    Attributes:
        url: Of the hub, without trailing slash.
        names: Of people, those first as whom pages are looked at.
        passwords: That may be theirs.
        folder: Where files are written.
    """

    url: str
    names: Sequence[str]
    passwords: Sequence[str] = field(repr=False)
    folder: Path

    def record(self) -> Iterator[Path]:
        """Write pages, and pictures of them where there is a Chromium; yield each file.

        Raises:
            PreviewError: The hub does not answer, or lets nobody in.
            StateError: The folder cannot be written.
        """
        self._make_folder()
        program = chromium()
        with Visit(self.url) as visit:
            for name, shown in self._pages(visit):
                page = one_file(shown.text, shown.address, visit.part)
                yield self._write(f"{name}.html", page.encode())
                for screen in SCREENS if program else ():
                    for theme in THEMES:
                        picture = draw(program, with_theme(page, theme), screen) if program else b""
                        yield self._write(f"{name}-{screen.name}-{theme}.png", picture)

    def _pages(self, visit: Visit) -> Iterator[tuple[str, Shown]]:
        yield "login", visit.page("/hub/login")
        if not any(visit.log_in(name, self.passwords) for name in self.names):
            raise PreviewError(
                "nobody of the preview could log in",
                cause="tried " + ", ".join(self.names) if self.names else "nobody is known",
                hint="name somebody who is allowed with --as",
            )
        choice = visit.page("/hub/spawn")
        waiting = visit.start(choice)
        if waiting is not choice:
            yield "server-options", choice
        told = list(visit.events(waiting))
        if told:
            half = [each for each in told if each.percent <= _HALF] or told
            text = with_event(waiting.text, half[-1].html, half[-1].percent)
            yield "waiting", waiting._replace(text=text)
        yield "home", visit.page("/hub/home")
        yield "pods", visit.page(PODS)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def _write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        try:
            replace_file(path, content)
        except OSError as error:
            raise unwritable(path, error) from error
        return path
