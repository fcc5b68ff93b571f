"""Rules for URLs of providers: what no request could be sent to, and who may not be in one."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from jupyterhub_eks.config.rules.finding import Finding, Path
from jupyterhub_eks.config.rules.names import MAX_HOST, host_meant

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXAMPLE: Final = "https://login.example.org"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)
_SCHEME: Final = re.compile(r"^\s*(?:[A-Za-z][A-Za-z0-9+.-]*:/+|/+)?")
# RFC 3986, section 3.3.
_IN_PATH: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
_HALF_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_TO_FILL_IN: Final = re.compile(r"\$?\{[^{}]*\}|<[^<>]*>")
_WELL_KNOWN: Final = re.compile(r"/+\.well-known(?:/.*)?$")
# Longer ones are refused by servers on the way.
_LONGEST: Final = 2000
_LONGEST_SHOWN: Final = 120


def url_rules(path: Path, text: str) -> Iterator[Finding]:
    """Yield what is wrong with the parts of a URL; whether it begins with https is not asked.

    Args:
        path: Key that it stands at.
        text: The URL. A query is left alone.
    """
    if has_user(text):
        yield Finding(
            path=path,
            message=f"`{path[-1]}: {shown(text)}` has a user or password before the `@`",
            hint=f"leave it out, e.g. `{path[-1]}: {_meant(text)}`; a password that was written "
            "in a file is to be replaced",
        )
        return
    fault, remedy = _fault(text)
    if fault:
        yield Finding(
            path=path,
            message=f"`{path[-1]}: {shown(text)}` {fault}",
            hint=remedy or f"write e.g. `{path[-1]}: {_meant(text)}`",
        )


def issuer_rules(path: Path, issuer: str) -> Iterator[Finding]:
    """Yield what is wrong with the parts of an issuer, see :func:`url_rules`."""
    faults = list(url_rules(path, issuer))
    yield from faults
    if not faults and _WELL_KNOWN.search(issuer):
        yield Finding(
            path=path,
            message=f"`{path[-1]}: {shown(issuer)}` is the address of the provider's description, "
            "not the issuer",
            hint=f"leave that part out: `{path[-1]}: {_WELL_KNOWN.sub('', issuer)}`",
        )


def has_user(text: str) -> bool:
    """Whether a user or a password stands in a URL, also one with letters that end a host."""
    rest = _SCHEME.sub("", text)
    user, at, _ = rest.rpartition("@")
    return bool(at) and (":" in user or not re.search(r"[/?#]", user))


def shown(text: str) -> str:
    """Return a URL as it may be shown: without user and password, and not endless."""
    if has_user(text):
        scheme = _SCHEME.match(text)
        text = f"{scheme[0] if scheme else ''}…@{text.rpartition('@')[2]}"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _fault(text: str) -> tuple[str, str]:
    """Return what is wrong, as the end of a sentence, and the remedy if it is a special one."""
    if any(letter.isspace() for letter in text):
        return "holds a space", ""
    if len(text) > _LONGEST:
        return f"has {len(text)} characters; a URL has {_LONGEST} at most", ""
    if found := _TO_FILL_IN.search(text):
        return (
            f"still holds `{found[0]}`, which stands for a part of it",
            f"write your own in place of `{found[0]}`; the provider's page on your client tells it",
        )
    try:
        url = urlsplit(text)
    except ValueError:
        return "is no URL", ""
    if not url.netloc:
        return "", ""  # without a scheme it has no parts
    return _host_fault(url) or _port_fault(url) or _path_fault(url.path), ""


def _host_fault(url: SplitResult) -> str:
    host = url.hostname or ""
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            return f"has no host: `{host}` is no address"
        return ""
    if len(host) > MAX_HOST:
        return f"has a host of {len(host)} characters; {MAX_HOST} are the most"
    return "" if _HOST.fullmatch(host) else f"has no host: `{host}` is no host name"


def _port_fault(url: SplitResult) -> str:
    written = url.netloc.rpartition("]")[2].rpartition(":")
    if not written[1]:
        return ""
    try:
        is_port = bool(url.port)
    except ValueError:
        is_port = False
    return "" if is_port else f"has no port: `{written[2]}` is not a number from 1 to 65535"


def _path_fault(path: str) -> str:
    if "//" in path:
        return "has two slashes in a row"
    if found := _HALF_ESCAPE.search(path):
        there = path[found.start() : found.start() + 3]
        return f"holds `{there}`, which is no letter: after `%` come two digits or letters a to f"
    if not _IN_PATH.fullmatch(path):
        letter = next(each for each in path if not _IN_PATH.fullmatch(each))
        return f"holds `{letter}`, which no address may have as it is"
    return ""


def _meant(text: str) -> str:
    """Return the https URL that a text was meant as, as far as it can be told."""
    rest = re.split(r"[?#]", _SCHEME.sub("", text.strip()).rpartition("@")[2])[0]
    host, _, path = rest.partition("/")
    path = re.sub(r"/+", "/", _WELL_KNOWN.sub("", f"/{path}")).rstrip("/")
    meant = host_meant(host)
    return f"https://{meant}{path}" if meant and not _path_fault(path) else _EXAMPLE
