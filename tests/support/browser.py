"""What a browser does on the way through a login: cookies, redirects, links and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS = 30


@dataclass
class Form:
    """A form of a page: where it goes, and what it holds before anybody fills it in."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of forms, their fields, and links."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag == "input" and self.forms and "name" in found:
            self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif tag == "a" and "href" in found:
            self.links.append(found["href"])


class _LoadBalancer(HTTPAdapter):
    """The way from the hub's public name to where it listens: TLS ends here, if there is any."""

    def __init__(self, address: str, scheme: str) -> None:
        super().__init__()
        self._address, self._scheme = address, scheme

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]
        """Pass a request on as a load balancer does."""
        asked = urlsplit(request.url or "")
        passed = request.copy()
        passed.url = self._address + asked._replace(scheme="", netloc="").geturl()
        passed.headers.update({"Host": asked.netloc, "X-Forwarded-Proto": self._scheme})
        answer = super().send(passed, **how)
        answer.url, answer.request = request.url or "", request
        return answer


class Browser:
    """A browser with cookies of its own.

    Args:
        host: Public name of the hub.
        address: Where the hub listens.
        scheme: By which people open it.
    """

    def __init__(self, host: str, address: str, scheme: str = "https") -> None:
        self.home, self._scheme = f"{scheme}://{host}", scheme
        self._session = requests.Session()
        self._session.trust_env = False
        self.lead_to(address)

    def lead_to(self, address: str) -> None:
        """Go to a hub that listens elsewhere by now."""
        self._session.mount(self.home, _LoadBalancer(address, self._scheme))

    def __enter__(self) -> Self:
        """Return the browser."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        self._session.close()

    def get(self, address: str, *, follow: bool = True) -> requests.Response:
        """Open a page; a path is one of the hub."""
        return self._session.get(
            urljoin(self.home, address), allow_redirects=follow, timeout=_TIMEOUT_SECONDS
        )

    def submit(
        self, page: requests.Response, filled: Mapping[str, str], *, follow: bool = True
    ) -> requests.Response:
        """Fill in the first form of a page that has the fields, and send it."""
        form = next(each for each in forms(page) if set(filled) <= set(each.fields))
        return self._session.post(
            urljoin(page.url, form.action or page.url),
            data=form.fields | filled,
            headers={"Referer": page.url},
            allow_redirects=follow,
            timeout=_TIMEOUT_SECONDS,
        )

    def post(self, address: str, filled: Mapping[str, str]) -> requests.Response:
        """Send a form to an address."""
        return self._session.post(address, data=filled, timeout=_TIMEOUT_SECONDS)

    def follow(self, page: requests.Response, part: str) -> requests.Response:
        """Click the first link of a page whose address contains a text."""
        return self.get(urljoin(page.url, next(link for link in links(page) if part in link)))

    def forget_the_hub(self) -> None:
        """Lose the cookies of the hub, and keep those of others."""
        for cookie in list(self._session.cookies):
            if self.home.endswith(cookie.domain):
                self._session.cookies.clear(cookie.domain, cookie.path, cookie.name)

    def share_cookies_of(self, other: Browser) -> None:
        """Be another tab of a browser."""
        self._session.cookies = other._session.cookies

    def cookies(self) -> dict[str, bool]:
        """Return for each cookie whether it is sent over TLS only."""
        return {cookie.name: cookie.secure for cookie in self._session.cookies}


def forms(page: requests.Response) -> list[Form]:
    """Return the forms of a page."""
    return _read(page).forms


def links(page: requests.Response) -> list[str]:
    """Return the addresses that a page links to."""
    return _read(page).links


def _read(page: requests.Response) -> _Page:
    found = _Page()
    found.feed(page.text)
    return found
