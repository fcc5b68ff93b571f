"""Let in whom the configuration names, with every login; part of the hub's configuration.

What is asked stands in ``custom.login``:

``pattern``
    Regular expression for whole user names that may enter.
``hubGroups``
    Groups kept by the hub itself whose members may enter.
``hubAdmins``
    One of them, whose members administer.
``adminGroups``, ``providerGroups``
    Groups that a login of the user's own tells: whose members administer, and may enter.
"""

import re

from jupyterhub import orm
from jupyterhub.utils import maybe_future
from tornado import web
from traitlets import import_item
from z2jh import get_config

asked = get_config("custom.login", {})
base = c.JupyterHub.authenticator_class


class WhoMayEnter(import_item(base) if isinstance(base, str) else base):
    """The login, with the rules that no login knows by itself."""

    # Letters of other alphabets are no capitals of these: `K` is not the sign for kelvin.
    pattern = re.compile(asked.get("pattern") or "(?!)", re.IGNORECASE | re.ASCII)
    hub_groups = frozenset(asked.get("hubGroups", ()))
    hub_admins = frozenset(filter(None, [asked.get("hubAdmins")]))
    administering = frozenset(asked.get("adminGroups", ()))
    most_bytes = 255
    welcome = frozenset(asked.get("providerGroups", ()))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # As users are named once they come in.
        for rule in ("admin_users", "allowed_users", "blocked_users"):
            names = getattr(self, rule)
            setattr(self, rule, {super(WhoMayEnter, self).normalize_username(n) for n in names})
        if self.manage_groups:
            self.make_groups()

    def normalize_username(self, username):
        """Return the name in small letters, unless only these make it another's: `K` for kelvin.

        Raises:
            HTTPError: They do, or it has control characters, or is too long.
        """
        name = super().normalize_username(username)
        # A terminal would obey some of them, and a log break; the database holds no more.
        if not name.isprintable() or len(name.encode()) > self.most_bytes:
            told = "Your user name is too long or has control characters; ask an administrator"
            raise web.HTTPError(403, "%.300r is no user name", username, reason=told)
        if name.isascii() and not username.isascii():
            told = "Your user name has letters that look like others; ask an administrator"
            raise web.HTTPError(403, "%r looks like %r", username, name, reason=told)
        return name

    def make_groups(self):
        """Make the hub's own groups, which `load_groups` may not beside those of a provider."""
        db = getattr(self.parent, "db", None)
        if db is not None:
            missing = [name for name in self.hub_groups if orm.Group.find(db, name) is None]
            db.add_all(orm.Group(name=name) for name in missing)
            db.commit()

    def own_groups(self, username):
        """Return which of the hub's own groups a user is in."""
        db = getattr(self.parent, "db", None)
        user = None if db is None else orm.User.find(db, username)
        return self.hub_groups & {group.name for group in user.groups} if user else frozenset()

    async def authenticate(self, handler, data=None, **kwargs):
        """Return who has logged in, with all groups."""
        found = await maybe_future(super().authenticate(handler, data, **kwargs))
        if not found:
            return None
        found = {"name": found} if isinstance(found, str) else found
        return self.with_rights(self.with_groups(found))

    async def refresh_user(self, user, handler=None, **kwargs):
        """Return who is logged in as they are now; false if they may no longer be here."""
        try:
            found = await maybe_future(super().refresh_user(user, handler, **kwargs))
            if not found or found is True:
                return found and user.name not in self.blocked_users
            found = self.with_rights(self.with_groups({"name": user.name, **found}))
            same = self.normalize_username(found["name"]) == user.name
            return found if same and await self.may_enter(user.name, found) else False
        except web.HTTPError as refused:
            self.log.warning("%s has to log in again: %s", user.name, refused)
            return False

    def with_groups(self, found):
        """Keep the hub's own groups beside those that the provider tells."""
        if self.manage_groups and found.get("groups") is not None:
            told = set(found["groups"])
            if self.administering and not found.get("admin"):
                found["admin"] = bool(told & self.administering)
            name = self.normalize_username(found["name"])
            # Nobody is invited by a provider that has a group of the same name.
            found["groups"] = sorted(told - self.hub_groups | self.own_groups(name))
        return found

    def with_rights(self, found):
        """Say whether they administer; left open, whoever once did would do so for ever."""
        name = self.normalize_username(found["name"])
        listed = name in self.admin_users or bool(self.hub_admins & self.own_groups(name))
        return {**found, "admin": bool(found.get("admin")) or listed}

    async def may_enter(self, username, found):
        """Return whether somebody whom the provider knows may be here."""
        if not await maybe_future(self.check_blocked_users(username, found)):
            return False
        return self.allow_all or await maybe_future(self.check_allowed(username, found))

    async def check_allowed(self, username, authentication=None):
        """Return whether one of the rules lets the user in."""
        if await maybe_future(super().check_allowed(username, authentication)):
            return True
        found = authentication or {}
        return bool(
            username in self.admin_users
            or found.get("admin")
            or (len(username) <= self.most_bytes and self.pattern.fullmatch(username))
            or self.welcome.intersection(found.get("groups") or ())
            or self.own_groups(username)
        )


c.JupyterHub.authenticator_class = WhoMayEnter
if asked.get("pattern") or asked.get("hubGroups") or asked.get("providerGroups"):
    # Else the hub warns that nobody may enter.
    c.Authenticator.any_allow_config = True
