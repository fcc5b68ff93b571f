"""The most servers of a profile, kept by a real JupyterHub over all its users."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from tornado.web import HTTPError

from tests.support.hub import values
from tests.support.hub_configuration import configuration
from tests.support.whole_hub import WholeHub, whole_hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

PROFILES: dict[str, Any] = {
    "pools": {"cpu": {"instances": ["m7i"]}},
    "profiles": [
        {"name": "GPU <lab>", "pool": "cpu", "max_servers": 2, "default": True},
        {"name": "One", "pool": "cpu", "max_servers": 1, "options": {"S": {}, "L": {"cpu": 2}}},
        {"name": "Any", "pool": "cpu"},
    ],
}
LAB, ONE, ANY = ({"profile": slug} for slug in ("gpu-lab", "one", "any"))

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JHUB_USER_PASSWORD", "user-password-of-32-characters-xx")


def run(folder: Path, story: Callable[[WholeHub], Awaitable[None]]) -> None:
    """Tell a hub a story."""

    async def tell() -> None:
        async with whole_hub(configuration(values(PROFILES)), folder) as hub:
            await story(hub)

    asyncio.run(tell())


async def refused(hub: WholeHub, user: str, options: dict[str, Any] | None) -> str:
    """Return what a user reads whose server is refused."""
    with pytest.raises(HTTPError) as caught:
        await hub.start(user, options)
    assert caught.value.status_code == 429
    return str(caught.value.log_message)


def test_nobody_comes_after_the_last_place_until_one_leaves(tmp_path: Path) -> None:
    """In a calm sentence; another profile is not concerned."""

    async def story(hub: WholeHub) -> None:
        await hub.start("ann", LAB)
        await hub.start("bob", LAB)
        said = await refused(hub, "cid", LAB)
        assert said == (
            "All 2 places of GPU <lab> are taken at the moment. "
            "Please try again later, or choose another profile."
        )
        await hub.start("cid", ANY)
        await hub.stop("ann")
        await hub.start("dan", LAB)
        assert await refused(hub, "ann", LAB)

    run(tmp_path, story)


def test_sizes_share_the_places_of_their_profile(tmp_path: Path) -> None:
    """Whichever is chosen."""

    async def story(hub: WholeHub) -> None:
        await hub.start("ann", {**ONE, "size": "s"})
        said = await refused(hub, "bob", {**ONE, "size": "l"})
        assert said.startswith("The one place of One is taken at the moment.")

    run(tmp_path, story)


def test_who_chooses_nothing_is_counted(tmp_path: Path) -> None:
    """As one of the default profile, also where the hub has lost its memory since."""

    async def story(hub: WholeHub) -> None:
        await hub.start("ann", {})
        hub.forget()
        await hub.start("bob")
        assert await refused(hub, "cid", {})

    run(tmp_path, story)


def test_of_two_who_come_at_once_one_is_let_in(tmp_path: Path) -> None:
    """Neither both, nor none of them."""

    async def story(hub: WholeHub) -> None:
        found = await asyncio.gather(
            *(hub.start(user, ONE) for user in ("ann", "bob", "cid")), return_exceptions=True
        )
        assert sorted(isinstance(each, HTTPError) for each in found) == [False, True, True]

    run(tmp_path, story)


def test_a_full_profile_does_not_end_the_hub(tmp_path: Path) -> None:
    """It ends itself after some starts that failed in a row; a refusal is none of them."""

    async def story(hub: WholeHub) -> None:
        await hub.start("ann", ONE)
        for user in ("bob", "cid", "dan"):
            await refused(hub, user, ONE)
            assert hub.failures == 0
        with pytest.raises(ValueError, match="No such profile"):
            await hub.start("eve", {"profile": "none"})
        assert hub.failures == 1
        await refused(hub, "bob", ONE)
        assert hub.failures == 1

    run(tmp_path, story)
