"""Fill secrets into the settings of a login of the user's own; part of the hub's configuration.

A value ``{"secret": NAME}`` in a section of ``custom.login.sections`` is the environment
variable of that name.
"""

import os

from z2jh import get_config


def filled(value):
    """Return a setting with its secrets in their places."""
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return os.environ[value["secret"]]
        return {key: filled(each) for key, each in value.items()}
    return [filled(each) for each in value] if isinstance(value, list) else value


for section in get_config("custom.login.sections", []):
    for trait, value in get_config(f"hub.config.{section}", {}).items():
        c[section][trait] = filled(value)
