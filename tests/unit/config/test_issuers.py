"""What is wrong with an issuer is said by its parts."""

from __future__ import annotations

import pytest

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.rules.issuers import issuer_fault
from jupyterhub_eks.errors import ConfigError


@pytest.mark.parametrize(
    ("issuer", "fault"),
    [
        ("https://login.example.org", ""),
        ("https://login.example.org:8443/realms/main/", ""),
        ("http://login.example.org", "begins with http; a provider is asked by https only"),
        ("login.example.org", "does not begin with `https://`"),
        ("ftp://login.example.org", "does not begin with `https://`"),
        ("https://", "names no host"),
        ("https:///realms/main", "names no host"),
        ("https://[login", "is no URL"),
        ("https://login.example.org/a b", "holds a space"),
        ("https://login.example.org?p=1", "has a query (from the `?`), which an issuer has not"),
        ("https://login.example.org/?", "has a query (from the `?`), which an issuer has not"),
        ("https://login.example.org#top", "has a fragment (from the `#`), which an issuer has not"),
        ("https://bob@login.example.org", "has a user (before the `@`), which an issuer has not"),
        (
            "https://login.example.org?a#b",
            "has a query (from the `?`) and a fragment (from the `#`), which an issuer has not",
        ),
    ],
)
def test_each_part_that_does_not_belong_is_named(issuer: str, fault: str) -> None:
    """One sentence, with all parts that an issuer may not have; a slash at the end is none."""
    assert issuer_fault(issuer) == fault


@pytest.mark.parametrize(
    "auth",
    [
        {"auth.type": "oauth", "auth.issuer": "https://bob:hunter2@login.example.org/x"},
        {
            "auth.type": "cognito",
            "auth.identity_providers.Uni.oidc.issuer": "https://bob:hunter2@login.example.org/x",
            "auth.identity_providers.Uni.oidc.client_id": "hub",
        },
    ],
)
def test_a_password_in_an_issuer_is_not_repeated(auth: dict[str, str]) -> None:
    """It is refused, and stands neither in the message nor in the remedy."""
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(overrides=auth))
    found = [each for each in caught.value.problems if each.path.endswith("issuer")]
    assert found
    for each in found:
        assert "hunter2" not in each.message + each.hint
        assert "//…@login.example.org" in each.message


def test_the_remedy_is_an_issuer_such_as_the_provider_has() -> None:
    """Where what was meant cannot be told; in the words of the flag that gave it."""
    answers = {"auth.type": "oauth", "auth.provider": "keycloak", "auth.issuer": "https://"}
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(overrides=answers))
    (found,) = (each for each in caught.value.problems if each.path == "auth.issuer")
    assert found.hint == "write e.g. `--issuer https://login.example.org/realms/main`"
