"""A deploy whose reader goes away is carried to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.command import Jhub

STACK = "identity"


def test_a_deploy_outlives_the_readers_of_its_output(jhub: Jhub) -> None:
    """Both pipes close while it works; the stack is applied all the same, with code 0."""
    process = jhub.start("deploy", "--local", "--stack", STACK)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stderr.readline()
    process.stdout.close()
    process.stderr.close()

    assert process.wait(timeout=300) == 0

    stacks = jhub.json("status", "--local")["stacks"]
    assert [each["stack"] for each in stacks if each["state"] == "applied"] == [STACK]
    assert jhub.json("destroy", "--local", "--yes")["left"] == []
