"""A value that each key would take: its example, its default, or what its type allows."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.lookup import AUTH_MODELS, owner_at, unwrap
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from jupyterhub_eks.config.document import KeyPath


def sample(path: KeyPath, auth_type: object = None) -> Any:
    """Return a value that the key at ``path`` takes, as JSON data; ``None`` if none is known.

    A path into a list or a free mapping gets the first element of its sample.
    """
    if path[:1] == ("auth",) and auth_type not in AUTH_MODELS:
        found = (sample(path, name) for name in AUTH_MODELS)
        return next((value for value in found if value is not None), None)
    for end in range(len(path), 0, -1):
        model = owner_at(path[:end], auth_type)
        if model is None:
            continue
        key = str(path[end - 1])
        value = sample_of(model, key) if key in model.model_fields else None
        for _ in path[end:]:
            value = _first(value)
        return value
    return None


def sample_line(path: KeyPath, auth_type: object = None) -> str:
    """Return ``key: value`` to write at ``path`` (the value alone in a list), or nothing."""
    value = sample(path, auth_type)
    return "" if value is None else line_key(path) + as_yaml(value)


def line_key(path: KeyPath) -> str:
    """Return ``zones: `` for ``("network", "zones")``, and nothing for an element of a list."""
    return f"{as_yaml(path[-1])}: " if path and isinstance(path[-1], str) else ""


def sample_of(model: type[Section], name: str) -> Any:
    """Return a value for one field: its first example, else its default, else one of its type."""
    info = model.model_fields[name]
    if info.examples:
        return info.examples[0]
    default = None if info.is_required() else default_of(model, name)
    if default not in (None, "", [], {}):
        return default
    return _of_type(unwrap(info.annotation), info)


def section_around(model: type[Section], value: object) -> dict[str, Any] | None:
    """Return a section with ``value`` at the key that takes it, or ``None`` if none is sure to.

    Free text fits anywhere, so only closed lists, forms and numbers say which key is meant.
    """
    required = _required(model)
    for name, info in model.model_fields.items():
        has_form = any(getattr(item, "pattern", None) for item in info.metadata)
        is_sure = has_form if required else has_form or unwrap(info.annotation) is not str
        if is_sure and accepts(info, value):
            return {key: sample_of(model, key) for key in required} | {name: value}
    return None


def _required(model: type[Section]) -> list[str]:
    return [name for name, info in model.model_fields.items() if info.is_required()]


def default_of(model: type[Section], name: str) -> Any:
    """Return the default of a field as JSON data; only what was set where it is a section."""
    default = model.model_fields[name].get_default(call_default_factory=True, validated_data={})
    if isinstance(default, Section):
        return default.model_dump(mode="json", exclude_unset=True)
    dumped = model.model_construct(**{name: default}).model_dump(
        mode="json", include={name}, exclude_unset=True
    )
    return dumped[name]


def accepts(info: FieldInfo | None, value: object) -> bool:
    """Whether a field takes ``value``, by itself; rules across keys are not asked."""
    if info is None:
        return True
    try:
        _adapter(info).validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


def bounds(info: FieldInfo | None) -> tuple[float | None, float | None]:
    """Return the least and the greatest number that a field takes, both inclusive."""
    metadata = info.metadata if info else ()
    least = next((item.ge for item in metadata if hasattr(item, "ge")), None)
    most = next((item.le for item in metadata if hasattr(item, "le")), None)
    return least, most


def _adapter(info: FieldInfo) -> TypeAdapter[Any]:
    return TypeAdapter(Annotated[info.annotation, info])  # type: ignore[arg-type]


def _of_type(annotation: Any, info: FieldInfo) -> Any:
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return _section(annotation)
    least, _ = bounds(info)
    return least if annotation in (int, float) else None


@cache
def _section(model: type[Section]) -> dict[str, Any]:
    """Return the required keys of a section, or its first one if none is required."""
    names = _required(model) or list(model.model_fields)[:1]
    return {name: sample_of(model, name) for name in names}


def _first(value: Any) -> Any:
    if isinstance(value, dict):
        return next(iter(value.values()), None)
    if isinstance(value, (list, tuple)):
        return value[0] if value else None
    return None
