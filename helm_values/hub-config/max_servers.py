"""Keep to the most servers that a profile may have at once; part of the hub's configuration.

``custom.maxServers`` has title and number by the profile's slug. Servers are counted over the
whole hub, by what its database says, so that a restart of the hub forgets none.
"""

from jupyterhub.orm import Spawner
from jupyterhub.utils import maybe_future
from tornado import web
from traitlets import import_item
from z2jh import get_config

limits = get_config("custom.maxServers", {})


def taken(db, slug, record):
    """Return how many servers of a profile began before this one and have not ended."""
    others = db.query(Spawner).filter(Spawner.server_id < record.server_id)
    return sum(1 for each in others if (each.user_options or {}).get("profile") == slug)


def full(slug):
    """Return what a user reads whose profile is full."""
    most, title = limits[slug]["servers"], limits[slug]["title"]
    places = "The one place" if most == 1 else f"All {most} places"
    return (
        f"{places} of {title} {'is' if most == 1 else 'are'} taken at the moment. "
        "Please try again later, or choose another profile."
    )


# The chart's own by its name, or the class that another entry has made of it.
known = c.JupyterHub.get("spawner_class", "kubespawner.KubeSpawner")


class CountedSpawner(import_item(known) if isinstance(known, str) else known):
    """The hub's spawner, which starts no server of a full profile."""

    async def load_user_options(self):
        """Take what was chosen, unless the profile is full."""
        await super().load_user_options()
        slug = await self.chosen_profile()
        if slug != self.user_options.get("profile"):
            # Also a server that was started without a choice is to be counted.
            self.orm_spawner.user_options = {**self.user_options, "profile": slug}
            self.db.commit()
        if slug in limits and taken(self.db, slug, self.orm_spawner) >= limits[slug]["servers"]:
            self.do_not_count_as_failure()
            raise web.HTTPError(429, full(slug))

    async def chosen_profile(self):
        """Return the slug of the profile that was chosen, or that stands for no choice."""
        profiles = self.profile_list
        if callable(profiles):
            profiles = await maybe_future(profiles(self))
        default = next((each for each in profiles if each.get("default")), profiles[0])
        return self.user_options.get("profile") or default["slug"]

    def do_not_count_as_failure(self):
        """Undo beforehand what the hub is about to count.

        It ends itself when several starts have failed one after the other, and a full profile
        is no failure.
        """
        if self.handler:
            known = self.handler.settings
            known["failure_count"] = known.get("failure_count", 0) - 1


c.JupyterHub.spawner_class = CountedSpawner
