"""`jhub users` at a real hub: its REST API with the scopes of the service, and who gets in then."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from jupyterhub_eks.cli.adding_people import carry_out, left_to_do
from jupyterhub_eks.cli.asked_people import Request, who
from jupyterhub_eks.cli.console.screen import Screen
from jupyterhub_eks.cli.people import People
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.errors import ClusterError, ConfigError
from jupyterhub_eks.people.model import Account, Addition
from jupyterhub_eks.people.names import NameRules
from jupyterhub_eks.people.passwords import generate
from jupyterhub_eks.releases.z2jh.login import own_groups
from jupyterhub_eks.tools.hub_api import HubApi, HubRefusalError
from jupyterhub_eks.tools.hub_users import HubDirectory
from tests.support.dialects import Person
from tests.support.hub import ENVIRONMENT
from tests.support.hub_configuration import SERVICE_TOKEN
from tests.support.login_site import HOME, Site, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyterhub_eks.people.running import Outcome
    from tests.support.browser import Browser

    Browsers = Callable[[Site], Browser]

SHARED = ENVIRONMENT["JHUB_USER_PASSWORD"]
LISTED: dict[str, Any] = {"type": "dummy", "allow": {"users": ["bob"]}, "groups": ["students"]}
NATIVE: dict[str, Any] = {"type": "native", "admins": ["teacher"], "allow": {"users": ["bob"]}}
GOOGLE: dict[str, Any] = {"type": "oauth", "provider": "google", "allow": {"users": ["x@y.org"]}}
# Groups are told by the provider, and the hub keeps `invited` beside them.
GITLAB: dict[str, Any] = {"type": "oauth", "provider": "gitlab", "allow": {"groups": ["a/team"]}}
CHOSEN = "correct horse battery staple"


@contextmanager
def directory(where: Site, *, signs_up: bool = False, token: str = SERVICE_TOKEN) -> Iterator[Any]:
    """Yield the users of a hub, as `jhub users` reaches them."""
    api = HubApi(where.hub.address, token, sleep=lambda _: None)
    try:
        yield HubDirectory(api, signs_up=signs_up, sleep=lambda _: None)
    finally:
        api.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., tuple[Site, HubDirectory]]]:
    """Return a hub of an ``auth`` section, and its users."""
    with ExitStack() as stack:

        def make(auth: dict[str, Any]) -> tuple[Site, HubDirectory]:
            where = stack.enter_context(site(auth, tmp_path))
            signs_up = auth["type"] == "native"
            return where, stack.enter_context(directory(where, signs_up=signs_up))

        yield make


def test_invited_person_enters_and_removed_one_does_not(opened: Any, browsers: Browsers) -> None:
    """Access begins with the group `invited`, and ends with the user, session included."""
    where, users = opened(LISTED)
    assert not where.type_in(browsers(where), "ann", SHARED).url.endswith(HOME)
    users.add(Addition(name="ann", create=True, join=("invited", "students")), None)
    assert users.accounts()["ann"] == Account(name="ann", groups=("invited", "students"))
    assert users.groups()["students"] == ("ann",)
    browser = browsers(where)
    assert where.type_in(browser, "ann", SHARED).url.endswith(HOME)
    assert users.remove("ann") is True
    assert users.remove("ann") is False
    assert "/hub/login" in browser.get(HOME).url
    assert not where.type_in(browsers(where), "ann", SHARED).url.endswith(HOME)
    assert where.hub.account("ann") is None


def test_twice_is_once(opened: Any) -> None:
    """A person who is added again, by a run that was killed, is there once."""
    where, users = opened(LISTED)
    for _ in range(2):
        users.add(Addition(name="ann", create=True, join=("invited",)), None)
    account = where.hub.account("ann")
    assert account is not None
    assert account.groups == ("invited",)


@pytest.mark.parametrize("auth", [GOOGLE, GITLAB], ids=["no-groups", "groups-of-provider"])
def test_invited_at_a_provider(opened: Any, browsers: Browsers, auth: dict[str, Any]) -> None:
    """Whoever is invited enters, and is a member still, whoever tells the groups."""
    where, users = opened(auth)
    about = {"verified_email": True}
    person = Person(name="alice", email="alice@example.org", about=about)
    where.enrol(person)
    assert not str(where.enter(browsers(where), "alice").url).endswith(HOME)
    name = "alice@example.org" if auth is GOOGLE else "alice"
    users.add(Addition(name=name, create=True, join=("invited",)), None)
    for _ in range(2):
        assert str(where.enter(browsers(where), "alice").url).endswith(HOME)
    assert "invited" in users.accounts()[name].groups


def test_administrator(opened: Any, browsers: Browsers) -> None:
    """Whoever is one by a group of the hub is one from the first login on."""
    where, users = opened(NATIVE)
    password = generate()
    users.add(Addition(name="ann", create=True, join=("invited",), promote=True), password)
    browser = browsers(where)
    page = where.type_in(browser, "ann", password)
    filled = {"password": password, "new_password": CHOSEN, "new_password_again": CHOSEN}
    assert browser.submit(page, filled).url.endswith(HOME)
    assert users.accounts()["ann"].admin
    assert browser.get("/hub/admin").status_code == 200


def choose(
    where: Site, browser: Browser, name: str, given: str, new: str, again: str = ""
) -> requests.Response:
    """Log in with a password for one login, and choose another one."""
    page = where.type_in(browser, name, given)
    assert "Choose a password" in page.text
    filled = {"password": given, "new_password": new, "new_password_again": again or new}
    return browser.submit(page, filled)


def test_password_for_one_login(opened: Any, browsers: Browsers) -> None:
    """It opens nothing but the page on which another one is chosen, and then nothing at all."""
    where, users = opened(NATIVE)
    given = generate()
    users.add(Addition(name="ann", create=True, join=("invited",)), given)
    assert users.accounts()["ann"].state == "invited"
    browser = browsers(where)
    for new, again, said in (
        (given, "", "another password than"),
        (CHOSEN, CHOSEN + "r", "differ"),
        ("password1234", "", "characters at least"),
    ):
        assert said in choose(where, browser, "ann", given, new, again).text
        assert "/hub/login" in browser.get(HOME).url
    assert choose(where, browser, "ann", given, CHOSEN).url.endswith(HOME)
    assert users.accounts()["ann"] == Account(name="ann", groups=("invited",))
    assert not where.type_in(browsers(where), "ann", given).url.endswith(HOME)
    assert where.type_in(browsers(where), "ann", CHOSEN).url.endswith(HOME)


def test_wrong_password_chooses_nothing(opened: Any, browsers: Browsers) -> None:
    """Whoever does not have the password does not choose one, and is locked out in the end."""
    where, users = opened({**NATIVE, "lock_out": {"failures": 2, "minutes": 1}})
    given = generate()
    users.add(Addition(name="ann", create=True, join=("invited",)), given)
    browser = browsers(where)
    page = where.type_in(browser, "ann", given)
    filled = {"password": "guess", "new_password": CHOSEN, "new_password_again": CHOSEN}
    for _ in range(2):
        assert not browser.submit(page, filled).url.endswith(HOME)
    assert "Choose a password" not in where.type_in(browsers(where), "ann", given).text


def test_password_is_reset(opened: Any, browsers: Browsers) -> None:
    """The old password is no longer any good, and the new one is for one login."""
    where, users = opened(NATIVE)
    first, second = generate(), generate()
    users.add(Addition(name="ann", create=True, join=("invited",)), first)
    choose(where, browsers(where), "ann", first, CHOSEN)
    users.reset("ann", second)
    assert not where.type_in(browsers(where), "ann", CHOSEN).url.endswith(HOME)
    assert choose(where, browsers(where), "ann", second, CHOSEN + "2").url.endswith(HOME)


def test_signed_up_person_is_approved(opened: Any, browsers: Browsers) -> None:
    """Who signed up by the name waits; `add` gives the name to whoever has the password."""
    where, users = opened(NATIVE)
    browser = browsers(where)
    filled = {"username": "ann", "signup_password": CHOSEN, "signup_password_confirmation": CHOSEN}
    browser.submit(browser.get("/hub/signup"), filled)
    assert users.accounts()["ann"].state == "waits for approval"
    assert not users.accounts()["ann"].is_in
    given = generate()
    users.add(Addition(name="ann", admit=True, join=("invited",)), given)
    assert not where.type_in(browsers(where), "ann", CHOSEN).url.endswith(HOME)
    assert choose(where, browsers(where), "ann", given, CHOSEN + "2").url.endswith(HOME)
    users.remove("ann")
    assert "ann" not in users.accounts()


def test_sign_up_alone_is_removed(opened: Any, browsers: Browsers) -> None:
    """Somebody who only signed up is removed too."""
    where, users = opened(NATIVE)
    browser = browsers(where)
    filled = {"username": "eve", "signup_password": CHOSEN, "signup_password_confirmation": CHOSEN}
    browser.submit(browser.get("/hub/signup"), filled)
    assert users.remove("eve") is True
    assert "eve" not in users.accounts()


def test_invitation_outlives_the_hub(tmp_path: Path, browsers: Browsers) -> None:
    """A restart leaves users, groups and passwords for one login as they are."""
    given = generate()
    with site(NATIVE, tmp_path) as where, directory(where, signs_up=True) as users:
        users.add(Addition(name="ann", create=True, join=("invited",)), given)
    with site(NATIVE, tmp_path) as where:
        assert choose(where, browsers(where), "ann", given, CHOSEN).url.endswith(HOME)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "users/bob/tokens", {}),
        ("POST", "users/bob/server", None),
        ("GET", "users/bob/tokens", None),
        ("POST", "groups/another", {}),
        ("POST", "shutdown", {}),
        ("GET", "proxy", None),
    ],
)
def test_scopes_are_the_least(opened: Any, method: str, path: str, body: Any) -> None:
    """The service can do nothing that `jhub users` does not need."""
    where, users = opened(LISTED)
    users.add(Addition(name="bob", create=True), None)
    api = HubApi(where.hub.address, SERVICE_TOKEN)
    with pytest.raises(HubRefusalError) as refused:
        api.call(method, path, body)
    api.close()
    assert refused.value.status in {403, 404}


@pytest.mark.parametrize("token", ["", "another"])
def test_own_addresses_need_the_token(opened: Any, token: str) -> None:
    """Nobody else reads sign-ups or gives passwords."""
    where, users = opened(NATIVE)
    users.add(Addition(name="ann", create=True, join=("invited",)), generate())
    base = f"{where.hub.address}/hub/api/jhub/people"
    headers = {"Authorization": f"token {token}"} if token else {}
    assert requests.get(base, headers=headers, timeout=30).status_code == 403
    asked = {"password": CHOSEN}
    answer = requests.put(f"{base}/ann", json=asked, headers=headers, timeout=30)
    assert answer.status_code == 403


def test_user_gives_nobody_a_password(opened: Any, browsers: Browsers) -> None:
    """Somebody who is logged in has no more to say there than anybody."""
    where, users = opened(NATIVE)
    given = generate()
    users.add(Addition(name="ann", create=True, join=("invited",)), given)
    browser = browsers(where)
    choose(where, browser, "ann", given, CHOSEN)
    assert browser.get("/hub/api/jhub/people").status_code == 403


def test_five_hundred_are_listed(opened: Any) -> None:
    """All pages of a long list are read."""
    _, users = opened(LISTED)
    api = users._api
    api.call("POST", "users", {"usernames": [f"student{number}" for number in range(500)]})
    assert len([name for name in users.accounts() if name.startswith("student")]) == 500


def of_the_login(where: HubDirectory, auth: dict[str, Any]) -> People:
    """Return the users of a deployment, as the command has them."""
    section = DeploymentFile.model_validate({"auth": auth}).auth
    return People(
        auth=section,
        directory=where,
        rules=NameRules(section.type),
        typed="jhub {}".format,
        groups=own_groups(section),
        joins=("invited",),
        gives_passwords=section.type == "native",
    )


def test_class_from_a_file(opened: Any, browsers: Browsers, tmp_path: Path) -> None:
    """A list is added, and added again for nothing; somebody of it logs in by the file."""
    auth = {**NATIVE, "groups": ["students"]}
    where, users = opened(auth)
    people, file = of_the_login(users, auth), tmp_path / "passwords.csv"
    rows = [f"Student{number},students," for number in range(60)]
    (tmp_path / "class.csv").write_text("\n".join(["name,groups,admin", *rows, "Tutor,,yes"]))
    request = Request(csv=tmp_path / "class.csv", passwords=file)

    def go() -> Outcome:
        persons = who(people, request, Screen())
        wanted = left_to_do(people, persons)
        return carry_out(people, request, wanted, persons, Screen(), tmp_path / "reports").outcome

    assert len(go().done) == 61
    assert len(go().unchanged) == 61
    accounts = users.accounts()
    assert accounts["student59"].groups == ("invited", "students")
    assert accounts["tutor"].admin
    given = dict(line.split(",") for line in file.read_text().splitlines()[1:])
    assert len(given) == 61
    browser = browsers(where)
    assert choose(where, browser, "student7", given["student7"], CHOSEN).url.endswith(HOME)
    with pytest.raises(ConfigError, match="1 problem"):
        who(people, Request(names=("ann",), groups=("studens",)), Screen())


def test_wrong_token_says_what_to_do(opened: Any) -> None:
    """A hub that was made anew has another token than the one that is known."""
    where, _ = opened(LISTED)
    with directory(where, token="another") as users, pytest.raises(HubRefusalError) as refused:
        users.accounts()
    assert "deploy again" in refused.value.hint


def test_hub_that_is_away() -> None:
    """It is asked some times, and then the address is named."""
    pauses: list[float] = []
    api = HubApi("http://127.0.0.1:9", "token", sleep=pauses.append)
    with pytest.raises(ClusterError, match="at http"):
        HubDirectory(api, signs_up=False).accounts()
    api.close()
    assert len(pauses) == 5
