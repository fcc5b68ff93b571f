"""Chromium before previewed hubs, each of which is started once and only if it is needed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from jupyterhub_eks.workspace import cache_dir
from tests.browser.hubs import CONFIGURATIONS, OPTIONS, PROFILES
from tests.support.axe import Axe, installed
from tests.support.guest import Guest
from tests.support.previewing import Previewed, benched, configure, install

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, Page

    Hubs = Callable[[str], Previewed]
    Guests = Callable[..., Guest]

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_PAGES = pytest.StashKey[list["Page"]]()
_WAIT_MS = 20_000


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if not program:
        pytest.skip(f"there is no Chromium: none of {', '.join(_PROGRAMS)} is on PATH")
    expect.set_options(timeout=_WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def hubs(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hubs]:
    """Return the preview of a configuration; the same one for all tests."""
    known: dict[str, Previewed] = {}
    install()
    with ExitStack() as stack:

        def get(name: str) -> Previewed:
            if name not in known:
                folder = tmp_path_factory.mktemp(name) / "project"
                bench = stack.enter_context(
                    benched(configure(folder, CONFIGURATIONS[name], PROFILES))
                )
                known[name] = bench.start(*OPTIONS.get(name, ()))
            return known[name]

        yield get


@pytest.fixture
def guests(chromium: Browser, hubs: Hubs, request: pytest.FixtureRequest) -> Iterator[Guests]:
    """Return somebody with a browser of their own before a hub."""
    pages = request.node.stash.setdefault(_PAGES, [])
    with ExitStack() as stack:

        def get(hub: str, name: str, **how: Any) -> Guest:
            running = hubs(hub)
            context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **how})
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(_WAIT_MS)
            pages.append(page)
            return Guest(page, running, name)

        yield get


@pytest.fixture(scope="session")
def axe(chromium: Browser) -> Axe:
    """Return the accessibility checker."""
    return installed(cache_dir())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say where the pictures of a failed test are."""
    report = yield
    if call.when == "call" and report.failed:
        folder = Path(tempfile.mkdtemp(prefix="jhub-browser-"))
        for number, page in enumerate(item.stash.get(_PAGES, [])):
            place = folder / f"{item.name}-{number}.png".replace("/", "-")
            report.sections.append((f"browser {number}", _picture(page, place)))
    return report


def _picture(page: Page, place: Path) -> str:
    """Keep what a page shows; return where, or why that cannot be had."""
    try:
        page.screenshot(path=place, full_page=True)
    except Error as error:
        return f"{page.url}\nno picture: {error.message}"
    return f"{page.url}\n{place}"
