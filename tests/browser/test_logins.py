"""Every kind of login in a browser: who enters, who is refused and told why, and logging out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Guests

PASSWORD = "quarry-lamp-Wednesday-7"


def test_a_shared_password(guests: Guests) -> None:
    """A user enters with it, on the very first page, and leaves again."""
    ben = guests("school", "ben")

    ben.log_in()
    expect(ben.page.get_by_role("heading", name="Choose a server")).to_be_visible()

    ben.log_out()
    expect(ben.page.get_by_role("button", name="Sign in")).to_be_visible()
    ben.open("/hub/spawn")
    expect(ben.page.get_by_label("Password")).to_be_visible()


def test_a_wrong_password(guests: Guests) -> None:
    """It is said on the page, which keeps the name."""
    ben = guests("school", "ben")

    ben.log_in("not the one")

    expect(ben.page.get_by_text("Invalid username or password")).to_be_visible()
    expect(ben.page.get_by_label("Username")).to_have_value("ben")


def test_an_administrator_has_a_password_of_their_own(guests: Guests) -> None:
    """The shared one does not open the page of administrators."""
    alice = guests("school", "alice")

    alice.log_in()
    expect(alice.page.get_by_text("Invalid username or password")).to_be_visible()

    alice.log_in(alice.hub.password("JHUB_ADMIN_PASSWORD"))
    alice.page.get_by_role("link", name="Admin").click()
    expect(alice.page.get_by_role("button", name="Add Users")).to_be_visible()


def test_the_page_of_administrators_is_closed_to_others(guests: Guests) -> None:
    """It is neither offered nor shown."""
    ben = guests("school", "ben")
    ben.log_in()
    expect(ben.page.get_by_role("heading", name="Choose a server")).to_be_visible()
    expect(ben.page.get_by_role("link", name="Admin")).to_have_count(0)

    ben.open("/hub/admin")

    expect(ben.page.get_by_role("heading", name="403")).to_be_visible()
    ben.page.get_by_role("button", name="Back to the hub").click()
    expect(ben.page.get_by_role("heading", name="Your servers")).to_be_visible()


def test_sign_up_and_approval(guests: Guests) -> None:
    """Whoever signs up waits for an administrator, whose page lets them in."""
    nina, teacher = guests("native", "nina"), guests("native", "teacher")
    nina.open()
    nina.page.get_by_role("link", name="Create").or_(
        nina.page.get_by_role("link", name="Sign up")
    ).first.click()
    nina.page.get_by_label("Username").fill("nina")
    nina.page.locator("#password_input").fill(PASSWORD)
    nina.page.locator("#password_confirmation_input").fill(PASSWORD)
    nina.page.get_by_role("button", name="Create User").click()
    nina.log_in(PASSWORD)
    expect(nina.page.get_by_label("Password")).to_be_visible()
    expect(nina.page.get_by_role("heading", name="Choose a server")).to_have_count(0)

    given = teacher.hub.password("JHUB_ADMIN_PASSWORD")
    teacher.log_in(given)
    teacher.page.get_by_label("Password that you were given").fill(given)
    teacher.page.get_by_label("New password", exact=True).fill(PASSWORD[::-1])
    teacher.page.get_by_label("New password again").fill(PASSWORD[::-1])
    teacher.page.get_by_role("button", name="Go on").click()
    teacher.page.get_by_role("link", name="Sign-ups").click()
    row = teacher.page.get_by_role("row").filter(has_text="nina")
    row.get_by_text("Authorize", exact=True).click()

    nina.log_in(PASSWORD)
    expect(nina.page.get_by_role("heading", name="Choose a server")).to_be_visible()


def test_cognito(guests: Guests) -> None:
    """A member of the group enters; the logout ends the provider's session too."""
    bob = guests("cognito", "bob@example.org")

    bob.log_in_at_provider()
    expect(bob.page.get_by_role("heading", name="Choose a server")).to_be_visible()

    bob.log_out()
    expect(bob.page.get_by_role("heading", name="You are logged out")).to_be_visible()
    expect(bob.page.get_by_text("Cognito")).to_be_visible()
    bob.page.get_by_role("link", name="Back to the hub").click()
    expect(bob.page.get_by_role("button", name="Sign in with Cognito")).to_be_visible()
    # Asked again who it is: a computer that others use is safe.
    bob.page.get_by_role("button", name="Sign in with Cognito").click()
    expect(bob.page.get_by_role("button", name="bob@example.org")).to_be_visible()


def test_a_stranger_is_refused_with_a_reason(guests: Guests) -> None:
    """The page says that it is the hub that refuses, and leads on."""
    stranger = guests("cognito", "stranger@elsewhere.example")

    stranger.log_in_at_provider()

    expect(stranger.page.get_by_role("heading", name="403")).to_be_visible()
    expect(stranger.page.get_by_text("not currently authorized")).to_be_visible()
    expect(stranger.page.get_by_role("button", name="Back to the hub")).to_be_visible()


@pytest.mark.parametrize("provider", ["github", "keycloak"])
def test_a_provider_with_groups(guests: Guests, provider: str) -> None:
    """Its groups open profiles, and whoever is in none that is allowed stays outside."""
    mia, eve = guests(provider, "mia"), guests(provider, "eve")

    mia.log_in_at_provider()
    expect(mia.profile("Training")).to_be_visible()

    eve.log_in_at_provider()
    expect(eve.page.get_by_role("heading", name="403")).to_be_visible()


def test_an_administrator_by_provider(guests: Guests) -> None:
    """Named in the configuration, known by the provider."""
    root = guests("github", "root")

    root.log_in_at_provider()

    expect(root.page.get_by_role("link", name="Admin")).to_be_visible()
