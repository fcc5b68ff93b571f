"""Let administrators exist before anyone can sign up; part of the hub's configuration.

Left to itself, the login gives the name of an administrator, and with it the hub, to the
first who signs up with it, and lets listed users in unseen.
"""

import os

from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo


class NativeLogin(NativeAuthenticator):
    """Sign-up that an administrator approves, without exception."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in sorted(self.admin_users):
            if not self.user_exists(name):
                self.create_user(name, os.environ["JHUB_ADMIN_PASSWORD"])
            self.get_user(name).is_authorized = True
        self.db.commit()

    def get_authed_users(self):
        """Return who has been approved; being named in a list is not enough."""
        return {each.username for each in UserInfo.all_users(self.db) if each.is_authorized}


c.JupyterHub.authenticator_class = NativeLogin
