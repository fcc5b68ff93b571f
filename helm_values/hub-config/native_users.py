"""Let people be invited by a password for one login; part of the hub's configuration.

Who has such a password is a member of the hub's group `first-login`, and gets in by choosing
another one. `jhub users` gives it by an address of its own, as the hub's API knows none. The
generated password, the same for all administrators, is for the first login of each.
"""

import hmac
import json
import os

from jupyterhub import orm
from jupyterhub.apihandlers.base import APIHandler
from jupyterhub.scopes import needs_scope
from nativeauthenticator.handlers import LoginHandler
from tornado import web


class ChoosingLogin(LoginHandler):
    """The login page, which asks for a new password where one is due."""

    page = """
{% extends "page.html" %}
{% block main %}
<div class="container">
  <h1>Choose a password</h1>
  <p>The password that you were given is for the first login only.</p>
  {% if refused %}<div class="alert alert-danger" role="alert">{{ refused }}</div>{% endif %}
  <form action="{{ action }}" method="post">
    <input type="hidden" name="_xsrf" value="{{ xsrf }}"/>
    <input type="hidden" name="username" value="{{ username }}"/>
    {% for name, text in fields %}
    <div class="mb-3">
      <label class="form-label" for="{{ name }}">{{ text }}</label>
      <input class="form-control" id="{{ name }}" name="{{ name }}" type="password" required
        autocomplete="{{ 'current-password' if name == 'password' else 'new-password' }}"/>
    </div>
    {% endfor %}
    <input class="btn btn-jupyter" type="submit" value="Go on"/>
  </form>
</div>
{% endblock %}
"""
    fields = (
        ("password", "Password that you were given"),
        ("new_password", "New password"),
        ("new_password_again", "New password again"),
    )
    must_choose = False
    refused = ""

    async def _render(self, login_error=None, username=None):
        if not self.must_choose:
            return await super()._render(login_error=login_error, username=username)
        page = self.settings["jinja2_env"].from_string(self.page)
        return await page.render_async(
            **self.template_namespace,
            action=self.request.uri,
            fields=self.fields,
            refused=self.refused,
            username=username,
        )


class SignedUp(APIHandler):
    """Who has signed up."""

    encode = staticmethod(json.dumps)

    @needs_scope("admin:users")
    def get(self):
        """Tell for each name whether it is approved, and whether a new password is due."""
        self.finish(self.encode({"signed_up": self.authenticator.signed_up()}))


class OnePerson(APIHandler):
    """A user of the hub."""

    failure = web.HTTPError

    @needs_scope("admin:users")
    def put(self, name):
        """Approve somebody, with a password for one login."""
        asked = self.get_json_body()
        user = self.find_user(name)
        if user is None:
            raise self.failure(404, f"No such user: {name}")
        if not isinstance(asked, dict) or not isinstance(asked.get("password"), str):
            raise self.failure(400, "There is no password")
        if not self.authenticator.invite(user.name, asked["password"]):
            raise self.failure(400, "The login takes either the name or the password for unfit")
        self.set_status(204)


class NativeUsers(c.JupyterHub.authenticator_class):
    """Sign-up, also by invitation."""

    first_login = "first-login"
    groups, users, is_same = orm.Group, orm.User, staticmethod(hmac.compare_digest)
    pages = {LoginHandler: ChoosingLogin}  # noqa: RUF012 - not changed
    shared_password = os.environ["JHUB_ADMIN_PASSWORD"]
    own = ((r"/api/jhub/people", SignedUp), (r"/api/jhub/people/([^/]+)", OnePerson))

    def signed_up(self):
        """Return for each name whether it is approved, and whether a new password is due."""
        waiting = filter(self.is_new_administrator, self.listed)
        return {name: {"approved": True, "due": True} for name in waiting} | {
            each.username: {"approved": each.is_authorized, "due": self.is_due(each.username)}
            for each in self.accounts.all_users(self.db)
        }

    def is_due(self, name):
        """Return whether somebody has to choose a password."""
        group = self.groups.find(self.db, self.first_login)
        return group is not None and any(user.name == name for user in group.users)

    def set_due(self, name, *, due):
        """Keep whether somebody has to choose a password."""
        group = self.groups.find(self.db, self.first_login)
        if group is None:
            group = self.groups(name=self.first_login)
            self.db.add(group)
        user = self.users.find(self.db, name)
        if due and user not in group.users:
            group.users.append(user)
        elif not due and user in group.users:
            group.users.remove(user)
        self.db.commit()

    def invite(self, name, password):
        """Approve a user, with a password for one login; return whether that can be."""
        known = self.get_user(name) or self.add(name, password)
        if not known or not self.is_password_strong(password):
            return False
        known.password = self.hashing.hashpw(password.encode(), self.hashing.gensalt())
        known.is_authorized = True
        self.db.commit()
        self.successful_login(name)
        self.set_due(name, due=True)
        return True

    def add(self, name, password):
        """Make an account; None if the login takes either the name or the password for unfit."""
        add = self.add_administrator if self.is_new_administrator(name) else self.create_user
        return add(name, password)

    async def known(self, handler, data):
        """Return who gave the right password."""
        name = self.normalize_username(data["username"])
        if not self.is_new_administrator(name):
            return await super().authenticate(handler, data)
        given, shared = (text.encode() for text in (data["password"], self.shared_password))
        return name if self.is_same(given, shared) else None

    def choose(self, name, password):
        """Keep the password that somebody chose; return whether it is fit."""
        keep = self.add if self.is_new_administrator(name) else self.change_password
        return bool(keep(name, password))

    async def authenticate(self, handler, data):
        """Return who has logged in; nobody whose password is still for the first login."""
        name = await self.known(handler, data)
        if not name or not (self.is_new_administrator(name) or self.is_due(name)):
            return name
        handler.must_choose = True
        chosen = data.get("new_password")
        if chosen is None:
            return None
        if chosen != data.get("new_password_again"):
            handler.refused = "The two new passwords differ."
        elif chosen == data["password"]:
            handler.refused = "Choose another password than the one you were given."
        elif not self.choose(name, chosen):
            fewest = self.minimum_password_length
            handler.refused = f"It needs {fewest} characters at least, and not be a common one."
        else:
            self.set_due(name, due=False)
            return name
        return None

    async def refresh_user(self, user, handler=None):
        """Have whoever was given a new password log in with it."""
        return False if self.is_due(user.name) else await super().refresh_user(user, handler)

    def get_handlers(self, app):
        """Return the addresses of the login, with this login page, and those of `jhub users`."""
        pages = [(path, self.pages.get(kind, kind)) for path, kind in super().get_handlers(app)]
        return [*pages, *self.own]


c.JupyterHub.authenticator_class = NativeUsers
