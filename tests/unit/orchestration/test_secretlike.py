"""What is named like a secret is hidden, and whatever repeats it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.orchestration.changes import attribute_of
from jupyterhub_eks.orchestration.differences import Place
from jupyterhub_eks.orchestration.masking import NO_SECRETS
from jupyterhub_eks.orchestration.ordered import ordered_differences
from jupyterhub_eks.orchestration.secretlike import (
    Redacted,
    conceal,
    conceal_text,
    is_secret_key,
    secrets_in,
)

SECRET_KEYS = (
    *("client_secret", "secretToken", "API_TOKEN", "hub-password", "cookieSecret", "apiKey"),
    *("OAUTH_CLIENT_SECRET", "privateKey", "credentials", "passphrase", "secret_key"),
)
OTHER_KEYS = (
    *("token_url", "secretName", "existingSecret", "imagePullSecrets", "key", "name", "keys"),
    *("serviceAccountToken", "tokenExpirationSeconds", "monkey", "admin_users", "secretKeyRef"),
)
CANARY = "hunter2"
SECRETS = (f"{CANARY}-one", f'{CANARY} "zwei" ü\n', f"{CANARY}\nlines-{CANARY}\n{CANARY}")


@pytest.mark.parametrize("key", SECRET_KEYS)
def test_keys_of_secrets_are_known_in_every_spelling(key: str) -> None:
    """Python's, YAML's, and that of variables."""
    assert is_secret_key(key)


@pytest.mark.parametrize("key", OTHER_KEYS)
def test_keys_that_only_mention_a_secret_are_not_hidden(key: str) -> None:
    """A name, an address or a time says nothing."""
    assert not is_secret_key(key)


def test_a_key_may_get_its_meaning_from_the_one_above() -> None:
    """As the keys of CryptKeeper, or of a certificate."""
    assert is_secret_key("keys", "CryptKeeper")
    assert is_secret_key("key", "tls")
    assert not is_secret_key("key", "toleration")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("c.X.client_secret = 'abc'", "c.X.client_secret = (sensitive)"),
        ("--auth-token=abc,d --port=1", "--auth-token=(sensitive) --port=1"),
        ('{"password": "a b", "n": 1}', '{"password": (sensitive), "n": 1}'),
        ("password: correct horse", "password: (sensitive)"),
        ("postgres://hub:abc@db/x", "postgres://hub:(sensitive)@db/x"),
    ],
)
def test_what_is_assigned_in_a_text_is_hidden(text: str, shown: str) -> None:
    """The rest of the text stays readable."""
    concealed = conceal_text(text, NO_SECRETS)
    assert isinstance(concealed, Redacted)
    assert concealed.shown == shown


@pytest.mark.parametrize(
    "text",
    [
        "c.X.client_secret = os.environ['A']",
        "token = auth_state.get('id_token')",
        "token_url: https://example.org/token",
        "if token == other:",
    ],
)
def test_code_that_looks_a_secret_up_stays_as_it_is(text: str) -> None:
    """It names the place and not the secret."""
    assert conceal_text(text, NO_SECRETS) == text


def test_a_private_key_is_hidden_wherever_it_stands() -> None:
    """Its first line says what it is."""
    text = "-----BEGIN RSA PRIVATE KEY-----\nabc\n"
    assert "abc" not in repr(conceal({"extra": [text]}, NO_SECRETS))


def test_references_to_a_secret_can_be_read() -> None:
    """The names of Secret and key are what a reader needs."""
    tree = {
        "OAUTH_CLIENT_SECRET": {"valueFrom": {"secretKeyRef": {"name": "login", "key": "c"}}},
        "volumes": [{"name": "v", "secret": {"secretName": "hub"}}],
    }
    assert conceal(tree, NO_SECRETS) == tree


def test_a_number_under_a_secret_key_is_hidden_and_a_switch_is_not() -> None:
    """A pin may be a number."""
    hidden = conceal({"password": 1234, "token": True}, NO_SECRETS)
    assert repr(hidden) == "{'password': (sensitive), 'token': True}"


def test_a_text_that_differs_only_in_its_secret_is_told_to_change() -> None:
    """Without either side."""
    sides = [conceal({"args": [f"--token={each}"]}, NO_SECRETS) for each in ("one", "two")]
    (found,) = ordered_differences(*sides, Place(strict=True))
    change = attribute_of(found)
    assert (change.before.state, change.after.state) == ("sensitive", "sensitive")


def test_of_a_program_only_its_size_is_told() -> None:
    """A password that is handed to a function goes by no name that could be looked for."""
    sides = [
        conceal(
            {"hub": {"extraConfig": {"login": f'c.A = 1\nlogin("bob", "{each}")\n'}}}, NO_SECRETS
        )
        for each in ("hunter2", "hunter3")
    ]
    (found,) = ordered_differences(*sides, Place(strict=True))
    change = attribute_of(found)
    assert change.name == "hub.extraConfig.login"
    assert (change.before.value, change.after.value) == (
        "(text of 2 lines)",
        "(text, 1 line changed)",
    )


def test_a_program_that_comes_or_goes_is_not_shown_either() -> None:
    """Nor one inside a section that is new as a whole."""
    code = {"extraConfig": {"login": 'login("bob", "hunter2")'}}
    for sides in (
        ({}, {"hub": code}),
        ({"hub": code}, {}),
        ({"hub": {"extraConfig": {}}}, {"hub": code}),
    ):
        hidden = [conceal(each, NO_SECRETS) for each in sides]
        told = [attribute_of(each) for each in ordered_differences(*hidden, Place(strict=True))]
        assert told
        assert "hunter2" not in repr(told)


def _copies(secret: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(
        [
            secret,
            f"prefix {secret} suffix",
            json.dumps({"x": secret}),
            json.dumps({"x": secret}, ensure_ascii=False),
            base64.b64encode(secret.encode()).decode(),
            "".join(f"    {line}\n" for line in secret.split("\n")),
            [secret],
            {"inner": secret},
            {secret: 1},
            {"name": "HUB_PASSWORD", "value": secret},
        ]
    )


@st.composite
def _values(draw: st.DrawFn) -> dict[str, Any]:
    secret = draw(st.sampled_from(SECRETS))
    key = draw(st.sampled_from(SECRET_KEYS))
    held = draw(st.sampled_from([secret, [secret], {"any": secret}, {"any": [{"b": secret}]}]))
    others = draw(st.dictionaries(st.sampled_from("abcd"), _copies(secret), max_size=3))
    return {"hub": {key: held, "n": draw(st.integers(0, 2))}, **others}


def _encoded(text: str) -> list[str]:
    return [text, base64.b64encode(text.encode()).decode(), json.dumps(text)[1:-1]]


@given(_values(), _values())
def test_no_secret_is_ever_in_a_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Not at its key, not where it is repeated, in whatever form a chart writes it."""
    secrets = secrets_in((before, after))
    found = ordered_differences(
        conceal(before, secrets), conceal(after, secrets), Place(strict=True)
    )
    text = repr([attribute_of(each) for each in found])
    assert CANARY not in text
    assert not any(form in text for secret in SECRETS for form in _encoded(secret))
