"""User text on the server page. Pure."""

from __future__ import annotations

import html


def shown(text: str) -> str:
    """Return user text so that the page shows it as it is.

    The form is made of it without escaping, and is then a template of JupyterHub, where
    braces would begin an expression.
    """
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")
