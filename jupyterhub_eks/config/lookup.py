"""Find the model and the field behind a key path, for messages, schema and reference."""

from __future__ import annotations

from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin

from jupyterhub_eks.config.base import Section
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth
from jupyterhub_eks.config.profiles import ProfilesFile

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from jupyterhub_eks.config.document import KeyPath

AUTH_MODELS: Final[dict[str, type[Section]]] = {
    "dummy": DummyAuth,
    "cognito": CognitoAuth,
    "oauth": OAuthAuth,
    "native": NativeAuth,
    "custom": CustomAuth,
}
PROFILE_KEYS: Final = frozenset(ProfilesFile.model_fields)


def model_at(path: KeyPath, auth_type: object = None) -> type[Section] | None:
    """Return the model of the mapping at ``path``, or ``None`` for free-form ones."""
    model: Any = ProfilesFile if path and path[0] in PROFILE_KEYS else DeploymentFile
    for key in path:
        if key == "auth" and model is DeploymentFile:
            model = AUTH_MODELS.get(str(auth_type))
        elif isinstance(model, type) and issubclass(model, Section):
            info = model.model_fields.get(str(key))
            model = unwrap(info.annotation) if info else None
        else:
            model = element(model)
        if model is None:
            return None
    return model if isinstance(model, type) and issubclass(model, Section) else None


def owner_at(path: KeyPath, auth_type: object = None) -> type[Section] | None:
    """Return the model that has, or would have, the last key of ``path``."""
    if len(path) == 1 and path[0] in PROFILE_KEYS:
        return ProfilesFile
    return model_at(path[:-1], auth_type)


def field_at(path: KeyPath, auth_type: object = None) -> FieldInfo | None:
    """Return the field that ``path`` (or the list or mapping around it) belongs to."""
    while path:
        model = owner_at(path, auth_type)
        if model is not None:
            return model.model_fields.get(str(path[-1]))
        path = path[:-1]
    return None


def keys_at(path: KeyPath, auth_type: object = None) -> tuple[str, ...]:
    """Return the keys that the mapping at ``path`` knows."""
    model = model_at(path, auth_type)
    return tuple(model.model_fields) if model else ()


def unwrap(annotation: Any) -> Any:
    """Strip ``Annotated`` and ``| None`` from a type."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return unwrap(get_args(annotation)[0])
    if origin in (Union, UnionType):
        rest = [arg for arg in get_args(annotation) if arg is not type(None)]
        return unwrap(rest[0]) if len(rest) == 1 else annotation
    return annotation


def element(annotation: Any) -> Any:
    """Return the type of the elements of ``tuple[X, ...]`` or ``dict[str, X]``."""
    args = get_args(annotation)
    if get_origin(annotation) is tuple and args:
        return unwrap(args[0])
    if get_origin(annotation) is dict and len(args) == 2:
        return unwrap(args[1])
    return None
