"""``jhub auth test`` and ``validate --online`` in processes of their own, over TLS."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
import requests

from jupyterhub_eks.oidc.callback import callback_on
from tests.support.browser import forms
from tests.support.dialects import Person
from tests.support.provider import Provider
from tests.support.secret_places import secrets_manager
from tests.support.tls import certificate, listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "s3cret-of-the-client"
FILE = """\
auth:
  type: oauth
  provider: keycloak
  issuer: {issuer}
  client_id: hub
  client_secret: {{env: HUB_SECRET}}
  admins: [root]
  admin_groups: [ops]
  allow: {{groups: [users]}}
access: {{domain: hub.example.org, hosted_zone: example.org}}
cluster: {{public_access_cidrs: [203.0.113.0/24]}}
"""


def free_port() -> int:
    """Return a port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Trial:
    """A folder with a configuration, and the provider that it names."""

    def __init__(self, folder: Path, pem: Path) -> None:
        self.folder, self.pem, self.port = folder, pem, free_port()
        self.started: list[subprocess.Popen[str]] = []
        client = ("hub", SECRET)
        self.idp = Provider("keycloak", client=client, callback=callback_on(self.port))

    def start(
        self, *arguments: str, terminal: int | None = None, **environ: str
    ) -> subprocess.Popen[str]:
        """Start a command, on a terminal if there is one."""
        known = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JHUB_", "AWS_")) and name != "CI"
        }
        given = {"SSL_CERT_FILE": str(self.pem), "HUB_SECRET": SECRET, "HOME": str(self.folder)}
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub_eks", *arguments],
            cwd=self.folder,
            env={**known, **given, **environ},
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if terminal is None else terminal,
            text=True,
            # Without a terminal of its own, so that it is asked on the one that it is given.
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def end(self) -> None:
        """End what a test that fails has left."""
        for process in self.started:
            process.kill()
            process.communicate()

    def test(
        self, *arguments: str, terminal: int | None = None, **environ: str
    ) -> subprocess.Popen[str]:
        """Start the trial of a login."""
        given = ("auth", "test", "--no-browser", "--port", str(self.port), *arguments)
        return self.start(*given, terminal=terminal, **environ)

    def log_in(self, process: subprocess.Popen[str], name: str) -> requests.Response:
        """Open the address that the command prints, log in, and come back to its page."""
        assert process.stderr is not None
        address = next(line.strip() for line in process.stderr if line.startswith("  https:"))
        return self.follow(address, name)

    def follow(self, address: str, name: str) -> requests.Response:
        """Log in at an address, and come back to the page of the command."""
        with requests.Session() as browser:
            browser.trust_env, browser.verify = False, str(self.pem)
            page = browser.get(address, timeout=20)
            form = next(each for each in forms(page) if "sub" in each.fields)
            filled = form.fields | {"sub": name}
            return browser.post(urljoin(page.url, form.action), data=filled, timeout=20)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """Yield a folder and its provider."""
    made = Trial(tmp_path, certificate(tmp_path))
    with listening(made.idp, made.pem) as url:
        made.idp.url, made.idp.issuer = url, url + made.idp.dialect.issuer
        text = FILE.format(issuer=made.idp.issuer)
        (tmp_path / "jhub.yaml").write_text(text, encoding="utf-8")
        yield made
        made.end()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Return exit code and what was printed."""
    out, err = process.communicate(timeout=60)
    assert SECRET not in out + err
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("name", "groups", "code", "expected"),
    [
        (
            "mia",
            ("/users", "/ml"),
            0,
            {
                "name": "mia",
                "groups": ["ml", "users"],
                "admin": False,
                "allowed": True,
                "because": ["`allow.groups` names their group `users`"],
            },
        ),
        ("ada", ("/ops",), 0, {"name": "ada", "groups": ["ops"], "admin": True, "allowed": True}),
        ("eve", (), 10, {"name": "eve", "groups": [], "admin": False, "allowed": False}),
    ],
)
def test_login(
    trial: Trial, name: str, groups: tuple[str, ...], code: int, expected: dict[str, Any]
) -> None:
    """The browser is told where to read on; the verdict is the result, and the exit code."""
    trial.idp.enrol(Person(name=name, email=f"{name}@example.org", groups=groups))
    process = trial.test("--json")
    page = trial.log_in(process, name)
    assert (page.status_code, page.url.partition("?")[0]) == (200, callback_on(trial.port))
    assert "terminal" in page.text
    returned, out, _ = ended(process)
    assert returned == code
    found = json.loads(out)
    assert {key: found[key] for key in expected} == expected
    assert bool(found["unless"]) == (not expected["allowed"])


def test_callback_to_register_is_named_first(trial: Trial) -> None:
    """Whoever has not registered it reads so beside the address."""
    process = trial.test("--wait", "1")
    code, out, err = ended(process)
    assert (code, out) == (4, "")
    assert callback_on(trial.port) in err
    assert "nobody came back from the provider within 1 seconds" in err


def test_others_at_the_callback(trial: Trial) -> None:
    """Pages that did not come from this login are refused, and the login goes on."""
    trial.idp.enrol(Person(name="mia", email="mia@example.org", groups=("/users",)))
    process = trial.test("--json")
    assert process.stderr is not None
    address = next(line.strip() for line in process.stderr if line.startswith("  https:"))
    for query in ("?error=access_denied&state=wrong", "?code=c&state=wrong", ""):
        page = requests.get(callback_on(trial.port) + query, timeout=20)
        assert page.status_code == 400
    trial.follow(address, "mia")
    code, out, _ = ended(process)
    assert (code, json.loads(out)["name"]) == (0, "mia")


def test_client_that_is_a_placeholder(trial: Trial) -> None:
    """Nobody is sent to the provider with it."""
    code, _, err = ended(trial.test("--client-id", "ChangeMe"))
    assert code == 2
    assert "still holds the placeholder CHANGEME" in err


def test_port_that_is_taken(trial: Trial) -> None:
    """Nobody is sent to the provider for nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", trial.port))
        taken.listen()
        code, _, err = ended(trial.test())
    assert code == 4
    assert f"port {trial.port} of this machine cannot be used" in err
    assert "--port" in err


def test_ctrl_c(trial: Trial) -> None:
    """One line, no traceback."""
    process = trial.test()
    assert process.stderr is not None
    while not process.stderr.readline().startswith("  https:"):
        pass
    process.send_signal(signal.SIGINT)
    code, _, err = ended(process)
    assert code == 130
    assert "stopped before somebody had logged in" in err
    assert "Traceback" not in err


def test_secret_that_is_another(trial: Trial) -> None:
    """The client is what is spoken of."""
    trial.idp.enrol(Person(name="mia", email="mia@example.org"))
    process = trial.test(HUB_SECRET="of-another-day")
    trial.log_in(process, "mia")
    code, _, err = ended(process)
    assert code == 4
    assert "invalid_client" in err
    assert "of-another-day" not in err


def test_secret_that_is_not_there(trial: Trial) -> None:
    """The variable that the configuration names is asked for, before any login."""
    code, _, err = ended(trial.test(HUB_SECRET=""))
    assert code == 2
    assert "auth.client_secret: the environment variable HUB_SECRET is not set" in err
    assert "export HUB_SECRET=" in err


def where(trial: Trial, source: str) -> None:
    """Write another place of the client secret into the configuration."""
    file = trial.folder / "jhub.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("  client_secret: {env: HUB_SECRET}\n", source), encoding="utf-8")


def test_secret_of_secrets_manager(trial: Trial) -> None:
    """It is read from AWS as a deploy reads it; one that is not there is named."""
    trial.idp.enrol(Person(name="mia", email="mia@example.org", groups=("/users",)))
    with secrets_manager({"lab/hub": SECRET}) as url:
        environ = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"}
        where(trial, "  client_secret: {secrets_manager: lab/hub}\n")
        process = trial.test(**environ)
        trial.log_in(process, "mia")
        code, out, _ = ended(process)
        assert (code, "let in  mia" in out) == (0, True)
        where_now = (trial.folder / "jhub.yaml").read_text().replace("lab/hub", "lab/other")
        (trial.folder / "jhub.yaml").write_text(where_now)
        code, _, err = ended(trial.test(**environ))
    assert code == 4
    assert "AWS Secrets Manager has no secret lab/other" in err


@pytest.mark.parametrize("of_its_own", [False, True])
def test_secret_that_nobody_names(trial: Trial, *, of_its_own: bool) -> None:
    """It is the usual variable's, for another client too, whose secret the file does not name."""
    trial.idp.enrol(Person(name="mia", email="mia@example.org", groups=("/users",)))
    if not of_its_own:
        where(trial, "")
    other = ("--client-id", "hub") if of_its_own else ()
    code, _, err = ended(trial.test(*other))
    assert code == 2
    assert "the environment variable JHUB_CLIENT_SECRET is not set" in err
    process = trial.test(*other, JHUB_CLIENT_SECRET=SECRET, HUB_SECRET="of-another-client")
    trial.log_in(process, "mia")
    assert ended(process)[0] == 0


def test_secret_that_is_typed(trial: Trial) -> None:
    """On a terminal it is asked for, and the terminal does not show it."""
    where(trial, "")
    ours, theirs = pty.openpty()
    process = trial.test("--wait", "1", terminal=theirs)
    os.close(theirs)
    shown = read_until(ours, b"(not shown):")
    os.write(ours, f"{SECRET}\n".encode())
    shown += read_until(ours, b"nobody came back")
    process.wait(timeout=60)
    os.close(ours)
    assert b"auth.client_secret" in shown
    assert SECRET.encode() not in shown
    assert process.returncode == 4


def read_until(terminal: int, words: bytes) -> bytes:
    """Return what a terminal shows up to some words."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 4096)
    return shown


def test_provider_is_asked_before_anybody_logs_in(trial: Trial) -> None:
    """An issuer that is none is told in the words of `validate --online`."""
    file = trial.folder / "jhub.yaml"
    file.write_text(file.read_text().replace("realms/main", "realms/none"), encoding="utf-8")
    code, _, err = ended(trial.test())
    assert code == 4
    assert "is not an issuer" in err
    code, _, err = ended(trial.start("validate", "--online"))
    assert code == 3
    assert "jhub.yaml:4:" in err
    assert "is not an issuer" in err


def test_online(trial: Trial) -> None:
    """The mock fits what the hub needs."""
    code, out, _ = ended(trial.start("validate", "--online"))
    assert code == 0
    assert trial.idp.issuer in out
