"""What people do with a previewed hub: choose, wait, work, share, stop."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.guest import START_MS

# Of a page that does not renew itself.
_LOOK_MS = 500

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.browser.conftest import Guests


def test_profiles_by_group(guests: Guests) -> None:
    """Two users in different groups are offered different profiles."""
    mia, ben = guests("school", "mia"), guests("school", "ben")

    mia.log_in()
    ben.log_in()

    expect(mia.profile("Training")).to_be_visible()
    expect(ben.profile("Analysis")).to_be_visible()
    expect(ben.profile("Training")).to_have_count(0)


def test_a_card_tells_what_a_profile_is(guests: Guests) -> None:
    """Hardware, how it is shared, and the price where it is wanted."""
    mia = guests("school", "mia")
    mia.log_in()

    expect(mia.page.get_by_text("One quarter of an NVIDIA L4")).to_be_visible()
    expect(mia.page.get_by_text("its memory is not isolated")).to_be_visible()
    expect(mia.page.get_by_text(re.compile(r"\$[0-9.]+")).first).to_be_visible()
    expect(mia.page.get_by_text("Maintenance on Friday.")).to_be_visible()


def test_choices_reach_the_pod(guests: Guests) -> None:
    """Image and size stand in the pod that the cluster would be given, with its pool."""
    olga = guests("school", "olga")
    olga.log_in()

    olga.choose("Analysis", Image="R", Size="Large tables")
    olga.await_lab()
    olga.open("/hub/home")
    olga.page.get_by_role("link", name="Pods", exact=True).click()

    expect(olga.page.get_by_role("heading", name="Pods of the preview")).to_be_visible()
    expect(olga.page.get_by_text("olga").first).to_be_visible()
    expect(olga.page.get_by_text("Analysis (analysis), size large-tables")).to_be_visible()
    olga.page.get_by_text("The pod as it would be posted").click()
    pod = olga.page.get_by_role("region", name="olga").locator("pre")
    expect(pod).to_contain_text("image: quay.io/jupyter/r-notebook:2025-11-10")
    expect(pod).to_contain_text(re.compile(r"memory: '?8000000000|memory: 8"))
    expect(pod).to_contain_text("jhub/pool: cpu")
    olga.stop()


def test_waiting_and_working(guests: Guests) -> None:
    """What happens is told; JupyterLab opens; a cell is run by a real kernel."""
    carl = guests("school", "carl")
    carl.log_in()

    carl.choose("Analysis")

    expect(carl.page.get_by_role("heading", name="Your server is starting")).to_be_visible()
    told = carl.page.get_by_role("status")
    expect(told).to_contain_text("A machine is being started for your server")
    carl.await_lab()
    carl.open_notebook()
    assert carl.run("import os; print(6 * 7, os.getcwd())") == "42 /home/jovyan"
    carl.stop()


def test_a_file_survives_and_is_private(guests: Guests) -> None:
    """It is there after stop and start; another user sees no home but their own."""
    dora, finn = guests("school", "dora"), guests("school", "finn")
    dora.log_in()
    dora.start()
    dora.open_notebook()
    assert dora.run("print(open('kept.txt', 'w').write('a secret of dora'))") == "16"
    dora.stop()

    dora.start()
    # Without the notebook of before, whose kernel would have to be chosen.
    dora.open("/user/dora/lab?reset")
    dora.open_notebook()
    assert dora.run("print(open('kept.txt').read())") == "a secret of dora"

    finn.log_in()
    finn.start()
    finn.open_notebook()
    seen = "import pathlib; print([str(p) for p in pathlib.Path('/').rglob('kept.txt')], 'end')"
    assert finn.run(seen) == "[] end"
    # Nor by the other's address, of which the hub asks whose it is.
    finn.open("/user/dora/lab")
    expect(finn.page.get_by_role("heading", name="403")).to_be_visible()
    dora.stop()
    finn.stop()


def test_the_shared_folder(guests: Guests) -> None:
    """Everybody reads; with `write: admins` only administrators write."""
    alice, gus = guests("school", "alice"), guests("school", "gus")
    alice.log_in(alice.hub.password("JHUB_ADMIN_PASSWORD"))
    gus.log_in()
    alice.start()
    gus.start()
    alice.open_notebook()
    gus.open_notebook()

    assert alice.run("print(open('/home/shared/task.txt', 'w').write('read this'))") == "9"

    assert gus.run("print(open('/home/shared/task.txt').read())") == "read this"
    assert "Error" in gus.run("open('/home/shared/answer.txt', 'w')")
    alice.stop()
    gus.stop()


def test_three_users_at_once(guests: Guests) -> None:
    """Each has a kernel of their own, while the others wait for nobody."""
    people = [guests("school", name) for name in ("hugo", "ida", "jan")]
    for each in people:
        each.log_in()
    for each in people:
        each.choose("Analysis")
    for each in people:
        each.await_lab()
        each.open_notebook()
    for number, each in enumerate(people):
        assert each.run(f"mine = {number}; print('set')") == "set"
    for number, each in enumerate(people):
        assert each.run("print(mine)") == str(number)
    for each in people:
        each.stop()


def test_named_servers(guests: Guests) -> None:
    """A second server runs beside the first one, up to the limit."""
    kim = guests("school", "kim")
    kim.log_in()
    kim.open_home()

    kim.page.get_by_label("Name of the new server").fill("second")
    kim.page.get_by_role("button", name="Add").click()
    kim.choose("Analysis")
    kim.await_lab()
    expect(kim.page).to_have_url(re.compile("/user/kim/second/"))

    kim.open_home()
    row = kim.page.get_by_role("row").filter(has_text="second")
    row.get_by_role("button", name="Stop second").click()
    expect(row.get_by_role("button", name="Start second")).to_be_visible(timeout=START_MS)
    kim.page.once("dialog", lambda asked: asked.accept())
    row.get_by_role("button", name="Delete second").click()
    expect(row).to_have_count(0)


def test_a_profile_without_machines_says_why(guests: Guests) -> None:
    """The reason stands on the page, with a way back to the choice."""
    lea = guests("school", "lea")
    lea.log_in()

    lea.choose("Rare")

    heading = lea.page.get_by_role("heading", name="Your server did not start")
    expect(heading).to_be_visible(timeout=START_MS)
    expect(lea.page.get_by_role("alert")).to_have_text(
        "AWS has no machine to give that your profile could use. "
        "Try again later, or choose another profile."
    )
    lea.page.get_by_role("button", name="Choose again").click()
    expect(lea.profile("Analysis")).to_be_visible()


def test_a_start_can_be_stopped(guests: Guests) -> None:
    """By keyboard, while the page waits; the choice is there again, and nothing runs."""
    pia = guests("school", "pia")
    pia.log_in()
    told = 'data: {"progress": 50, "message": "Your profile\'s pool is full."}\n\n'
    pia.page.route(
        "**/progress?*", lambda route: route.fulfill(content_type="text/event-stream", body=told)
    )
    pia.choose("Analysis")
    expect(pia.page.get_by_role("status")).to_contain_text("pool is full")

    _tab_to(pia.page, "Stop and choose again")
    pia.page.keyboard.press("Enter")

    heading = pia.page.get_by_role("heading", name="Choose a server")
    expect(heading).to_be_visible(timeout=START_MS)
    pia.open_home()
    expect(pia.page.get_by_text("It is not running.")).to_be_visible()


def test_a_stop_is_seen(guests: Guests) -> None:
    """While it works the page says so, and its buttons do nothing."""
    rob = guests("school", "rob")
    rob.log_in()
    rob.start()
    rob.open_home()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    rob.page.route("**/api/users/rob/server?*", hold)

    rob.page.get_by_role("button", name="Stop my server").click()

    stopping = rob.page.get_by_role("button", name="Stopping …")
    expect(stopping).to_be_disabled()
    expect(rob.page.get_by_role("button", name="Open my server")).to_be_disabled()
    expect(rob.page.get_by_role("status")).to_have_text("It is stopping.")
    stopping.press("Enter")
    assert len(held) == 1
    held[0].continue_()
    start = rob.page.get_by_role("button", name="Start my server")
    expect(start).to_be_enabled(timeout=START_MS)
    expect(start).to_be_focused()
    expect(stopping).to_be_hidden()


def test_an_idle_server_is_ended(guests: Guests) -> None:
    """With `--cull-after`, while nobody looks at it."""
    max_ = guests("culled", "max")
    max_.log_in()
    max_.start()

    # JupyterLab asks its server for something all the time, which is activity.
    max_.open("/hub/home")
    expect(max_.page.get_by_text("It is running.")).to_be_visible()
    gone = max_.page.get_by_text("It is not running. Your files are kept.")
    deadline = time.monotonic() + START_MS / 1000
    while not gone.is_visible() and time.monotonic() < deadline:
        max_.page.wait_for_timeout(_LOOK_MS)
        max_.page.reload()
    expect(gone).to_be_visible()


def test_by_keyboard_alone(guests: Guests) -> None:
    """Log in, choose another image, start; no pointer is needed, nor a script of the test."""
    noa = guests("school", "noa")
    keyboard = noa.page.keyboard
    noa.open()
    _tab_to(noa.page, "Username")
    keyboard.type("noa")
    _tab_to(noa.page, "Password")
    keyboard.type(noa.hub.password())
    keyboard.press("Enter")
    expect(noa.page.get_by_role("heading", name="Choose a server")).to_be_visible()

    _tab_to(noa.page, "Analysis")
    _tab_to(noa.page, "SciPy")
    keyboard.press("ArrowRight")
    expect(noa.page.get_by_role("radio", name="R", exact=True)).to_be_checked()
    _tab_to(noa.page, "Start")
    keyboard.press("Enter")

    noa.await_lab()
    noa.stop()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until something of a name has the focus, which has to be seen."""
    for _ in range(30):
        here = page.evaluate(
            """() => {
              const at = document.activeElement;
              const label = at.labels?.length ? at.labels[0].textContent : "";
              return [label || at.getAttribute("aria-label") || at.textContent || at.value,
                      at.matches(":focus-visible")];
            }"""
        )
        if " ".join((here[0] or "").split()).startswith(name):
            assert here[1], f"the focus on {name} cannot be seen"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {name}")
