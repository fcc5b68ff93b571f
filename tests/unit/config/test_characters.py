"""Names and texts that would move the cursor of a terminal, or read otherwise than they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

PROFILES = """\
pools:
  p: {{instances: [m7i], labels: {{example.org/a: {label}}}}}
profiles:
- name: {name}
  default: true
  pool: p
  description: {description}
  options: {{{option}: {{cpu: 1, description: {words}}}}}
  images: {{{image}: "quay.io/jupyter/a:1"}}
  groups: [{group}]
  environment: {{{variable}: {value}}}
  kubespawner_override: {{cmd: [{command}]}}
"""
GOOD = {
    "label": "a",
    "name": "P",
    "description": "Words.",
    "option": "S",
    "words": "few",
    "image": "I",
    "group": "users",
    "variable": "A",
    "value": "x",
    "command": "start",
}
JHUB = "auth: {type: cognito}\naccess: {domain: hub.example.org}\n"
BAD = {
    "line break": ("\\n", "a line break"),
    "tab": ("\\t", "a tab"),
    "escape": ("\\e[31m", "the character U+001B"),
    "delete": ("\\x7F", "the character U+007F"),
    "next line": ("\\x85", "a line break"),
    "override": ("\\u202E", "the character U+202E"),
    "isolate": ("\\u2066", "the character U+2066"),
}
PLACES = {
    "label": "pools.p.labels.example.org/a",
    "name": "profiles[0].name",
    "option": "profiles[0].options.",
    "image": "profiles[0].images.",
    "group": "profiles[0].groups[0]",
    "variable": "profiles[0].environment.",
}
# Refused by the form that they must have, which is said instead.
HAVE_RULES = {"label", "variable", "group"}


def errors(folder: Path, jhub: str = JHUB, **changed: str) -> list[Problem]:
    """Return the errors of both files, with values of profiles.yaml as YAML."""
    main, file = folder / "jhub.yaml", folder / "profiles.yaml"
    main.write_text(jhub, encoding="utf-8")
    file.write_text(PROFILES.format(**(GOOD | changed)), encoding="utf-8")
    try:
        load(ConfigSources(files=(main,)))
    except ConfigError as error:
        return [each for each in error.problems if each.severity == "error"]
    return []


@pytest.mark.parametrize("key", PLACES)
@pytest.mark.parametrize("kind", BAD)
def test_a_name_with_such_a_character_is_refused(key: str, kind: str, tmp_path: Path) -> None:
    """Once, with its place, and with nothing in the text that a terminal would obey."""
    written, name = BAD[kind]
    (found,) = errors(tmp_path, **{key: f'"a{written}b"'})

    assert found.path.startswith(PLACES[key])
    assert found.line > 1
    if key not in HAVE_RULES:
        assert name in found.message
    assert (found.path + found.message + found.hint).isprintable()
    assert "b" in found.hint


@pytest.mark.parametrize("key", ["name", "tags", "admins"])
def test_the_same_in_the_other_file(key: str, tmp_path: Path) -> None:
    """Its names go to AWS and into every report."""
    auth = {"admins": 'auth: {type: cognito, admins: ["a@example.org\\e"]}'}.get(key, JHUB)
    rest = "" if auth == JHUB else "\naccess: {domain: hub.example.org}\n"
    more = {"name": 'name: "hub\\e[1m"\n', "tags": 'tags: {team: "a\\tb"}\n'}.get(key, "")
    (found,) = errors(tmp_path, more + auth + rest)
    assert key in found.path


def test_a_name_as_folded_text_is_refused_with_the_line_to_write(tmp_path: Path) -> None:
    """Its line break at the end is not seen in the file."""
    (found,) = errors(tmp_path, name=">\n    Data science")
    assert found.hint == 'write `name: "Data science"`'


def test_what_a_terminal_obeys_is_left_out_of_the_hint(tmp_path: Path) -> None:
    """The rest of a colour would look like a name."""
    (found,) = errors(tmp_path, name='"\\e[1mBold\\e[0m"')
    assert found.hint == "write `name: Bold`"


def test_a_flag_is_named(tmp_path: Path) -> None:
    """It has no line."""
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(overrides={"name": "hub\x1b[1m"}))
    (found,) = caught.value.problems
    assert "--name" in found.location


@pytest.mark.parametrize(
    "changed",
    [
        {"description": "|\n    One.\n\n    Two.\n    \tindented"},
        {"words": '"one\\ntwo"'},
        {"value": '"-----BEGIN\\n\\e"'},
        {"command": '"echo\\n\\ttwo"'},
        {"name": '"\u0645\u062d\u0645\u062f \\u200F(1)"'},
        {"name": '"Datenanalyse für 👩\u200d🔬"'},
    ],
    ids=["paragraphs", "words of a size", "variable", "command", "mark of direction", "joined"],
)
def test_texts_that_are_meant(changed: dict[str, str], tmp_path: Path) -> None:
    """Paragraphs, values that other programs read, and ordinary text of any language."""
    assert errors(tmp_path, **changed) == []


def test_values_of_charts_may_hold_any(tmp_path: Path) -> None:
    """They are read by others, and scripts have lines."""
    jhub = JHUB + 'hub_values: {hub: {extraConfig: {a: "x\\n\\ty\\e"}}}\n'
    assert errors(tmp_path, jhub) == []


@pytest.mark.parametrize("key", ["name", "option", "image"])
@pytest.mark.parametrize("text", ["  ", "\\u00A0", "\\u200B\\u2060"])
def test_a_title_that_nobody_sees_is_refused(key: str, text: str, tmp_path: Path) -> None:
    """Users would choose among empty lines."""
    (found,) = errors(tmp_path, **{key: f'"{text}"'})
    assert found.path.startswith(PLACES[key])
    assert " without a " in found.message


@pytest.mark.parametrize(
    "pattern", ["(" * 500 + "a" + ")" * 500, "a{99999999999999999999}"], ids=["deep", "often"]
)
def test_a_pattern_that_python_cannot_read(pattern: str, tmp_path: Path) -> None:
    """It is refused like any other that is none."""
    jhub = tmp_path / "p.yaml"
    jhub.write_text(
        "pools: {p: {instances: [m7i]}}\n"
        "profiles: [{name: P, default: true, pool: p, images: {A: 'a/b:1'}, "
        f"unlisted_image: '{pattern}'}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(profiles=jhub))
    (found,) = caught.value.problems
    assert "is not a regular expression" in found.message


def test_without_any_pool_its_absence_is_said_once(tmp_path: Path) -> None:
    """And not again for each profile."""
    file = tmp_path / "p.yaml"
    file.write_text("pools: {}\nprofiles: [{name: P, default: true, pool: p}]\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(profiles=file))
    assert [each.path for each in caught.value.problems] == ["pools"]
