"""Logins of the user's own, which have to be installed where the previewed hub runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyterhub_eks.errors import PreflightError
from jupyterhub_eks.preview.login_class import require_login_class

PYTHON = Path(sys.executable)


def values(name: str) -> dict[str, object]:
    """Return values that name a login."""
    return {"hub": {"config": {"JupyterHub": {"authenticator_class": name}}}}


@pytest.mark.parametrize("name", ["", "json.JSONDecoder", "pam", "oauthenticator.x.NeverLooked"])
def test_what_is_there_passes(name: str) -> None:
    """A class that can be imported, a name that is registered, and what every preview has."""
    require_login_class(values(name), PYTHON)


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("nowhere.Login", "No module named 'nowhere'"),
        ("json.Login", "Login"),
        ("kerberos-login", "no package registers a login 'kerberos-login'"),
    ],
)
def test_what_is_not_there_is_told(name: str, cause: str) -> None:
    """With the cause, and the command that installs a package in the hub's environment."""
    with pytest.raises(PreflightError, match=name) as error:
        require_login_class(values(name), PYTHON)
    assert cause in error.value.cause
    assert f"{PYTHON} -m pip install" in error.value.hint
