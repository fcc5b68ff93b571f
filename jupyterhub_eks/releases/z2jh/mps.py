"""Shared memory of a server whose GPU is shared by MPS, as settings of its pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jupyterhub_eks.config.pools import PoolConfig

# Key of the server's own `/dev/shm` in helm_values/jupyterhub.yaml.
_OWN_SHM: Final = "shm"


def shared_memory(pool: PoolConfig) -> dict[str, Any]:
    """Return what leaves ``/dev/shm`` to the device plugin; nothing where GPUs are not so shared.

    The plugin mounts there what programs and the MPS daemon of the node talk through
    (k8s-device-plugin 0.20, ``internal/plugin/mps.go``); a mount of the pod would cover it.
    """
    return {"volume_mounts": {_OWN_SHM: None}} if pool.gpu.sharing == "mps" else {}
