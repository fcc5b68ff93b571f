"""Get the bytes of a configuration file, or say precisely why not.

Only what has an end is read: a file, or a pipe that was handed to this process
(``-``, ``/dev/stdin``, ``<(command)``). A device or a named pipe could be waited
for without end.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.builder import refuse
from jupyterhub_eks.config.document import Place

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES: Final = 2 << 20
STANDARD_INPUT: Final = Path("/dev/stdin")
# Stands in a record for a pipe, which a later command must neither wait for nor mistake
# for its own.
PAST_PIPE: Final = "(the pipe of the last deploy)"
# Names of streams that the shell opened for this process.
_HANDED_OVER: Final = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do where a file cannot be read, in the words of the command that reads it.

    Attributes:
        missing: There is no such file.
        example: A name to look for in a folder.
        piped: How to give a file on the standard input.
        stream: How the standard input is named.
        large: The file is too large.
    """

    missing: str
    example: str
    piped: str
    stream: str
    large: str


_OWN: Final = Advice(
    missing="check the path, or make one with `jhub init`; without `-f` the defaults are used",
    example="jhub.yaml",
    piped="cat jhub.yaml | jhub validate -f",
    stream="`-f -`",
    large="check that it is the configuration; large data does not belong in it",
)
_KINDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def read_bytes(path: Path, most: int = MAX_BYTES, advice: Advice = _OWN) -> bytes:
    """Return the content of ``path``; ``-`` is the standard input.

    Args:
        path: File, or a pipe that was handed to this process.
        most: How many bytes it may have.
        advice: What to say where it cannot be read.

    Raises:
        ReadError: It is missing, no file, not readable, or too large.
    """
    place = Place(str(path))
    source = STANDARD_INPUT if str(path) == "-" else path
    try:
        if not source.is_dir():
            _refuse_endless(source, place, advice)
        with source.open("rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        _refuse_missing(path, place, advice)
    except IsADirectoryError:
        example = path / advice.example
        refuse(place, "this is a directory, not a file", f"name the file, e.g. {example}")
    except PermissionError:
        refuse(place, "the file may not be read", f"run `chmod u+r {path}`")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        refuse(place, f"the file cannot be read: {why}", "check the path")
    if len(data) > most:
        refuse(
            place,
            f"the file is larger than {most // 1024} KiB",
            advice.large,
        )
    return data


def is_stream(path: Path) -> bool:
    """Whether ``path`` names a stream of this process, which can be read once only."""
    return str(path) == "-" or str(path).startswith(_HANDED_OVER)


def kind_in_words(mode: int) -> str:
    """Return what is neither a file nor a folder, e.g. `a device`, by its ``st_mode``."""
    return next((name for matches, name in _KINDS if matches(mode)), "something else")


def _refuse_endless(source: Path, place: Place, advice: Advice) -> None:
    mode = source.stat().st_mode
    if stat.S_ISREG(mode) or (stat.S_ISFIFO(mode) and is_stream(source)):
        return
    if source == STANDARD_INPUT:
        refuse(
            place,
            "standard input is neither a file nor a pipe",
            f"give it one, e.g. `{advice.piped} {place.file}`",
        )
    refuse(
        place,
        f"this is {kind_in_words(mode)}, not a file",
        f"name a file; {advice.stream} reads the standard input",
    )


def _refuse_missing(path: Path, place: Place, advice: Advice) -> None:
    if str(path) == PAST_PIPE:
        refuse(place, "what came through it is not kept", "name the configuration with `-f`")
    if path.is_symlink():
        refuse(place, f"the link leads to {os.readlink(path)}, which does not exist", "mend it")  # noqa: PTH115 - as written
    refuse(place, "there is no such file", advice.missing)
