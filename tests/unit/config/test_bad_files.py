"""Files as they come from other tools, other habits and other encodings: place and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

# Content -> line and column, part of the message, part of the hint.
BAD: dict[str, tuple[bytes, str, str, str]] = {
    "list at the top": (b"- name: lab\n", "1:1", "holds a list", "`name: jupyterhub-on-eks`"),
    "text only": (b"hello\n", "1:1", "a single value", "`name: jupyterhub-on-eks`"),
    "no space after colons": (b"name:lab\nregion:x\n", "1:1", "single value", "`name: lab`"),
    "no-break space": ("name:\u00a0lab\n".encode(), "1:1", "single value", "`name: lab`"),
    "TOML": (b'name = "lab"\n', "1:1", "single value", "a colon and a space: `name: lab`"),
    "INI": (b"[network]\nzones = 3\n", "2:1", "more text after", "`key: value` lines"),
    "JSON with comment": (b'{"a": 1, // no\n"b": 2}', "1:1", "without its `}`", "begins with `#`"),
    "another program's file": (
        b"apiVersion: v1\nkind: Pod\n",
        "1:1",
        "none of its keys (`apiVersion`, `kind`) is known",
        "the right file",
    ),
    "tab before a key": (b"network:\n\tzones: 3\n", "2:1", "a tab", "put spaces in its place"),
    "tab after a colon": (b"name:\tlab\n", "1:6", "a tab", "put spaces in its place"),
    "duplicate key": (b"name: lab\nname: hub\n", "2:1", "written twice", "first stands in line 1"),
    "second document": (b"name: a\n---\nname: b\n", "2:1", "second YAML document", "`-f`"),
    "merge conflict": (
        b"name: a\n<<<<<<< HEAD\nregion: x\n=======\nregion: y\n>>>>>>> z\n",
        "2:1",
        "a merge conflict of git",
        "resolve it",
    ),
    "template": (b"name: {{ hub }}\n", "1:8", "a key must be text", "`{{ }}` of a template"),
    "variable": (b"account: ${ACCOUNT}\n", "1:10", "variables are not filled in", "123456789012"),
    "bracket left open": (b"network: {zones: 3\nname: a\n", "1:10", "without its `}`", "{key"),
    "quote left open": (b'name: "lab\nregion: x\n', "1:7", "never closed", "close the quote"),
    "line without colon": (b"name: a\nregion\ntags: {}\n", "3:1", "without `: `", "`key: value`"),
    "first line without colon": (b"name\nregion: x\n", "1:1", "without `: `", "`key: value`"),
    "wildcard": (
        b"access: {domain: *.example.org}\n",
        "1:18",
        "none above is marked `&.example.org`",
        '`"*.example.org"` for the text',
    ),
    "password with a star": (
        b"auth: {password: *s3cr3t-value}\n",
        "1:18",
        "`*...` repeats a value",
        '`"*..."` for the text',
    ),
    "bare star": (b"name: *\n", "1:8", "begins with `*` or `&`", "in quotes"),
    "block text mark": (b"name: |lab\n", "1:8", "begins with `|` or `>`", "in quotes"),
    "closing bracket only": (b"tags: ]\n", "1:7", "without an opening one", "`[a, b]`"),
    "list in a line": (b"tags: - a\n", "1:7", "a `- ` inside a line", "line of its own"),
    "merge of text": (b"network: {<<: single}\n", "1:15", "takes the keys", "`<<: *common`"),
    "anchor in a key of its own": (
        b"name: lab\nx-net: &n {zones: 3}\nnetwork: *n\n",
        "2:1",
        "unknown key `x-net`",
        "where it is first used",
    ),
    "tag": (b"name: !!python/name:os x\n", "1:7", "the tag !!python/name:os", "plain values"),
    "empty key": (b"name: lab\n: b\n", "2:1", "a value without a key", "write the key"),
    "Latin-1": ("name: a\ntags: {ort: Zürich}".encode("latin-1"), "2:14", "is `ü`", "iconv -f ISO"),
    "UTF-16": ("name: a\n".encode("utf-16"), "1:1", "UTF-16", "iconv -f UTF-16"),
    "UTF-16 unmarked": ("name: a\n".encode("utf-16-be"), "1:1", "UTF-16", "iconv -f UTF-16"),
    "NUL byte": (b"name: la\0b\n", "1:9", "byte 0x00", "remove the byte"),
    "byte order mark": (b"\xef\xbb\xbfname: My_Hub\n", "1:7", "`name: My_Hub`", "`name: my-hub`"),
    "CR line ends": (b"name: lab\rregion: Oregon\r", "2:9", "Oregon", "`region: us-west-2`"),
    "typographic quotes": ("name: “lab”\n".encode(), "1:7", "“lab”", "`name: lab`"),
    "invisible letter": ("name: lab\u200b\n".encode(), "1:7", "lab\\u200b", "`name: lab`"),
    "huge number": (b"network: {zones: 1" + b"0" * 300 + b"}\n", "1:18", "too large", "`zones: 6`"),
    "endless number": (
        b"network: {zones: " + b"9" * 5000 + b"}\n",
        "1:18",
        "not a whole number",
        "`zones: 3`",
    ),
    "infinite": (b"idle: {server_minutes: .inf}\n", "1:24", ".inf", "`server_minutes: 60`"),
    "account without quotes": (b"account: 012345678901\n", "1:10", "may begin", '"012345678901"'),
    "short account": (b"account: 12345\n", "1:10", "is a number", "the 12 digits of the account"),
    "date as version": (b"cluster: {version: 2024-01-01}\n", "1:20", "2024-01-01", '"1.36"'),
    "number as tag": (b"tags: {cost: 0777}\n", "1:14", "is a number", '`cost: "0777"`'),
    "login as text": (b"auth: Cognito\n", "1:7", "`auth: Cognito`", "`auth: {type: cognito}`"),
    "value in place of a section": (b"state: s3\n", "1:8", "`state: s3`", "`state: {backend: s3}`"),
    "section in a list": (b"network:\n- zones: 3\n", "2:1", "not a list", "`network: {zones: 3}`"),
    "deep": (b"hub_values: " + b"{a: " * 60, "1:169", "deeper than 40", "flatten"),
}
GOOD: dict[str, tuple[bytes, str, object]] = {
    "Norway": (b"name: no\n", "name", "no"),
    "Norway, with a directive of YAML 1.1": (b"%YAML 1.1\n---\nname: no\n", "name", "no"),
    "off is text": (b"tags: {power: off, yes: on}\n", "tags", {"power": "off", "yes": "on"}),
    "dates and times are text": (
        b"tags: {since: 2026-01-01, at: 12:30}\n",
        "tags",
        {"since": "2026-01-01", "at": "12:30"},
    ),
    "empty": (b"", "name", "jupyterhub-on-eks"),
    "empty value": (b"name:\nregion: ~\n", "name", "jupyterhub-on-eks"),
    "merge key and anchor": (
        b"tags: &t {a: x}\nhub_values: {<<: *t, b: y}\n",
        "hub_values",
        {"a": "x", "b": "y"},
    ),
    "end of document": (b"name: lab\n...\n", "name", "lab"),
    "JSON with joined escapes": (
        b'{"hub_values": {"title": "\\ud83d\\ude80"}}',
        "hub_values",
        {"title": "\U0001f680"},
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_placed_and_answered(case: str, tmp_path: Path) -> None:
    """The first problem says where, what, and what to write instead."""
    content, place, message, hint = BAD[case]
    path = tmp_path / "jhub.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(path,)))
    problem = caught.value.problems[0]

    assert f"{problem.line}:{problem.column}" == place
    assert message in problem.message
    assert hint in problem.hint


@pytest.mark.parametrize("case", GOOD)
def test_an_odd_file_is_read_as_it_is_meant(case: str, tmp_path: Path) -> None:
    """YAML 1.2 has no surprises of its elder."""
    content, key, value = GOOD[case]
    path = tmp_path / "jhub.yaml"
    path.write_bytes(content)

    assert getattr(load(ConfigSources(files=(path,))).deployment.settings, key) == value
