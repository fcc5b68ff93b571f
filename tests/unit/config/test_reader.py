"""Reading files that are not what they should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from jupyterhub_eks.config.builder import MAX_DEPTH
from jupyterhub_eks.config.document import Scalar, find, place_of, to_plain
from jupyterhub_eks.config.reader import MAX_BYTES, ReadError, read_file, read_text

if TYPE_CHECKING:
    from jupyterhub_eks.problems import Problem


def refused(data: bytes, folder: Path) -> Problem:
    path = folder / "jhub.yaml"
    path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        read_file(path)
    return caught.value.problems[0]


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named, with the way to make one."""
    with pytest.raises(ReadError) as caught:
        read_file(tmp_path / "none.yaml")
    (problem,) = caught.value.problems
    assert problem.file.endswith("none.yaml")
    assert "jhub init" in problem.hint


def test_directory(tmp_path: Path) -> None:
    """A folder in place of a file is said to be one."""
    with pytest.raises(ReadError, match="directory"):
        read_file(tmp_path)


def test_path_that_no_system_takes() -> None:
    """A path with a NUL byte is refused like any other bad path."""
    with pytest.raises(ReadError, match="cannot be read"):
        read_file(Path("a\0b"))


class ForbiddenPath(type(Path())):  # type: ignore[misc]
    """A file that the system does not let us read, also when the tests run as root."""

    def open(self, *_: object, **__: object) -> NoReturn:
        """Fail as a file of mode 0 does."""
        raise PermissionError(13, "Permission denied", str(self))


def test_forbidden_file(tmp_path: Path) -> None:
    """A file without read permission gets the command that gives it."""
    path = tmp_path / "jhub.yaml"
    path.touch(mode=0)
    with pytest.raises(ReadError) as caught:
        read_file(ForbiddenPath(path))
    assert caught.value.problems[0].hint == f"run `chmod u+r {path}`"


def test_latin_1(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is placed by line and column."""
    problem = refused("name: lab\ntags: {a: é}\n".encode("latin-1"), tmp_path)
    assert (problem.line, problem.column) == (2, 11)
    assert "0xe9" in problem.message


def test_utf_16(tmp_path: Path) -> None:
    """UTF-16, as some editors write it, is recognised as not UTF-8."""
    assert "not UTF-8" in refused("name: lab\n".encode("utf-16"), tmp_path).message


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark of UTF-8 does no harm and moves no column."""
    path = tmp_path / "jhub.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: lab\n")
    root = read_file(path).tree
    assert to_plain(root) == {"name": "lab"}
    assert place_of(root, ("name",), key=True).column == 1


def test_binary(tmp_path: Path) -> None:
    """A binary file is called one."""
    assert "binary" in refused(b"\x7fELF\0\0", tmp_path).message


def test_control_character(tmp_path: Path) -> None:
    """A control character is placed and named."""
    problem = refused(b"name: lab\ntags: {a: \x01}\n", tmp_path)
    assert (problem.line, problem.column) == (2, 11)
    assert "U+0001" in problem.message


def test_huge_file(tmp_path: Path) -> None:
    """A file beyond the limit is not read to its end."""
    assert "larger than 2048 KiB" in refused(b"#" * (MAX_BYTES + 1), tmp_path).message


@pytest.mark.parametrize("text", ["[" * 5000, "a: " + "{b: " * 5000, "- " * 5000])
def test_deep_nesting(text: str) -> None:
    """Nesting that would exhaust the stack is refused by depth."""
    with pytest.raises(ReadError, match=f"deeper than {MAX_DEPTH}"):
        read_text(text, "jhub.yaml")


def test_alias_bomb() -> None:
    """Aliases that would expand to a billion values are refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ReadError, match="expands to more than"):
        read_text("\n".join(lines), "jhub.yaml")


def test_alias_tower() -> None:
    """Aliases cannot hide depth either."""
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 60))]
    with pytest.raises(ReadError, match="expands"):
        read_text("\n".join(lines), "jhub.yaml")


def test_merge_key_prefers_what_is_written_out() -> None:
    """``<<`` fills in, in list order, and never overrides a key of its own mapping."""
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  x: 3\n  <<: [*a, *b]\n"
    assert to_plain(read_text(text, "f"))["c"] == {"x": 3, "y": 1, "z": 2}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.36", 1.36),
        ("0o17", 15),
        ("0x1f", 31),
        ("1_000", "1_000"),
        ("yes", "yes"),
        ("Null", None),
        ("TRUE", True),
        ("2026-01-01", "2026-01-01"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("-12", -12),
        ("12:30:45", "12:30:45"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    """Scalars are resolved by the core schema of YAML 1.2, without dates and base 60."""
    node = find(read_text(f"a: {text}", "f"), ("a",))
    assert isinstance(node, Scalar)
    assert node.value == value
    assert type(node.value) is type(value)


def test_text_of_a_number_is_kept() -> None:
    """What was typed can be quoted back, with its trailing zero."""
    node = find(read_text("version: 1.30", "f"), ("version",))
    assert isinstance(node, Scalar)
    assert node.text == "1.30"


def test_all_duplicates_are_reported() -> None:
    """Each repeated key is a problem of its own."""
    with pytest.raises(ReadError) as caught:
        read_text("a: 1\na: 2\nb: {c: 1, c: 2, c: 3}\n", "f")
    places = [(item.line, item.column) for item in caught.value.problems]
    assert places == [(2, 1), (3, 11), (3, 17)]
