"""Somebody before a browser, who uses a previewed hub by what they read on its pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.support.previewing import Previewed

# From "Start" to a JupyterLab that can be used, on a machine with other work besides.
START_MS = 90_000
_CELL_MS = 60_000
_KERNEL = "Python 3 (ipykernel)"


@dataclass
class Guest:
    """A person with a browser of their own.

    Attributes:
        page: What they look at.
        hub: The previewed hub.
        name: Of the person, as the hub knows them.
    """

    page: Page
    hub: Previewed
    name: str

    def open(self, path: str = "/") -> None:
        """Open a page of the hub."""
        self.page.goto(self.hub.url + path)

    @property
    def password(self) -> Locator:
        """Return where the password is written; a button beside may show it."""
        return self.page.get_by_label(re.compile(r"^Password:?$"))

    def log_in(self, password: str = "") -> None:
        """Log in with a password, by default the one that the preview made up for everybody."""
        self.open()
        self.page.get_by_label("Username").fill(self.name)
        self.password.fill(password or self.hub.password())
        self.page.get_by_role("button", name="Sign in").click()

    def log_in_at_provider(self) -> None:
        """Log in as somebody whom the stand-in offers."""
        self.open()
        self.page.get_by_role("button", name="Sign in with").click()
        self.page.get_by_role("button", name=self.name).click()

    def profile(self, name: str) -> Locator:
        """Return the choice of a profile."""
        return self.page.get_by_role("radio", name=name, exact=True)

    def choose(self, profile: str, **options: str) -> None:
        """Choose a profile and its options, as they are titled, and press "Start"."""
        # All of the card is its label.
        self.page.get_by_text(profile, exact=True).first.click()
        expect(self.profile(profile)).to_be_checked()
        chosen = self.page.get_by_role("group", name=f"Options of {profile}")
        for option, title in options.items():
            group = chosen.get_by_role("group", name=option, exact=True)
            group.get_by_role("radio", name=title).check()
        self.page.get_by_role("button", name="Start", exact=True).click()

    def start(self, profile: str = "Analysis", **options: str) -> None:
        """Start a server on the server page, and wait for its JupyterLab."""
        self.open("/hub/spawn")
        self.choose(profile, **options)
        self.await_lab()

    def await_lab(self) -> None:
        """Wait until JupyterLab can be used."""
        menu = self.page.get_by_role("menuitem", name="Kernel")
        expect(menu).to_be_visible(timeout=START_MS)

    def open_notebook(self) -> None:
        """Begin a notebook, and wait for its kernel."""
        offered = self.page.get_by_role("button", name=f"{_KERNEL} {_KERNEL}").first
        expect(offered).to_be_visible(timeout=START_MS)
        offered.click()
        ready = self.page.get_by_role("button", name=f"{_KERNEL} | Idle")
        expect(ready).to_be_visible(timeout=_CELL_MS)

    def run(self, code: str) -> str:
        """Return what the last cell of the notebook prints, or the name of its exception."""
        cells = self._cells()
        count = cells.locator(".jp-OutputArea-output").count()
        cells.get_by_role("textbox").last.click()
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Shift+Enter")
        output = cells.locator(".jp-OutputArea-output").nth(count)
        expect(output).to_have_text(re.compile(r"\S"), timeout=_CELL_MS)
        return output.inner_text().strip()

    def open_home(self) -> None:
        """Open the home page, and wait until its buttons do something."""
        self.open("/hub/home")
        self.page.wait_for_function("window._jupyterhub_page_loaded")

    def stop(self) -> None:
        """Stop the server on the home page, and wait until it has ended."""
        self.open_home()
        self.page.get_by_role("button", name="Stop my server").click()
        started = self.page.get_by_role("button", name="Start my server")
        expect(started).to_be_visible(timeout=START_MS)
        expect(self.page.get_by_text("It is not running.")).to_be_visible()

    def log_out(self) -> None:
        """Log out; on a phone this is in a menu."""
        menu = self.page.get_by_role("button", name="Toggle navigation")
        if menu.is_visible():
            menu.click()
        self.page.get_by_role("button", name="Logout").click()

    def _cells(self) -> Locator:
        return self.page.get_by_role("feed", name="Cells")
