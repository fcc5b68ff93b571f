"""Access to one cluster of the user's kubeconfig, as a file for the hub alone."""

from __future__ import annotations

import copy
import json
import os
from typing import TYPE_CHECKING, Any, Final

import yaml

from jupyterhub_eks.kubeconfig import kubeconfig

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Keys that name files, which may be relative to the kubeconfig.
_FILES: Final = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
# What a program that makes tokens, as for EKS, may see of the caller's environment. Nothing
# secret: it is written down.
_PASSED: Final = (
    "AWS_CONFIG_FILE",
    "AWS_DEFAULT_REGION",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_SHARED_CREDENTIALS_FILE",
)


def only(path: Path, name: str, environ: Mapping[str, str] | None = None) -> str:
    """Return a kubeconfig with one context of another.

    Args:
        path: Of the other; it has the context.
        name: Of the context.
        environ: The caller's environment.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    context = _named(document, "contexts", "context", name)
    cluster = _absolute(_named(document, "clusters", "cluster", context["cluster"]), path)
    user = _absolute(_named(document, "users", "user", context["user"]), path)
    made = kubeconfig(name, server="", authority="", user=_with_variables(user, environ))
    made["clusters"][0]["cluster"] = cluster
    return json.dumps(made, indent=1)


def _named(document: Mapping[str, Any], plural: str, kind: str, name: str) -> dict[str, Any]:
    found = next(each[kind] for each in document[plural] if each["name"] == name)
    return copy.deepcopy(dict(found or {}))


def _absolute(entry: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return an entry whose files are found from everywhere."""
    for key in _FILES:
        if entry.get(key):
            entry[key] = str(path.absolute().parent / entry[key])
    command = (entry.get("exec") or {}).get("command", "")
    if os.sep in command:
        entry["exec"]["command"] = str(path.absolute().parent / command)
    return entry


def _with_variables(user: dict[str, Any], environ: Mapping[str, str] | None) -> dict[str, Any]:
    if "exec" not in user:
        return user
    given = os.environ if environ is None else environ
    own = user["exec"].get("env") or []
    known = {each["name"] for each in own}
    passed = [name for name in _PASSED if name in given and name not in known]
    user["exec"]["env"] = [*own, *({"name": name, "value": given[name]} for name in passed)]
    return user
