"""Names of users and groups under ``auth`` that nobody has, and groups that say too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.yamltext import as_yaml
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

EVERYBODY = {"admins": ["ann@example.org"], "allow": {"users": ["bob@example.org"]}}
KEPT: dict[str, Any] = {"groups": ["students", "users"]}
LOGINS: dict[str, dict[str, Any]] = {
    "cognito": {"type": "cognito"},
    "existing": {
        "type": "cognito",
        "existing": {"user_pool_id": "us-west-2_AbCdEf123", "client_id": "abc"},
    },
    "oauth": {"type": "oauth", "issuer": "https://idp.example.org", "client_id": "abc"},
    "cilogon": {
        "type": "oauth",
        "provider": "cilogon",
        "issuer": "https://idp.example.edu/idp/shibboleth",
        "client_id": "abc",
        **KEPT,
    },
    "custom": {"type": "custom", "authenticator": "a.B", "has_groups": True},
    "native": {"type": "native", **KEPT},
    "dummy": {"type": "dummy", **KEPT},
}
WITH_ADMIN_GROUPS = ("cognito", "existing", "oauth", "custom")


def said(tmp_path: Path, login: str, **auth: Any) -> tuple[bool, list[Problem]]:
    """Return whether a login is refused, and what is said of it."""
    whole = {**EVERYBODY, **LOGINS[login], **auth}
    access = {} if login == "dummy" else {"domain": "hub.example.org"}
    file = tmp_path / "jhub.yaml"
    lines = ["region: us-west-2", f"auth: {as_yaml(whole)}", f"access: {as_yaml(access)}", ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        return False, list(load(ConfigSources(files=(file,))).warnings)
    except ConfigError as error:
        return True, list(error.problems)


@pytest.mark.parametrize("login", LOGINS)
def test_the_logins_themselves_are_in_order(tmp_path: Path, login: str) -> None:
    """What the other tests change one thing of is not refused, nor warned of."""
    assert said(tmp_path, login) == (False, [])


@pytest.mark.parametrize("group", ["", " ", "\u200b"])
@pytest.mark.parametrize("login", LOGINS)
def test_nobody_is_let_in_by_a_group_without_a_name(tmp_path: Path, login: str, group: str) -> None:
    """It would only silence that nobody may log in; one thing is said of each."""
    refused, problems = said(tmp_path, login, allow={"groups": [group, group]})
    assert refused
    assert [each.path for each in problems] == ["auth.allow.groups[0]", "auth.allow.groups[1]"]
    assert all(each.line == 2 and each.severity == "error" for each in problems)


@pytest.mark.parametrize("group", ["", " ", "\u200b"])
@pytest.mark.parametrize("login", WITH_ADMIN_GROUPS)
def test_nobody_administers_by_a_group_without_a_name(
    tmp_path: Path, login: str, group: str
) -> None:
    """It would only silence that nobody administers the hub."""
    refused, problems = said(tmp_path, login, admin_groups=[group], admins=[])
    assert refused
    assert [each.path for each in problems] == ["auth.admin_groups[0]"]


def test_a_space_beside_a_group_is_seen(tmp_path: Path) -> None:
    """No provider tells a group with one."""
    refused, (problem,) = said(tmp_path, "oauth", allow={"groups": ["staff "]})
    assert refused
    assert problem.hint == "write `staff`"


@pytest.mark.parametrize("login", WITH_ADMIN_GROUPS)
def test_administrators_by_the_group_that_lets_in_are_warned_of(tmp_path: Path, login: str) -> None:
    """All who may log in would administer the hub."""
    refused, problems = said(tmp_path, login, admin_groups=["users"], allow={"groups": ["users"]})
    assert not refused
    assert [(each.path, each.severity) for each in problems] == [
        ("auth.admin_groups[0]", "warning")
    ]


def test_the_group_of_the_pool_lets_in_by_default(tmp_path: Path) -> None:
    """`jhub users add` puts users into it, although no line of the file names it."""
    login = {key: value for key, value in LOGINS["cognito"].items() if key != "allow"}
    file = tmp_path / "jhub.yaml"
    text = f"auth: {as_yaml({**login, 'admin_groups': ['users']})}\n"
    file.write_text(f"{text}access: {{domain: hub.example.org}}\n", encoding="utf-8")
    (problem,) = load(ConfigSources(files=(file,))).warnings
    assert problem.path == "auth.admin_groups[0]"


@pytest.mark.parametrize("name", ["*", "**", "*@example.org", "student-*", ".", "..", ".Archive"])
@pytest.mark.parametrize("login", LOGINS)
def test_signs_and_folders_are_no_users(tmp_path: Path, login: str, name: str) -> None:
    """In each list, and one thing is said of each."""
    refused, problems = said(
        tmp_path, login, admins=[name], allow={"users": [name]}, block=["a@b.org", name]
    )
    assert refused
    assert {each.path for each in problems if each.severity == "error"} == {
        "auth.admins[0]",
        "auth.allow.users[0]",
        "auth.block[1]",
    }


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("*", "everyone: true"),
        ("*@example.org", "domains: [example.org]"),
        ("student-*", "student-.*"),
    ],
)
def test_what_a_star_means_has_a_key(tmp_path: Path, name: str, remedy: str) -> None:
    """The key that says it is named."""
    _, problems = said(tmp_path, "oauth", allow={"users": [name]})
    assert remedy in problems[0].hint


ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:my-hub/client-secret-a1b2c3"


@pytest.mark.parametrize("place", [ARN, "my-hub/client-secret"])
def test_a_secret_has_a_name_or_an_arn(tmp_path: Path, place: str) -> None:
    """An ARN names its region, in which it is read."""
    assert said(tmp_path, "oauth", client_secret={"secrets_manager": place}) == (False, [])


@pytest.mark.parametrize(
    "place",
    [
        "arn:aws:secretsmanager:eu-west-1",
        "arn:aws:secretsmanager",
        "arn:",
        ARN.replace("123456789012", ""),
        ARN.replace("eu-west-1", ""),
        ARN.replace("secretsmanager", "ssm"),
        ARN.partition("my-hub")[0],
        f"{ARN}:key::",
        "a secret",
        "s" * 513,
    ],
)
def test_a_part_of_an_arn_is_refused(tmp_path: Path, place: str) -> None:
    """At its place, and without it: it may be the secret itself."""
    refused, (problem,) = said(tmp_path, "oauth", client_secret={"secrets_manager": place})
    assert refused
    assert problem.path == "auth.client_secret.secrets_manager"
    assert f"`{place}`" not in problem.message


def test_secrets_of_providers_of_the_pool_have_a_place(tmp_path: Path) -> None:
    """They are held against the same."""
    oidc = {"issuer": "https://idp.example.org", "client_id": "a", "client_secret": {}}
    partner = {"email_domains": ["example.org"], "oidc": oidc}
    refused, (problem,) = said(tmp_path, "cognito", identity_providers={"Partner": partner})
    assert refused
    assert problem.path == "auth.identity_providers.Partner.oidc.client_secret"


def test_a_value_of_nothing_but_unshown_characters_is_told_from_an_empty_one(
    tmp_path: Path,
) -> None:
    """The remedy is no empty value, which is refused in its turn."""
    _, (problem,) = said(tmp_path, "oauth", client_id="\0")
    assert "U+0000, which cannot be shown" in problem.message
    assert "nothing else is in it" in problem.hint
    assert '""' not in problem.hint
