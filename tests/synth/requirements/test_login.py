"""D3 to D6: who gets in, as whom, and with nothing that fails later."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.support.whole import Spoil, Whole, block, resource, value

if TYPE_CHECKING:
    from tests.synth.requirements.conftest import Case

CONFIG = ("hub", "config")
COGNITO = (*CONFIG, "GenericOAuthenticator")
# Claims that say nothing to people, and change with the application or the pool.
OPAQUE = {"sub", "oid", "uid", "id", "username", "cognito:username"}
LEAST_PASSWORD = 12
CLOUD_LIBRARIES = {"boto3", "botocore", "aiobotocore"}


def nobody_or_unsaid(whole: Whole) -> list[str]:
    """Return what is not said of who may log in, and whether nobody may."""
    rules = whole.hub["hub"]["config"]["Authenticator"]
    keys = ("allow_all", "allowed_users", "allow_existing_users", "admin_users")
    found = [f"{key} is left to the authenticator" for key in keys if key not in rules]
    domains = whole.hub.get("custom", {}).get("login", {}).get("domains")
    allowed = (rules.get("allow_all"), rules.get("allowed_users"), rules.get("admin_users"))
    groups = (whole.login.get("allowed_groups"), whole.login.get("admin_groups"))
    return found if any((*allowed, *groups, domains)) else [*found, "nobody may log in"]


def test_d03_somebody_is_let_in(whole: Whole) -> None:
    """Every login writes out whom it lets in, and that is somebody."""
    assert nobody_or_unsaid(whole) == []


def _nobody(whole: Whole) -> None:
    whole.hub["hub"]["config"]["Authenticator"] |= {
        "allow_all": False,
        "allowed_users": [],
        "admin_users": [],
    }
    for key in ("allowed_groups", "admin_groups"):
        whole.login.pop(key, None)


@pytest.mark.parametrize("name", ["accelerators", "classroom", "defaults", "existing-vpc"])
@pytest.mark.parametrize(
    "mistake", [_nobody, value("jupyterhub", *CONFIG, "Authenticator", "allow_all")]
)
def test_d03_is_noticed(case: Case, name: str, mistake: Spoil) -> None:
    """A hub that admits nobody, and one that leaves it open, are found for each login."""
    assert nobody_or_unsaid(case(name).spoilt(mistake)) != []


def triggers(whole: Whole) -> list[str]:
    """Return functions and triggers of the user pool."""
    found = [kind for kind in whole.kinds() if kind.startswith("aws_lambda")]
    pools = whole.resources("aws_cognito_user_pool")
    return found + [name for name, body in pools.items() if "lambda_config" in body]


def test_d04_cognito_has_no_trigger(whole: Whole) -> None:
    """No function is called at login, so no permission for one can be forgotten."""
    assert triggers(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        resource("identity", "aws_cognito_user_pool", "lambda_config", to={"pre_sign_up": "arn"}),
        block("identity", "resource", "aws_lambda_function", "F", to={"runtime": "nodejs18.x"}),
    ],
)
def test_d04_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A trigger and a function are found."""
    assert triggers(rich.spoilt(mistake)) != []


def session_faults(whole: Whole) -> list[str]:
    """Return what of the login could fail, block or expire later."""
    tree = ast.parse(whole.hub_code())
    modules = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [each.name for each in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    found = [f"the hub imports {name}" for name in sorted(modules & CLOUD_LIBRARIES)]
    found += [
        "the hub counts on a refresh token"
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == "refresh_token"
    ]
    for where in ("hub", "singleuser"):
        variables = whole.hub[where].get("extraEnv", {})
        found += [f"{where} has {name}" for name in variables if name.startswith("AWS_")]
    if "SECRET_HASH" in whole.hub_code():
        found.append("the hub computes a SECRET_HASH")
    return found


def test_d05_no_credentials_that_expire(whole: Whole) -> None:
    """The hub calls no AWS, hands no temporary key on and needs no refresh token."""
    assert session_faults(whole) == []


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", "singleuser", "extraEnv", "AWS_SESSION_TOKEN", to="x"),
        value("jupyterhub", "hub", "extraConfig", "z", to="import boto3"),
        value("jupyterhub", "hub", "extraConfig", "z", to="from botocore import client"),
        value("jupyterhub", "hub", "extraConfig", "z", to='token = state["refresh_token"]'),
        value("jupyterhub", "hub", "extraConfig", "z", to='{"SECRET_HASH": secret}'),
    ],
)
def test_d05_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """A static credential, a library that blocks and a token taken for granted are found."""
    assert session_faults(rich.spoilt(mistake)) != []


def names_and_pool(whole: Whole) -> list[str]:
    """Return opaque user names, and what is open or weak in a user pool."""
    found = []
    claim = whole.login.get("username_claim")
    if claim in OPAQUE:
        found.append(f"users are called by {claim}")
    if "aws_cognito_user_pool" in whole.kinds() and claim != "email":
        found.append(f"users of the pool are called by {claim}")
    for address, body in whole.resources("aws_cognito_user_pool").items():
        if not body["admin_create_user_config"]["allow_admin_create_user_only"]:
            found.append(f"{address}: anybody may register")
        if body["password_policy"]["minimum_length"] < LEAST_PASSWORD:
            found.append(f"{address}: passwords may be short")
        if body.get("mfa_configuration", "OFF") == "OFF":
            found.append(f"{address}: no second factor")
    return found


def test_d06_names_are_readable_and_pools_closed(whole: Whole) -> None:
    """Users are called by what people know; nobody registers unasked; passwords are long."""
    assert names_and_pool(whole) == []


POOL = "aws_cognito_user_pool"


@pytest.mark.parametrize(
    "mistake",
    [
        value("jupyterhub", *COGNITO, "username_claim", to="sub"),
        value("jupyterhub", *COGNITO, "username_claim"),
        resource(
            *("identity", POOL, "admin_create_user_config", "allow_admin_create_user_only"),
            to=False,
        ),
        resource("identity", POOL, "password_policy", "minimum_length", to=6),
        resource("identity", POOL, "mfa_configuration"),
    ],
)
def test_d06_is_noticed(rich: Whole, mistake: Spoil) -> None:
    """An id for a name, open registration and weak passwords are found."""
    assert names_and_pool(rich.spoilt(mistake)) != []
