"""The section ``appearance``: how the hub's pages look."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jupyterhub_eks.config.base import Section

Level = Literal["info", "warning", "danger"]
Theme = Literal["auto", "light", "dark"]
_COLOR = r"^#[0-9A-Fa-f]{6}$"


class AppearanceConfig(Section):
    """What people see of the hub: name, logo, colours, announcement, prices."""

    title: str = Field(
        default="",
        max_length=60,
        description="Name of the hub on its pages. Unset is `JupyterHub`.",
        examples=["Physics Hub"],
    )
    logo: str | None = Field(
        default=None,
        description="Logo at the top of each page: an SVG or PNG file of at most 128 KiB, relative "
        "to the file in which this stands, or an https URL, which browsers then load from there.",
        examples=["https://www.example.org/logo.svg"],
    )
    color: str | None = Field(
        default=None,
        pattern=_COLOR,
        description="Colour of buttons, links and what is chosen, in quotes. Where it would be "
        "hard to read as text (contrast below 4.5), a darker or lighter one is used for text.",
        examples=["#0f5e9c"],
    )
    color_dark: str | None = Field(
        default=None,
        pattern=_COLOR,
        description="The same on dark pages. Unset is `color`, lightened as far as needed.",
        examples=["#7cc0f5"],
    )
    announcement: str = Field(
        default="",
        max_length=1000,
        description="Plain text at the top of each page; addresses in it become links.",
        examples=["Maintenance on Friday from 18:00 to 20:00. Save your work."],
    )
    announcement_level: Level = Field(
        default="info",
        description="How urgent it looks.",
        examples=["warning"],
    )
    theme: Theme = Field(
        default="auto",
        description="`auto`: light or dark as the browser prefers. Users can switch at any time.",
        examples=["dark"],
    )
    prices: bool = Field(
        default=False,
        description="Whether users read what an hour of a server costs, as `jhub profiles` tells "
        "it: the machine, divided by the servers that it has room for.",
    )
