"""The logo: a file beside ``jhub.yaml``, taken into the configuration as a data URL.

So all that is made of the configuration (a digest, an eject, a release) has it, and nothing
later reads a file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.document import MapNode, place_of
from jupyterhub_eks.config.logo import KEY, MOST_BYTES, TOO_LARGE, data_url, image_fault
from jupyterhub_eks.config.opening import Advice, read_bytes
from jupyterhub_eks.config.reader import ReadError
from jupyterhub_eks.config.rules.finding import Finding

if TYPE_CHECKING:
    from jupyterhub_eks.config.deployment import DeploymentFile

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_ADVICE: Final = Advice(
    missing="name an SVG or PNG file, relative to the file in which this stands",
    example="logo.svg",
    piped="name a file",
    stream="a pipe",
    large=TOO_LARGE,
)


def with_logo(settings: DeploymentFile, tree: MapNode) -> tuple[DeploymentFile, list[Finding]]:
    """Return the settings with the logo's content in place of its path, and what is wrong.

    Args:
        settings: As they were written.
        tree: Where they were written; the path is relative to that file.
    """
    written = settings.appearance.logo
    if written is None or _URL.match(written):
        return settings, []
    try:
        path = _path(written, place_of(tree, KEY).file)
        image = read_bytes(path, MOST_BYTES, _ADVICE)
    except ReadError as error:
        faults = [(f"`logo: {written}`: {each.message}", each.hint) for each in error.problems]
    else:
        fault = image_fault(f"logo: {written}", image)
        if not fault:
            return _with(settings, data_url(image)), []
        faults = [fault]
    findings = [Finding(path=KEY, message=message, hint=hint) for message, hint in faults]
    return _with(settings, None), findings


def _path(written: str, file: str) -> Path:
    """Return where a logo is that is written in a file; ``-`` or none is this folder's."""
    return Path(written) if file in ("", "-") else Path(file).parent / written


def _with(settings: DeploymentFile, logo: str | None) -> DeploymentFile:
    appearance = settings.appearance.model_copy(update={"logo": logo})
    return settings.model_copy(update={"appearance": appearance})
