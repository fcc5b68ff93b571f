"""Which AWS region a command means that is about no deployment of its own."""

from __future__ import annotations

from jupyterhub_eks.cli.options import Sources
from jupyterhub_eks.cli.project import load_config
from jupyterhub_eks.cli.sources import resolve
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.workspace import default_work_dir


def checked_region(region: str) -> tuple[str, tuple[str, ...]]:
    """Return a region that was named, and what to say of it.

    Raises:
        ConfigError: It is none, by the rules of the configuration.
    """
    loaded = load(ConfigSources(overrides={"region": region}))
    notes = tuple(f"{each.message}; {each.hint}" for each in loaded.warnings)
    return loaded.deployment.settings.region, notes


def region_here() -> tuple[str, str]:
    """Return the region of the configuration in this folder, and where it is from."""
    settings, whence = settings_here()
    return settings.region, whence


def settings_here() -> tuple[DeploymentFile, str]:
    """Return ``jhub.yaml`` of this folder, else the defaults, and where they are from."""
    resolved = resolve(Sources(), default_work_dir(), "aws")
    if not resolved.files:
        return DeploymentFile(), "the default"
    names = ", ".join(map(str, resolved.files))
    try:
        return load_config(resolved).deployment.settings, names
    except ConfigError:
        return DeploymentFile(), f"the default, as {names} is not valid"
