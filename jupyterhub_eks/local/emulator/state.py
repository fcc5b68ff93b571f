"""The emulator's state on disk: write-through, checked at start, identified.

``ministack`` saves its services only when it shuts down in good order. Here a
service is saved after each changing call, with ``ministack``'s own format and
atomic replace. So a SIGKILL loses at most a call that was never answered. A
power cut may lose more: files are not synced to the medium.
"""

from __future__ import annotations

import json
import logging
import sys
import uuid
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_LOG = logging.getLogger(__name__)
_IDENTITY: Final = "instance-id"

# Services whose calls also change another service's records: a cluster owns a
# security group, a mount target or a node group an interface.
_TOUCHES: Final = {"eks": ("ec2", "logs"), "elasticfilesystem": ("ec2",), "s3": ("events",)}


def instance_id(state_dir: Path) -> str:
    """Return the random id of the state in ``state_dir``; a new one for new state.

    Files that cannot be read are set aside with the whole state, because half a
    state would look like resources that somebody deleted.
    """
    identity = state_dir / _IDENTITY
    damaged = [path.name for path in sorted(state_dir.glob("*.json")) if not _is_json(path)]
    if damaged:
        aside = state_dir.with_name(f"{state_dir.name}-damaged-{uuid.uuid4().hex[:6]}")
        _LOG.error("unreadable state %s; everything was moved to %s", damaged, aside)
        state_dir.rename(aside)
    state_dir.mkdir(parents=True, exist_ok=True)
    if not identity.is_file() or not identity.read_text().strip():
        for orphan in state_dir.glob("*.json"):
            orphan.unlink()
        identity.write_text(uuid.uuid4().hex)
    return identity.read_text().strip()


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def _modules(registry: Mapping[str, Mapping[str, Any]], service: str) -> dict[str, str]:
    """Return the state files of a service as {file key: module}."""
    config = registry.get(service)
    if config is None:
        config = next(
            (entry for entry in registry.values() if service in entry.get("aliases", ())), None
        )
    if config is None:
        return {}
    module = config["module"]
    return {
        config.get("state_key", module): module,
        **{name: name for name in config.get("sub_modules", ())},
    }


def _save(
    save_state: Callable[[str, dict[str, Any]], None], path: Path, key: str, state: dict[str, Any]
) -> None:
    """Save, and find out whether it worked: ``ministack`` only logs a failure.

    A save replaces the file, so that it has another inode afterwards.
    """
    before = path.stat().st_ino if path.exists() else None
    save_state(key, state)
    if not path.exists() or path.stat().st_ino == before:
        raise OSError(f"{path} was not written; is the disk full?")


def write_through(
    registry: Mapping[str, Mapping[str, Any]], state_dir: Path
) -> Callable[[str, str], None]:
    """Return a function that saves the state of a service and of those it touches.

    Args:
        registry: ``ministack.app.SERVICE_REGISTRY``.
        state_dir: Where ``ministack`` saves. The file ``regions`` there gets the name of
            every region that was written to, one per line.
    """
    from ministack.core.persistence import save_state  # noqa: PLC0415 - reads its settings on import

    regions_file = state_dir / "regions"
    seen = set(regions_file.read_text().split()) if regions_file.exists() else set()

    def save(service: str, region: str) -> None:
        if region and region not in seen:
            seen.add(region)
            regions_file.write_text("\n".join(sorted(seen)))
        for name in (service, *_TOUCHES.get(service, ())):
            for key, module in _modules(registry, name).items():
                loaded = sys.modules.get(f"ministack.services.{module}")
                state = getattr(loaded, "get_state", lambda: None)()
                if state is not None:
                    _save(save_state, state_dir / f"{key}.json", key, state)

    return save
