"""`jhub auth test` at a user pool on the embedded AWS, by processes of its own.

The pool is deployed with the client secret of a provider behind it in the environment, which
nothing after that has any more.
"""

from __future__ import annotations

import json
import signal
import socket
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
import requests
import yaml

from jupyterhub_eks.local import supervisor
from jupyterhub_eks.oidc.callback import callback_on
from tests.local.cognito import PASSWORD, REGION, Pool
from tests.support.browser import forms

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.support.command import Jhub

SECRET = "secret-of-the-partner"
PARTNER = {
    "oidc": {
        "issuer": "https://login.example.com",
        "client_id": "hub",
        "client_secret": {"env": "PARTNER_SECRET"},
    },
    "email_domains": ["example.com"],
}


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configure(jhub: Jhub, **auth: Any) -> None:
    """Write a login by Cognito into ``jhub.yaml``."""
    file = jhub.folder / "jhub.yaml"
    settings: dict[str, Any] = yaml.safe_load(file.read_text())
    settings["region"] = REGION
    settings["access"] = {
        "domain": "hub.example.org",
        "certificate_arn": f"arn:aws:acm:{REGION}:000000000000:certificate/1",
    }
    settings["auth"] = {
        "type": "cognito",
        "admins": ["root@example.org"],
        "allow": {"groups": ["users"]},
        **auth,
    }
    file.write_text(yaml.safe_dump(settings))


def running(jhub: Jhub) -> str:
    """Return the address of the embedded AWS of the folder, which is started if need be."""
    return str(supervisor.ensure_running(jhub.folder / ".jhub").env["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="module")
def pool(jhub: Jhub) -> Pool:
    """Return the pool that a deploy has made, with two users."""
    configure(jhub, identity_providers={"Partner": PARTNER})
    given = replace(jhub, env={**jhub.env, "PARTNER_SECRET": SECRET})
    given.run("deploy", "--local", "--yes", "--stack", "identity")
    found = jhub.json("output", "--local")["identity"]
    made = Pool(running(jhub), found["user_pool_id"])
    for name, group in {"mia": "users", "eve": ""}.items():
        made.add(f"{name}@example.org", *filter(None, [group]))
        made.client.admin_set_user_password(
            UserPoolId=made.id,
            Username=f"{name}@example.org",
            Password=PASSWORD,
            Permanent=True,
        )
    return made


def clients(pool: Pool) -> list[str]:
    """Return the names of a pool's clients."""
    found = pool.client.list_user_pool_clients(UserPoolId=pool.id, MaxResults=60)
    return sorted(each["ClientName"] for each in found["UserPoolClients"])


@contextmanager
def trial(jhub: Jhub, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a trial that waits for a login, and where it is."""
    port = str(free_port())
    process = jhub.start(
        "auth", "test", "--local", "--no-browser", "--port", port, *arguments, "--json"
    )
    assert process.stderr is not None
    said = []
    try:
        for line in process.stderr:
            said.append(line)
            if line.startswith("  http:"):
                break
        else:
            raise AssertionError("".join(said))
        yield process, line.strip()
    finally:
        process.kill()
        process.communicate()


def log_in(process: subprocess.Popen[str], address: str, name: str) -> tuple[int, dict[str, Any]]:
    """Log in on the page of the embedded AWS; return exit code and verdict."""
    with requests.Session() as browser:
        page = browser.get(address, timeout=20)
        form = next(each for each in forms(page) if "username" in each.fields)
        filled = {**form.fields, "username": name, "password": PASSWORD}
        back = browser.post(urljoin(page.url, form.action), data=filled, timeout=20)
    assert back.status_code == 200
    assert "terminal" in back.text
    out, _ = process.communicate(timeout=60)
    return process.returncode, json.loads(out)


def test_before_the_pool_is_there(jhub: Jhub) -> None:
    """It says to deploy first; nobody is sent anywhere."""
    configure(jhub)
    error = jhub.json("auth", "test", "--local", "--no-browser", code=4)["error"]
    assert "no user pool" in error["message"]
    assert "jhub deploy --local" in error["hint"]


def test_verdict_is_told_and_the_client_is_gone(jhub: Jhub, pool: Pool) -> None:
    """Groups are those of the id token; whoever is in none that may enter is refused."""
    before = clients(pool)
    with trial(jhub) as (process, address):
        assert len(clients(pool)) == len(before) + 1
        code, verdict = log_in(process, address, "mia@example.org")
    assert code == 0
    assert verdict == {
        "name": "mia@example.org",
        "groups": ["users"],
        "admin": False,
        "allowed": True,
        "because": ["`allow.groups` names their group `users`"],
        "unless": [],
    }
    with trial(jhub) as (process, address):
        code, verdict = log_in(process, address, "eve@example.org")
    assert (code, verdict["allowed"], verdict["groups"]) == (10, False, [])
    assert clients(pool) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_client_of_a_stopped_trial_is_gone(jhub: Jhub, pool: Pool, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end the wait, not the order."""
    before = clients(pool)
    with trial(jhub) as (process, _):
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode == 130
    assert clients(pool) == before


def test_client_of_a_killed_trial_is_no_drift_and_goes_with_the_next(
    jhub: Jhub, pool: Pool
) -> None:
    """No plan sees it, without the provider's secret; the next trial removes it."""
    before = clients(pool)
    with trial(jhub) as (process, _):
        process.kill()
    (left,) = set(clients(pool)) - set(before)
    assert left.startswith("jhub-auth-test-")
    jhub.run("plan", "--local", "--exit-code", "--stack", "identity")
    with trial(jhub) as (process, _):
        assert left not in clients(pool)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert clients(pool) == before


def test_another_client(jhub: Jhub, pool: Pool) -> None:
    """One that was made for trials is used as it is, and stays."""
    port = free_port()
    made = pool.client.create_user_pool_client(
        UserPoolId=pool.id,
        ClientName="for-trials",
        GenerateSecret=True,
        CallbackURLs=[callback_on(port)],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]
    before = clients(pool)
    asked = ("--client-id", made["ClientId"], "--port", str(port))
    known = replace(jhub, env={**jhub.env, "JHUB_CLIENT_SECRET": made["ClientSecret"]})
    with trial(known, *asked) as (process, address):
        assert clients(pool) == before
        code, verdict = log_in(process, address, "mia@example.org")
    assert (code, verdict["name"]) == (0, "mia@example.org")
    assert clients(pool) == before
    pool.client.delete_user_pool_client(UserPoolId=pool.id, ClientId=made["ClientId"])


def test_end_needs_no_secret_and_takes_all_clients(jhub: Jhub, pool: Pool) -> None:
    """A deploy changes nothing; a destroy removes the pool, with what a killed trial has left."""
    done = jhub.json("deploy", "--local", "--yes", "--stack", "identity")
    assert {each["result"] for each in done["stacks"]} == {"unchanged"}
    with trial(jhub) as (process, _):
        process.kill()
    jhub.run("destroy", "--local", "--yes")
    # What is left would be an error, and the embedded AWS would go on.
    assert supervisor.find(jhub.folder / ".jhub") is None


def test_pool_that_is_there_needs_no_deploy(jhub: Jhub) -> None:
    """Of somebody else's, pool and client are known from the configuration."""
    theirs = Pool(running(jhub), "")
    theirs.id = theirs.client.create_user_pool(PoolName="t", UsernameAttributes=["email"])[
        "UserPool"
    ]["Id"]
    theirs.client.create_user_pool_domain(Domain="their-login", UserPoolId=theirs.id)
    hub = theirs.client.create_user_pool_client(
        UserPoolId=theirs.id,
        ClientName="hub",
        GenerateSecret=True,
        CallbackURLs=["https://hub.example.org/hub/oauth_callback"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid", "email", "profile"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]["ClientId"]
    configure(jhub, existing={"user_pool_id": theirs.id, "client_id": hub})
    theirs.add("root@example.org")
    theirs.client.admin_set_user_password(
        UserPoolId=theirs.id, Username="root@example.org", Password=PASSWORD, Permanent=True
    )
    with trial(jhub) as (process, address):
        code, verdict = log_in(process, address, "root@example.org")
    assert (code, verdict["admin"]) == (0, True)
    assert clients(theirs) == ["hub"]
    configure(jhub, existing={"user_pool_id": theirs.id, "client_id": "gone"})
    error = jhub.json("auth", "test", "--local", "--no-browser", code=4)["error"]
    assert "no such client" in error["message"]
