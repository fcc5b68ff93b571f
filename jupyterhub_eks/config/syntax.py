"""What a YAML syntax error means, in words of the person who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

# Fragment of the parser's problem -> what it means and what to do; first match wins.
_KNOWN = (
    (
        "'\\t'",
        "a tab where YAML wants spaces",
        "indent with spaces; most editors convert tabs on request",
    ),
    (
        "mapping values are not allowed",
        "a second `: ` in one value, or a line that is indented too far",
        'put text that contains `: ` in quotes, e.g. `description: "GPU: shared"`',
    ),
    (
        "could not find expected ':'",
        "a line without `: ` between key and value",
        "write `key: value`, with a space after the colon",
    ),
    (
        "expected ',' or '}'",
        "a `{` without its `}`, or a missing comma",
        "write `{key: value, key: value}`",
    ),
    ("expected ',' or ']'", "a `[` without its `]`, or a missing comma", "write `[a, b]`"),
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
    ("undefined alias", "an alias without its anchor", "write `&name` at the value it repeats"),
    ("duplicate anchor", "one anchor name used twice", "rename one of the two anchors"),
    ("unknown escape character", "a backslash escape unknown to YAML", "use single quotes"),
)


def explain_syntax(error: MarkedYAMLError, text: str) -> tuple[str, str]:
    """Return message and hint for a parser error in ``text``."""
    raw = " ".join(str(part) for part in (error.context, error.problem) if part)
    mark = error.problem_mark or error.context_mark
    if mark and _is_indented_by_tab(text, mark.line):
        return f"not valid YAML: {_KNOWN[0][1]}", _KNOWN[0][2]
    for fragment, meaning, hint in _KNOWN:
        if fragment in raw:
            return f"not valid YAML: {meaning}", hint
    return f"not valid YAML: {raw}", "check quotes, brackets and indentation around this place"


def _is_indented_by_tab(text: str, line: int) -> bool:
    lines = text.splitlines()
    if line >= len(lines):
        return False
    content = lines[line]
    return "\t" in content[: len(content) - len(content.lstrip())]
