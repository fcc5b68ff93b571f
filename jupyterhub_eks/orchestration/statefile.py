"""Read Terraform's state (format version 4): resources, outputs, serial."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.errors import StateError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class StateResource:
    """A managed resource; ``attributes`` may hold secrets.

    ``is_tainted``: its creation was cut short, and Terraform would replace it.
    """

    address: str
    type: str
    attributes: dict[str, Any] = field(repr=False)
    is_tainted: bool = False

    @property
    def id(self) -> str:
        """The provider's identifier, which is also what an import needs."""
        return str(self.attributes.get("id", ""))


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output of a stack."""

    value: Any = field(repr=False)
    sensitive: bool


@dataclass(frozen=True, kw_only=True)
class State:
    """A state; ``serial`` grows with every write, ``lineage`` never changes."""

    serial: int = 0
    lineage: str = ""
    resources: tuple[StateResource, ...] = ()
    outputs: dict[str, Output] = field(default_factory=dict)

    def visible_outputs(self, *, show_sensitive: bool = False) -> dict[str, Any]:
        """Return the outputs' values, sensitive ones hidden unless asked for."""
        return {
            name: "(sensitive)" if output.sensitive and not show_sensitive else output.value
            for name, output in self.outputs.items()
        }


EMPTY = State()


class DamagedStateError(StateError):
    """The text is not a state: truncated by a full disk, or edited by hand."""


def read(path: Path) -> State:
    """Return the state in a file; :data:`EMPTY` if there is none, or nothing in it.

    Raises:
        DamagedStateError: The file holds something else.
        StateError: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return EMPTY
    except UnicodeDecodeError:
        text = "{"
    except OSError as error:
        raise StateError(
            f"cannot read the state {path}", cause=str(error), hint="correct its permissions"
        ) from error
    return parse(text, str(path))


def parse(text: str, where: str) -> State:
    """Return the state in ``text``, which ``where`` names in an error.

    Raises:
        DamagedStateError: It is not a state of format version 4.
    """
    if not text.strip():
        return EMPTY
    try:
        document = json.loads(text)
        return State(
            serial=int(document["serial"]),
            lineage=str(document["lineage"]),
            resources=tuple(_resources(document)),
            outputs={
                name: Output(value=output["value"], sensitive=bool(output.get("sensitive")))
                for name, output in document["outputs"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedStateError(
            f"the Terraform state {where} is damaged",
            cause=f"not a state of format version 4: {error}",
        ) from error


def _resources(document: dict[str, Any]) -> list[StateResource]:
    return [
        StateResource(
            address=_address(resource, instance.get("index_key")),
            type=resource["type"],
            attributes=instance.get("attributes") or {},
            is_tainted=instance.get("status") == "tainted",
        )
        for resource in document["resources"]
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    ]


def _address(resource: dict[str, Any], key: int | str | None) -> str:
    name = f"{resource['type']}.{resource['name']}"
    prefix = f"{resource['module']}." if "module" in resource else ""
    index = "" if key is None else f"[{json.dumps(key)}]"
    return f"{prefix}{name}{index}"
