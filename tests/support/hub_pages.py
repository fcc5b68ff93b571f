"""Pages of the hub, made of the values of the chart by JupyterHub's and KubeSpawner's own parts."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader

from jupyterhub_eks.releases.z2jh.appearance import FOLDER
from tests.support.hub import ENVIRONMENT
from tests.support.hub_configuration import configuration
from tests.support.running_hub import spawner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kubespawner import KubeSpawner

SHARE = Path(sys.prefix) / "share" / "jupyterhub"


class Pages:
    """What a hub with some values shows.

    Args:
        values: Of the chart.
        folder: Where its files are put, as the chart mounts them.
    """

    def __init__(self, values: Mapping[str, Any], folder: Path) -> None:
        self._hub = values["hub"]
        self.folder = folder
        for file in self._hub["extraFiles"].values():
            self._write(file)
        with patch.dict(os.environ, ENVIRONMENT):
            self._config = configuration(values)
        paths = [self.here(path) for path in self._hub["templatePaths"]]
        base = str(SHARE / "templates")
        # As JupyterHub 5.5.0 makes it (`init_tornado_settings`).
        loader = ChoiceLoader(
            [
                PrefixLoader({"templates": FileSystemLoader([base])}, "/"),
                FileSystemLoader([*paths, base]),
            ]
        )
        self.environment = Environment(autoescape=True, loader=loader)

    def here(self, path: str) -> str:
        """Return where a folder or file of the hub's container is on this machine."""
        return path.replace(FOLDER, str(self.folder))

    def page(self, name: str, **about: Any) -> str:
        """Return a page as the hub renders it.

        Args:
            name: Of the template.
            about: What its handler tells the template.
        """
        common = {
            "base_url": "/hub/",
            "prefix": "/",
            "user": None,
            "login_url": "/hub/login",
            "logout_url": "/hub/logout",
            "static_url": lambda path, **_: f"/hub/static/{path}",
            "version_hash": "1",
            "services": [],
            "parsed_scopes": {},
            "xsrf": "token",
            "xsrf_token": "token",
        }
        variables = {**common, **self._hub["templateVars"], **about}
        return self.environment.get_template(name).render(variables)

    def spawner(self, name: str = "alice", groups: Iterable[str] = ()) -> KubeSpawner:
        """Return a user's spawner that finds our template; call it within an event loop."""
        made = spawner(self._config, name, groups=groups)
        made.additional_profile_form_template_paths = [
            self.here(path) for path in made.additional_profile_form_template_paths
        ]
        return made

    def form(self, groups: Iterable[str] = ()) -> str:
        """Return what a user can choose, as KubeSpawner renders it."""

        async def render() -> str:
            return str(await self.spawner(groups=groups).get_options_form())

        return asyncio.run(render())

    def server_page(self, groups: Iterable[str] = (), **about: Any) -> str:
        """Return the whole server page."""
        return self.page(
            "spawn.html",
            user=user(),
            for_user=user(),
            url="/hub/spawn?_xsrf=token",
            spawner_options_form=self.form(groups),
            **about,
        )

    def _write(self, file: Mapping[str, Any]) -> None:
        path = Path(self.here(file["mountPath"]))
        if "binaryData" in file:
            path.write_bytes(base64.b64decode(file["binaryData"]))
        else:
            path.write_text(file["stringData"], encoding="utf-8")


def user(name: str = "alice", **about: Any) -> SimpleNamespace:
    """Return what templates ask of a user."""
    named = [
        SimpleNamespace(name="gpu", ready=True, active=True, last_activity=None),
        SimpleNamespace(name="course", ready=False, active=False, last_activity=None),
    ]
    return SimpleNamespace(
        name=name,
        json_escaped_name=name,
        admin=False,
        spawner=SimpleNamespace(options_form="form", name="", user_options={}),
        server_url=lambda server: f"/user/{name}/{server}",
        all_spawners=lambda **_: named,
        **about,
    )
