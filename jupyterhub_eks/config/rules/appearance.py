"""Rules for ``appearance``: what could not be read, and addresses of no use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.config.contrast import DARK, LEAST, WHITE, contrast, readable
from jupyterhub_eks.config.logo import KEY, url_fault
from jupyterhub_eks.config.rules.finding import Finding
from jupyterhub_eks.config.rules.urls import shown, url_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyterhub_eks.config.deployment import DeploymentFile

_ADDRESS: Final = re.compile(r"https://[^/?#]")


def appearance_rules(settings: DeploymentFile) -> Iterator[Finding]:
    """Yield findings about the section ``appearance``."""
    look = settings.appearance
    if look.logo:
        yield from _logo(look.logo)
    if look.color:
        yield from _color("color", look.color, WHITE, "white")
    if look.color_dark:
        yield from _color("color_dark", look.color_dark, DARK, f"dark pages ({DARK})")
    if look.announcement_level != "info" and not look.announcement.strip():
        yield Finding(
            path=("appearance", "announcement_level"),
            message="`announcement_level` is not used: there is no `announcement`",
            hint="write an `announcement`, or remove the level",
            also=(("appearance", "announcement"),),
            severity="warning",
        )


def _logo(logo: str) -> Iterator[Finding]:
    if logo.startswith("data:"):
        if fault := url_fault(logo):
            yield Finding(path=KEY, message=fault[0], hint=fault[1])
    elif not _ADDRESS.match(logo):
        yield Finding(
            path=KEY,
            message=f"`logo: {shown(logo)}` is neither a file nor an https URL",
            hint="write e.g. `logo: logo.svg`, or a URL that begins with `https://`",
        )
    else:
        yield from url_rules(KEY, logo)


def _color(key: str, color: str, ground: str, where: str) -> Iterator[Finding]:
    found = contrast(color, ground)
    if found >= LEAST:
        return
    better = readable(color, ground)
    yield Finding(
        path=("appearance", key),
        message=f"`{key}: {color}` has a contrast of {found:.1f} on {where}; text needs {LEAST}",
        hint=f'links are shown in {better} instead; write `{key}: "{better}"` to have buttons in '
        "it too",
        severity="warning",
    )
