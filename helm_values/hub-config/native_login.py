"""Let administrators exist before anyone can sign up; part of the hub's configuration.

Left to itself, the login gives the name of an administrator, and with it the hub, to the
first who signs up with it, and lets listed users in unseen.
"""

from string import digits, punctuation

import bcrypt
from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo


class NativeLogin(NativeAuthenticator):
    """Sign-up that an administrator approves, without exception."""

    # Different ones; `aaaaaaaaaaaa` is long and no secret.
    fewest_letters = 5
    accounts, hashing = UserInfo, bcrypt

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for account in self.accounts.all_users(self.db):
            if account.username in self.listed and not account.is_authorized:
                # Of whoever signed up with the name before it was an administrator's.
                self.db.delete(account)
        self.db.commit()

    @property
    def listed(self):
        """Names of the administrators that the configuration lists."""
        return {self.normalize_username(name) for name in self.admin_users}

    def user_exists(self, username):
        """Return whether nobody can sign up with a name any more."""
        return self.normalize_username(username) in self.listed or super().user_exists(username)

    def is_new_administrator(self, name):
        """Return whether a listed administrator has no password of their own yet."""
        return name in self.listed and self.get_user(name) is None

    def add_administrator(self, name, password):
        """Make the account of a listed administrator; None if the password is weak."""
        if not self.is_password_strong(password):
            return None
        hashed = self.hashing.hashpw(password.encode(), self.hashing.gensalt())
        account = self.accounts(username=name, password=hashed, is_authorized=True)
        self.db.add(account)
        self.db.commit()
        return account

    def get_authed_users(self):
        """Return who has been approved; being named in a list is not enough."""
        return {each.username for each in self.accounts.all_users(self.db) if each.is_authorized}

    def is_password_common(self, password):
        """Return whether it is a well-known one, also with a number or a sign around it."""
        word = password.lower()
        bare = word.strip(digits + punctuation)
        few = len(set(word)) < self.fewest_letters
        return few or not bare or any(map(super().is_password_common, (word, bare)))

    async def refresh_user(self, user, handler=None):  # noqa: ARG002 - as the hub calls it
        """Have the rules applied again to whoever is logged in and still approved."""
        known = self.get_user(user.name)
        return {"name": user.name} if known and known.is_authorized else False


c.JupyterHub.authenticator_class = NativeLogin
