"""The page ``/hub/preview/pods``: what the cluster would have been asked for, and its costs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from jupyterhub.handlers.base import BaseHandler
from tornado import web

from jupyterhub_eks.preview.hub.pods import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traitlets.config import Config

    from jupyterhub_eks.preview.document import Document, SizeFacts
    from jupyterhub_eks.preview.hub.pods import PodRecord

PATH: Final = "/preview/pods"
_TEMPLATES: Final = Path(__file__).with_name("templates")
_UNKNOWN: Final = "unknown"


class PodsPage(BaseHandler):  # type: ignore[misc]
    """Shows users their own pods, and administrators all."""

    def initialize(self, state: str, titles: Mapping[str, str]) -> None:
        """Take what the hub's configuration says.

        Args:
            state: Folder of the preview.
            titles: Of profiles, by slug.
        """
        self._state = Path(state)
        self._titles = titles

    @web.authenticated
    async def get(self) -> None:
        """Show the page."""
        user = self.current_user
        found = read(self._state, None if user.admin else user.name)
        pods = [{**shown(each, self._titles), "runs": self._runs(each)} for each in found]
        page = await self.render_template("preview_pods.html", pods=pods, everybody=user.admin)
        self.finish(page)

    def _runs(self, record: PodRecord) -> bool:
        user = self.find_user(record["user"])
        spawner = user.spawners.get(record["server"]) if user else None
        return bool(spawner and spawner.ready)


def shown(record: PodRecord, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return a pod as the page shows it; the page escapes every text.

    Args:
        record: The pod.
        titles: Of profiles, by slug.
    """
    facts = record["facts"]
    return {
        "user": record["user"],
        "server": record["server"],
        "reason": facts["reason"] if facts else "",
        "facts": [("Profile", _profile(record, titles)), *(_told(facts) if facts else ())],
        "notes": record["notes"],
        "yaml": yaml.safe_dump(record["pod"], sort_keys=False),
    }


def titles_of(document: Document) -> dict[str, str]:
    """Return the titles of the profiles that have a slug, by slug."""
    listed = document["values"].get("singleuser", {}).get("profileList") or ()
    return {each["slug"]: each["display_name"] for each in listed if "slug" in each}


def _profile(record: PodRecord, titles: Mapping[str, str]) -> str:
    slug = record["profile"]
    title = titles.get(slug, "")
    named = f"{title} ({slug})" if title else slug or "none"
    return f"{named}, size {record['size']}" if record["size"] else named


def _told(facts: SizeFacts) -> list[tuple[str, str]]:
    return [
        ("Node pool", facts["pool"]),
        ("Instance types, cheapest first", ", ".join(facts["instances"]) or "none"),
        ("Users on the first of them", str(facts["users_per_node"])),
        ("Per user and hour, on a full machine", _dollars(facts["usd_per_hour"])),
        ("The machine per hour", _dollars(facts["node_usd_per_hour"])),
        ("First start on a new machine", _minutes(facts["seconds"])),
    ]


def _minutes(seconds: int) -> str:
    count = math.ceil(seconds / 60)
    return f"about {count} minute{'' if count == 1 else 's'}"


def _dollars(amount: float | None) -> str:
    return _UNKNOWN if amount is None else f"${amount:.3f}"


def _cluster(document: Document) -> dict[str, Any]:
    """Return what the page says of the cluster that pods are in; empty without one."""
    if "cluster" not in document:
        return {}
    return {"namespace": document["namespace"], **document["cluster"]}


def add_page(config: Config, document: Document) -> None:
    """Let the hub show the page; its templates may link to ``preview_pods_url``."""
    hub = config.JupyterHub
    base = str(hub.get("base_url", "/")).rstrip("/")
    hub.extra_handlers = [
        *(hub.get("extra_handlers") or ()),
        (PATH, PodsPage, {"state": document["state"], "titles": titles_of(document)}),
    ]
    hub.template_paths = [*(hub.get("template_paths") or ()), str(_TEMPLATES)]
    hub.template_vars = {
        **(hub.get("template_vars") or {}),
        "preview_pods_url": f"{base}/hub{PATH}",
        "preview_cluster": _cluster(document),
    }
