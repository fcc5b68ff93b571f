"""When idle servers and kernels stop (P20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyterhub_eks.config.access import IdleConfig


def idle_values(idle: IdleConfig) -> dict[str, Any]:
    """Return the culler's times, and those of the server itself, in seconds.

    The server counts too, for the case that the hub cannot reach it.
    """
    server = idle.server_minutes * 60
    jupyter = {
        "MappingKernelManager": {"cull_idle_timeout": idle.kernel_minutes * 60},
        "ServerApp": {"shutdown_no_activity_timeout": server},
    }
    return {
        "cull": {"timeout": server, "maxAge": idle.max_age_hours * 3600},
        "singleuser": {"extraFiles": {"jupyter_server_config.json": {"data": jupyter}}},
    }


def idle_text(idle: IdleConfig) -> str:
    """Return what users are told of these times."""
    times = [f"Idle kernels stop after {idle.kernel_minutes} minutes"]
    times.append(f"idle servers after {idle.server_minutes}")
    if idle.max_age_hours:
        hours = "hour" if idle.max_age_hours == 1 else "hours"
        times.append(f"any server after {idle.max_age_hours} {hours}")
    return f"{', '.join(times)}; files stay."
