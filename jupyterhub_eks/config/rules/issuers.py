"""What keeps a text from being an issuer of OpenID Connect, by its parts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def issuer_fault(text: str) -> str:
    """Return what is wrong with an issuer URL, as the end of a sentence; empty if nothing is."""
    try:
        url = urlsplit(text)
        host = url.hostname
    except ValueError:
        return "is no URL"
    if any(letter.isspace() for letter in text):
        return "holds a space"
    if url.scheme == "http":
        return "begins with http; a provider is asked by https only"
    if url.scheme != "https":
        return "does not begin with `https://`"
    if not host:
        return "names no host"
    parts = [("a user (before the `@`)", "@" in url.netloc)]
    parts += [("a query (from the `?`)", "?" in text.partition("#")[0])]
    parts += [("a fragment (from the `#`)", "#" in text)]
    found = [what for what, there in parts if there]
    return f"has {' and '.join(found)}, which an issuer has not" if found else ""


def shown_issuer(text: str) -> str:
    """Return an issuer URL as it may be shown: without user and password."""
    return re.sub(r"//[^/?#]*@", "//…@", text)
