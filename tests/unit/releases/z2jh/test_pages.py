"""Pages as JupyterHub and KubeSpawner render them from the values of a deployment."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nativeauthenticator
import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from kubernetes_asyncio.client import ApiClient

from tests.support.forms import Page
from tests.support.hub import values
from tests.support.hub_pages import Pages, user

HOSTILE = "<script>alert('{{ 7 * 7 }} {% raw %}')</script>\"&"
PROFILES: dict[str, Any] = {
    "pools": {
        "cpu": {"instances": ["m7i"], "sizes": ["xlarge", "2xlarge"]},
        "gpu": {"instances": ["g6.xlarge"], "gpu": {"sharing": "time-slicing", "slices": 4}},
    },
    "profiles": [
        {
            "name": "Data science",
            "description": "Python and R.",
            "default": True,
            "pool": "cpu",
            "cpu": {"guarantee": 1, "limit": 2},
            "memory": "4G",
            "options": {"Small": {}, "Large": {"cpu": 3, "description": "for models"}},
            "images": {"Python": "q/python:1", "R": "q/r:1"},
            "unlisted_image": "q/.+:.+",
        },
        {
            "name": "Shared GPU",
            "pool": "gpu",
            "gpu": 1,
            "groups": ["ml"],
            "images": {f"Image {index}": f"q/image:{index}" for index in range(8)},
        },
    ],
}
PAGES: dict[str, dict[str, Any]] = {
    "login.html": {
        "authenticator": SimpleNamespace(request_otp=False),
        "authenticator_login_url": "/hub/login",
    },
    "home.html": {
        "user": user(),
        "url": "/hub/spawn",
        "allow_named_servers": True,
        "named_server_limit_per_user": 2,
        "default_server": SimpleNamespace(active=True, ready=True),
    },
    "spawn_pending.html": {
        "user": user(),
        "for_user": user(),
        "spawner": user().spawner,
        "progress_url": "/hub/api/progress",
    },
    "error.html": {"status_code": 403, "status_message": "Forbidden", "message": "No."},
    "logout.html": {},
    "admin.html": {"user": user(), "api_page_limit": 50, "server_version": "5.5.0"},
    "stop_pending.html": {"user": user()},
    "not_running.html": {"user": user(), "spawn_url": "/hub/spawn"},
}


def pages(folder: Path, profiles: dict[str, Any] | None = None, **look: Any) -> Pages:
    """Return the pages of a hub whose section ``appearance`` is given."""
    return Pages(values(PROFILES if profiles is None else profiles, appearance=look), folder)


def start(made: Pages, sent: dict[str, list[str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Send the form; return the options that KubeSpawner takes it for, and the pod."""

    async def run() -> tuple[dict[str, Any], dict[str, Any]]:
        spawner = made.spawner(groups=["ml"])
        spawner.user_options = spawner.options_from_form(sent)
        await spawner.load_user_options()
        client = ApiClient()
        pod = client.sanitize_for_serialization(await spawner.get_pod_manifest())
        await client.close()
        return spawner.user_options, pod

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("changes", "image", "cores"),
    [
        ({}, "q/python:1", 1),
        ({"profile-option-data-science--size": "large"}, "q/python:1", 3),
        ({"profile-option-data-science--image": "r"}, "q/r:1", 1),
        (
            {
                "profile-option-data-science--image": "unlisted-choice",
                "profile-option-data-science--image--unlisted-choice": "q/own:7",
            },
            "q/own:7",
            1,
        ),
        (
            {"profile": "shared-gpu", "profile-option-shared-gpu--image": "image-5"},
            "q/image:5",
            None,
        ),
    ],
)
def test_what_is_sent_is_what_starts(
    tmp_path: Path, changes: dict[str, str], image: str, cores: float | None
) -> None:
    """Each choice on the page reaches the pod, also an image that is not listed."""
    made = pages(tmp_path)
    sent = Page(made.form(["ml"])).sent(changes)
    chosen = changes.get("profile", "data-science")
    assert set(sent) - {"profile"} <= {
        key for key in sent if key.startswith(f"profile-option-{chosen}--")
    }

    options, pod = start(made, sent)

    (container,) = pod["spec"]["containers"]
    assert options["profile"] == chosen
    assert container["image"] == image
    if cores is not None:
        assert float(container["resources"]["requests"]["cpu"]) == cores


def test_cards_say_what_a_profile_is(tmp_path: Path) -> None:
    """Hardware, sharing and groups stand on the page, of each size its own."""
    text = re.sub(r"<[^>]+>|\s+", " ", pages(tmp_path).form(["ml"]))

    for said in ("1 core, up to 2", "3 cores", "4 GB", "One quarter of an NVIDIA L4", "for models"):
        assert said in text
    assert "its memory is not isolated" in text
    assert "For members of" in text


def test_profiles_of_others_are_not_shown(tmp_path: Path) -> None:
    """Cards are those that the user may start."""
    page = Page(pages(tmp_path).form())
    assert [each.value for each in page.controls if each.name == "profile"] == ["data-science"]


def test_fields_can_be_reached_and_have_labels(tmp_path: Path) -> None:
    """Every field is a real control with a label; ids are unique, so labels meet the right one."""
    page = Page(pages(tmp_path).server_page(["ml"]))

    assert [each for each in page.controls if each.id not in page.labels] == []
    assert len(page.ids) == len(set(page.ids))
    assert {each.kind for each in page.controls} == {"radio", "select", "text"}
    assert not any(given.get("tabindex", "0") > "0" for _, given in page.tags)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_ours(tmp_path: Path, name: str) -> None:
    """Title, colours, announcement and one main part, with nothing left open."""
    look = {"title": "Physics", "color": "#0f5e9c", "announcement": "See https://example.org/x"}
    text = pages(tmp_path, **look).page(name, **PAGES[name])
    page = Page(text)

    assert "<title>Physics</title>" in text.replace("\n", "")
    assert "--jh-accent: #0f5e9c" in text
    assert '<a href="https://example.org/x" rel="noopener">' in text
    assert [tag for tag, _ in page.tags].count("main") == 1
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("name", ["spawn.html", *PAGES])
def test_nothing_is_fetched_from_elsewhere(tmp_path: Path, name: str) -> None:
    """A page asks no other host for anything: no font, script, image or style."""
    made = pages(tmp_path, announcement="Plain.")
    text = made.server_page(["ml"]) if name == "spawn.html" else made.page(name, **PAGES[name])

    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text) == []
    assert re.findall(r"@import|[\s:]url\(", text) == []


def test_hostile_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    """No text of the configuration becomes part of a page's code."""
    own = {"name": HOSTILE, "description": HOSTILE, "pool": "cpu", "cpu": 1, "default": True}
    profile = {
        **own,
        "options": {HOSTILE: {"description": HOSTILE}, "Other": {}},
        "images": {HOSTILE: "q/a:1", "B": "q/b:1"},
        "unlisted_image": "[^\"'<>{}]+",
        "groups": [HOSTILE],
    }
    profiles = {"pools": {"cpu": {"instances": ["m7i"]}}, "profiles": [profile]}
    made = pages(tmp_path, profiles, title=HOSTILE[:60], announcement=HOSTILE)
    usual = pages(tmp_path / "x", title="T") if (tmp_path / "x").mkdir() is None else made

    text = made.server_page([HOSTILE])

    assert text.count("<script") == usual.server_page().count("<script")
    assert "49" not in re.sub(r"#[0-9a-f]{6}|[0-9.]+(rem|vh|px)", "", made.form([HOSTILE]))
    assert "<script>alert" not in text
    assert "alert(&#x27;&#123;&#123; 7 * 7" in made.form([HOSTILE])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_set_unless_users_switch(tmp_path: Path, theme: str) -> None:
    """What is configured holds until somebody switches; ``auto`` leaves it to the browser."""
    ours = pages(tmp_path, theme=theme).page("logout.html")
    auto = pages(tmp_path).page("logout.html")

    assert f'getStoredTheme() || setTheme("{theme}")' in ours
    assert "setOwnTheme" not in auto


def test_pages_know_a_login_with_passwords(tmp_path: Path) -> None:
    """With accounts of the hub's own, users find where a password is changed."""
    access = {"domain": "hub.example.org", "hosted_zone": "example.org"}
    auth = {"type": "native", "admins": ["root"], "allow": {"everyone": True}}
    native = Pages(values(PROFILES, auth=auth, access=access), tmp_path)

    assert "/hub/change-password" in native.page("logout.html", user=user())
    assert "/hub/authorize" not in native.page("logout.html", user=user())
    assert "/hub/change-password" not in pages(tmp_path).page("logout.html", user=user())


def test_the_pods_of_a_preview_are_linked_there_only(tmp_path: Path) -> None:
    """The deployed hub has no such page; nor is there anything to see before the login."""
    made, link = pages(tmp_path), 'href="/hub/preview/pods"'
    told = {"preview_pods_url": "/hub/preview/pods"}

    assert link in made.page("logout.html", user=user(), **told)
    assert link not in made.page("logout.html", **told)
    assert "preview/pods" not in made.page("logout.html", user=user())


def test_pages_of_a_login_with_passwords_are_ours(tmp_path: Path) -> None:
    """NativeAuthenticator's own templates stand in our page, with names for what has none."""
    access = {"domain": "hub.example.org", "hosted_zone": "example.org"}
    auth = {"type": "native", "admins": ["root"], "allow": {"everyone": True}}
    native = Pages(values(PROFILES, auth=auth, access=access), tmp_path)
    folder = Path(nativeauthenticator.__file__).parent / "templates"
    native.environment.loader = ChoiceLoader([native.environment.loader, FileSystemLoader(folder)])

    for name in ("native-login.html", "signup.html"):
        text = native.page(name)
        assert "jh-skip" in text
        assert "Show or hide the password" in text


def test_patterns_are_not_left_to_browsers(tmp_path: Path) -> None:
    """`pattern` is read with flag `v`, which refuses what the hub takes; our script reads it."""
    (field,) = [
        given
        for tag, given in Page(pages(tmp_path).form()).tags
        if tag == "input" and given["type"] == "text"
    ]
    assert field["data-pattern"] == "^(?:q/.+:.+)$"
    assert "pattern" not in field


def test_many_profiles_can_be_searched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hundred profiles have a field to find one; what is typed there is not sent."""
    pool = {"cpu": {"instances": ["m7i"], "sizes": ["xlarge", "2xlarge"]}}
    first = {**PROFILES["profiles"][0], "default": False}
    listed = [{**first, "name": f"Profile {index}"} for index in range(100)]
    listed[0]["default"] = True
    made = pages(tmp_path, {"pools": pool, "profiles": listed})

    began = time.perf_counter()
    text = made.server_page()
    seconds = time.perf_counter() - began

    page = Page(text)
    with capsys.disabled():
        print(f"\n100 profiles: {seconds * 1000:.0f} ms, {len(text) // 1024} KiB")  # noqa: T201
    assert "jh-filter" in page.ids
    assert sum(each.name == "profile" for each in page.controls) == 100
    assert set(page.sent()) == {
        "profile",
        "profile-option-profile-0--size",
        "profile-option-profile-0--image",
    }


def test_a_list_of_ones_own_is_shown_too(tmp_path: Path) -> None:
    """Profiles that ``hub_values`` give to KubeSpawner have no cards and are offered."""
    own = [
        {"display_name": "Plain", "description": "<b>Bold</b>", "kubespawner_override": {}},
        {
            "display_name": "Free",
            "profile_options": {
                "image": {
                    "display_name": "Image",
                    "unlisted_choice": {
                        "enabled": True,
                        "display_name": "Reference",
                        "kubespawner_override": {"image": "{value}"},
                    },
                }
            },
        },
    ]
    rendered = values(PROFILES)
    rendered["singleuser"]["profileList"] = own
    rendered["hub"]["extraConfig"].pop("profiles")
    page = Page(Pages(rendered, tmp_path).server_page())

    assert [each.value for each in page.controls if each.name == "profile"] == ["plain", "free"]
    assert "b" in [tag for tag, _ in page.tags]


def test_typical_times_are_those_of_the_choice(tmp_path: Path) -> None:
    """Who waits reads how long the size that they chose takes, where that is known."""
    made = pages(tmp_path)
    about = PAGES["spawn_pending.html"]
    chosen = SimpleNamespace(user_options={"profile": "p", "size": "large"}, name="")
    starts = {"p": {"large": {"minutes": 7, "why": "a node starts"}}}
    told = {"jhub": {**values(PROFILES)["hub"]["templateVars"]["jhub"], "starts": starts}}

    text = made.page("spawn_pending.html", **{**about, "spawner": chosen, **told})

    assert "About 7 minutes if a machine has to be started for it (a machine starts)" in re.sub(
        r"\s+", " ", text
    )
    assert "some minutes if one has to be started" in made.page("spawn_pending.html", **about)


@pytest.mark.parametrize(("name", "server"), [("", "server"), ("a/b c", "servers/a%2Fb%20c")])
def test_a_start_can_be_stopped(tmp_path: Path, name: str, server: str) -> None:
    """The button knows the server, also one with a name, and where another is chosen."""
    about = PAGES["spawn_pending.html"]
    spawner = SimpleNamespace(user_options={}, name=name)

    text = pages(tmp_path).page("spawn_pending.html", **{**about, "spawner": spawner})

    (button,) = [given for _, given in Page(text).tags if given.get("id") == "jh-stop"]
    owner = about["user"].name
    assert button["data-server"] == f"/hub/api/users/{owner}/{server}"
    where = server.removeprefix("server").removeprefix("s")
    assert button["data-choose"] == f"/hub/spawn/{owner}{where}"
