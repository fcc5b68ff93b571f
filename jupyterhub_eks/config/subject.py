"""The value that an error is about, with what is known of its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyterhub_eks.config.document import KeyPath, ListNode, MapNode, Node, Scalar
from jupyterhub_eks.config.lookup import owner_at
from jupyterhub_eks.config.samples import accepts, line_key, sample
from jupyterhub_eks.config.scalars import resolve
from jupyterhub_eks.config.secret_source import SecretSource
from jupyterhub_eks.config.yamltext import as_yaml

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Subject:
    """A value that is wrong.

    Attributes:
        path: Path of its key.
        node: What was written there; ``None`` if nothing was.
        info: The field that the key, or the list or mapping around it, belongs to.
        is_field: Whether the key is that field itself, and not an element of it.
        auth_type: Login method of the file, which decides what ``auth`` may hold.
    """

    path: KeyPath
    node: Node | None
    info: FieldInfo | None
    is_field: bool
    auth_type: object

    @property
    def key(self) -> str:
        """The name of the key, or of the list that the element stands in."""
        names = [part for part in self.path if isinstance(part, str)]
        return names[-1] if names else "the file"

    @property
    def field(self) -> str:
        """The name of the field that the value belongs to, also from inside its list."""
        for end in range(len(self.path), 0, -1):
            model = owner_at(self.path[:end], self.auth_type)
            if model is not None:
                return str(self.path[end - 1])
        return ""

    @property
    def is_secret(self) -> bool:
        """Whether a secret may have been written here, in place of where it is."""
        if owner_at(self.path, self.auth_type) is SecretSource:
            return True
        return self.info is not None and SecretSource.__name__ in str(self.info.annotation)

    @property
    def shown(self) -> str:
        """The value in a few letters, a number in quotes if it was written so."""
        if isinstance(self.node, Scalar):
            text = self.node.text
            text = text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}…"
            if not text and self.node.quoted:
                return '""'
            # Quotes matter where the text would be read as something else without them.
            matters = self.node.quoted and self.node.place.file and resolve(text) != text
            return f'"{text}"' if matters else text
        if isinstance(self.node, ListNode):
            return "[…]" if self.node.items else "[]"
        return "{…}" if self.node and self.node.entries else "{}" if self.node else ""

    @property
    def text(self) -> str:
        """The value as it was written; empty for lists and mappings."""
        return self.node.text if isinstance(self.node, Scalar) else ""

    @property
    def quoted(self) -> str:
        """Key and value in backticks, e.g. ```zones: two```."""
        return f"`{line_key(self.path)}{self.shown}`"

    @property
    def kind(self) -> str:
        """What YAML makes of the value, with its article."""
        if isinstance(self.node, ListNode):
            return "a list"
        if isinstance(self.node, MapNode):
            return "a mapping"
        value = self.node.value if self.node else None
        if value is None:
            return "empty"
        if isinstance(value, bool):
            return "a truth value"
        return "text" if isinstance(value, str) else "a number"

    def line(self, value: object) -> str:
        """Return the key with another value in backticks, fit to be pasted."""
        return f"`{line_key(self.path)}{as_yaml(value)}`"

    def example(self) -> str:
        """Return the key with a value that it takes in backticks, or nothing."""
        value = self.sample()
        return "" if value is None else self.line(value)

    def sample(self) -> Any:
        """Return a value that the key takes, or ``None``."""
        return sample(self.path, self.auth_type)

    def takes(self, value: object) -> bool:
        """Whether the key by itself would take ``value``."""
        return not self.is_field or accepts(self.info, value)
