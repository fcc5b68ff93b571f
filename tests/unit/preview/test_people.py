"""Who can log in to the preview: named by option or file, or made up from the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyterhub_eks.errors import ConfigError, UsageError
from jupyterhub_eks.preview.known_groups import unknown_groups
from jupyterhub_eks.preview.login_people import people_of
from jupyterhub_eks.preview.matching_name import matching_name
from jupyterhub_eks.preview.people import Person, parse_people, read_people
from tests.support.hub import DOMAIN, deployment

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.config.deployment import Deployment

OIDC: dict[str, Any] = {
    "type": "oauth",
    "provider": "oidc",
    "issuer": "https://login.example.org",
    "client_id": "hub",
}
PROFILES = {
    "pools": {"cpu": {"instances": ["m7i.large"]}},
    "profiles": [
        {"name": "Small", "pool": "cpu", "cpu": 1, "memory": "2G", "default": True},
        {"name": "ML", "pool": "cpu", "cpu": 1, "memory": "2G", "groups": ["ml", "users"]},
    ],
}


def of(auth: dict[str, Any], profiles: dict[str, Any] | None = None) -> Deployment:
    """Return the deployment of an ``auth`` section."""
    return deployment(profiles, auth=auth, access={} if auth["type"] == "dummy" else DOMAIN)


def file_of(folder: Path, content: str | bytes) -> Path:
    """Return a file of people."""
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(file: Path) -> list[tuple[int, str]]:
    """Return line and words of each problem of a file."""
    with pytest.raises(ConfigError) as error:
        read_people(file)
    return [(problem.line, problem.message) for problem in error.value.problems]


def test_options_name_people() -> None:
    """Each option is a person; groups are told after a colon, GitHub's teams with their own."""
    assert parse_people(["Alice:users,ml", "bob", "carol: org:team ,org,org", "d@x.org:"]) == (
        Person(name="alice", groups=("users", "ml")),
        Person(name="bob"),
        Person(name="carol", groups=("org:team", "org")),
        Person(name="d@x.org"),
    )


def test_all_faulty_options_are_told_at_once() -> None:
    """An empty name, a name twice, a name and a group that cannot be: four problems."""
    with pytest.raises(ConfigError) as error:
        parse_people([":users", "bob", "BOB:ml", "a b", "eve:two words"])
    told = [problem.message for problem in error.value.problems]
    assert [message.partition(" (`")[0] for message in told] == [
        "the name is empty",
        "bob is named twice",
        "'a b' has a space in it, which no user name may have",
        "group 'two words' has a space in its name",
    ]
    assert {problem.location for problem in error.value.problems} == {"--as"}


@pytest.mark.parametrize(
    "content",
    [
        "alice,users;ml\nbob\n",
        "name,groups\nalice,users;ml\nbob,\n",
        '\ufeffname,groups\r\nalice,"users,ml"\r\n\r\nbob\r\n',
        "User;Groups\nalice;users|ml\nbob;\n",
        "name\tgroups\nalice\tusers;ml\nbob\t\n".encode("utf-16"),
    ],
)
def test_files_are_read_as_people_write_them(tmp_path: Path, content: str | bytes) -> None:
    """With and without titles, as spreadsheets save them."""
    found = read_people(file_of(tmp_path, content))
    assert [(each.name, each.groups) for each in found] == [("alice", ("users", "ml")), ("bob", ())]


def test_all_bad_lines_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Each with its line, whether or not the file has titles."""
    bad = "alice,users\n,ml\nbob smith\nalice,other\n"
    assert [line for line, _ in faults(file_of(tmp_path, bad))] == [2, 3, 4]
    assert [line for line, _ in faults(file_of(tmp_path, "name,groups\n" + bad))] == [3, 4, 5]
    wrong = "alice:users\nbob\ncarol;ml\n"
    assert faults(file_of(tmp_path, wrong)) == [
        (1, "'alice:users' is no user name"),
        (3, "'carol;ml' is no user name"),
    ]


def test_the_other_line_of_somebody_is_that_of_the_file(tmp_path: Path) -> None:
    """With and without titles: the row of titles that is added is none of it."""
    for titles, line in (("", 1), ("name,groups\n", 2)):
        [(_, message)] = faults(file_of(tmp_path, titles + "alice,users\nalice,other\n"))
        assert f":{line} too" in message


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, a folder, empty, or not text."""
    with pytest.raises(UsageError, match="cannot be read"):
        read_people(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        read_people(tmp_path)
    assert faults(file_of(tmp_path, "")) == [(0, "the file lists nobody")]
    assert faults(file_of(tmp_path, b"name\nalice\n\xff\n")) == [(3, "the text is not UTF-8")]


def test_one_of_each_kind_is_made_up() -> None:
    """Administrator, each group, name and domain, a group of profiles, blocked, a stranger."""
    auth = OIDC | {
        "admins": ["Root@lab.org"],
        "block": ["mallory@lab.org"],
        "allow": {"groups": ["users"], "users": ["alice@lab.org"], "domains": ["dept.lab.org"]},
    }
    found = people_of(of(auth, PROFILES))
    assert [(each.name, each.groups, each.admin) for each in found] == [
        ("root@lab.org", (), True),
        ("bob@lab.org", ("users",), False),
        ("alice@lab.org", (), False),
        ("carol@dept.lab.org", (), False),
        ("dave@lab.org", ("users", "ml"), False),
        ("mallory@lab.org", (), False),
        ("stranger@elsewhere.example", (), False),
    ]
    assert all(each.about for each in found)


def test_a_closed_pool_has_members_of_its_groups() -> None:
    """Nobody is listed, so the administrator is one by group."""
    found = people_of(of({"type": "cognito"}))
    assert [(each.name, each.groups, each.admin) for each in found] == [
        ("admin@example.org", ("admins",), True),
        ("alice@example.org", ("users",), False),
        ("stranger@elsewhere.example", (), False),
    ]


def test_no_stranger_where_everybody_enters() -> None:
    """With the shared password of a trial nobody is refused."""
    assert [each.name for each in people_of(of({"type": "dummy", "admins": ["root"]}))] == [
        "root",
        "alice",
    ]
    everyone = OIDC | {"allow": {"everyone": True}}
    assert "stranger@elsewhere.example" not in {each.name for each in people_of(of(everyone))}
    matching = {"type": "native", "admins": ["root"], "allow": {"pattern": "[a-z]+"}}
    assert [each.name for each in people_of(of(matching))] == ["root", "a"]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("student-[0-9]+", "student-1"),
        ("(alice|bob)@lab[.]org", "alice@lab.org"),
        (r"\w{3,8}", "aaa"),
        (r"^TEAM-\d{2}$", "team-11"),
        ("[^a-z]x?", "1x"),
        ("(?:u(?:ser)?_)?.+", "user_a"),
        ("a{100}", ""),
        (r"(x)\1", ""),
        ("(?=b)a", ""),
    ],
)
def test_somebody_fits_the_pattern(pattern: str, name: str) -> None:
    """A short name; none where none is found."""
    assert matching_name(pattern) == name


def test_named_people_are_known_as_the_login_knows_them() -> None:
    """By address where it wants one, with the domain of a provider that vouches for its own."""
    federated = {
        "type": "cognito",
        "identity_providers": {
            "University": {
                "saml": {"metadata_url": "https://idp.example.org/metadata.xml"},
                "email_domains": ["Uni.example.org"],
            }
        },
    }
    given = parse_people(["alice:users", "bob:University", "carol@lab.org"])
    assert [each.name for each in people_of(of(federated), given)] == [
        "alice@example.org",
        "bob@uni.example.org",
        "carol@lab.org",
    ]
    github = {"type": "oauth", "provider": "github", "client_id": "hub", "admins": ["Alice"]}
    (alice,) = people_of(of(github), given[:1])
    assert (alice.name, alice.admin) == ("alice", True)


def test_administrators_of_a_file_are_put_into_a_group_that_administers(tmp_path: Path) -> None:
    """Where no group does, they are refused with the key that would."""
    file = file_of(tmp_path, "name,groups,admin\nada,users,yes\n")
    (ada,) = people_of(of({"type": "cognito"}), read_people(file))
    assert (ada.groups, ada.admin) == (("users", "admins"), True)
    with pytest.raises(ConfigError) as error:
        people_of(of({"type": "dummy"}), read_people(file))
    assert error.value.problems[0].path == "auth.admins"


@pytest.mark.parametrize(
    ("provider", "more", "name"),
    [
        ("github", {}, "alice"),
        ("gitlab", {}, "alice"),
        ("gitlab", {"username_claim": "email"}, "alice@example.org"),
        ("google", {}, "alice@example.org"),
        ("oidc", {}, "alice@example.org"),
        ("oidc", {"username_claim": "employee"}, "alice"),
        ("oidc", {"username_claim": "upn", "admins": ["root@lab.org"]}, "alice@lab.org"),
        ("keycloak", {}, "alice"),
        ("keycloak", {"admins": ["root@lab.org"]}, "alice@lab.org"),
    ],
)
def test_names_are_as_the_provider_has_them(provider: str, more: dict[str, Any], name: str) -> None:
    """Where that depends on its settings, the names in the configuration tell."""
    auth = OIDC | {"provider": provider} | more
    (alice,) = people_of(of(auth), parse_people(["alice"]))
    assert alice.name == name


def test_names_of_ones_own_class_are_as_it_takes_them() -> None:
    """By the claim that it is told to use, or by the names in the configuration."""
    for config, more, name in (
        ({}, {}, "alice"),
        ({"GenericOAuthenticator": {"username_claim": "email"}}, {}, "alice@example.org"),
        ({}, {"admins": ["root@lab.org"]}, "alice@lab.org"),
    ):
        auth = {"type": "custom", "authenticator": "some.Login", "config": config, **more}
        (alice,) = people_of(of(auth), parse_people(["alice"]))
        assert alice.name == name


def test_a_group_that_nothing_names_is_told() -> None:
    """With those that profiles and rules name; the people of the preview enter all the same."""
    made = of({**OIDC, "allow": {"groups": ["/staff"]}, "admin_groups": ["ops"]}, PROFILES)

    assert unknown_groups(made, parse_people(["ann:staff,ml", "bob:/ops"])) == ""
    assert unknown_groups(made, parse_people(["ann:typo,ml"])) == (
        "warning: typo: a group that no profile and no rule names; known: ml, users, staff, ops"
    )
    two = unknown_groups(made, parse_people(["ann:typo", "bob:tpyo"]))
    assert two.startswith("warning: typo, tpyo: groups that no")


@pytest.mark.parametrize("kind", ["dummy", "native", "cognito", "oauth"])
def test_nobody_who_is_made_up_is_in_an_unknown_group(kind: str) -> None:
    """The preview does not warn of its own people."""
    auth = OIDC if kind == "oauth" else {"type": kind}
    allow = {} if kind in {"dummy", "cognito"} else {"allow": {"everyone": True}}
    made = of({**auth, **allow}, PROFILES)

    assert unknown_groups(made, people_of(made)) == ""


def test_groups_of_ones_own_values_are_known() -> None:
    """As the hub loads them."""
    own = {"hub": {"config": {"JupyterHub": {"load_groups": {"lab": {"users": []}}}}}}
    made = deployment(auth={"type": "dummy"}, hub_values=own)

    assert unknown_groups(made, parse_people(["ann:lab"])) == ""
