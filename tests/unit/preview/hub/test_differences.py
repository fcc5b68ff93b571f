"""What is said not to be as in a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from jupyterhub_eks.preview.hub.differences import differences

SERVER = {"name": "notebook", "image": "a/b:1", "args": ["jupyterhub-singleuser"]}


def told(server: dict[str, Any] | None = None, **spec: Any) -> list[str]:
    """Return what is said of a pod."""
    return list(differences({"spec": {"containers": [{**SERVER, **(server or {})}], **spec}}))


def test_the_image_and_the_limits_are_never_real() -> None:
    """Nothing else is said of a usual pod."""
    image, limits = told()

    assert image.startswith("The image a/b:1 is not pulled")
    assert limits.startswith("Limits of CPU and memory, GPUs")


@pytest.mark.parametrize(
    ("server", "spec", "words"),
    [
        ({"args": ["start.sh", "x"]}, {}, "start.sh is not run"),
        ({"command": ["code-server"]}, {}, "code-server is not run"),
        ({}, {"initContainers": [{"name": "a"}, {"name": "b"}]}, "before the server: a, b."),
        ({"lifecycle": {"postStart": {}}}, {}, "Hooks at the start"),
    ],
)
def test_what_else_is_left_out_is_named(
    server: dict[str, Any], spec: dict[str, Any], words: str
) -> None:
    """In a sentence of its own."""
    assert words in told(server, **spec)[2]


def test_containers_beside_the_server_are_named() -> None:
    """They are part of the pod, and nowhere here."""
    both = [SERVER, {"name": "proxy"}]

    said = list(differences({"spec": {"containers": both}}))

    assert said[2] == "These containers do not run beside the server: proxy."
