"""Terraform files of a stack: which backend, what digest, without protection; almost pure."""

from __future__ import annotations

import copy
import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.errors import StateError
from jupyterhub_eks.orchestration.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STACK_FILE: Final = "cdk.tf.json"
ADOPT_FILE: Final = "adopt.tf.json"
_UPSTREAM: Final = "cross-stack-reference-input-"


def read_document(directory: Path) -> dict[str, Any]:
    """Return the synthesized document of a stack; empty if there is none.

    Raises:
        StateError: It is damaged.
    """
    path = directory / STACK_FILE
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StateError(
            f"{path} cannot be read", cause=str(error), hint="run `jhub synth` to write it again"
        ) from error
    return document


def write_document(directory: Path, document: Mapping[str, Any]) -> None:
    """Make ``document`` what Terraform reads in a stack's folder; the same one is left alone.

    Raises:
        StateError: It cannot be written.
    """
    path = directory / STACK_FILE
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    try:
        is_there = path.read_bytes() == text.encode()
    except OSError:
        is_there = False  # writing it says what is wrong
    if not is_there:
        write_atomically(path, text)


def backend_of(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return kind and settings of the backend; ``local`` where none is named."""
    backends: dict[str, Any] = document.get("terraform", {}).get("backend", {})
    for kind, settings in backends.items():
        return kind, settings
    return "local", {}


def digest(directory: Path) -> str:
    """Return the hash of everything in a stack's folder that Terraform reads."""
    whole = hashlib.sha256()
    for path in sorted(directory.glob("*.tf.json")):
        content = path.read_bytes()
        whole.update(f"{path.name}:{len(content)}\n".encode() + content)
    return whole.hexdigest()


def upstream_of(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the stacks whose outputs a synthesized stack reads, as cdktf names them."""
    states = document.get("data", {}).get("terraform_remote_state", {})
    return tuple(name.removeprefix(_UPSTREAM) for name in states)


def declares(document: dict[str, Any], address: str) -> bool:
    """Return whether a resource of the root module is declared, whatever its index."""
    kind, _, name = address.partition(".")
    return name.partition("[")[0] in document.get("resource", {}).get(kind, {})


def is_protected(document: dict[str, Any], address: str) -> bool:
    """Return whether ``prevent_destroy`` guards a resource of the root module."""
    kind, _, name = address.partition(".")
    resource = document.get("resource", {}).get(kind, {}).get(name, {})
    return any(block.get("prevent_destroy") is True for block in _lifecycles(resource))


def without_protection(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with ``prevent_destroy`` off and ``force_destroy`` on."""
    open_document = copy.deepcopy(document)
    for instances in open_document.get("resource", {}).values():
        for resource in instances.values():
            for block in _lifecycles(resource):
                block.pop("prevent_destroy", None)
            if "force_destroy" in resource:
                resource["force_destroy"] = True
    return open_document


def without_resources(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is left of a document that declares nothing: backend and providers.

    Nothing in it needs the state of another stack.
    """
    return {key: document[key] for key in ("terraform", "provider") if key in document}


def _lifecycles(resource: dict[str, Any]) -> list[dict[str, Any]]:
    lifecycle = resource.get("lifecycle")
    blocks = lifecycle if isinstance(lifecycle, list) else [lifecycle]
    return [block for block in blocks if isinstance(block, dict)]
