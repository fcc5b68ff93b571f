"""How the hub's pages look: our templates, and what the section ``appearance`` says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.contrast import DARK, WHITE, readable, text_on
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.config.logo import PNG
from jupyterhub_eks.resources import data_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.appearance import AppearanceConfig
    from jupyterhub_eks.config.deployment import DeploymentFile
    from jupyterhub_eks.releases.z2jh.inputs import Told

# Where the hub finds them; a folder of its own, as it is searched before JupyterHub's.
FOLDER: Final = "/usr/local/share/jupyterhub/jhub"
TITLE: Final = "JupyterHub"
COLOR: Final = "#1f6fb2"
# The pages' light ground is a little darker than white, on which the contrast is judged.
_LEAST: Final = 4.9
_KINDS: Final = ("*.html", "*.css")


def appearance_values(
    settings: DeploymentFile, told: Mapping[str, Mapping[str, Told]]
) -> dict[str, Any]:
    """Return the values that bring our templates, and what they show, into the hub.

    Args:
        settings: Of the deployment; its logo is a data URL or an https one, see ``config.logo``.
        told: What users are told of profiles, see ``HubInputs``.
    """
    look = settings.appearance
    config: dict[str, Any] = {"KubeSpawner": {"additional_profile_form_template_paths": [FOLDER]}}
    files = template_files()
    if look.logo and look.logo.startswith("data:"):
        name = "logo.png" if look.logo.startswith(PNG) else "logo.svg"
        files[name] = {
            "mountPath": f"{FOLDER}/{name}",
            "binaryData": look.logo.partition(",")[2],
        }
        config["JupyterHub"] = {"logo_file": f"{FOLDER}/{name}"}
    return {
        "hub": {
            "config": config,
            "extraFiles": files,
            "templatePaths": [FOLDER],
            "templateVars": {
                "jhub": {
                    **shown_values(look),
                    "has_passwords": isinstance(settings.auth, NativeAuth),
                    "starts": _starts(told),
                }
            },
        }
    }


def template_files() -> dict[str, dict[str, str]]:
    """Return our templates as files of the chart, by name."""
    folder = data_root() / "helm_values" / "hub-templates"
    paths = sorted(path for kind in _KINDS for path in folder.glob(kind))
    return {
        path.name: {
            "mountPath": f"{FOLDER}/{path.name}",
            "stringData": path.read_text(encoding="utf-8"),
        }
        for path in paths
    }


def shown_values(look: AppearanceConfig) -> dict[str, Any]:
    """Return what templates know as ``jhub``; they escape it."""
    light = look.color or COLOR
    # A colour of their own for dark pages is taken as it is; one for light ones rarely can be.
    dark = look.color_dark or readable(light, DARK, _LEAST)
    return {
        "title": look.title or TITLE,
        "has_title": bool(look.title),
        "logo_url": look.logo if look.logo and look.logo.startswith("https:") else "",
        "has_logo": bool(look.logo),
        "theme": look.theme,
        "announcement": look.announcement.strip(),
        "announcement_level": look.announcement_level,
        "light": _colors(light, WHITE),
        "dark": _colors(dark, DARK),
    }


def _starts(told: Mapping[str, Mapping[str, Told]]) -> dict[str, Any]:
    """Return how long starts take, by slugs of profile and size."""
    return {
        profile: {
            size: {"minutes": each.minutes, "why": each.why}
            for size, each in sizes.items()
            if each.minutes
        }
        for profile, sizes in told.items()
    }


def _colors(color: str, ground: str) -> dict[str, str]:
    return {
        "accent": color,
        "on_accent": text_on(color),
        "link": readable(color, ground, _LEAST),
    }
