"""Take the shared passwords from the cluster; part of the hub's configuration."""

import os

c.SharedPasswordAuthenticator.user_password = os.environ["JHUB_USER_PASSWORD"]
c.SharedPasswordAuthenticator.admin_password = os.environ.get("JHUB_ADMIN_PASSWORD")
