"""Take the shared passwords from the cluster; part of the hub's configuration."""

import os

from jupyterhub.authenticators.shared import SharedPasswordAuthenticator


class SharedPassword(SharedPasswordAuthenticator):
    """One password for users and another for administrators."""

    async def authenticate(self, handler, data):
        """Return who has logged in.

        Left to itself, the login looks for administrators by the name as it was typed, so
        that `Root` would enter as `root` with the password of the users.
        """
        name = self.normalize_username(data["username"])
        return await super().authenticate(handler, {**data, "username": name})

    async def refresh_user(self, user, handler=None):  # noqa: ARG002 - as the hub calls it
        """Have the rules applied again to whoever is logged in."""
        return {"name": user.name}


c.JupyterHub.authenticator_class = SharedPassword
c.SharedPasswordAuthenticator.user_password = os.environ["JHUB_USER_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ.get("JHUB_ADMIN_PASSWORD")
