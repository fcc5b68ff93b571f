"""Whether KubeSpawner and Kubernetes take the value of a setting. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.settings.containers import container_faults
from jupyterhub_eks.config.settings.fault import Fault, shown
from jupyterhub_eks.config.settings.metadata import annotation_faults, label_faults
from jupyterhub_eks.config.spawner_kinds import KINDS
from jupyterhub_eks.suggest import closest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jupyterhub_eks.config.spawner_kinds import Form

# Largest id of a user or group that Kubernetes takes.
_MOST_ID: Final = 2**31 - 1
_POLICIES: Final = ("Always", "IfNotPresent", "Never")
_SCHEMES: Final = ("safe", "escape")
_ACCESS: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
# Amounts have rules of their own.
AMOUNTS: Final = frozenset({"cpu_guarantee", "cpu_limit", "mem_guarantee", "mem_limit"})
_MOST_PORT: Final = 65535
_CHOICES: Final = {"image_pull_policy": _POLICIES, "storage_access_modes": _ACCESS}
_IDS: Final = frozenset({"uid", "gid", "fs_gid", "supplemental_gids"})
_SECONDS: Final = frozenset({"start_timeout", "http_timeout", "poll_interval"})
_LABELS: Final = frozenset(
    {
        "common_labels", "extra_labels", "node_selector", "storage_extra_labels",
        "user_namespace_labels",
    }
)  # fmt: skip
_ANNOTATIONS: Final = frozenset(
    {"extra_annotations", "storage_extra_annotations", "user_namespace_annotations"}
)
_CONTAINERS: Final = frozenset({"extra_containers", "init_containers"})
# Each entry is an object of Kubernetes.
_OBJECTS: Final = (
    frozenset(name for name, kind in KINDS.items() if kind.forms == ("list", "mapping"))
    - _CONTAINERS
)
_WORDS: Final[Mapping[Form, str]] = {
    "text": "text",
    "flag": "true or false",
    "whole": "a whole number",
    "number": "a number",
    "list": "a list",
    "texts": "a list of texts",
    "mappings": "a list of mappings",
    "mapping": "a mapping",
}
_EXAMPLES: Final[Mapping[Form, str]] = {
    "text": '{}: "…"',
    "flag": "{}: true",
    "whole": "{}: 60",
    "number": "{}: 0.5",
    "list": "{}: […]",
    "texts": '{}: ["…"]',
    "mappings": "{}: [{{KEY: VALUE}}]",
    "mapping": "{}: {{KEY: VALUE}}",
}


def setting_faults(name: str, value: Any) -> Iterator[Fault]:
    """Yield what is wrong with a value; nothing of a setting that is unknown, code or an amount.

    Args:
        name: Name of the setting.
        value: What is given, as YAML has it.
    """
    if name == "slug_scheme" and value not in _SCHEMES:
        yield _no_choice((), name, value, _SCHEMES)
    kind = KINDS.get(name)
    if kind is None or name in AMOUNTS or {"code", "any"} & set(kind.forms):
        return
    if value is None and kind.null:
        return
    if not any(_IS[form](value) for form in kind.forms):
        words = " or ".join(_WORDS[form] for form in kind.forms)
        yield Fault(
            message=f"`{name}` takes {words}, not {_quoted(value)}",
            hint=f"write e.g. `{_EXAMPLES[kind.forms[0]].format(name)}`, or leave it out",
        )
        return
    yield from _content(name, value)


def _content(name: str, value: Any) -> Iterator[Fault]:
    """Yield what Kubernetes refuses of a value that KubeSpawner takes."""
    if name in _LABELS:
        yield from label_faults(name, value)
    elif name in _ANNOTATIONS:
        yield from annotation_faults(name, value)
    elif name in _CONTAINERS:
        yield from container_faults(name, value)
    elif name in _OBJECTS:
        yield from _entries(name, value)
    elif isinstance(value, list):
        yield from chain.from_iterable(_single(name, e, (i,)) for i, e in enumerate(value))
    else:
        yield from _single(name, value, ())


def _single(name: str, value: Any, keys: tuple[int, ...]) -> Iterator[Fault]:
    """Yield what is wrong with a single value, or with an entry of a list."""
    if (name in _IDS) and not _is_id(value):
        yield _no_id(keys, name, value)
    elif name in _SECONDS and value < 1:
        yield Fault(
            message=f"`{name}: {value}` is no number of seconds", hint=f"write e.g. `{name}: 60`"
        )
    elif name == "port" and not 0 <= value <= _MOST_PORT:
        yield Fault(message=f"`port: {value}` is no port", hint="write e.g. `port: 8888`")
    elif (choices := _CHOICES.get(name)) and value not in choices:
        yield _no_choice(keys, name, value, choices)


def _entries(name: str, value: Any) -> Iterator[Fault]:
    for key, each in value.items() if isinstance(value, dict) else enumerate(value):
        if not isinstance(each, dict):
            yield Fault(
                keys=(key,),
                message=f"an entry of `{name}` is {_quoted(each)}, not a mapping",
                hint="write its fields as a mapping, or leave it out",
            )


def _no_id(keys: tuple[int, ...], name: str, value: object) -> Fault:
    return Fault(
        keys=keys,
        message=f"`{name}` takes ids from 0 to {_MOST_ID}, not {_quoted(value)}",
        hint=f"write e.g. `{name}: {'[1000]' if keys else '1000'}`",
    )


def _no_choice(keys: tuple[int, ...], name: str, value: object, choices: tuple[str, ...]) -> Fault:
    meant = closest(str(value), choices)
    hint = f"did you mean `{meant}`?" if meant else f"write one of {', '.join(choices)}"
    return Fault(keys=keys, message=f"`{name}` cannot be {_quoted(value)}", hint=hint)


def _quoted(value: object) -> str:
    text = shown(value)
    return text if isinstance(value, (dict, list)) else f"`{text}`"


def _is_id(value: object) -> bool:
    return _is_whole(value) and isinstance(value, int) and 0 <= value <= _MOST_ID


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_whole(value) or isinstance(value, float)


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, list) and all(isinstance(each, kind) for each in value)


_IS: Final[Mapping[Form, Callable[[object], bool]]] = {
    "text": lambda value: isinstance(value, str),
    "flag": lambda value: isinstance(value, bool),
    "whole": _is_whole,
    "number": _is_number,
    "list": lambda value: isinstance(value, list),
    "texts": lambda value: _is_list_of(value, str),
    "mappings": lambda value: _is_list_of(value, dict),
    "mapping": lambda value: isinstance(value, dict),
}
