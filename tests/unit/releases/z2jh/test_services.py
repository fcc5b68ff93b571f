"""The service of `jhub users`, for every login."""

from __future__ import annotations

import json

import pytest

from jupyterhub_eks.releases.z2jh.services import SCOPES, SERVICE
from jupyterhub_eks.releases.z2jh.values import jupyterhub_values
from tests.support.hub import COGNITO, DOMAIN, INPUTS, deployment

LOGINS = [
    ({"type": "dummy"}, {}),
    ({"type": "native", "admins": ["teacher"], "allow": {"everyone": True}}, DOMAIN),
    (COGNITO, DOMAIN),
]


@pytest.mark.parametrize(("auth", "access"), LOGINS, ids=lambda each: str(each.get("type", "")))
def test_service_has_a_role_and_no_token(auth: dict[str, object], access: dict[str, str]) -> None:
    """The chart makes the token; the values hold none, and one role with the scopes."""
    hub = jupyterhub_values(deployment(None, auth=auth, access=access), INPUTS)["hub"]
    assert hub["services"] == {SERVICE: {}}
    assert hub["loadRoles"][SERVICE]["services"] == [SERVICE]
    assert hub["loadRoles"][SERVICE]["scopes"] == list(SCOPES)
    assert "token" not in json.dumps(hub["services"]).lower()
