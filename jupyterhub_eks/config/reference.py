"""The page ``docs/configuration.md``, made from the models."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

from jupyterhub_eks.config import lookup
from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.profiles import ProfilesFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

_INTRO: Final = """\
# Configuration

<!-- Made from the models by `python -m jupyterhub_eks.config.schema --write`; do not edit. -->

Two files describe a deployment: `jhub.yaml` (the platform) and `profiles.yaml` (node pools and
what users can start). Both are optional and every key has a default, so that
`jhub deploy --auth dummy` and `jhub deploy --auth cognito --domain hub.example.org` work without
any. `jhub init` writes a first version, `jhub validate` checks both without a network.

## How files and flags combine

Later sources win: defaults, then each `-f FILE` in the order given, then command-line flags.
`profiles.yaml` is looked for beside the first file, unless `--profiles` names one.

| what | rule |
|---|---|
| mappings | merge key by key |
| lists and single values | the later one replaces the earlier one as a whole |
| `null`, or a key without a value | takes the key away, so that its default holds |
| `auth.type` changed by a later source | keys unknown to the new type fall away, with a warning |
| problems | are reported where the value was written last, as `file:line:column` or its flag |

Inside `hub_values` a `null` stays, because there it removes a default of the chart, and inside
`kubespawner_override`. An item of a list, and a name of your own inside one (a size, an image, a
variable of a profile), needs a value: there is no default for it.

YAML 1.2 is read: `yes`, `no`, `on` and `off` are text, versions and account ids want quotes
(`"1.36"`), a key may stand once per mapping, and anchors, aliases and `<<` work. A file may have
up to 2 MiB and 40 levels; `-f -` reads one from a pipe. `CHANGEME`, in any case, is refused
wherever it stands.

For completion and checks while typing, put the schema in the first line:
`# yaml-language-server: $schema=docs/schema/jhub.schema.json` (or `profiles.schema.json`).

## Who can log in

`dummy` is for trials: one password for everybody, so it is accepted only while the hub is reached
by port-forward. Every other type needs somebody who may log in and somebody who administers.
`cognito` has both by default and is closed all the same: members of `users` may log in, members
of `admins` administer, both groups are made empty, and nobody can register.

[Logins](logins/README.md) has a page for each provider: what to enter there, a whole `jhub.yaml`,
groups, and what goes wrong.
"""


def reference_page() -> str:
    """Return the page as Markdown, with a final newline."""
    lines = [_INTRO]
    lines.append("## jhub.yaml\n")
    lines += _page(DeploymentFile, "")
    lines.append("## profiles.yaml\n")
    lines += _page(ProfilesFile, "")
    return "\n".join(lines).rstrip() + "\n"


def _page(model: type[Section], prefix: str) -> Iterator[str]:
    inner: list[tuple[str, str, type[Section]]] = []
    yield "| key | type | default | meaning |"
    yield "|---|---|---|---|"
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        below = _below(path, info)
        inner += below
        kind = "section" if below else _kind(info)
        cells = (f"`{path}`", kind, _default(info, has_section=bool(below)), info.description or "")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    for title, path, section in inner:
        yield f"### {title}\n"
        yield _summary(section) + "\n"
        yield from _page(section, path)


def _below(path: str, info: FieldInfo) -> list[tuple[str, str, type[Section]]]:
    """Return title, key prefix and model of each section below a field."""
    if path == "auth":
        return [
            (f"auth, type: {name}", "auth.", model) for name, model in lookup.AUTH_MODELS.items()
        ]
    annotation = lookup.unwrap(info.annotation)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [(path, f"{path}.", annotation)]
    element = lookup.element(annotation)
    if isinstance(element, type) and issubclass(element, Section):
        mark = "[]" if get_origin(annotation) is tuple else ".<name>"
        return [(f"{path}{mark}", f"{path}{mark}.", element)]
    return []


def _summary(section: type[Section]) -> str:
    return " ".join((section.__doc__ or "").split())


def _kind(info: FieldInfo) -> str:
    annotation = lookup.unwrap(info.annotation)
    return _name(annotation) + _bounds(info)


def _name(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in get_args(annotation))
    if origin is tuple:
        element = lookup.element(annotation)
        return f"list of {_PLURALS.get(element, _name(element))}"
    if origin is dict:
        value = get_args(annotation)[1]
        return f"mapping of text to {_PLURALS.get(value, 'anything')}"
    return _NAMES.get(annotation, "text")


_NAMES: Final[dict[Any, str]] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true`, `false`",
}
_PLURALS: Final[dict[Any, str]] = {str: "texts", int: "whole numbers"}


def _bounds(info: FieldInfo) -> str:
    low = next((item.ge for item in info.metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in info.metadata if hasattr(item, "le")), None)
    if low is not None and high is not None:
        return f", {low} to {high}"
    return f", up to {high}" if high is not None else ""


def _default(info: FieldInfo, *, has_section: bool) -> str:
    if info.is_required():
        return "required"
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, Section):
        set_keys = value.model_dump(mode="json", exclude_unset=True)
        return f"`{json.dumps(set_keys)}`" if set_keys else "see below"
    if has_section and value:
        return "see the example files"
    return _PLAIN_DEFAULTS.get(repr(value)) or f"`{_as_written(value)}`"


_PLAIN_DEFAULTS: Final = {"None": "unset", "()": "none", "{}": "none", "''": "empty"}


def _as_written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
