"""Pods of users' servers as the real KubeSpawner makes them from a deployment's values.

No Kubernetes is needed: ``Hub(deployment).pods(...)`` are the documents that the hub of that
deployment would post.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from kubernetes_asyncio.client import ApiClient
from lightkube.utils.quantity import parse_quantity

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from jupyterhub_eks.resources import data_root
from tests.support.hub import ENVIRONMENT, INPUTS
from tests.support.hub_configuration import configuration
from tests.support.running_hub import spawner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment
    from jupyterhub_eks.config.profiles import ProfileConfig

EXAMPLES = tuple(sorted((data_root() / "examples").glob("*/jhub.yaml")))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a user chooses on the server page.

    Attributes:
        index: Place of the profile in profiles.yaml.
        profile: Its title there.
        slug: What the page sends for it.
        size: Title of its size there; None where it has none.
        options: Slug of the choice by slug of the option.
    """

    index: int
    profile: str
    slug: str
    size: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For people and for names of objects."""
        return "-".join([self.slug, *self.options.values()])


class Hub:
    """The hub of a deployment.

    Args:
        deployment: Both files.
    """

    def __init__(self, deployment: Deployment) -> None:
        self.values = jupyterhub_values(deployment, INPUTS)
        with patch.dict(os.environ, ENVIRONMENT):
            self._config = configuration(self.values)
        self._profiles = deployment.profiles.profiles
        self._entries: list[dict[str, Any]] = self.values["singleuser"]["profileList"]
        self._groups = {group for each in self._entries for group in each.get("allowed_groups", ())}

    def choices(self) -> tuple[Choice, ...]:
        """Return every profile with every combination of what its options offer."""
        return tuple(
            Choice(
                index=index,
                profile=profile.name,
                slug=entry["slug"],
                size=_size(profile, entry, options),
                options=options,
            )
            for index, (profile, entry) in enumerate(
                zip(self._profiles, self._entries, strict=True)
            )
            for options in _combinations(entry.get("profile_options", {}))
        )

    def pods(self, wanted: Iterable[tuple[Choice, str]]) -> list[dict[str, Any]]:
        """Return the pod of each user with a choice, in their order.

        Args:
            wanted: Choices, each with the name of a user.
        """
        return asyncio.run(self._make(list(wanted)))

    def pod(self, choice: Choice, user: str = "alice") -> dict[str, Any]:
        """Return one pod."""
        return self.pods([(choice, user)])[0]

    async def _make(self, wanted: Sequence[tuple[Choice, str]]) -> list[dict[str, Any]]:
        client = ApiClient()
        try:
            return [await self._one(client, choice, user) for choice, user in wanted]
        finally:
            await client.close()

    async def _one(self, client: ApiClient, choice: Choice, user: str) -> dict[str, Any]:
        # A member of every group, so that every profile may be chosen.
        made = spawner(self._config, user, groups=self._groups)
        made.user_options = {"profile": choice.slug, **choice.options}
        # The order of a start in JupyterHub 5.5 and KubeSpawner 7.0.
        if made.pre_spawn_hook:
            made.pre_spawn_hook(made)
        await made.load_user_options()
        pod: dict[str, Any] = client.sanitize_for_serialization(await made.get_pod_manifest())
        return pod


def requests(pod: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return what the scheduler adds up for a pod, by resource.

    Its containers and the init containers that stay are added up; each other init container runs
    alone beside those that stay and were started before it. Numbers are read by a Kubernetes
    client, as text, and rounded up to thousandths.
    """
    running = [_asked(each) for each in pod["spec"]["containers"]]
    peaks = []
    staying: list[dict[str, Decimal]] = []
    for each in pod["spec"].get("initContainers") or ():
        peaks.append(_sum([*staying, _asked(each)]))
        if each.get("restartPolicy") == "Always":
            staying.append(_asked(each))
    peaks.append(_sum([*running, *staying]))
    names = dict.fromkeys(name for each in peaks for name in each)
    return {name: max(each.get(name, Decimal(0)) for each in peaks) for name in names}


def _asked(container: Mapping[str, Any]) -> dict[str, Decimal]:
    given = container.get("resources", {})
    # The API server takes a limit for the request where only that is given.
    asked = {**given.get("limits", {}), **given.get("requests", {})}
    found = {}
    for name, amount in asked.items():
        parsed = parse_quantity(str(amount))
        assert parsed is not None
        found[name] = parsed
    return found


def _sum(containers: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in containers:
        for name, amount in each.items():
            found[name] = found.get(name, Decimal(0)) + amount
    return found


def example(path: Path) -> Deployment:
    """Return the deployment of an example by its ``jhub.yaml``."""
    return load(ConfigSources(files=(path,))).deployment


def _combinations(options: Mapping[str, Mapping[str, Any]]) -> Iterable[dict[str, str]]:
    chosen = [list(each["choices"]) for each in options.values()]
    return (dict(zip(options, each, strict=True)) for each in product(*chosen))


def _size(
    profile: ProfileConfig, entry: Mapping[str, Any], options: Mapping[str, str]
) -> str | None:
    if not profile.options:
        return None
    choices = entry["profile_options"]["size"]["choices"]
    return dict(zip(choices, profile.options, strict=True))[options["size"]]
