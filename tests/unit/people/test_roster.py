"""Lists of people as spreadsheets and people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.errors import ConfigError
from jupyterhub_eks.people.model import Person
from jupyterhub_eks.people.names import NameRules
from jupyterhub_eks.people.roster import Roster, from_csv, from_names

PLAIN = NameRules("native")
ADDRESSES = NameRules("cognito", are_addresses=True)


def read(text: str | bytes, rules: NameRules = PLAIN, **how: object) -> Roster:
    """Return who a file lists."""
    content = text if isinstance(text, bytes) else text.encode()
    return from_csv(content, "people.csv", rules, **how)  # type: ignore[arg-type]


def faults(text: str | bytes, rules: NameRules = PLAIN, **how: object) -> list[tuple[int, str]]:
    """Return line and words of each problem of a file."""
    with pytest.raises(ConfigError) as error:
        read(text, rules, **how)
    assert {problem.file for problem in error.value.problems} == {"people.csv"}
    return [(problem.line, problem.message) for problem in error.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        b"name,groups,admin\nann,students;staff,yes\nbob,,\n",
        b"\xef\xbb\xbfname,groups,admin\r\nann,students;staff,yes\r\nbob,,\r\n",
        'name,groups,admin\nann,"students,staff",TRUE\nbob,,no\n'.encode("utf-16"),
        b'Name;Groups;Admin\nann;"students;staff";x\nbob;;0\n',
        b"User\tGroup\tAdministrator\tseat\nann\tstudents|staff\t1\t7\nbob\t\tn\t8\n",
        b'\n"name" , "groups","admin"\n\n ANN ,"students, staff",y\n,,\nBob\n\n',
    ],
    ids=["plain", "excel", "utf-16", "semicolons", "tabs-and-more-columns", "blanks"],
)
def test_same_people_however_written(content: bytes) -> None:
    """Marks, separators, quotes, blank lines and capitals make no difference."""
    if b'"name" ,' in content:
        content = content.replace(b'"name" , "groups"', b'"name","groups"')
    assert read(content).people == (
        Person(name="ann", groups=("students", "staff"), admin=True),
        Person(name="bob"),
    )


def test_all_faults_at_once_with_their_lines() -> None:
    """A row that is wrong does not hide the next one."""
    text = (
        "email,groups,admin\n"
        "ann@example.org,users,\n"
        "bob,users,\n"
        f"{'x' * 65}@example.org,,\n"
        "\n"
        "jörg@example.org,,\n"
        "carl@example.org,user,\n"
        "dora@example.org,,perhaps\n"
        ",users,\n"
        "ANN@example.org,admins,\n"
        f"{'y' * 60}@{'z' * 60}.{'z' * 10}.org,,\n"
        "eve@example.org,,,,7\n"
    )
    found = faults(text, ADDRESSES, known_groups=("users", "admins"))
    assert [line for line, _ in found] == [3, 4, 6, 7, 8, 9, 10, 11, 12]
    for (_, message), part in zip(
        found,
        (
            "'bob' is no e-mail address",
            "65 characters before the @; 64",
            "outside ASCII",
            "no group 'user'",
            "`admin` is 'perhaps'",
            "name is empty",
            "stands in people.csv:2 too",
            "128 are the most",
            "5 cells, and the header 3",
        ),
        strict=True,
    ):
        assert part in message


def test_unknown_group_names_the_one_that_was_meant() -> None:
    """Somebody who misses a letter is told the group."""
    with pytest.raises(ConfigError) as error:
        read("name,groups\nann,studnets\n", known_groups=("students", "staff"))
    assert error.value.problems[0].hint == "did you mean `students`?"


def test_mixed_case_is_one_person() -> None:
    """An address in capitals is the same one; the row that repeats it is passed over, and said."""
    found = read("email\nAnn@Example.org\nann@example.ORG\n", ADDRESSES)
    assert found.people == (Person(name="ann@example.org"),)
    assert found.notes == ("people.csv:3: ann@example.org stands in people.csv:2 already",)


def test_composed_and_decomposed_letters_are_one_name() -> None:
    """A name of a Mac and of Windows is the same person."""
    assert read("name\njo\u0308rg\nj\u00f6rg\n").people == (Person(name="j\u00f6rg"),)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("ann,students\nbob,\n", 1, "no column `name`"),
        ("", 0, "no rows"),
        ("\n \n", 0, "no rows"),
        ("name,groups\n", 0, "lists nobody"),
        ("name,name\nann,bob\n", 1, "two columns are `name`"),
        ('name,groups\nann,x\nbob,"y\ncarl,z\n', 3, "cannot be read"),
        (f"name\nann\n{'b' * 200_000}\n", 3, "a cell of more than 131072 characters"),
        (b"name\nann\nj\xf6rg\n", 3, "not UTF-8"),
        ("name\nann\nbo/b\n", 3, "'/' in it"),
        ("name\nann b\n", 2, "a space in it"),
        ("name\n\u212aim\n", 2, "letters that look like others"),
        (f"name\n{'a' * 129}\n", 2, "129 characters; 128"),
        (f"name,groups\nann,{'g' * 129}\n", 2, "129 characters; 128"),
    ],
)
def test_one_fault(text: str | bytes, line: int, part: str) -> None:
    """What is wrong with the file is said with the line."""
    assert [(at, part in message) for at, message in faults(text)] == [(line, True)]


def test_longest_names_are_taken() -> None:
    """Names and groups of 128 characters, and 64 before the @, are taken."""
    address = f"{'x' * 64}@{'y' * 59}.org"
    assert len(address) == 128
    assert read(f"email,groups\n{address},{'g' * 128}\n", ADDRESSES).people[0].name == address


def test_names_of_the_command_line() -> None:
    """Names have the same rules, and what is said has no line."""
    assert from_names(["Ann", "ann", "bob"], PLAIN, groups=["a", "a"], admin=True).people == (
        Person(name="ann", groups=("a",), admin=True),
        Person(name="bob", groups=("a",), admin=True),
    )
    with pytest.raises(ConfigError) as error:
        from_names(["a b", "@", ""], ADDRESSES)
    assert len(error.value.problems) == 3
    assert {problem.location for problem in error.value.problems} == {"command line"}


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    """No content of a file ends in anything but people or problems."""
    try:
        count = len(read(content).people)
    except ConfigError as error:
        count = len(error.problems)
    assert count > 0


def test_place_of_a_fault_is_a_line() -> None:
    """No column is named: it is the row that is wrong."""
    with pytest.raises(ConfigError) as error:
        read("name\nann\nb/b\n")
    assert [problem.location for problem in error.value.problems] == ["people.csv:3"]


def test_places_of_names() -> None:
    """Where each name stands first is known, for what is only found out later."""
    assert read("name\nann\n\nbob\nann\n").places == {"ann": "people.csv:2", "bob": "people.csv:4"}
    assert from_names(["ann"], PLAIN).places == {}
