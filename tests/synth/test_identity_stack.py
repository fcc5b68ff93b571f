"""Intent of stack ``identity``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jupyterhub_eks.config.logins.federation import secret_variable
from jupyterhub_eks.errors import ConfigError
from stacks.cognito_names import login_host, prefix_of
from tests.support.synth import ABSENT, Contains, differences
from tests.synth.support_stacks import cognito, deployment

if TYPE_CHECKING:
    from tests.support.synth import StackJson, Stacks, Synthesizer


def test_other_logins_make_no_pool(default_stacks: Stacks) -> None:
    """Without Cognito login there is no identity stack."""
    assert "identity" not in default_stacks


def test_identity_waits_for_nothing(cognito_stacks: Stacks) -> None:
    """The pool is made at the same time as the network."""
    assert cognito_stacks["identity"].stack.depends_on == ()


def test_users_are_their_verified_address(cognito_stacks: Stacks) -> None:
    """User names are e-mail addresses, in any case, and a new address counts once verified."""
    cognito_stacks["identity"].the(
        "aws_cognito_user_pool",
        username_attributes=["email"],
        auto_verified_attributes=["email"],
        username_configuration={"case_sensitive": False},
        user_attribute_update_settings={"attributes_require_verification_before_update": ["email"]},
    )


def test_users_are_invited_unless_the_pool_is_open(
    cognito_stacks: Stacks, synthesizer: Synthesizer
) -> None:
    """Only an administrator adds users, unless self sign-up is asked for."""
    for stacks, invited in (
        (cognito_stacks, True),
        (synthesizer(cognito(self_sign_up=True)), False),
    ):
        stacks["identity"].the(
            "aws_cognito_user_pool",
            admin_create_user_config={"allow_admin_create_user_only": invited},
        )


def test_passwords_are_long(synthesizer: Synthesizer) -> None:
    """The configured minimum is set; upper case, lower case and digits are needed."""
    synthesizer(cognito(password_min_length=16))["identity"].the(
        "aws_cognito_user_pool",
        password_policy={
            "minimum_length": 16,
            "require_lowercase": True,
            "require_uppercase": True,
            "require_numbers": True,
        },
    )


@pytest.mark.parametrize(
    ("mfa", "mode", "by_app"),
    [
        ("off", "OFF", ABSENT),
        ("optional", "OPTIONAL", {"enabled": True}),
        ("required", "ON", {"enabled": True}),
    ],
)
def test_second_factor_is_an_authenticator_app(
    synthesizer: Synthesizer, mfa: str, mode: str, by_app: object
) -> None:
    """MFA follows the configuration, by app and never by text message."""
    synthesizer(cognito(mfa=mfa))["identity"].the(
        "aws_cognito_user_pool",
        mfa_configuration=mode,
        software_token_mfa_configuration=by_app,
        sms_configuration=ABSENT,
    )


def test_pool_has_no_trigger(cognito_stacks: Stacks) -> None:
    """Groups come as a claim; no Lambda could lack its permission."""
    cognito_stacks["identity"].the("aws_cognito_user_pool", lambda_config=ABSENT)


def test_destroy_is_not_held_up_by_the_pool(cognito_stacks: Stacks) -> None:
    """Deletion protection is off in so many words: destroy removes the pool."""
    cognito_stacks["identity"].the("aws_cognito_user_pool", deletion_protection="INACTIVE")


def test_client_does_the_code_flow_only(cognito_stacks: Stacks) -> None:
    """A confidential client that gets a code, never a token or a password."""
    cognito_stacks["identity"].the(
        "aws_cognito_user_pool_client",
        generate_secret=True,
        allowed_oauth_flows=["code"],
        allowed_oauth_flows_user_pool_client=True,
        allowed_oauth_scopes=["email", "openid", "profile"],
        explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
        supported_identity_providers=["COGNITO"],
        prevent_user_existence_errors="ENABLED",
        enable_token_revocation=True,
    )


def test_urls_are_exactly_those_of_the_hub(cognito_stacks: Stacks) -> None:
    """Callback and logout are registered as the hub sends them, https only."""
    cognito_stacks["identity"].the(
        "aws_cognito_user_pool_client",
        callback_urls=["https://hub.example.org/hub/oauth_callback"],
        logout_urls=["https://hub.example.org/hub/login"],
    )


def test_groups_are_users_admins_and_own(synthesizer: Synthesizer) -> None:
    """Both groups of the hub and the configured ones are made, each once."""
    groups = synthesizer(cognito(groups=["ml", "admins"]))["identity"].resources(
        "aws_cognito_user_group"
    )
    assert sorted(body["name"] for body in groups.values()) == ["admins", "ml", "users"]


def test_groups_that_differ_in_punctuation_are_two(synthesizer: Synthesizer) -> None:
    """`a.b` and `a_b` are two groups although construct ids know no punctuation."""
    stacks = synthesizer(cognito(groups=["a.b", "a_b", "ab"]))
    stacks["identity"].assert_count("aws_cognito_user_group", 5)


def test_client_secret_is_no_output(cognito_stacks: Stacks) -> None:
    """The secret stays in Terraform's state; nothing prints it."""
    assert not [
        name
        for name, body in cognito_stacks["identity"].outputs.items()
        if "client_secret" in str(body) and not body.get("sensitive")
    ]


def test_domain_is_needed(synthesizer: Synthesizer) -> None:
    """Without a host name there is no URL to register, and the error names the key."""
    with pytest.raises(ConfigError) as caught:
        synthesizer(deployment(auth={"type": "cognito"}))
    assert [problem.path for problem in caught.value.problems] == ["access.domain"]


def test_own_prefix_is_taken_as_it_is(synthesizer: Synthesizer) -> None:
    """A configured prefix of the login page is not changed."""
    synthesizer(cognito(domain_prefix="our-login"))["identity"].the(
        "aws_cognito_user_pool_domain", domain="our-login"
    )


def test_derived_prefix_differs_by_name_and_host() -> None:
    """Same name with another host, or the reverse, gives another prefix."""
    prefixes = {
        prefix_of(name, host)
        for name in ("hub", "hub-two")
        for host in ("hub.example.org", "hub.example.com")
    }
    assert len(prefixes) == 4


@pytest.mark.parametrize("name", ["aws-hub", "my-cognito", "amazon", "awaws", "laws-school"])
def test_derived_prefix_has_no_word_that_cognito_refuses(name: str) -> None:
    """Reserved words are left out and the prefix stays well-formed."""
    prefix = prefix_of(name, "hub.example.org")
    assert not any(word in prefix for word in ("aws", "amazon", "cognito"))
    assert not prefix.startswith("-")


def test_derived_prefix_is_short_enough() -> None:
    """The longest name gives a prefix of at most 63 characters."""
    assert len(prefix_of("a" * 100, "hub.example.org")) <= 63


def test_login_page_of_govcloud_is_the_fips_one() -> None:
    """GovCloud's login pages live under another host name."""
    assert login_host("x", "us-gov-west-1") == "x.auth-fips.us-gov-west-1.amazoncognito.com"
    assert login_host("x", "eu-west-1") == "x.auth.eu-west-1.amazoncognito.com"


FEDERATED = {
    "identity_providers": {
        "University": {
            "saml": {"metadata_url": "https://idp.example.org/metadata.xml", "sign_out": True},
            "email_domains": ["example.org"],
            "attributes": {"email": "mail"},
        },
        "Partner-2": {
            "oidc": {
                "issuer": "https://login.example.com",
                "client_id": "hub-at-partner",
                "client_secret": {"env": "PARTNER_SECRET"},
            },
        },
    }
}
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
EXISTING = {"existing": {"user_pool_id": "us-west-2_AbCdEf123", "client_id": "client0123456789"}}


@pytest.fixture(scope="module")
def federated(synthesizer: Synthesizer) -> StackJson:
    """The identity stack with a provider of each protocol."""
    return synthesizer(cognito(**FEDERATED))["identity"]


def test_saml_provider_by_its_metadata(federated: StackJson) -> None:
    """The address is mapped, and the session ends at the provider where that is asked for."""
    federated.the(
        "aws_cognito_identity_provider",
        provider_name="University",
        provider_type="SAML",
        provider_details={
            "MetadataURL": "https://idp.example.org/metadata.xml",
            "IDPSignout": "true",
        },
        attribute_mapping={"email": "mail", "email_verified": ABSENT},
    )


def test_metadata_is_taken_as_it_is(synthesizer: Synthesizer) -> None:
    """Nothing in a metadata file is taken for Terraform's."""
    provider = {"saml": {"metadata": "<x a='${b}%{c}'/>"}, "email_domains": ["example.org"]}
    synthesizer(cognito(identity_providers={"Corp": provider}))["identity"].the(
        "aws_cognito_identity_provider",
        provider_details={"MetadataFile": "<x a='$${b}%%{c}'/>", "IDPSignout": "false"},
    )


def test_oidc_provider_by_its_issuer(federated: StackJson) -> None:
    """Endpoints are Cognito's to discover; whether an address is verified is handed on."""
    federated.the(
        "aws_cognito_identity_provider",
        provider_name="Partner-2",
        provider_type="OIDC",
        provider_details={
            "oidc_issuer": "https://login.example.com",
            "client_id": "hub-at-partner",
            "authorize_scopes": "openid email profile",
            "attributes_request_method": "GET",
            "authorize_url": ABSENT,
        },
        attribute_mapping={"email": "email", "email_verified": "email_verified", "username": "sub"},
    )


def test_client_secret_of_a_provider_is_a_sensitive_variable(federated: StackJson) -> None:
    """The secret is in no file: the stack has a variable of it, without default."""
    name = secret_variable("Partner-2")
    assert list(federated.content["variable"]) == [name]
    wanted = {"nullable": False, "sensitive": True, "type": "string", "default": ABSENT}
    assert differences(wanted, federated.content["variable"][name]) == []
    federated.the(
        "aws_cognito_identity_provider",
        provider_name="Partner-2",
        provider_details={"client_secret": f"${{var.{name}}}"},
    )


def test_what_cognito_adds_to_a_provider_is_no_change(federated: StackJson) -> None:
    """Endpoints that Cognito discovers are left in the state, else each plan would remove them."""
    for name, key in (("University", "SSORedirectBindingURI"), ("Partner-2", "token_url")):
        federated.the(
            "aws_cognito_identity_provider",
            provider_name=name,
            lifecycle={"ignore_changes": Contains(f'provider_details["{key}"]')},
        )


@pytest.mark.parametrize(("pool_login", "itself"), [(True, ["COGNITO"]), (False, [])])
def test_client_takes_providers_and_maybe_passwords(
    synthesizer: Synthesizer, *, pool_login: bool, itself: list[str]
) -> None:
    """The client waits for the providers, and has passwords only if they are wanted."""
    stack = synthesizer(cognito(**FEDERATED, pool_login=pool_login))["identity"]
    client = stack.the("aws_cognito_user_pool_client")
    assert client["supported_identity_providers"] == [
        *itself,
        "${aws_cognito_identity_provider.IdentityProvider-Partner-2.provider_name}",
        "${aws_cognito_identity_provider.IdentityProvider-University.provider_name}",
    ]


def test_outputs_say_what_providers_need(federated: StackJson) -> None:
    """Entity id and both URLs are outputs; without providers they are not."""
    assert {"saml_entity_id", "saml_assertion_url", "oidc_redirect_url"} <= set(federated.outputs)


def test_own_domain_has_a_record_in_the_zone(synthesizer: Synthesizer) -> None:
    """The login page is at the name; the record leads to Cognito's distribution."""
    wanted = cognito(custom_domain="login.example.org", custom_domain_certificate_arn=CERTIFICATE)
    access = {"domain": "hub.example.org", "hosted_zone": "example.org"}
    auth = wanted.settings.auth.model_dump(exclude_unset=True)
    stacks = synthesizer(deployment(auth=auth, access=access))
    stack = stacks["identity"]
    stack.the(
        "aws_cognito_user_pool_domain", domain="login.example.org", certificate_arn=CERTIFICATE
    )
    stack.the(
        "aws_route53_record",
        name="login.example.org",
        type="A",
        alias={
            "name": "${aws_cognito_user_pool_domain.CustomDomain.cloudfront_distribution}",
            "zone_id": (
                "${aws_cognito_user_pool_domain.CustomDomain.cloudfront_distribution_zone_id}"
            ),
        },
    )
    assert stack.outputs["login_url"]["value"] == (
        "https://${aws_cognito_user_pool_domain.CustomDomain.domain}"
    )


def test_own_domain_outside_the_zone_is_told(synthesizer: Synthesizer) -> None:
    """Somebody else makes the record; the output says where it has to lead."""
    wanted = cognito(custom_domain="login.example.org", custom_domain_certificate_arn=CERTIFICATE)
    stack = synthesizer(wanted)["identity"]
    stack.assert_count("aws_route53_record", 0)
    assert "login_page_target" in stack.outputs


def test_session_is_as_long_as_configured(synthesizer: Synthesizer) -> None:
    """A login is renewed for so many days; a week if nothing is said."""
    for asked, days in (({}, 7), ({"session_days": 2}, 2)):
        synthesizer(cognito(**asked))["identity"].the(
            "aws_cognito_user_pool_client",
            refresh_token_validity=days,
            token_validity_units=[{"refresh_token": "days"}],
        )


def test_existing_pool_is_not_touched(synthesizer: Synthesizer) -> None:
    """Nothing is made: pool and client are looked up, and what a login needs is demanded."""
    stack = synthesizer(cognito(**EXISTING))["identity"]
    assert stack.content.get("resource", {}) == {}
    (client,) = stack.data("aws_cognito_user_pool_client").values()
    assert client["client_id"] == "client0123456789"
    conditions = [each["condition"] for each in client["lifecycle"]["postcondition"]]
    for needed in (
        "https://hub.example.org/hub/oauth_callback",
        "https://hub.example.org/hub/login",
        '"code"',
        "client_secret",
        '"openid"',
        '"email_verified"',
    ):
        assert [each for each in conditions if needed in each], needed


def test_secret_of_an_existing_client_stays_secret(synthesizer: Synthesizer) -> None:
    """As with a pool that is made, no output prints it."""
    stack = synthesizer(cognito(**EXISTING))["identity"]
    told = [body for body in stack.outputs.values() if "client_secret" in str(body)]
    assert told
    assert all(body["sensitive"] for body in told)
