"""A login of the user's own: its class, its settings, its secrets, and the rules around it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.releases.z2jh.login import generated_passwords, given_secrets
from tests.support.hub import DOMAIN, values
from tests.support.hub_configuration import configuration
from tests.support.logins import hub_of, login
from tests.support.whole_hub import WholeHub, whole_hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

# JupyterHub's own files are of an older form of the schema of events.
pytestmark = pytest.mark.filterwarnings("ignore")

MODULE = '''
from jupyterhub.auth import Authenticator
from traitlets import Dict, Unicode

class Desk(Authenticator):
    """Whoever knows the word at the desk enters; the name says the groups."""

    word = Unicode(config=True)
    keys = Dict(config=True)

    async def authenticate(self, handler, data):
        name, _, groups = data["username"].partition(":")
        if data["password"] != self.word:
            return None
        if not self.manage_groups:
            return name
        return {"name": name, "groups": groups.split(",")}
'''
CUSTOM: dict[str, Any] = {
    "type": "custom",
    "authenticator": "front.desk.Desk",
    "admins": ["Root"],
    "allow": {"users": ["bob"]},
    "config": {"Desk": {"word": {"secret": "DESK_WORD"}, "keys": {"a": [{"secret": "DESK_KEY"}]}}},
    "secrets": {"DESK_WORD": {"env": "WORD"}, "DESK_KEY": {"secrets_manager": "hub/key"}},
}


@pytest.fixture(autouse=True)
def image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the class where the hub's image would have it, and the secrets where the chart does."""
    (tmp_path / "front").mkdir()
    (tmp_path / "front" / "desk.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("DESK_WORD", "open-sesame")
    monkeypatch.setenv("DESK_KEY", "key-7")


def come(auth: dict[str, Any], name: str, word: str = "open-sesame") -> dict[str, Any] | None:
    """Come to the desk."""

    async def submit() -> dict[str, Any] | None:
        data = {"username": name, "password": word}
        found: dict[str, Any] | None = await login(auth).get_authenticated_user(None, data)
        return found

    return asyncio.run(submit())


def test_the_class_is_asked_and_the_rules_hold() -> None:
    """It says who somebody is, and the rules say who of them may enter and administer."""
    assert come(CUSTOM, "bob", "wrong") is None
    bob, root = come(CUSTOM, "Bob"), come(CUSTOM, "root")
    assert bob is not None
    assert root is not None
    assert (bob["name"], bool(bob["admin"]), root["admin"]) == ("bob", False, True)
    assert come(CUSTOM, "eve") is None
    assert come({**CUSTOM, "block": ["BOB"]}, "bob") is None
    assert come({**CUSTOM, "allow": {"pattern": "e.e"}}, "eve")


def test_groups_of_the_class_let_in_and_administer() -> None:
    """With `has_groups` they count as those of any provider."""
    auth = {**CUSTOM, "has_groups": True, "allow": {"groups": ["ml"]}, "admin_groups": ["ops"]}
    member, boss = come(auth, "eve:ml,x"), come(auth, "ann:ops")
    assert member is not None
    assert boss is not None
    assert (member["groups"], member["admin"]) == (["ml", "x"], False)
    assert boss["admin"] is True
    assert come(auth, "eve:x") is None


def in_hub(auth: dict[str, Any], folder: Path, what: Callable[[WholeHub], Awaitable[None]]) -> None:
    """Do something in a hub with a login."""

    async def run() -> None:
        async with whole_hub(hub_of(auth), folder, own_login=True) as hub:
            await what(hub)

    asyncio.run(run())


@pytest.mark.parametrize("has_groups", [True, False])
def test_the_hub_keeps_groups_and_the_invited(tmp_path: Path, *, has_groups: bool) -> None:
    """Members of `invited` enter, whoever keeps the other groups."""
    auth = {**CUSTOM, "has_groups": has_groups, "groups": [] if has_groups else ["ml"]}

    async def check(hub: WholeHub) -> None:
        assert await hub.log_in("eve", "open-sesame") is None
        hub.join("invited", "eve")
        assert await hub.log_in("eve", "open-sesame")
        assert "invited" in hub.groups_of("eve")
        if not has_groups:
            hub.join("ml", "eve")
            assert await hub.log_in("eve", "open-sesame")
            assert hub.groups_of("eve") == {"invited", "ml"}

    in_hub(auth, tmp_path, check)


def test_secrets_come_by_environment_into_their_places() -> None:
    """The values hold names only; the hub has what the variables hold, however deep."""
    rendered = values(auth=CUSTOM, access=DOMAIN)
    assert "open-sesame" not in json.dumps(rendered)
    made = configuration(rendered)
    assert made.Desk.word == "open-sesame"
    assert made.Desk["keys"] == {"a": ["key-7"]}
    variables = rendered["hub"]["extraEnv"]
    assert variables["DESK_WORD"]["valueFrom"]["secretKeyRef"] == {
        "name": "hub-login",
        "key": "DESK_WORD",
    }


@pytest.mark.parametrize(
    ("auth", "generated", "given"),
    [
        ({"type": "dummy"}, {"user-password"}, {}),
        ({"type": "dummy", "admins": ["a"]}, {"user-password", "admin-password"}, {}),
        (
            {"type": "dummy", "admins": ["a"], "password": {"env": "X"}},
            {"admin-password"},
            {"user-password": "X"},
        ),
        ({"type": "native"}, {"admin-password"}, {}),
        ({"type": "cognito"}, set(), {"client-secret": None}),
        ({"type": "oauth"}, set(), {"client-secret": None}),
        ({"type": "oauth", "client_secret": {"env": "X"}}, set(), {"client-secret": "X"}),
        (CUSTOM, set(), {"DESK_WORD": "WORD", "DESK_KEY": None}),
    ],
)
def test_each_secret_is_either_generated_or_given(
    auth: dict[str, Any], generated: set[str], given: dict[str, str | None]
) -> None:
    """What somebody else made is not made up, and each is told where it is taken from."""
    section = DeploymentFile.model_validate({"auth": auth}).auth
    assert set(generated_passwords(section)) == generated
    told = given_secrets(section)
    assert {key: source.env if source else None for key, source in told.items()} == given
    if auth["type"] in ("dummy", "native", "custom"):
        environment = values(auth=auth)["hub"]["extraEnv"]
        keys = {each["valueFrom"]["secretKeyRef"]["key"] for each in environment.values()}
        assert keys == generated | given.keys()
