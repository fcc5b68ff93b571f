"""Hide secrets in the values of charts and in the objects that charts make of them. Pure.

A secret is told by the name it goes by, because values have no types of their own; every
text that was found to be one is then hidden wherever it occurs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK: Final = "(masked)"
# A shorter secret occurs by chance inside other texts.
SHORTEST_WITHIN: Final = 8
_SECRET_WORDS: Final = frozenset(
    {"secret", "password", "passwd", "passphrase", "token", "credential", "credentials"}
)
_SECRET_PAIRS: Final = frozenset({"api", "private", "secret", "access", "encryption", "signing"})
# `existingSecret`, `pullSecret`: names of Secrets.
_NAMING: Final = frozenset({"existing", "pull", "from", "use", "create", "generate"})
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_USER_IN_URL: Final = re.compile(r"(://[^/@\s:]+:)[^/@\s]+(?=@)")
PRIVATE_KEY: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
# Keys of JupyterHub that hold secrets, and do not say so themselves.
_SECRET_PLACES: Final = frozenset({("CryptKeeper", "keys")})
# Hashes of something secret, which also differ from one rendering to the next.
_CHECKSUM: Final = re.compile(r"^checksum/.*(secret|token)")


def is_secret_name(name: str) -> bool:
    """Return whether a value that goes by ``name`` is taken for a secret."""
    if _CHECKSUM.search(name):
        return True
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or _NAMING.intersection(words[:-1]):
        return False
    if words[-1] in _SECRET_WORDS or words[-1] in {"apikey", "privatekey"}:
        return True
    return words[-1] == "key" and len(words) > 1 and words[-2] in _SECRET_PAIRS


def secret_texts(value: Any) -> Iterator[str]:
    """Yield the texts of all secrets in a tree of values."""
    for text, secret in _leaves(value, "", ""):
        if secret and str(text):
            yield str(text)


def masked(value: Any, known: Iterable[str] = ()) -> Any:
    """Return a tree of values without its secrets, and without those that are ``known``.

    Names and structure stay. A number is hidden like a text; ``true``, ``false`` and null
    are not, nor is an empty text, which says that there is no secret.
    """
    return _masked(value, tuple(text for text in known if len(text) >= SHORTEST_WITHIN))


def masked_object(value: Any, known: Iterable[str] = ()) -> Any:
    """Return a Kubernetes object without secrets: as :func:`masked`, and no data of Secrets."""
    if isinstance(value, dict) and value.get("kind") == "Secret":
        blind = {
            part: dict.fromkeys(value[part], MASK)
            for part in ("data", "stringData")
            if isinstance(value.get(part), dict)
        }
        value = {**value, **blind}
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = {**value, "items": [masked_object(each, known) for each in value["items"]]}
    return masked(value, known)


def _masked(value: Any, within: tuple[str, ...], parent: str = "", key: str = "") -> Any:
    if isinstance(value, dict):
        inner = _named(value) or key
        return {name: _masked(each, within, inner, str(name)) for name, each in value.items()}
    if isinstance(value, list):
        return [_masked(each, within, parent, key) for each in value]
    if _hides(value, parent, key) or str(value) in within:
        return MASK
    if isinstance(value, str):
        for text in within:
            value = value.replace(text, MASK)
        return _USER_IN_URL.sub(rf"\g<1>{MASK}", value)
    return value


def _leaves(value: Any, parent: str, key: str) -> Iterator[tuple[Any, bool]]:
    if isinstance(value, dict):
        inner = _named(value) or key
        for name, each in value.items():
            yield from _leaves(each, inner, str(name))
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each, parent, key)
    else:
        yield value, _hides(value, parent, key)


def _named(value: dict[str, Any]) -> str:
    """Return the name of a variable that is written as ``{name: …, value: …}``."""
    name = value.get("name")
    return name if isinstance(name, str) and "value" in value else ""


def _hides(value: Any, parent: str, key: str) -> bool:
    if value in (None, "") or isinstance(value, bool):
        return False
    if isinstance(value, str) and PRIVATE_KEY.search(value):
        return True
    if (parent, key) in _SECRET_PLACES or is_secret_name(key):
        return True
    return key == "value" and is_secret_name(parent)
