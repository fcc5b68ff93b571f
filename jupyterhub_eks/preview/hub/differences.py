"""What a previewed server has not of what its pod has, in sentences for the page of pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PROGRAM: Final = "jupyterhub-singleuser"
_ALWAYS: Final = (
    "The image {image} is not pulled: the preview's own JupyterLab runs in its place.",
    "Limits of CPU and memory, GPUs{placing} and network rules have no effect here.",
)


def differences(pod: Mapping[str, Any], *, placed: bool = False) -> Iterator[str]:
    """Yield what is not done here that a cluster would do.

    Args:
        pod: As a cluster would get it.
        placed: Whether a scheduler has found a node for it, if a simulated one.
    """
    spec = pod["spec"]
    server, *beside = spec["containers"]
    for each in _ALWAYS:
        yield each.format(image=server.get("image", ""), placing="" if placed else ", tolerations")
    program = [*(server.get("command") or ()), *(server.get("args") or ())][:1]
    if program and program[0] != _PROGRAM:
        yield f"{program[0]} is not run: the preview starts {_PROGRAM}."
    if before := _names(spec.get("initContainers")):
        yield f"These containers do not run before the server: {before}."
    if names := _names(beside):
        yield f"These containers do not run beside the server: {names}."
    if server.get("lifecycle"):
        yield "Hooks at the start and end of the container are not run."


def _names(containers: Any) -> str:
    return ", ".join(each["name"] for each in containers or ())
