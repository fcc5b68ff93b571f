"""URLs of providers that no request could be sent to are refused where they are written."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyterhub_eks.config.load import ConfigSources, load
from jupyterhub_eks.config.rules.urls import issuer_rules, url_rules
from jupyterhub_eks.config.yamltext import as_yaml
from jupyterhub_eks.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyterhub_eks.problems import Problem

PATH = ("auth", "issuer")
WORD = "hunter2"
FAULTS = {
    "https://idp.example.org:abc": "no port",
    "https://idp.example.org:99999": "no port",
    "https://idp.example.org:0": "no port",
    "https://idp.example.org:": "no port",
    "https://idp example.org": "a space",
    "https://idp..org": "no host",
    "https://-a.org": "no host",
    "https://zürich.example.org": "no host",
    "https://[::zz]": "no URL|no host",
    f"https://{'a' * 5000}.org": "5012 characters",
    f"https://{'a.' * 200}org": "a host of 403 characters",
    "https://idp.example.org/%zz": "no letter",
    "https://idp.example.org/{tenant}/v2.0": "still holds `{tenant}`",
    "https://idp.example.org/<tenant>/v2.0": "still holds `<tenant>`",
    "https://idp.example.org/a//b": "two slashes",
    "https://idp.example.org/é": "holds `é`",
    "https://idp.example.org/.well-known/openid-configuration": "description",
    "https://u:p@idp.example.org": "user or password",
    "https://u@idp.example.org": "user or password",
}
GOOD = (
    "https://login.example.org",
    "https://login.example.org/",
    "https://login.example.org:8443/realms/main",
    "https://keycloak/realms/My%20Realm",
    "https://192.0.2.7/a",
    "https://[2001:db8::1]:443/a",
    "https://example.okta.com/oauth2/default",
    "https://login.example.org/~lab/@team",
)


@pytest.mark.parametrize(("issuer", "said"), FAULTS.items(), ids=range(len(FAULTS)))
def test_the_part_that_is_wrong_is_named(issuer: str, said: str) -> None:
    """One finding, about that part; the issuer of its remedy is in order."""
    (finding,) = issuer_rules(PATH, issuer)
    assert finding.severity == "error"
    assert re.search(said, finding.message)
    assert len(finding.message) < 300
    for meant in re.findall(r"`issuer: ([^`]+)`", finding.hint):
        assert list(issuer_rules(PATH, meant)) == []


@pytest.mark.parametrize("issuer", GOOD)
def test_issuers_as_there_are_some_are_in_order(issuer: str) -> None:
    """Ports, addresses, paths and escapes may all be there."""
    assert list(issuer_rules(PATH, issuer)) == []


def test_the_address_of_the_description_is_shortened() -> None:
    """What the provider's page shows is easily copied in full."""
    (finding,) = issuer_rules(PATH, "https://a.org/realms/x/.well-known/openid-configuration")
    assert "`issuer: https://a.org/realms/x`" in finding.hint


@given(text=st.lists(st.sampled_from([*"@:/?#%[]{} ", "https:", "//", "a.org"]), max_size=9))
def test_no_text_breaks_the_check(text: list[str]) -> None:
    """Whatever is written, the check ends with a finding or none."""
    for finding in url_rules(PATH, "".join(text)):
        assert finding.hint


OAUTH = """\
    auth:
      type: oauth
      client_id: abc
      provider: {provider}
      issuer: {url}
      admins: [ann@example.org]
      allow: {{users: [bob@example.org]}}
    access: {{domain: hub.example.org}}
    """
POOL = """\
    auth:
      type: cognito
      identity_providers:
        Partner:
          email_domains: [example.org]
          {protocol}
    access: {{domain: hub.example.org}}
    """
OIDC = "oidc: {{client_id: a, client_secret: {{env: A}}, issuer: {url}}}"
SAML = "saml: {{metadata_url: {url}}}"


def refused(tmp_path: Path, text: str) -> list[Problem]:
    """Return what is said of a configuration."""
    file = tmp_path / "jhub.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(ConfigSources(files=(file,)))
    return list(caught.value.problems)


@pytest.mark.parametrize(
    "url",
    [
        f"https://u:{WORD}@idp.example.org",
        f"http://u:{WORD}@idp.example.org",
        f"https://u:{WORD}/x@idp.example.org",
        f"https://u:{WORD}#x@idp.example.org",
        f"https://u:{WORD}?x@idp.example.org?a",
        f"https:u:{WORD}@idp.example.org",
        f"u:{WORD}@idp.example.org",
        f"https://u:a@{WORD}@idp.example.org",
        f"https://u:a {WORD}@idp.example.org",
        f"https://u:{WORD}@",
    ],
)
@pytest.mark.parametrize("where", ["oidc", "keycloak", "cilogon", "github", "pool", "metadata"])
def test_a_password_in_a_url_is_never_shown(tmp_path: Path, where: str, url: str) -> None:
    """Wherever a URL is written, however it is spoilt; the place is that of its key."""
    protocol = {"pool": OIDC, "metadata": SAML}.get(where)
    if protocol:
        text = POOL.format(protocol=protocol.format(url=as_yaml(url)))
    else:
        text = OAUTH.format(provider=where, url=as_yaml(url))
    problems = refused(tmp_path, text)
    assert [each.line for each in problems if "before the `@`" in each.message] == [
        6 if protocol else 5
    ]
    assert WORD not in "".join(f"{each.message} {each.hint}" for each in problems)


@pytest.mark.parametrize("issuer", [url for url in FAULTS if url.isascii()])
def test_issuers_of_the_pool_are_held_against_the_same(tmp_path: Path, issuer: str) -> None:
    """Cognito asks the issuer as the hub does; one thing is said of it."""
    text = POOL.format(protocol=OIDC.format(url=as_yaml(issuer)))
    (problem,) = refused(tmp_path, text)
    assert problem.path == "auth.identity_providers.Partner.oidc.issuer"
