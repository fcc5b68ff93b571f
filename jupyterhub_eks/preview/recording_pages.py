"""Make a page of the hub one file that needs nothing else, and does nothing. Pure."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Callable

    Fetch = Callable[[str], "Part"]

_SCRIPT: Final = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_LINK: Final = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_IMAGE: Final = re.compile(r"(<img\b[^>]*?\bsrc=)(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_HREF: Final = re.compile(r"\bhref=(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_URL: Final = re.compile(r"url\(\s*(['\"]?)([^'\")]+)\1\s*\)")
_HTML: Final = re.compile(r"<html\b[^>]*>", re.IGNORECASE)
_THEME: Final = re.compile(r"\s+data-bs-theme=(\"[^\"]*\"|'[^']*')")
_TOKEN: Final = re.compile(r"(\b_xsrf(?:=|\"\s+value=\"))[^\"&']+")
# Pages have the fonts of their readers; others would only make files large.
_FONT: Final = re.compile(r"\.(woff2?|ttf|eot|otf)$")
# As darkmode.js of JupyterHub does, but for what a visitor has switched to.
_FOLLOW: Final = (
    "<script>document.documentElement.dataset.bsTheme ="
    ' matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";</script>'
)


class Part(NamedTuple):
    """Something that a page loads."""

    kind: str
    content: bytes


def one_file(page: str, address: str, fetch: Fetch) -> str:
    """Return a page with its styles and images in it, without scripts and tokens.

    Args:
        page: As the hub sends it.
        address: Where it was.
        fetch: Returns what stands at an address.
    """

    def link(found: re.Match[str]) -> str:
        tag = found[0]
        href = _HREF.search(tag)
        if not href:
            return ""
        at = urljoin(address, href[1][1:-1])
        if "stylesheet" not in tag:
            return ""
        return f"<style>{_styles(fetch(at).content.decode('utf-8-sig'), at, fetch)}</style>"

    def image(found: re.Match[str]) -> str:
        source = found[2][1:-1]
        if source.startswith("data:"):
            return found[0]
        return f'{found[1]}"{_data(fetch(urljoin(address, source)))}"'

    bare = _LINK.sub(link, _SCRIPT.sub("", page))
    bare = _TOKEN.sub(r"\1", _IMAGE.sub(image, bare))
    return re.sub(r"(<head\b[^>]*>)", rf"\1{_FOLLOW}", bare, count=1, flags=re.IGNORECASE)


def with_theme(page: str, theme: str) -> str:
    """Return a page that is light or dark whatever is preferred."""

    def fixed(found: re.Match[str]) -> str:
        return _THEME.sub("", found[0])[:-1] + f' data-bs-theme="{theme}">'

    return _HTML.sub(fixed, page.replace(_FOLLOW, ""), count=1)


def with_event(page: str, message: str, percent: int) -> str:
    """Return the waiting page as it is after an event, which its script would show."""
    told = re.sub(
        r'(<span id="progress-message"[^>]*>).*?(</span>)',
        lambda found: f"{found[1]}{message}{found[2]}",
        page,
        count=1,
        flags=re.DOTALL,
    )
    return re.sub(
        r'(<div id="progress-bar")',
        lambda found: f'{found[1]} style="width: {percent}%"',
        told,
        count=1,
    )


def _styles(sheet: str, address: str, fetch: Fetch) -> str:
    """Return a style sheet that loads nothing."""

    def embedded(found: re.Match[str]) -> str:
        source = found[2]
        if source.startswith(("data:", "#")):
            return found[0]
        path = source.partition("?")[0].partition("#")[0]
        if _FONT.search(path):
            return "url(data:,)"
        return f'url("{_data(fetch(urljoin(address, source)))}")'

    return _URL.sub(embedded, sheet).replace("</style", "<\\/style")


def _data(part: Part) -> str:
    return f"data:{part.kind};base64,{base64.b64encode(part.content).decode()}"
