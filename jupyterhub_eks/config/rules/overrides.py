"""Rules for ``kubespawner_override`` of a profile: what KubeSpawner would not take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.quantities import kubernetes, spawner_cores, spawner_memory
from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.images import reference_findings
from jupyterhub_eks.config.settings.values import setting_faults
from jupyterhub_eks.config.spawner import SETTINGS
from jupyterhub_eks.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jupyterhub_eks.config.profiles import ProfileConfig

# Label by which servers select their pool; as in ``releases.labels``, which a test compares.
POOL_LABEL: Final = "jhub/pool"
_CODE: Final = frozenset(name for name in SETTINGS if name.endswith("_hook"))
_LISTS_OR_MAPPINGS: Final = frozenset({"volumes", "volume_mounts"})
_RESOURCES: Final = ("extra_resource_limits", "extra_resource_guarantees")
_INSTEAD: Final = {"cpu": "`cpu: 2`", "mem": "`memory: 8G`"}


def override_rules(path: Path, profile: ProfileConfig) -> Iterator[Finding]:
    """Yield findings about the settings of a profile at ``path``."""
    given = profile.kubespawner_override
    base: Path = (*path, "kubespawner_override")
    for name, value in given.items():
        yield from _setting((*base, name), name, value)
    yield from amount_findings(base, given)
    yield from device_findings(base, given)
    yield from _pool(base, profile)
    if isinstance(image := given.get("image"), str):
        yield from reference_findings((*base, "image"), image)
    if "image" in given and (profile.images or profile.unlisted_image):
        yield Finding(
            path=(*path, "images") if profile.images else (*path, "unlisted_image"),
            message="there is no image to choose: `kubespawner_override` names one",
            hint="remove one of the two",
            also=((*base, "image"),),
            severity="warning",
        )


def _setting(where: Path, name: str, value: Any) -> Iterator[Finding]:
    if name not in SETTINGS:
        yield Finding(
            path=where,
            message=f"KubeSpawner has no setting `{name[:60]}`, so it would have no effect",
            hint=did_you_mean(name, sorted(SETTINGS)),
            at_key=True,
        )
    elif name in _CODE:
        yield Finding(
            path=where,
            message=f"`{name}` is code, which YAML cannot hold",
            hint="put it in `hub_values: {hub: {extraConfig: {NAME: CODE}}}` of jhub.yaml",
            at_key=True,
        )
    elif name in _LISTS_OR_MAPPINGS and not isinstance(value, dict):
        yield Finding(
            path=where,
            message=f"`{name}` as a list would take the place of home and shared folder",
            hint=f"write a mapping, which is merged: `{name}: {{data: {{name: data}}}}`, or use "
            "`volumes` of the profile",
        )
    else:
        for fault in setting_faults(name, value):
            yield Finding(
                path=(*where, *fault.keys),
                message=fault.message,
                hint=fault.hint,
                at_key=fault.at_key,
            )


def amount_findings(base: Path, given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield findings about cores and memory among settings at ``base``."""
    for name in ("cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit"):
        value = given.get(name)
        if value is None:
            continue
        read = spawner_cores(value) if name.startswith("cpu") else spawner_memory(value)
        if read is None or not read.taken or read.value < 0:
            exact = float(read.value) if read else 0
            number = f"`{name}: {exact:.12g}`" if exact > 0 else ""
            yield Finding(
                path=(*base, name),
                message=f"KubeSpawner does not take `{name}: {value}`",
                hint=f"use {_INSTEAD[name[:3]]} of the profile"
                + (f", or write the number {number}" if number else ""),
            )


def device_findings(base: Path, given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield findings about other resources among settings at ``base``."""
    sides = [each if isinstance(each := given.get(key), dict) else {} for key in _RESOURCES]
    for key, side, other in zip(_RESOURCES, sides, sides[::-1], strict=True):
        for name, value in side.items():
            amount = kubernetes(value)
            where = (*base, key, name)
            if value is None:
                continue
            if amount is None or amount < 0:
                yield Finding(
                    path=where,
                    message=f"`{name}: {value}` is no amount",
                    hint=f'write e.g. `{name}: "1"`',
                )
            elif "/" not in name:
                continue
            elif amount.denominator != 1:
                yield Finding(
                    path=where,
                    message=f"`{name}: {value}` is not whole, and devices are not divided so",
                    hint=f'write `{name}: "{math.ceil(amount)}"`; GPUs are shared by their pool',
                )
            elif kubernetes(other.get(name)) != amount and key == "extra_resource_limits":
                yield Finding(
                    path=where,
                    message=f"`{name}` needs the same amount as limit and as guarantee",
                    hint=f'write `extra_resource_guarantees: {{{name}: "{int(amount)}"}}`, too',
                )
            elif name not in other:
                yield Finding(
                    path=where,
                    message=f"`{name}` is a guarantee without a limit, which Kubernetes refuses",
                    hint=f'write `extra_resource_limits: {{{name}: "{int(amount)}"}}`, too',
                )


def _pool(base: Path, profile: ProfileConfig) -> Iterator[Finding]:
    selector = profile.kubespawner_override.get("node_selector")
    if isinstance(selector, dict) and POOL_LABEL in selector:
        yield Finding(
            path=(*base, "node_selector", POOL_LABEL),
            message=f"`{POOL_LABEL}` is set by the profile's `pool`",
            hint=f"remove it, and write e.g. `pool: {profile.pool}`",
            at_key=True,
        )
