"""Find what an interrupted run created and no state came to know.

Terraform writes a resource to the state when AWS has made it. A Terraform that is killed
leaves behind what was being made just then: the next run would fail because it exists
already, or make it a second time. Everything carries the deployment's tag, so it is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.files import read_document
from jupyterhub_eks.ports import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.orchestration.reports import StackNode
    from jupyterhub_eks.orchestration.session import Session

_OF_RESOURCE: Final = re.compile(r"\$\{(?P<address>[a-z0-9_]+\.[\w-]+)\.(?P<name>\w+)\}")
_OF_STACK: Final = re.compile(
    r"\$\{data\.terraform_remote_state\.(?P<source>[\w-]+)\.outputs\.(?P<name>[\w-]+)\}"
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource that exists although the state does not know it.

    Attributes:
        identifier: Import id.
        settings: Its arguments as far as they are known.
    """

    identifier: str
    settings: Mapping[str, Any]


def find_unknown(session: Session, node: StackNode) -> dict[str, Found]:
    """Return what exists of a stack although its state does not know it, by address.

    Raises:
        PreflightError: AWS could not be asked, or is still making something.
    """
    lookup = _Lookup(session, node)
    wanted = lookup.wanted()
    found: dict[str, Found] = {}
    # What is found names the place of other things: a VPC that of its subnets.
    while new := session.ctx.cloud.find_existing(
        session.ctx.workspace.name,
        [lookup.resolved(address) for address in wanted if address not in found],
    ):
        found |= lookup.learn(new)
    return found


class _Lookup:
    """The declared resources of a stack, and the values that its references have."""

    def __init__(self, session: Session, node: StackNode) -> None:
        self._session = session
        self._document = read_document(node.directory)
        self._declared: dict[str, dict[str, Any]] = {
            f"{kind}.{name}": settings
            for kind, instances in self._document.get("resource", {}).items()
            for name, settings in instances.items()
            if not {"count", "for_each"} & settings.keys()
        }
        self._known: dict[str, Mapping[str, Any]] = {
            each.address: each.attributes for each in session.state(node.name).resources
        }

    def wanted(self) -> tuple[str, ...]:
        """Return the addresses that the state does not have."""
        return tuple(address for address in self._declared if address not in self._known)

    def learn(self, found: Mapping[str, str]) -> dict[str, Found]:
        """Take in what was found: its id, and what the configuration says of it."""
        learned = {
            address: Found(identifier=identifier, settings=self.resolved(address).settings)
            for address, identifier in found.items()
        }
        for address, each in learned.items():
            self._known[address] = {**each.settings, "id": each.identifier}
        return learned

    def resolved(self, address: str) -> Wanted:
        """Return a resource with the arguments whose values are known."""
        values = {name: self._value(value) for name, value in self._declared[address].items()}
        return Wanted(
            address=address,
            type=address.partition(".")[0],
            settings={name: value for name, value in values.items() if value is not None},
        )

    def _value(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if found := _OF_RESOURCE.fullmatch(value):
            return self._known.get(found["address"], {}).get(found["name"])
        if found := _OF_STACK.fullmatch(value):
            return self._output(found["source"], found["name"])
        return None if "${" in value else value

    def _output(self, source: str, name: str) -> Any:
        sources = self._document.get("data", {}).get("terraform_remote_state", {})
        config = sources.get(source, {}).get("config", {})
        stack = PurePosixPath(config.get("path") or config.get("key") or "").stem
        output = self._session.state(stack).outputs.get(name) if stack else None
        return output.value if output else None
