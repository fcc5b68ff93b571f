"""Pages of the stand-in: who is to log in, that they are logged out, and what went wrong."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from jupyterhub_eks.preview.provider.exchange import Answer

if TYPE_CHECKING:
    from jupyterhub_eks.preview.provider.registration import Account, Registration

_STYLE: Final = """\
:root { color-scheme: light dark; --back: #f3f4f6; --card: #fff; --text: #1f2430; --soft: #545b68;
  --line: #8b93a1; --accent: #1d4f91; --tint: #e8eff9; }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --card: #1e2229; --text: #eceef2;
  --soft: #b0b7c3; --line: #6f7785; --accent: #9dc3ff; --tint: #28324a; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 28rem; background: var(--card); border-radius: .75rem;
  padding: 2rem 1.5rem; box-shadow: 0 1px 2px #0002, 0 8px 24px #0001; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .5rem; }
p { margin: 0 0 1.25rem; color: var(--soft); overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
button, a.go { font: inherit; color: inherit; width: 100%; text-align: left; cursor: pointer;
  padding: .75rem 1rem; background: transparent; border: 1px solid var(--line);
  border-radius: .5rem; text-decoration: none; display: block; overflow-wrap: anywhere; }
button:hover, a.go:hover { background: var(--tint); border-color: var(--accent); }
button:focus-visible, a.go:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button strong { display: block; font-weight: 600; }
button span { color: var(--soft); font-size: .9375rem; }
button.quiet { border-color: transparent; text-align: center; margin-top: 1rem;
  color: var(--soft); text-decoration: underline; }
"""
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def people_page(known: Registration, parameters: str) -> Answer:
    """Return the page on which somebody is chosen.

    Args:
        known: The client, and the people.
        parameters: Query of the request, with which the form comes back.
    """
    title = escape(known.title)
    choices = "\n".join(f"<li>{_choice(account)}</li>" for account in known.accounts)
    nobody = "" if known.accounts else "<p>Nobody has an account; name people with --as.</p>"
    return _page(
        f"Log in with {title}",
        f"""<p>This page stands in for {title} in the preview. No password is asked:
choose who you are.</p>
{nobody}<form method="post" action="?{escape(parameters)}">
<ul>
{choices}
</ul>
<button class="quiet" name="cancel" value="1">Cancel</button>
</form>""",
        known,
    )


def logged_out_page(known: Registration) -> Answer:
    """Return the page on which a logout ends."""
    title = escape(known.title)
    return _page(
        "You are logged out",
        f"""<p>Of the hub, and of {title}, for which this page stands in. On AWS the login page
of the hub would come next.</p>
<a class="go" href="{escape(known.back)}">Back to the hub</a>""",
        known,
    )


def refusal_page(known: Registration | None, why: str, status: HTTPStatus) -> Answer:
    """Return the page of a request that the provider refuses."""
    title = escape(known.title) if known else "the identity provider"
    text = f"<p>This page stands in for {title} in the preview. {escape(why)}</p>"
    return _page("This cannot be done", text, known, status)


def _choice(account: Account) -> str:
    groups = f"in {', '.join(account.groups)}" if account.groups else "in no group"
    told = escape(account.about or groups)
    name = escape(account.name)
    return (
        f'<button name="person" value="{name}"><strong>{name}</strong><span>{told}</span></button>'
    )


def _page(
    title: str, body: str, known: Registration | None, status: HTTPStatus = HTTPStatus.OK
) -> Answer:
    """Return a page, which loads nothing and leads to the hub only."""
    content = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
    # A browser holds to these also where a form is answered by leading elsewhere.
    hub = known.callback.partition("/hub/")[0] if known else ""
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_DIGEST}'; "
        f"form-action 'self' {hub}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Answer(status=status, content=content.encode(), headers=headers)
