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


def idle_text(idle: IdleConfig, max_age_hours: int | None = None) -> str:
    """Return what users are told of these times.

    Args:
        idle: Times of all servers.
        max_age_hours: Age at which servers of the profile end; None: as all do.
    """
    times = [f"Idle kernels stop after {_counted(idle.kernel_minutes, 'minute')}"]
    times.append(f"idle servers after {_counted(idle.server_minutes, 'minute')}")
    ages = [each for each in (idle.max_age_hours, max_age_hours) if each]
    if ages:
        times.append(f"any server after {_hours(min(ages))}")
    return f"{', '.join(times)}; files stay."


def age_text(max_age_hours: int | None) -> str:
    """Return what users are told of the age alone; nothing where there is none."""
    return f"Servers stop after {_hours(max_age_hours)}; files stay." if max_age_hours else ""


def _hours(count: int) -> str:
    """Return hours as people say them: in days where they are whole days."""
    days, rest = divmod(count, 24)
    return _counted(count, "hour") if rest else _counted(days, "day")


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
