"""Hide the secrets that nobody has marked, in Helm values and in Kubernetes objects. Pure.

Terraform does not know what stands inside a YAML text. Hidden are the values at keys
that are named like secrets, whatever repeats such a value elsewhere, private keys,
passwords in addresses, and what is assigned to a name like a secret within a text.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from jupyterhub_eks.orchestration.masking import NO_SECRETS, Gap, Hidden, Secrets
from jupyterhub_eks.releases.secrecy import PRIVATE_KEY, SHORTEST_WITHIN, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SENSITIVE: Final = "(sensitive)"
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MORE_NAMES: Final = frozenset({"pwd", "htpasswd"})
# `apiKey`, `CryptKeeper.keys`, `tls.key`; a `key` alone is the name of something.
_OF_KEYS: Final = frozenset(
    (
        *("api", "private", "access", "secret", "crypt", "keeper", "encryption", "signing"),
        *("tls", "master", "ssh", "manual", "cookie"),
    )
)
# `serviceAccountToken` says how a token is mounted.
_MOUNTING: Final = frozenset({"mount", "account"})
# Below a key that is named like a secret these say where the secret is.
_REFERENCES: Final = frozenset(
    {"valueFrom", "secretName", "secretKeyRef", "items", "defaultMode", "optional"}
)
# Any Python that a user wrote. A secret may stand in it under every name, or under none, as in
# `login("bob", "…")`, so no search for assignments can promise that the rest is harmless.
_PROGRAMS: Final = frozenset({"extraConfig"})
_ADDRESS: Final = re.compile(r"(?P<head>://[^/\s:@]*:)[^/\s@]+(?=@)")
# After `:` or ` = ` a text may have blanks, after a bare `=` it is one word. What is called
# or looked up is not the secret itself.
_ASSIGNED: Final = re.compile(
    r"(?P<head>(?:password|passwd|passphrase|secret|token|credentials?|(?:api|private|access"
    r"|crypt|secret)[-_]?key)s?[\"'\]]*(?:(?P<wide>[ \t]*:=?[ \t]*|[ \t]+=[ \t]*|=[ \t]+)|=)(?!=))"
    r"(?![\w.]+[(\[])"
    r"(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|(?(wide)\S[^\n]*|\S+))",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False)
class Redacted:
    """A text with secrets in it: ``shown`` is without them, and the whole is compared."""

    shown: str
    _text: str

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same text, secrets included."""
        return isinstance(other, Redacted) and self._text == other._text

    def __hash__(self) -> int:
        """Return the hash of what is shown."""
        return hash(self.shown)

    def __repr__(self) -> str:
        """Return what is shown."""
        return repr(self.shown)


class Code(Redacted):
    """A program in the values; of it only the size is shown."""

    @classmethod
    def of(cls, text: str) -> Code:
        """Return the program that ``text`` is."""
        count = len(text.splitlines())
        return cls(f"(text of {count} line{'' if count == 1 else 's'})", text)

    def compared_with(self, before: Code) -> str:
        """Return how many lines differ from those of ``before``."""
        old, new = before._text.splitlines(), self._text.splitlines()
        matcher = SequenceMatcher(None, old, new, autojunk=False)
        spans = (each for each in matcher.get_opcodes() if each[0] != "equal")
        count = sum(max(old_end - a, new_end - b) for _, a, old_end, b, new_end in spans)
        return f"(text, {count} line{'' if count == 1 else 's'} changed)"


def is_secret_key(key: str, parent: str = "") -> bool:
    """Return whether what stands at a key is a secret by the key's name.

    Args:
        key: The key, in any spelling: ``clientSecret``, ``CLIENT_SECRET``, ``client-secret``.
        parent: The key above it.
    """
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words or _MOUNTING.intersection(words):
        return False
    if words[-1] in _MORE_NAMES or is_secret_name(key) or is_secret_name(key.removesuffix("s")):
        return True
    if words[-1] not in {"key", "keys"}:
        return False
    before = words[:-1] or [word.lower() for word in _WORDS.findall(parent)]
    return bool(before) and before[-1] in _OF_KEYS


def secrets_in(trees: Iterable[Any], known: Secrets = NO_SECRETS) -> Secrets:
    """Return the secrets of some trees in every form in which a chart may write them."""
    texts = {form for tree in trees for text in _secret_texts(tree) for form in _forms(text)}
    long = {text for text in texts if len(text) >= SHORTEST_WITHIN}
    return Secrets(exact=known.exact | texts, within=known.within | long)


def _secret_texts(tree: Any) -> Iterator[str]:
    for value, is_secret in _leaves(tree, is_secret=False):
        if is_secret and isinstance(value, str) and value:
            yield value


def _leaves(tree: Any, *, is_secret: bool, parent: str = "") -> Iterator[tuple[Any, bool]]:
    if isinstance(tree, dict):
        for key, each in tree.items():
            secret = _is_secret_below(tree, key, parent, inherited=is_secret)
            yield from _leaves(each, is_secret=secret, parent=key)
    elif isinstance(tree, list):
        for each in tree:
            yield from _leaves(each, is_secret=is_secret, parent=parent)
    else:
        yield tree, is_secret


def _is_secret_below(mapping: dict[str, Any], key: str, parent: str, *, inherited: bool) -> bool:
    """Return whether the value at ``key`` is a secret, in a mapping that may be one itself."""
    if key in _REFERENCES:
        return False
    if key == "value" and isinstance(mapping.get("name"), str) and is_secret_key(mapping["name"]):
        return True  # a variable of a container
    is_volume = "secretName" in mapping or ("name" in mapping and "items" in mapping)
    return is_secret_key(key, parent) or (inherited and not is_volume)


def _forms(text: str) -> Iterator[str]:
    yield text
    yield base64.b64encode(text.encode()).decode()
    for plain in (True, False):
        yield json.dumps(text, ensure_ascii=plain)[1:-1]
    if "\n" in text:  # indented elsewhere
        yield from (line.strip() for line in text.splitlines() if len(line.strip()) > 1)


def conceal(tree: Any, secrets: Secrets) -> Any:
    """Return a tree with :class:`Hidden` and :class:`Redacted` in the place of secrets."""
    return _conceal(tree, secrets, is_secret=False)


def _conceal(tree: Any, secrets: Secrets, *, is_secret: bool, parent: str = "") -> Any:
    if isinstance(tree, dict):
        if any(_redact(key, secrets) != key for key in tree):
            return Hidden(tree)
        if parent in _PROGRAMS and not is_secret:
            return {key: _without_code(each, secrets) for key, each in tree.items()}
        return {
            key: _conceal(
                each,
                secrets,
                is_secret=_is_secret_below(tree, key, parent, inherited=is_secret),
                parent=key,
            )
            for key, each in tree.items()
        }
    if isinstance(tree, list):
        return [_conceal(each, secrets, is_secret=is_secret, parent=parent) for each in tree]
    return _conceal_leaf(tree, secrets, is_secret=is_secret)


def _without_code(value: Any, secrets: Secrets) -> Any:
    return Code.of(value) if isinstance(value, str) else conceal(value, secrets)


def _conceal_leaf(leaf: Any, secrets: Secrets, *, is_secret: bool) -> Any:
    if leaf is None or isinstance(leaf, (bool, Gap)):
        return leaf
    if isinstance(leaf, str) and not is_secret:
        return conceal_text(leaf, secrets)
    return Hidden(leaf) if is_secret or str(leaf) in secrets.exact else leaf


def conceal_text(text: str, secrets: Secrets) -> str | Hidden | Redacted:
    """Return a text without its secrets; :class:`Hidden` if it is nothing else."""
    if text in secrets.exact or PRIVATE_KEY.search(text):
        return Hidden(text)
    shown = _redact(text, secrets)
    return text if shown == text else Redacted(shown, text)


def _without(text: str, secret: str) -> str:
    lines = [re.escape(line.strip()) for line in secret.strip().split("\n")]
    if len(lines) == 1:
        return text.replace(secret, SENSITIVE)
    # Elsewhere it may be indented.
    return re.sub(r"[ \t]*\n[ \t]*".join(lines), SENSITIVE, text)


def _redact(text: str, secrets: Secrets) -> str:
    # The longest first: one may be part of another.
    for secret in sorted(secrets.within, key=len, reverse=True):
        text = _without(text, secret)
    if PRIVATE_KEY.search(text):
        return SENSITIVE
    text = _ADDRESS.sub(lambda found: found["head"] + SENSITIVE, text)
    return _ASSIGNED.sub(lambda found: found["head"] + SENSITIVE, text)
