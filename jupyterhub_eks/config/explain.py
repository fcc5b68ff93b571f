"""Turn what pydantic says about a value into a sentence and the line to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.config.bounds import explain_amount, explain_choice, explain_limit
from jupyterhub_eks.config.deployment import DeploymentFile
from jupyterhub_eks.config.document import (
    KeyPath,
    MapNode,
    Node,
    Scalar,
    dotted,
    find,
    place_of,
    problem_at,
)
from jupyterhub_eks.config.login_names import login_meant
from jupyterhub_eks.config.lookup import AUTH_MODELS, PROFILE_KEYS, field_at, keys_at, owner_at
from jupyterhub_eks.config.mistyped import explain_type
from jupyterhub_eks.config.subject import Subject
from jupyterhub_eks.suggest import closest, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.config.base import Section
    from jupyterhub_eks.problems import Problem

_SECTIONS: Final = ("network", "cluster", "storage", "auth", "access", "idle", "state")


class Explainer:
    """Explains errors against the tree they were found in.

    Args:
        root: Tree of the file, or of all merged files.
        model: Model of that file.
    """

    def __init__(self, root: Node, model: type[Section]) -> None:
        self._root = root
        self._known = tuple(model.model_fields)
        auth_type = find(root, ("auth", "type"))
        self._auth_type = auth_type.value if isinstance(auth_type, Scalar) else "dummy"
        self._is_assumed = False

    def assume_auth_type(self) -> str:
        """Take the login method that was probably meant, where `type` says none; return it."""
        written = find(self._root, ("auth", "type"))
        text = written.text if isinstance(written, Scalar) else ""
        meant = login_meant(text).get("type") or closest(text, AUTH_MODELS)
        self._auth_type = meant or self._auth_types()[0]
        self._is_assumed = True
        return self._auth_type

    def is_guess(self, error: Mapping[str, Any]) -> bool:
        """Whether an error is one only if the login method is the one that was assumed."""
        path = self.path(error)
        if not self._is_assumed or path[:1] != ("auth",):
            return False
        if error["type"] == "extra_forbidden" and len(path) == 2:
            return any(path[1] in model.model_fields for model in AUTH_MODELS.values())
        return bool(error["type"] == "missing")

    def path(self, error: Mapping[str, Any]) -> KeyPath:
        """Return the key path of an error, without the union tags pydantic puts in."""
        loc = tuple(part for part in error["loc"] if part != "[key]")
        if loc[:1] == ("auth",) and len(loc) > 1 and loc[1] in AUTH_MODELS:
            loc = loc[:1] + loc[2:]
        if loc == ("auth",) and error["type"].startswith("union_tag"):
            return ("auth", "type")
        if loc and isinstance(loc[-1], int) and isinstance(find(self._root, loc[:-1]), Scalar):
            return loc[:-1]  # a list of one that was written without its brackets
        return loc

    def problem(self, error: Mapping[str, Any]) -> Problem:
        """Return the problem for one entry of ``ValidationError.errors()``."""
        path = self.path(error)
        kind = error["type"]
        message, hint = self._explain(kind, path, error)
        at_key = kind == "extra_forbidden"
        place = place_of(self._root, path, key=at_key)
        return problem_at(place, dotted(path), message, hint)

    def _explain(self, kind: str, path: KeyPath, error: Mapping[str, Any]) -> tuple[str, str]:
        subject = self._subject(path)
        if kind == "extra_forbidden":
            return self._unknown_key(subject.key, path)
        if kind in ("missing", "union_tag_not_found"):
            return self._missing(subject)
        if kind in ("literal_error", "union_tag_invalid"):
            return explain_choice(subject, error)
        if kind == "amount":
            return explain_amount(subject, error["ctx"])
        explained = _secret(subject) if subject.is_secret else explain_type(kind, subject)
        if explained:
            return explained
        return explain_limit(kind, subject, error.get("ctx", {}))

    def _subject(self, path: KeyPath) -> Subject:
        model = owner_at(path, self._auth_type) if path else None
        return Subject(
            path=path,
            node=find(self._root, path),
            info=field_at(path, self._auth_type),
            is_field=model is not None and str(path[-1]) in model.model_fields,
            auth_type=self._auth_type,
        )

    def _missing(self, subject: Subject) -> tuple[str, str]:
        if subject.path == ("auth", "type"):
            meant, *others = self._auth_types()
            return (
                "`auth` does not say its `type`",
                f"add e.g. `type: {meant}`; there are also {', '.join(others)}",
            )
        about = (subject.info.description or "") if subject.info else ""
        return f"`{subject.key}` is missing", f"add e.g. {subject.example()}. {about}".strip()

    def _auth_types(self) -> list[str]:
        """Return the login methods, first the one that knows most of the keys written."""
        section = find(self._root, ("auth",))
        written = section.entries.keys() if isinstance(section, MapNode) else ()
        order = ("cognito", "oauth", "native", "dummy", "custom")

        def foreign(name: str) -> int:
            return sum(key not in AUTH_MODELS[name].model_fields for key in written)

        return sorted(order, key=foreign)

    def _unknown_key(self, key: str, path: KeyPath) -> tuple[str, str]:
        parent = path[:-1]
        if not key.strip():
            return "a value without a key", "write the key in front of the `:`, or remove the line"
        message = f"unknown key `{key}`" + (f" in `{dotted(parent)}`" if parent else "")
        known = keys_at(parent, self._auth_type) if parent else self._known
        if parent == ("auth",):
            owners = [name for name, model in AUTH_MODELS.items() if key in model.model_fields]
            if owners:
                return (
                    f"`{key}` does not belong to `type: {self._auth_type}`",
                    f"it belongs to `type: {' or '.join(owners)}`; change the type or remove it",
                )
        if closest(key, known):
            return message, did_you_mean(key, known)
        if home := self._other_home(key, parent):
            return message, home
        if key.startswith(("x-", ".")):
            return message, "keys of your own are not taken; mark a value where it is first used"
        return message, did_you_mean(key, known)

    def _other_home(self, key: str, parent: KeyPath) -> str:
        """Say where a known key belongs that stands in the wrong place."""
        file = "" if "name" in self._known else " of jhub.yaml"
        if not parent and key in PROFILE_KEYS:
            return f"`{key}` belongs in profiles.yaml"
        if not parent and file and key in DeploymentFile.model_fields:
            return f"`{key}` belongs in jhub.yaml"
        for section in _SECTIONS:
            if (section,) != parent and key in keys_at((section,)):
                return f"`{key}` belongs under `{section}:`{file}"
        if parent and key in self._known:
            own = "profiles.yaml" if file else "jhub.yaml"
            return f"`{key}` belongs at the left margin of {own}"
        return ""


def _secret(subject: Subject) -> tuple[str, str]:
    """Explain without what was written: it may be the secret."""
    return (
        f"`{subject.key}` takes the place where a secret is, never the secret",
        f"write e.g. {subject.example()}; a secret that was written in a file is to be replaced",
    )
