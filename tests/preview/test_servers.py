"""Servers of a preview as their users see them: homes, the shared folder, pods, idle ends."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.previewing import Bench, configure
from tests.support.visitor import CellError, Visitor, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.previewing import Previewed

PROFILE = "data-science-cpu"
_CULLED_SECONDS = 60.0
_CONFIGURATION = """
name: demo
auth: {type: dummy, admins: [alice]}
storage: {shared: {write: admins}}
hub_values:
  hub: {allowNamedServers: true, namedServerLimitPerUser: 1}
"""


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    """Give a hub whose shared folder only administrators write to, with named servers.

    Each test has users of its own, besides alice who administers.
    """
    bench = Bench(configure(tmp_path_factory.mktemp("servers"), _CONFIGURATION))
    try:
        yield bench.start()
    finally:
        bench.close()


def entered(made: Previewed, name: str, stack: ExitStack) -> Visitor:
    """Return somebody who has logged in; alice is the administrator."""
    visitor = stack.enter_context(Visitor(made.url, name))
    variable = "JHUB_ADMIN_PASSWORD" if name == "alice" else "JHUB_USER_PASSWORD"
    assert visitor.log_in(made.password(variable)).status_code == 200
    return visitor


def started(made: Previewed, name: str, stack: ExitStack) -> Visitor:
    """Return somebody whose server runs."""
    visitor = entered(made, name, stack)
    assert visitor.start(PROFILE)[-1].get("ready") is True
    return visitor


def test_homes_are_apart_and_files_stay(previewed: Previewed) -> None:
    """What one user writes is there after a stop, and another one cannot even look for it."""
    with ExitStack() as stack:
        dora, bob = (started(previewed, name, stack) for name in ("dora", "bob"))
        dora.run("open('secret.txt', 'w').write('of dora')")

        assert bob.run("import os; print(os.getcwd(), os.path.exists('secret.txt'))") == (
            "/home/jovyan False\n"
        )
        hidden = f"print(os.path.exists({str(previewed.files.home)!r}))"
        assert bob.run(f"import os; {hidden}") == "False\n"

        dora.stop()
        assert dora.start(PROFILE)[-1].get("ready") is True
        assert dora.run("print(open('secret.txt').read())") == "of dora\n"


def test_kernels_are_reached_by_their_own_server_only(previewed: Previewed) -> None:
    """By sockets in its own /tmp; nothing of a kernel listens on the loopback that all share."""
    where = "from ipykernel.connect import get_connection_info as info, get_connection_file as file"
    with ExitStack() as stack:
        olga, paul = (started(previewed, name, stack) for name in ("olga", "paul"))
        told = f"{where}; print(info(unpack=True)['transport'], file())"
        transport, file = olga.run(told).split()

        assert (transport, file.rpartition("/")[0]) == ("ipc", "/tmp/jupyter-runtime")  # noqa: S108
        seen = f"import glob; {told}; print(*glob.glob('/tmp/jupyter-runtime/kernel-*.json'))"
        own, found = paul.run(seen).splitlines()
        assert own == f"ipc {found}"


def test_the_shared_folder_has_the_configured_write_rule(previewed: Previewed) -> None:
    """Administrators write, others read: as `storage.shared.write: admins` has it."""
    note = "/home/shared/note.txt"
    with ExitStack() as stack:
        alice, emil = (started(previewed, name, stack) for name in ("alice", "emil"))
        alice.run(f"open({note!r}, 'w').write('for all')")

        assert emil.run(f"print(open({note!r}).read())") == "for all\n"
        with pytest.raises(CellError, match="Read-only file system"):
            emil.run(f"open({note!r}, 'a')")


def test_the_settings_of_the_pod_are_at_work(previewed: Previewed) -> None:
    """Files and variables that the chart gives to servers."""
    with ExitStack() as stack:
        fred = started(previewed, "fred", stack)

        told = fred.run(
            "import os; print(os.environ['JUPYTER_IMAGE'], os.environ['MEM_LIMIT']);"
            "print(get_ipython().history_manager.hist_file)"
        )

    image, history = told.splitlines()
    assert image == "quay.io/jupyter/scipy-notebook:2025-11-10 4000000000"
    assert history == "/tmp/ipython-history.sqlite"  # noqa: S108 - of our own values


def test_users_see_their_own_pods_and_administrators_all(previewed: Previewed) -> None:
    """With pool and machines, and without anybody's token."""
    with ExitStack() as stack:
        started(previewed, "carol", stack)
        gina, alice = (entered(previewed, name, stack) for name in ("gina", "alice"))

        of_gina, of_alice = (each.get("/preview/pods") for each in (gina, alice))

    assert of_gina.status_code == of_alice.status_code == 200
    assert "Nobody has started a server yet." in text_of(of_gina.text)
    assert "carol" not in of_gina.text
    page = text_of(of_alice.text)
    assert "carol runs" in page
    assert "Node pool cpu" in page
    assert "m7i.xlarge" in page
    assert "JUPYTERHUB_API_TOKEN value: '********'" in page


def test_the_page_of_pods_is_for_whoever_has_logged_in(previewed: Previewed) -> None:
    """Anybody else is led to the login."""
    with Visitor(previewed.url, "nobody") as nobody:
        page = nobody.get("/preview/pods")

    assert "/hub/login" in page.url


def test_named_servers_run_beside_the_first_one_up_to_the_limit(previewed: Previewed) -> None:
    """Each with its own process, in the same home."""
    with ExitStack() as stack:
        hans = started(previewed, "hans", stack)
        hans.run("open('x', 'w').write('1')")

        assert hans.start(PROFILE, "second")[-1].get("ready") is True
        assert hans.run("print(open('x').read())", "second") == "1\n"
        refused = hans.get("/hub/spawn/hans/third")

    assert refused.status_code == 400
    assert "already has the maximum of 1 named servers" in text_of(refused.text)


def test_three_users_start_at_once(previewed: Previewed) -> None:
    """Each gets a server of their own."""
    names = ("jane", "kurt", "lena")
    with ExitStack() as stack:
        visitors = [entered(previewed, name, stack) for name in names]
        with ThreadPoolExecutor(len(names)) as pool:
            ready = list(pool.map(lambda each: each.start(PROFILE)[-1].get("ready"), visitors))
        cell = "import os; print(os.environ['JUPYTERHUB_USER'])"
        said = [each.run(cell).strip() for each in visitors]

    assert ready == [True] * len(names)
    assert said == list(names)


def test_a_server_that_ends_by_itself_can_be_started_again(previewed: Previewed) -> None:
    """Whatever has ended it: here its own kernel, which may."""
    with ExitStack() as stack:
        ivan = started(previewed, "ivan", stack)
        # Its first process is JupyterLab, which takes the kernel with it.
        with suppress(CellError, ConnectionError):
            ivan.run("import os, signal; os.kill(1, signal.SIGTERM)")
        until = time.monotonic() + _CULLED_SECONDS
        while ivan.running() and time.monotonic() < until:
            time.sleep(0.5)

        assert ivan.start(PROFILE)[-1].get("ready") is True
        assert ivan.run("print(1)") == "1\n"


def test_idle_servers_end_when_asked_for(bench: Bench) -> None:
    """By the hub's own service, and the file that was written stays."""
    made = bench.start("--cull-after", "6")
    with ExitStack() as stack:
        bob = started(made, "bob", stack)
        bob.run("open('kept', 'w').write('here')")
        since = time.monotonic()
        while bob.running() and time.monotonic() < since + _CULLED_SECONDS:
            time.sleep(0.5)

        assert time.monotonic() - since < _CULLED_SECONDS
        assert bob.start(PROFILE)[-1].get("ready") is True
        assert bob.run("print(open('kept').read())") == "here\n"


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--unavailable", "AWS has no machine to give that your profile could use."),
        ("--full", "Your profile's pool is full"),
    ],
)
def test_a_start_that_fails_on_aws_fails_here(bench: Bench, option: str, words: str) -> None:
    """With what the user would read; the next start of another profile works."""
    made = bench.start(option, PROFILE)
    with ExitStack() as stack:
        bob = entered(made, "bob", stack)

        failed = bob.start(PROFILE)
        page = bob.get("/hub/spawn-pending/bob")

        assert failed[-1].get("failed") is True
        assert words in failed[-1]["message"]
        assert words in text_of(page.text)
        assert bob.start("data-science-gpu-shared")[-1].get("ready") is True
