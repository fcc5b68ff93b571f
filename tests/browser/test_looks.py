"""Pages on a phone, in light and dark, and for people who do not see or point."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Guests
    from tests.support.axe import Axe
    from tests.support.guest import Guest

PHONE = {"viewport": {"width": 390, "height": 844}}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
LONG = 'data: {"progress": 50, "message": "A machine is being started for your server."}\n\n'


def pages(user: Guest, admin: Guest) -> Iterator[tuple[str, Guest]]:
    """Show page after page."""
    user.open("/hub/login")
    yield "login", user
    user.log_in("wrong")
    yield "login refused", user
    user.log_in()
    expect(user.page.get_by_role("heading", name="Choose a server")).to_be_visible()
    yield "server options", user
    # The hub goes on; the page is told of a half only, so that it stays.
    user.page.route(
        "**/progress?*", lambda route: route.fulfill(content_type="text/event-stream", body=LONG)
    )
    user.choose("Analysis")
    expect(user.page.get_by_role("status")).to_contain_text("A machine is being started")
    yield "waiting", user
    user.page.unroute_all()
    user.page.reload()
    user.await_lab()
    user.open("/hub/home")
    yield "home", user
    user.open("/preview/pods")
    user.page.get_by_text("The pod as it would be posted").click()
    yield "pods", user
    user.open("/hub/token")
    yield "tokens", user
    user.open("/hub/admin")
    yield "error", user
    user.stop()
    admin.log_in(admin.hub.password("JHUB_ADMIN_PASSWORD"))
    admin.open("/hub/admin")
    expect(admin.page.get_by_role("button", name="Add Users")).to_be_visible()
    yield "admin", admin


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_pages_fit_and_are_accessible(guests: Guests, axe: Axe, size: str, scheme: str) -> None:
    """Nothing scrolls sideways, and axe finds no serious or critical fault."""
    how = {**(PHONE if size == "phone" else DESKTOP), "color_scheme": scheme}
    user = guests("school", f"{size}-{scheme}", **how)
    faults = []
    for name, guest in pages(user, guests("school", "alice", **how)):
        faults += [f"{name}: {fault}" for fault in _faults(guest, axe, scheme)]

    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_the_stand_in(guests: Guests, axe: Axe, scheme: str) -> None:
    """As the others; it says that no password is asked."""
    bob = guests("cognito", "bob@example.org", **PHONE, color_scheme=scheme)
    bob.open()
    bob.page.get_by_role("button", name="Sign in with Cognito").click()
    expect(bob.page.get_by_text("No password is asked")).to_be_visible()

    assert _faults(bob, axe, "") == []
    bob.page.get_by_role("button", name="bob@example.org").click()
    expect(bob.page.get_by_role("heading", name="Choose a server")).to_be_visible()
    bob.log_out()
    assert _faults(bob, axe, "") == []


def _faults(guest: Guest, axe: Axe, scheme: str) -> list[str]:
    page = guest.page
    faults = axe.violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    if wide > 0:
        faults.append(f"it is {wide} px wider than the screen")
    shown = page.locator("html").get_attribute("data-bs-theme")
    if scheme and shown != scheme:
        faults.append(f"it is {shown} where {scheme} is preferred")
    return faults
