"""What a YAML syntax error means, in words of the person who typed it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError, StringMark

_TAB: Final = (
    "a tab where YAML wants spaces",
    "put spaces in its place; most editors convert tabs on request",
)
_NO_COLON: Final = (
    "a line without `: ` between key and value",
    "write `key: value`, with a space after the colon",
)
# Fragment of the parser's problem -> what it means and what to do; first match wins.
_KNOWN: Final = (
    ("'\\t'", *_TAB),
    (
        "mapping values are not allowed",
        "a second `: ` in one value, or a line that is indented too far",
        'put text that contains `: ` in quotes, e.g. `description: "GPU: shared"`',
    ),
    ("could not find expected ':'", *_NO_COLON),
    (
        "expected ',' or '}'",
        "a `{` without its `}`, or a missing comma",
        "write `{key: value, key: value}`; a comment begins with `#`",
    ),
    (
        "expected ',' or ']'",
        "a `[` without its `]`, or a missing comma",
        "write `[a, b]`; a comment begins with `#`",
    ),
    ("unexpected end of stream", "a quote that is never closed", "close the quote"),
    ("found unexpected ':'", "a colon inside an unquoted value", "put the value in quotes"),
    (
        "expected <block end>",
        "a line whose indentation fits no line above it",
        "give keys of one mapping the same number of leading spaces",
    ),
    (
        "cannot start any token",
        "a value that begins with a character reserved by YAML",
        "put the value in quotes",
    ),
    (
        "expected alphabetic or numeric character",
        "a value that begins with `*` or `&`, which name a value to repeat",
        "put the value in quotes",
    ),
    (
        "expected chomping or indentation indicators",
        "a value that begins with `|` or `>`, which begin text of several lines",
        "put the value in quotes",
    ),
    (
        "expected the node content",
        "a closing bracket without an opening one, or a missing value",
        "write `[a, b]` or `{key: value}`, or put the value in quotes",
    ),
    (
        "sequence entries are not allowed",
        "a `- ` inside a line",
        "write each `- item` in a line of its own, or put text that begins with `- ` in quotes",
    ),
    (
        "expected '<document start>'",
        "more text after the list or mapping that the file begins with",
        "write `key: value` lines; `[name]` headings and a second pair of braces are not YAML",
    ),
    ("undefined alias", "an alias without its anchor", "write `&name` at the value it repeats"),
    ("duplicate anchor", "one anchor name used twice", "rename one of the two anchors"),
    ("unknown escape character", "a backslash escape unknown to YAML", "use single quotes"),
)
_CONFLICT: Final = re.compile(r"^<{7} .*$", re.MULTILINE)


def explain_syntax(error: MarkedYAMLError, text: str) -> tuple[tuple[int, int], str, str]:
    """Return line and column (from 1), message and hint for a parser error in ``text``."""
    if conflict := _CONFLICT.search(text):
        line = text.count("\n", 0, conflict.start()) + 1
        return (line, 1), "a merge conflict of git that is not resolved", "resolve it, then save"
    mark: StringMark | None = error.problem_mark or error.context_mark
    place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    raw = " ".join(str(part) for part in (error.context, error.problem) if part)
    if mark and _is_indented_by_tab(text, mark.line):
        return place, *_sentence(*_TAB)
    if "mapping values" in raw and mark and _follows_plain_line(text, mark.line):
        return (mark.line, 1), *_sentence(*_NO_COLON)
    for fragment, meaning, hint in _KNOWN:
        if fragment in raw:
            return _opening(error, fragment) or place, *_sentence(meaning, hint)
    hint = "check quotes, brackets and indentation around this place"
    return place, *_sentence(raw, hint)


def _sentence(meaning: str, hint: str) -> tuple[str, str]:
    return f"not valid YAML: {meaning}", hint


def _opening(error: MarkedYAMLError, fragment: str) -> tuple[int, int] | None:
    """Return where a bracket or quote was opened that is still open in a later line."""
    start, end = error.context_mark, error.problem_mark
    is_pair = fragment.startswith("expected ',' or") or fragment == "unexpected end of stream"
    if is_pair and start and end and start.line < end.line:
        return start.line + 1, start.column + 1
    return None


def _follows_plain_line(text: str, line: int) -> bool:
    """Whether the line above is text at the left margin without a colon."""
    lines = text.splitlines()
    if not 0 < line < len(lines) or lines[line][:1].isspace():
        return False
    above = lines[line - 1]
    return bool(above.strip()) and ":" not in above and not above[0].isspace()


def _is_indented_by_tab(text: str, line: int) -> bool:
    lines = text.splitlines()
    if line >= len(lines):
        return False
    content = lines[line]
    return "\t" in content[: len(content) - len(content.lstrip())]
