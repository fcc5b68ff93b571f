"""Everything that a run leaves behind or shows meanwhile, searched for secrets."""

from __future__ import annotations

import base64
import json
import threading
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL_SECONDS = 0.01
_ALIGNMENTS = 3


def forms(secret: str) -> set[bytes]:
    """Return how a secret may be written: as it is, in JSON, in an address, inside base64."""
    raw = secret.encode()
    # What stands in a longer text is shifted; the characters at its ends depend on the rest.
    shifted = (base64.b64encode(b"\0" * by + raw) for by in range(_ALIGNMENTS))
    inside = {text[-(-by * 4 // 3) : (by + len(raw)) // 3 * 4] for by, text in enumerate(shifted)}
    written = {secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}
    return {each.encode() for each in written} | inside


def found_in(text: bytes, secrets: dict[str, str]) -> set[str]:
    """Return the names of the secrets that a text holds in any form."""
    return {name for name, secret in secrets.items() if any(each in text for each in forms(secret))}


def files_with(folder: Path, secrets: dict[str, str]) -> dict[Path, set[str]]:
    """Return each file below a folder that holds a secret, relative to it, with their names."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            names = set().union(*(found_in(text, secrets) for text in _texts(path)))
            if names:
                found[path.relative_to(folder)] = names
    return found


def _texts(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from map(packed.read, packed.namelist())


@dataclass
class CommandLines:
    """The command lines of all processes that live while it is entered.

    Attributes:
        seen: Those that are new since then; arguments end with a zero byte.
    """

    seen: set[bytes] = field(default_factory=set)
    _ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._before = set(_lines())
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.is_set():
            self.seen.update(line for line in _lines() if line not in self._before)
            time.sleep(_POLL_SECONDS)


def _lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:
            continue  # it has ended meanwhile
