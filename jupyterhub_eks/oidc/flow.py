"""The authorization code flow with PKCE, as the hub does it: one login, and what it tells."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.oidc.claims import Told
from jupyterhub_eks.oidc.fetching import UnreachableError, fetch
from jupyterhub_eks.oidc.id_token import IdTokenCheck, require_same
from jupyterhub_eks.oidc.plain import plain
from jupyterhub_eks.oidc.refusals import hint_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyterhub_eks.oidc.endpoints import Endpoints
    from jupyterhub_eks.oidc.fetching import Answer
    from jupyterhub_eks.releases.z2jh.provider import Provider

_MOST_ROWS: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Client:
    """Who asks.

    Attributes:
        id: Client id.
        secret: Client secret.
        callback: Registered address that the provider leads back to.
    """

    id: str
    secret: str = field(repr=False)
    callback: str


class Login:
    """One login.

    Args:
        provider: The provider, as the hub speaks to it.
        endpoints: Where it is asked.
        client: Who asks.

    Attributes:
        state: By which the way back is known to be that of this login.
    """

    def __init__(self, provider: Provider, endpoints: Endpoints, client: Client) -> None:
        self._provider, self._endpoints, self._client = provider, endpoints, client
        self.state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(48)

    @property
    def address(self) -> str:
        """Where the browser has to go."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._client.id,
            "redirect_uri": self._client.callback,
            "scope": " ".join(self._provider.scopes),
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        known = self._endpoints.authorize
        return f"{known}{'&' if urlsplit(known).query else '?'}{urlencode(asked)}"

    def finish(self, came: Mapping[str, str]) -> Told:
        """Return what the provider tells about who has logged in.

        Args:
            came: Parameters with which the browser came back.

        Raises:
            PreflightError: It did not come from this login, or the provider refuses something.
        """
        if not secrets.compare_digest(came.get("state", "").encode(), self.state.encode()):
            raise PreflightError(
                "the answer is not that of this login",
                cause="its `state` is another one",
                hint="close other pages of a login, run the command again, and open the address "
                "that it prints",
            )
        if error := came.get("error"):
            said = came.get("error_description", "")
            raise _refused("the provider refuses the login", error, said)
        if not came.get("code"):
            raise PreflightError(
                "the provider came back without a code",
                hint="allow the authorization code flow for the client at the provider",
            )
        tokens = self._redeem(came["code"])
        return self._told(tokens)

    def _redeem(self, code: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.callback,
            "code_verifier": self._verifier,
        }
        headers = {}
        if self._endpoints.basic:
            pair = f"{self._client.id}:{self._client.secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        else:
            form |= {"client_id": self._client.id, "client_secret": self._client.secret}
        answer = _ask(self._endpoints.token, form=form, headers=headers)
        found = answer.json()
        # GitHub refuses with success.
        if not isinstance(found, dict) or "access_token" not in found:
            said = found if isinstance(found, dict) else {}
            raise _refused(
                "the provider does not redeem the code",
                str(said.get("error") or answer.kind),
                str(said.get("error_description") or ""),
            )
        for name in ("access_token", "token_type"):
            if not _is_word(found.get(name)):
                raise _refused(
                    "the provider's answer to the code is not valid", f"its `{name}` is no word", ""
                )
        return found

    def _told(self, tokens: Mapping[str, Any]) -> Told:
        check = IdTokenCheck(client_id=self._client.id, issuers=self._provider.issuers)
        id_token = check.claims_of(tokens.get("id_token"))
        if not self._endpoints.userinfo:
            if not id_token:
                raise PreflightError(
                    "the provider does not tell who has logged in",
                    cause="it gives no id token",
                    hint="allow the client the scopes that `jhub auth show` lists",
                )
            return Told(userinfo={}, id_token=id_token)
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        userinfo = _content(_ask(self._endpoints.userinfo, headers=headers), dict)
        require_same(userinfo, id_token)
        return Told(userinfo=userinfo, id_token=id_token, groups=self._organisations(headers))

    def _organisations(self, headers: Mapping[str, str]) -> tuple[str, ...]:
        """Return GitHub's organisations, and teams as ``organisation:team``."""
        api = self._endpoints.api
        if not api:
            return ()
        orgs, teams = _all(api, "user/orgs", headers), _all(api, "user/teams", headers)
        try:
            found = {str(each["login"]) for each in orgs}
            for team in teams:
                organisation = str(team["organization"]["login"])
                found |= {organisation, f"{organisation}:{team['slug']}"}
        except (LookupError, TypeError) as error:
            raise PreflightError(
                "the provider does not tell who has logged in",
                cause=f"organisations and teams at {api} are not as GitHub tells them",
                hint="compare `issuer` with the address of the server",
            ) from error
        return tuple(sorted(found))


def _all(api: str, path: str, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    url = f"{api}/{path}?per_page=100"
    # The token goes to no other host, whatever a list says about its next part.
    while url.startswith(f"{api}/") and len(rows) < _MOST_ROWS:
        answer = _ask(url, headers=headers)
        if answer.status in (403, 404):
            break  # a server of one's own may keep organisations to itself
        rows += _content(answer, list)
        url = answer.next_page
    return rows


def _content(answer: Answer, kind: type[Any]) -> Any:
    found = answer.json()
    if answer.status != 200 or not isinstance(found, kind):
        raise PreflightError(
            "the provider does not tell who has logged in",
            cause=f"{answer.url.partition('?')[0]} answers {_other(answer)}",
            hint="allow the client the scopes that `jhub auth show` lists",
        )
    return found


def _other(answer: Answer) -> str:
    if answer.status == 200 and not answer.is_html:
        return "something that is no such JSON"
    return f"with {answer.kind}"


def _ask(url: str, **how: Any) -> Answer:
    try:
        return fetch(url, **how)
    except UnreachableError as error:
        raise PreflightError(
            f"{url.partition('?')[0]} cannot be reached",
            cause=str(error),
            hint=error.hint,
        ) from error


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value != ""


def _refused(what: str, error: str, said: str) -> PreflightError:
    cause = f"{error}: {said}" if said and said != error else error
    # It comes by the browser, from whoever wrote the address.
    return PreflightError(what, cause=plain(cause), hint=hint_of(error))
